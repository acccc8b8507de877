"""One row and one step of a model: tokens in, scores out, the next token drawn. Knows no queue and no folder.

A row is all there in its tokens: whatever happens to its keys and values, they can be made again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import RagboxError
from ..generation import Delta, Request
from .hf_cache import KeyValues, Prefixes
from .hf_chat import Chat
from .hf_lora import Adapters
from .hf_sample import Sampler
from .hf_text import Piece, TextStream

if TYPE_CHECKING:
    from torch import Tensor

PIECE_SECONDS, PIECE_STEPS = 0.5, 2
"""What one piece of a prompt may take, in seconds or, where that is longer, in steps of one token: the running rows
wait so long for a token, and a cancelled one for its end. nf4 unpacks all weights at every step: half a second for
0.6 B parameters on a slow processor, so that smaller pieces would cost more than they please."""
SMALLEST, LARGEST = 32, 1024
"""Tokens of a piece."""
LEAST_PREFIX = 16
"""Tokens below which a prefix is not worth keeping."""


class Row:
    """One request on its way: its tokens so far and what becomes text of them."""

    def __init__(self, request: Request, chat: Chat, context: int) -> None:
        """Raise RagboxError where there is no prompt to be made of the request."""
        prompt = chat.encode(request.messages, request.prefix)
        self.request = request
        self.tokens = list(prompt.tokens)
        self.prompt = len(self.tokens)
        self.most = min(context, self.prompt + request.sampling.max_new_tokens)
        # At least one token of the prompt must go through the model to be followed.
        self.prefix = prompt.prefix if LEAST_PREFIX <= prompt.prefix < self.prompt else 0
        self.sampler = Sampler(request.sampling)
        self.text = TextStream(
            chat.decode,
            markers=chat.markers,
            inside=prompt.thinking,
            stops=(*request.sampling.stop, *chat.stops),
        )
        self.values: KeyValues | None = None
        self.told = self.prompt
        """Tokens that deltas have accounted for."""
        self.retried = False
        """Whether memory ran out for this row alone once already."""

    def deltas(self, pieces: Sequence[Piece]) -> Iterator[Delta]:
        """Yield what the last tokens have brought to show."""
        for thinking, text in pieces:
            yield Delta(id=self.request.id, text=text, thinking=thinking, tokens=len(self.tokens) - self.told)
            self.told = len(self.tokens)

    def ending(self, end: str, reason: str = "") -> Iterator[Delta]:
        """Yield what was held back, and the end."""
        yield from self.deltas(self.text.finish())
        tokens = len(self.tokens) - self.told
        yield Delta(id=self.request.id, tokens=tokens, prompt_tokens=self.prompt, end=end, reason=reason)


class Stepper:
    """A loaded model and its chat; one thread uses it. `prefilled` counts prompt tokens that were not reused."""

    def __init__(self, model: Any, device: Any, chat: Chat, *, rows: int, context: int, ends: Iterable[int]) -> None:
        self._model, self._device, self._chat = model, device, chat
        self._context, self._ends = context, frozenset(ends)
        self._prefixes = Prefixes()
        self.adapters = Adapters(model, device)
        self.rows = rows
        """How many rows may run at a time."""
        self.piece = 128
        """Tokens of a prompt put through at once, doubled or halved by how long it takes."""
        self.prefilled = 0
        self._beat = 0.0

    def row(self, request: Request) -> Row:
        """Return a request as a row.

        Raises:
            RagboxError: its messages make no prompt, or one that is too long, or its adapter is not attached.
        """
        if request.adapter and request.adapter not in self.adapters.names:
            raise RagboxError(f"There is no adapter {request.adapter!r} in this model. Ask without one.")
        row = Row(request, self._chat, self._context)
        if row.prompt >= self._context:
            raise RagboxError(
                f"The prompt has {row.prompt} tokens, the model takes {self._context} with its answer. Give fewer or "
                "shorter passages, or use a model with a longer context."
            )
        return row

    def prefill(self, row: Row) -> Tensor | None:
        """Put one piece of a row's tokens through the model; return the scores (1, vocabulary) after the last."""
        adapter, prefix = row.request.adapter, row.tokens[: row.prefix]
        if row.values is None:
            row.values = (prefix and self._prefixes.get(adapter, prefix)) or KeyValues()
        start = row.values.length
        end = min(start + self.piece, len(row.tokens))
        if start < row.prefix:
            end = min(end, row.prefix)
        began = time.perf_counter()
        scores = self.step([row.tokens[start:end]], row.values, adapter)
        took = time.perf_counter() - began
        seconds = max(PIECE_SECONDS, PIECE_STEPS * self._beat)
        if took > 2 * seconds:
            self.piece = max(SMALLEST, self.piece // 2)
        elif took < seconds / 2 and end - start == self.piece:
            self.piece = min(LARGEST, self.piece * 2)
        self.prefilled += end - start
        if end == row.prefix:
            self._prefixes.put(adapter, prefix, row.values)
        return scores if end == len(row.tokens) else None

    def step(self, tokens: Sequence[Sequence[int]], values: KeyValues, adapter: str = "") -> Tensor:
        """Put tokens (rows, n) through the model; return the scores (rows, vocabulary) after the last ones."""
        import torch

        self.adapters.use(adapter)
        began = time.perf_counter()
        with torch.inference_mode():
            ids = torch.tensor(tokens, device=self._device)
            pads = torch.tensor(values.pads, device=self._device)[:, None]
            places = torch.arange(values.length + ids.shape[1], device=self._device)[None]
            scores: Tensor = self._model(
                input_ids=ids,
                # Where no row is padded the models need no mask, and attention has faster ways without one.
                attention_mask=(places >= pads).long() if any(values.pads) else None,
                position_ids=places[:, values.length :] - pads,
                past_key_values=values,
                use_cache=True,
                logits_to_keep=1,
            ).logits[:, -1]
        values.advance(ids.shape[1])
        if ids.shape[1] == 1:
            self._beat = time.perf_counter() - began
        return scores

    def draw(self, rows: Sequence[Row], scores: Tensor) -> list[int | None]:
        """Return each row's next token, None where the scores are no finite numbers."""
        import torch

        with torch.inference_mode():
            best, likeliest = scores.max(-1)
            broken, tokens = (~best.isfinite()).tolist(), likeliest.tolist()  # drawing from +inf raises, for all rows
            return [
                None if broken[n] else tokens[n] if row.sampler.plain else row.sampler.draw(scores[n], row.tokens)
                for n, row in enumerate(rows)
            ]

    def take(self, row: Row, token: int | None) -> tuple[list[Delta], bool]:
        """Add a token to a row; return what to show and whether the row has ended."""
        if token is None:
            reason = "The model's numbers overflowed. Choose the quantization bf16 or fp32, or copy its weights again."
            return list(row.ending("error", reason)), True
        row.tokens.append(token)
        deltas = [] if token in self._ends else list(row.deltas(row.text.push(token)))
        if token in self._ends or row.text.stopped:
            return [*deltas, *row.ending("stop")], True
        if len(row.tokens) >= row.most:
            return [*deltas, *row.ending("length")], True
        return deltas, False

    def detach(self, adapter: str) -> None:
        """Free an adapter and what was kept of it."""
        self._prefixes.drop(adapter)
        self.adapters.detach(adapter)

    def forget(self) -> None:
        """Drop the prefixes that are kept."""
        self._prefixes.clear()
