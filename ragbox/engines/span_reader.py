"""A reader: the encoder's own model with a LoRA on it and two heads, one pass over a question and a passage.

The span head says of each token how likely the answer begins or ends there, or, at [CLS], that there is none (Devlin et
al. 2019); the relevance head says whether the passage answers. `reader.safetensors` holds both, and A and B of each
module that the LoRA changes: W + B A. `tests/bench/reader_train.py` makes such a file. Knows no adapter store.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..errors import RagboxError, Rejected, Unavailable

LONGEST, STRIDE = 384, 64
"""Tokens of a question with its passage, and those that two windows of a longer passage share. A chunk has 254."""
WINDOWS = 12
"""Windows that are read at most for one question, in one batch: 12 stretches lie in so many chunks at most."""
QUESTION = LONGEST - 3 - 2 * STRIDE
"""Tokens of the question that are read: beside them and three marks a window has two strides of the passage.

Characters say nothing: a Hangul syllable is three tokens, and a question that leaves less than a stride is an error.
"""
STEEP = 10.0
"""Log-odds beyond which an answer here is as good as certain."""
UNREAD: tuple[float, ...] = (0.0, 0.0, 0.0)
"""What is said of a stretch that lies in no window."""
AGAIN = 60.0
"""Seconds for which a reader that could not be loaded is not tried again: each question would wait 5 s for it."""
LORA = ".lora_A.weight", ".lora_B.weight"
HEADS = {"span.weight": 2, "span.bias": 2, "relevance.weight": 1, "relevance.bias": 1}
"""The heads' tensors and how many rows each has."""
_log = logging.getLogger(__name__)


class SpanReader:
    """Reads passages for one question at a time. Safe to call from several threads."""

    def __init__(self, weights: Path, base: Callable[[], Path]) -> None:
        """`base` returns the encoder's folder; the model there is read anew, so that the encoder's own stays as it is.

        That takes 4 bytes a parameter: 90 MB of the bundled one.
        """
        self._weights = weights
        self._base = base
        self._model: tuple[Any, Any, dict[str, Any]] | None = None
        self._failed: tuple[float, RagboxError] | None = None
        # A fast tokenizer sets padding on itself at each call: two threads in it raise "Already borrowed".
        self._tokenizing = threading.Lock()

    def load(self) -> None:
        """Read the encoder's model and change it; within AGAIN of a failure, raise what that raised.

        Raises:
            Rejected: the weights do not fit that model.
            Unavailable: there is no such model, or it cannot be read.
        """
        with self._tokenizing:
            if self._model is not None:
                return
            if self._failed and time.monotonic() < self._failed[0] + AGAIN:
                raise type(self._failed[1])(str(self._failed[1]))
            try:
                self._model = self._read_model()
            except RagboxError as error:
                self._failed = time.monotonic(), error
                raise

    def read(self, question: str, places: Sequence[tuple[str, int, int]]) -> list[tuple[float, ...]]:
        """Return what `evidence.READING` names for each (passage, start, end), in the order given.

        The first passages are read where all do not fit WINDOWS.

        Raises:
            Unavailable: it cannot be loaded, or failed.
        """
        try:
            self.load()
            return self._figures(question, places)
        except RagboxError as error:
            raise Unavailable(f"The reader of quotes cannot be used: {error}") from error
        except Exception as error:
            _log.exception("the reader of quotes failed")
            raise Unavailable(f"The reader of quotes failed ({type(error).__name__}). The log says where.") from error

    def _figures(self, question: str, places: Sequence[tuple[str, int, int]]) -> list[tuple[float, ...]]:
        import torch

        if not places:
            return []
        assert self._model is not None
        tokenizer, model, heads = self._model
        texts = list(dict.fromkeys(text for text, _, _ in places))
        with self._tokenizing:
            asked = tokenizer(
                question, add_special_tokens=False, truncation=True, max_length=QUESTION, return_offsets_mapping=True
            )["offset_mapping"]
            question = question[: asked[-1][1]] if asked else ""
            rows = tokenizer(
                [question] * len(texts), texts, truncation="only_second", max_length=LONGEST, stride=STRIDE,
                return_overflowing_tokens=True, return_offsets_mapping=True, padding=True, return_tensors="pt",
            )  # fmt: skip
        count = min(WINDOWS, len(rows["input_ids"]))
        owners, offsets = rows.pop("overflow_to_sample_mapping")[:count].tolist(), rows.pop("offset_mapping")[:count]
        passage = torch.tensor([[part == 1 for part in rows.sequence_ids(n)] for n in range(count)])
        with torch.inference_mode():
            states = model(**{name: value[:count] for name, value in rows.items()}).last_hidden_state.float()
            ends = torch.nn.functional.linear(states, heads["span.weight"], heads["span.bias"])
            first = torch.nn.functional.linear(states[:, 0], heads["relevance.weight"], heads["relevance.bias"])
            within = ends.masked_fill(~passage[..., None], -torch.inf)
            whole, none, relevance = within.logsumexp(1), ends[:, 0], first.squeeze(1).sigmoid().tolist()
            found = list[tuple[float, ...]]()
            for text, start, end in places:
                best = UNREAD
                for n in (n for n, owner in enumerate(owners) if texts[owner] == text):
                    inside = passage[n] & (offsets[n, :, 0] < end) & (offsets[n, :, 1] > start)
                    if inside.any():
                        here = within[n][inside]
                        odds = float((here.amax(0) - none[n]).mean().clamp(-STEEP, STEEP)) / (2 * STEEP) + 0.5
                        share = min(1.0, float((here.logsumexp(0) - whole[n]).mean().exp()))  # sums round
                        best = max(best, (odds, share, relevance[n]))
                found.append(best)
        return found

    def _read_model(self) -> tuple[Any, Any, dict[str, Any]]:
        base = self._base()
        import torch
        from safetensors.torch import load_file
        from transformers import AutoModel, AutoTokenizer

        local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
        try:
            tokenizer = AutoTokenizer.from_pretrained(str(base), **local)
            model: Any = AutoModel.from_pretrained(str(base), use_safetensors=True, **local)
            tensors = {name: value.float() for name, value in load_file(self._weights).items()}
        except Exception as error:
            raise Unavailable(f"The encoder in {base} cannot be read for a reader: {error}.") from error
        heads = {name: tensors.pop(name) for name in HEADS}
        modules, wide = dict(model.named_modules()), int(model.config.hidden_size)
        if heads["span.weight"].shape[1] != wide or heads["relevance.weight"].shape[1] != wide:
            raise _misfit(f"has heads of a width other than the encoder's {wide}")
        with torch.no_grad():
            for name, (down, up) in _pairs(tensors):
                weight = getattr(modules.get(name), "weight", None)
                if weight is None or tuple(weight.shape) != (up.shape[0], down.shape[1]):
                    raise _misfit(f"changes {name}, which the encoder does not have in that shape")
                weight += (up @ down).to(weight.dtype)
        return tokenizer, model.eval(), heads


def _pairs(tensors: dict[str, Any]) -> Iterator[tuple[str, tuple[Any, Any]]]:
    for name in sorted(n.removesuffix(LORA[0]) for n in tensors if n.endswith(LORA[0])):
        yield name, (tensors[f"{name}{LORA[0]}"], tensors[f"{name}{LORA[1]}"])


def _misfit(cause: str) -> Rejected:
    return Rejected(f"The reader {cause}. Take one that was trained on the encoder in use.")
