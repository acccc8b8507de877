"""The settings: read from the environment once, checked, fixed."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from ragbox.settings import Settings


def test_the_environment_sets_them_and_arguments_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGBOX_DATA", "/srv/ragbox")
    monkeypatch.setenv("RAGBOX_PORT", "8080")
    monkeypatch.setenv("RAGBOX_ENCODER_LANGUAGES", '["en", "zh"]')
    monkeypatch.setenv("RAGBOX_ENCODER_ARGS", '{"model": "bge-m3"}')
    read = Settings(port=9000)
    assert (read.data, read.port) == (Path("/srv/ragbox"), 9000)
    assert (read.encoder_languages, read.encoder_args) == (("en", "zh"), {"model": "bge-m3"})


def test_nothing_else_of_the_environment_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1")
    monkeypatch.setenv("DATA", "/tmp")
    assert (Settings().port, Settings().data) == (7860, Path("data"))


@pytest.mark.parametrize(
    "wrong",
    [{"port": 70000}, {"hits": 0}, {"parse_memory_mb": 1}, {"encoder_precision": "fp8"}, {"login_hours": 0}, {"x": 1}],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)  # type: ignore[arg-type]


def test_they_are_fixed() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_in_a_sentence_what_it_does(name: str) -> None:
    description = Settings.model_fields[name].description or ""
    assert description[0].isupper()
    assert description.endswith(".")


def test_the_box_listens_only_on_this_machine_by_default() -> None:
    assert Settings().host == "127.0.0.1"


PLACES = [name for name, field in Settings.model_fields.items() if field.annotation in (Path, Path | None)]


@pytest.mark.parametrize("name", PLACES)
def test_an_empty_path_is_none_given_and_not_the_folder_one_stands_in(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"RAGBOX_{name.upper()}", "")
    default = Settings.model_fields[name].default
    assert default != Path()
    assert getattr(Settings(), name) == getattr(Settings(**{name: ""}), name) == default


def test_which_settings_are_paths() -> None:
    assert {"data", "seal_memory", "ldap_ca", "ldap_password_file", "oidc_ca", "oidc_secret_file"} < {*PLACES}
