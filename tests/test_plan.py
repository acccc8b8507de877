"""The plan's figures against ones computed by hand from public configs."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from ragbox import cli, plan
from ragbox.errors import BadInput
from ragbox.plan import Hardware, Scheme, Shape, memory, nearest, schemes

QWEN3_8B = Shape(parameters=8_190_735_360, layers=36, kv_heads=8, head_dim=128, embedding=2 * 151_936 * 4096)
LLAMA_8B = Shape(parameters=8_030_261_248, layers=32, kv_heads=8, head_dim=128, embedding=2 * 128_256 * 4096)
SMALL_GPU = Hardware(gpu_gb=24, ram_gb=64, ram_bandwidth=80)


@pytest.mark.parametrize(
    ("shape", "quantization", "weights"),
    [
        # (8,190,735,360 - 1,244,659,712) x 4.126953125 / 8 + 1,244,659,712 x 2
        (QWEN3_8B, "nf4", 6_072_585_499.25),
        (QWEN3_8B, "int8", 9_435_395_072),  # 6,946,075,648 + 2,489,319,424
        (QWEN3_8B, "bf16", 16_381_470_720),
        (QWEN3_8B, "fp32", 32_762_941_440),
        # (8,030,261,248 - 1,050,673,152) x 4.126953125 / 8 + 1,050,673,152 x 2
        (LLAMA_8B, "nf4", 5_701_900_417),
        (LLAMA_8B, "int8", 9_080_934_400),  # 6,979,588,096 + 2,101,346,304
    ],
)
def test_weights_are_those_of_real_architectures(shape: Shape, quantization: str, weights: float) -> None:
    assert memory(shape, quantization, context=1, users=1).weights == pytest.approx(weights, abs=1)


@pytest.mark.parametrize(
    ("shape", "context", "users", "cache"),
    [
        (QWEN3_8B, 1, 1, 147_456),  # 2 x 36 x 8 x 128 x 2: 144 KiB a token
        (LLAMA_8B, 1, 1, 131_072),  # 2 x 32 x 8 x 128 x 2: 128 KiB a token
        (QWEN3_8B, 8192, 20, 24_159_191_040),
    ],
)
def test_the_cache_grows_with_context_and_users(shape: Shape, context: int, users: int, cache: float) -> None:
    assert memory(shape, "nf4", context=context, users=users).cache == cache


def test_overhead_is_a_base_and_a_share_of_both() -> None:
    found = memory(QWEN3_8B, "int8", context=8192, users=1)
    assert found.overhead == pytest.approx(1e9 + 0.1 * (9_435_395_072 + 1_207_959_552))
    assert found.total == pytest.approx(found.weights + found.cache + found.overhead)


def test_the_formula_that_is_shown_is_the_one_that_counts() -> None:
    for words in ("x bits / 8", "2 x layers x kv_heads x head_dim x 2 bytes x context x users", "1 GB + 10 %"):
        assert words in plan.FORMULA
    assert [f"{q} {b:.3f}".rstrip("0").rstrip(".") for q, b in plan.BITS.items()] == [
        "nf4 4.127", "int8 8", "bf16 16", "fp32 32",
    ]  # fmt: skip
    assert all(f"{name} " in plan.FORMULA for name in plan.BITS)


def test_an_unknown_shape_is_that_of_the_nearest_model() -> None:
    assert nearest(8.2e9)[0] == "Qwen3-8B"
    name, shape = nearest(7e10)
    assert (name, shape.layers, shape.parameters) == ("Llama-3.1-70B", 80, 7e10)
    assert shape.embedding == pytest.approx(2 * 128_256 * 8192 / 70.554e9 * 7e10)


@pytest.mark.parametrize("parameters", [0, -1, 8, 1e15, float("nan")])
def test_what_is_no_number_of_parameters_is_refused(parameters: float) -> None:
    with pytest.raises(BadInput, match="8e9"):
        nearest(parameters)


def test_wrong_figures_are_refused() -> None:
    with pytest.raises(BadInput, match="number format"):
        memory(QWEN3_8B, "q4", context=1, users=1)
    for context, users in ((0, 1), (1, 0)):
        with pytest.raises(BadInput, match="1 or more"):
            memory(QWEN3_8B, "nf4", context=context, users=users)


def found(shape: Shape, hardware: Hardware, context: int, users: int) -> dict[str, Scheme]:
    return {scheme.name: scheme for scheme in schemes(shape, hardware, context=context, users=users)}


def test_one_user_of_8_billion_fits_everywhere() -> None:
    fit = found(QWEN3_8B, SMALL_GPU, 8192, 1)
    assert [s.fits for s in fit.values()] == [True, True, True, True]
    # int8: 9.44 + 1.21 + 2.06 = 12.7 GB of 21.6
    assert (fit["one quantized box"].quantization, fit["one quantized box"].gpus) == ("int8", 1)
    assert "12.7 GB in int8" in fit["one quantized box"].reason
    # bf16: 16.38 + 1.21 + 2.76 = 20.3 GB: one GPU
    assert fit["several GPUs in one box"].gpus == 1
    # nf4 in memory: 80 GB/s over 6.07 + 1.21 GB
    assert "at most 11.0 tokens/s" in fit["CPU"].reason


def test_twenty_users_with_8192_tokens_need_more() -> None:
    fit = found(QWEN3_8B, SMALL_GPU, 8192, 20)
    # nf4: 6.07 + 24.16 + 4.02 = 34.3 GB; CPU: 80 / 30.2 = 2.6 tokens/s
    assert not fit["one quantized box"].fits
    assert not fit["CPU"].fits
    # bf16: 16.38 + 24.16 + 5.05 = 45.6 GB in GPUs of 21.6: three, and four for tensor parallelism
    assert (fit["several GPUs in one box"].fits, fit["several GPUs in one box"].gpus) == (True, 3)
    assert (fit["vLLM on several nodes"].gpus, fit["vLLM on several nodes"].boxes) == (4, 1)


def test_70_billion_for_many_take_several_nodes() -> None:
    fit = found(nearest(70.554e9)[1], Hardware(gpu_gb=24, gpus_per_box=8), 8192, 32)
    assert [s.fits for s in fit.values()] == [False, False, True, False]
    # bf16: 141.1 + 85.9 + 23.7 = 250.7 GB: 12 GPUs, 16 for tensor parallelism, in two nodes
    assert (fit["vLLM on several nodes"].gpus, fit["vLLM on several nodes"].boxes) == (16, 2)


def test_without_a_gpu_only_the_cpu_is_left() -> None:
    fit = found(QWEN3_8B, Hardware(gpu_gb=0, ram_gb=32), 4096, 1)
    assert [s.fits for s in fit.values()] == [False, False, False, True]


def test_three_years_cost_purchase_and_power() -> None:
    priced = Hardware(
        gpu_gb=24, price_gpu=2000, price_box=3000, price_kwh=0.25, gpu_watts=350, box_watts=400, ram_gb=64
    )
    fit = found(QWEN3_8B, priced, 8192, 1)
    # 2000 + 3000 + 0.75 kW x 26,280 h x 0.25
    assert fit["one quantized box"].cost == pytest.approx(5000 + 4927.5)
    assert fit["CPU"].cost == pytest.approx(3000 + 0.4 * 26_280 * 0.25)
    assert found(QWEN3_8B, Hardware(price_box=3000), 8192, 1)["one quantized box"].cost is None
    assert found(QWEN3_8B, Hardware(price_box=3000), 8192, 1)["CPU"].cost == 3000


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr(sys, "argv", ["ragbox", "plan", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code


def test_the_command_prints_the_formula_and_both_tables(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    run(monkeypatch, "--parameters", "8e9", "--context", "8192", "--users", "20", "--price-box", "3000")
    shown = capsys.readouterr().out
    assert plan.FORMULA in shown
    assert "what was not given: as Llama-3.1-8B" in shown
    assert "vLLM on several nodes" in shown
    assert "3,000" in shown
    assert "computed, nothing measured" in shown


def test_the_command_takes_a_shape(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    shape = ("--layers", "32", "--kv-heads", "4", "--head-dim", "64", "--embedding", "0")
    run(monkeypatch, "--parameters", "1e9", *shape, "--context", "1000", "--users", "1", "--json")
    said = json.loads(capsys.readouterr().out)
    assert said["shape"] == {"parameters": 1e9, "layers": 32, "kv_heads": 4, "head_dim": 64, "embedding": 0}
    assert said["memory"][1]["weights"] == 1e9
    assert said["memory"][1]["cache"] == 32_768_000
    assert [s["name"] for s in said["schemes"]][-1] == "CPU"


def test_without_parameters_the_active_model_is_planned_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("RAGBOX_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(sys, "argv", ["ragbox", "plan"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == BadInput.exit_code
    assert "Give --parameters" in capsys.readouterr().err
