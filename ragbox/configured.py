"""What the settings name, not loaded yet: the language model, the finder of personal data. Knows engines and files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from .engines.hf import HfModel
from .engines.langchain import LangChainModel
from .engines.llamacpp import LlamaCppModel
from .engines.ner import NerModel
from .engines.remote import RemoteModel
from .errors import BadInput, Unavailable
from .models import Store
from .ports import LanguageModel
from .redact.analyzer import Analyzer
from .redact.custom import Custom
from .settings import Settings
from .versions import digest_of


def make_model(settings: Settings, store: Store) -> LanguageModel | None:
    """Return the model that the settings name, not loaded yet; None where answers are to be quoted.

    Raises:
        BadInput: the engine asked for lacks a setting, or the model's files are not as they were added.
        Unavailable: the engine asked for has no model.
    """
    engine = settings.engine
    if engine == "extractive":
        return None
    if engine == "remote" or (engine == "auto" and settings.remote_urls):
        if not settings.remote_urls or not settings.remote_model:
            raise BadInput("A remote model needs RAGBOX_REMOTE_URLS and RAGBOX_REMOTE_MODEL. Set both.")
        return RemoteModel(
            settings.remote_urls, model=settings.remote_model, key=settings.remote_key,
            context=settings.context, parallel=settings.remote_parallel, timeout=settings.remote_timeout,
        )  # fmt: skip
    if engine == "langchain" or (engine == "auto" and settings.langchain_model):
        if not settings.langchain_model:
            raise BadInput("The engine langchain needs RAGBOX_LANGCHAIN_MODEL. Set it to module:Class.")
        return LangChainModel(
            settings.langchain_model, settings.langchain_args, context=settings.context or 8192,
            parallel=settings.remote_parallel, timeout=settings.remote_timeout,
        )  # fmt: skip
    return _local(settings, store)


def origin(model: LanguageModel, store: Store) -> tuple[Path | None, str]:
    """Return the folder (or GGUF file) that a model's weights come from, None for a server's.

    With it the digest of its files, "" where they are no version of the store.
    """
    base = model.folder if isinstance(model, HfModel) else model.file if isinstance(model, LlamaCppModel) else None
    folder = base.parent if base is not None and base.is_file() else base
    return base, digest_of(folder) if folder is not None and store.is_of(folder) else ""


def _local(settings: Settings, store: Store) -> LanguageModel | None:
    path, name = Path(settings.model), settings.model and Path(settings.model).name
    if not settings.model:
        active = store.active()
        if active is None:
            if settings.engine == "auto":
                return None
            raise Unavailable(
                f"The engine {settings.engine} has no model. Add one with `ragbox model add`, or set RAGBOX_MODEL."
            )
        store.check(active)
        path, name = store.opened(active), f"{active.name} {active.version}"
    files = [path] if path.is_file() else sorted(path.glob("*.gguf"))
    if settings.engine == "llamacpp" or (settings.engine == "auto" and files):
        if len(files) != 1:
            raise BadInput(f"{path} holds {len(files)} GGUF files, not one. Set RAGBOX_MODEL to the file.")
        return LlamaCppModel(files[0], name=name, context=settings.context)
    return HfModel(
        path, name=name, quantization=settings.quantization, device_map=_device_map(settings.device_map),
        max_memory=settings.max_memory, context=settings.context, rows=settings.model_rows,
    )  # fmt: skip


def _device_map(text: str) -> str | dict[str, str | int]:
    if not text.startswith("{"):
        return text
    try:
        found: dict[str, str | int] = json.loads(text)
    except ValueError as error:
        raise BadInput(f"RAGBOX_DEVICE_MAP is no JSON object: {error}. Correct it, or set auto.") from error
    return found


def make_analyzer(settings: Settings) -> Callable[[Custom], Analyzer]:
    """Return what makes the finder of personal data with what an admin added to the rules."""
    if not settings.redact_ner:
        return Analyzer
    model = NerModel(settings.redact_ner)
    return lambda custom: Analyzer(custom, ner=model.find, model=model.identity)
