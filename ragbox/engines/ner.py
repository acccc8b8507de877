"""People and places by a token classification model from a local folder (transformers). Knows no redactor.

An option beside the lists of `ragbox/redact/`: it reads names that no list has, at 10 to 50 ms a run instead of 1.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import BadInput

PLACES, PEOPLE = ("LOC", "GPE", "ADDRESS"), ("PER", "PERSON")
_LONGEST = 384
"""Tokens of a text: a run with what stands before it has at most 320 Latin signs, or 146 Chinese ones."""


class NerModel:
    """Reads names with the model in a folder: safetensors, no code of its own, no network."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: tuple[Any, Any] | None = None
        self._loading = threading.Lock()

    @cached_property
    def identity(self) -> str:
        """What tells this model from others: its folder's name, its config, size and time of each of its files."""
        made = hashlib.sha256()
        for file in sorted(self._folder.glob("*")):
            about = file.stat()
            made.update(f"{file.name} {about.st_size} {about.st_mtime_ns}\n".encode())
            if file.name == "config.json":
                made.update(file.read_bytes())
        return f"{self._folder.name} {made.hexdigest()[:16]}"

    def load(self) -> None:
        """Read the model into memory.

        Raises:
            BadInput: the folder holds no token classification model in safetensors that tells people or places.
        """
        from transformers import AutoModelForTokenClassification, AutoTokenizer

        with self._loading:
            if self._loaded is not None:
                return
            local = {"local_files_only": True, "trust_remote_code": False}
            if not (self._folder / "config.json").is_file():
                raise BadInput(f"There is no model in {self._folder}. Name the folder that holds its config.json.")
            try:
                tokenizer = AutoTokenizer.from_pretrained(str(self._folder), **local)
                model: Any = AutoModelForTokenClassification.from_pretrained(
                    str(self._folder), use_safetensors=True, **local
                )
            except (OSError, ValueError, KeyError) as error:
                raise BadInput(
                    f"The name model in {self._folder} cannot be loaded: {error}. Take one for token classification "
                    "with weights in safetensors and a tokenizer.json."
                ) from None
            if not any(map(_entity, model.config.id2label.values())):
                raise BadInput(
                    f"The model in {self._folder} tells neither people nor places, but "
                    f"{', '.join(map(str, model.config.id2label.values()))}. Take one with the labels PER or LOC."
                )
            self._loaded = tokenizer, model.eval()

    def find(self, text: str) -> list[tuple[int, int, str, float]]:
        """Return start, end, PERSON or ADDRESS, and the least probability of a token, for each name in a text.

        Raises:
            ValueError: the text has too many tokens to be read whole, and a name at its end must not pass for none.
        """
        import torch

        if self._loaded is None:
            self.load()
        assert self._loaded is not None
        tokenizer, model = self._loaded
        read = tokenizer(text, return_offsets_mapping=True, truncation=False, return_tensors="pt")
        places = read.pop("offset_mapping")[0].tolist()
        if len(places) > _LONGEST:
            raise ValueError(f"A text of {len(text)} signs has {len(places)} tokens; {_LONGEST} are read at a time.")
        with torch.inference_mode():
            likely = model(**read).logits[0].float().softmax(-1).max(-1)
        labels = [str(model.config.id2label[n]) for n in likely.indices.tolist()]
        return list(_names(text, places, labels, likely.values.tolist()))


def _names(
    text: str, places: list[list[int]], labels: list[str], scores: list[float]
) -> Iterator[tuple[int, int, str, float]]:
    """Join the tokens of each name: those of one entity that nothing but spaces part, up to the next B-."""
    name: tuple[int, int, str, float] | None = None
    for (start, end), label, score in zip(places, labels, scores, strict=True):
        if start == end:
            continue
        entity = _entity(label)
        goes_on = name and entity == name[2] and not label.startswith("B-") and not text[name[1] : start].strip()
        if name and goes_on:
            name = name[0], end, entity, min(name[3], score)
            continue
        if name:
            yield name
        name = (start, end, entity, score) if entity else None
    if name:
        yield name


def _entity(label: str) -> str:
    plain = re.sub(r"^[BIESLU]-", "", label).upper()
    return "PERSON" if plain in PEOPLE else "ADDRESS" if plain in PLACES else ""
