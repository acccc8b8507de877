"""The command `ragbox plan`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from .. import plan, show
from ..errors import BadInput
from .common import AsJson, Data, connect


def plan_model(
    parameters: Annotated[
        float | None, typer.Option("--parameters", help="How many, as 8e9; the active model's if left out.")
    ] = None,
    context: Annotated[int, typer.Option("--context", help="Tokens of prompt and answer together.")] = 8192,
    users: Annotated[int, typer.Option("--users", help="Questions that are answered at the same time.")] = 8,
    layers: Annotated[int | None, typer.Option("--layers")] = None,
    kv_heads: Annotated[int | None, typer.Option("--kv-heads")] = None,
    head_dim: Annotated[int | None, typer.Option("--head-dim")] = None,
    embedding: Annotated[float | None, typer.Option("--embedding", help="Parameters in 16 bits always.")] = None,
    gpu_gb: Annotated[float, typer.Option("--gpu-gb", min=0, help="Memory of one GPU; 0: there is none.")] = 24.0,
    gpus_per_box: Annotated[int, typer.Option("--gpus-per-box", min=1)] = 8,
    ram_gb: Annotated[float, typer.Option("--ram-gb", min=0, help="Main memory.")] = 64.0,
    ram_bandwidth: Annotated[float, typer.Option("--ram-bandwidth", min=1, help="Of main memory, in GB/s.")] = 80.0,
    price_gpu: Annotated[float | None, typer.Option("--price-gpu", help="Of one, in any currency.")] = None,
    price_box: Annotated[float | None, typer.Option("--price-box", help="Of a server without GPUs.")] = None,
    price_kwh: Annotated[float | None, typer.Option("--price-kwh", help="Of electricity.")] = None,
    gpu_watts: Annotated[float, typer.Option("--gpu-watts", min=0)] = 350.0,
    box_watts: Annotated[float, typer.Option("--box-watts", min=0)] = 400.0,
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Compute the memory a model needs, on what it fits, and what that costs in three years."""
    if parameters is None:
        with connect(data, load=False) as client:
            active = next((m for m in client.models()["models"] if m["active"]), None)
        if active is None:
            raise BadInput("No model is active, so there is none to plan for. Give --parameters, as in 8e9.")
        like, parameters = f"{active['name']} {active['version']}", float(active["parameters"])
        known = plan.Shape(
            parameters=parameters, layers=active["layers"], kv_heads=active["kv_heads"],
            head_dim=active["head_dim"], embedding=active["embedding"],
        )  # fmt: skip
    else:
        like, known = plan.nearest(parameters)
    shape = plan.Shape(
        parameters=parameters, layers=layers or known.layers, kv_heads=kv_heads or known.kv_heads,
        head_dim=head_dim or known.head_dim, embedding=known.embedding if embedding is None else embedding,
    )  # fmt: skip
    hardware = plan.Hardware(
        gpu_gb=gpu_gb, gpus_per_box=gpus_per_box, ram_gb=ram_gb, ram_bandwidth=ram_bandwidth, price_gpu=price_gpu,
        price_box=price_box, price_kwh=price_kwh, gpu_watts=gpu_watts, box_watts=box_watts,
    )  # fmt: skip
    needs = [plan.memory(shape, q, context=context, users=users) for q in plan.BITS]
    schemes = plan.schemes(shape, hardware, context=context, users=users)
    if as_json:
        memory = [asdict(need) | {"total": need.total} for need in needs]
        said = {"shape": asdict(shape), "like": like, "memory": memory, "schemes": [asdict(s) for s in schemes]}
        print(json.dumps(said))
        return
    print(plan.FORMULA)
    print(
        f"parameters {shape.parameters:.4g}, embedding {shape.embedding:.4g}, layers {shape.layers}, "
        f"kv_heads {shape.kv_heads}, head_dim {shape.head_dim} (what was not given: as {like})"
    )
    parts = ("weights", "cache", "overhead", "total")
    rows = [
        {"format": need.quantization} | {p: f"{getattr(need, p) / plan.GB:.2f} GB" for p in parts} for need in needs
    ]
    show.rows({"memory": rows}, "memory", ("format", *parts), as_json)
    table = [
        {"scheme": s.name, "fits": "yes" if s.fits else "no", "why": s.reason}
        | {"three years": "-" if s.cost is None else f"{s.cost:,.0f}"}
        for s in schemes
    ]
    show.rows({"schemes": table}, "schemes", ("scheme", "fits", "why", "three years"), as_json)
    print("All of it is computed, nothing measured.")
