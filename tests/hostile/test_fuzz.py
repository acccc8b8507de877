"""A slice of `tests/bench/fuzz.py`: spoilt samples end as parsed or rejected, and the box answers after each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.conftest import GOOD, Post, chinese
from tests.hostile.fuzzing import CRASHED, FAILED, Fuzzing
from tests.hostile.mutate import mutant, samples

FILES = 16


@pytest.mark.slow
def test_spoilt_samples_never_fail_the_service(post: Post, tmp_path: Path) -> None:
    def take(path: Path, name: str) -> tuple[str, str]:
        result = post.take(name, path.read_bytes())
        assert result.status == "indexed" or chinese(result.reason), result.reason
        return result.status.value, result.reason

    def use() -> None:
        assert post.box.retriever.search(post.admin, GOOD.format(1))

    post.up()
    fuzzing, files = Fuzzing(take, use, tmp_path, tmp_path / "keep"), samples()
    assert len(files) > 20
    fuzzing.run(mutant(files, 8, number) for number in range(FILES))
    assert fuzzing.ended[FAILED] == 0, fuzzing.reasons
    assert fuzzing.ended[CRASHED] == 0, fuzzing.failing
    assert fuzzing.ended["parsed"] > FILES / 5
    assert fuzzing.ended["rejected"] > FILES / 5


def test_the_same_seed_spoils_the_same_way() -> None:
    files = samples()
    assert [mutant(files, 1, n) for n in range(9)] == [mutant(files, 1, n) for n in range(9)]
    assert mutant(files, 1, 0) != mutant(files, 2, 0)
