"""Draws one row's next token from the model's scores. Knows nothing of batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..generation import Sampling

if TYPE_CHECKING:
    from torch import Tensor


class Sampler:
    """Temperature, top_k, top_p and repetition penalty in the order in which transformers applies them."""

    def __init__(self, sampling: Sampling) -> None:
        self._sampling = sampling
        self._generator: Any = None
        self.plain = sampling.temperature == 0 and sampling.repetition_penalty == 1
        """Whether the likeliest token is all that is asked for."""

    def draw(self, scores: Tensor, tokens: Sequence[int]) -> int:
        """Return the next token for scores of shape (vocabulary,) after the tokens of prompt and answer."""
        import torch

        wanted = self._sampling
        scores = scores.float()
        if wanted.repetition_penalty != 1:  # Keskar et al. 2019, CTRL
            seen = torch.tensor(sorted(set(tokens)), device=scores.device)
            found = scores[seen]
            penalty = wanted.repetition_penalty
            scores = scores.index_copy(0, seen, torch.where(found < 0, found * penalty, found / penalty))
        if wanted.temperature == 0:
            return int(scores.argmax())
        # Sorting a vocabulary of 150,000 whole takes longer than finding its best few.
        scores, order = (scores / wanted.temperature).topk(min(wanted.top_k or len(scores), len(scores)))
        chances = scores.softmax(-1)
        if wanted.top_p < 1:  # Holtzman et al. 2019: the fewest tokens that have so much of the mass
            chances = chances[chances.cumsum(-1) - chances < max(wanted.top_p, 1e-6)]
        if self._generator is None:
            self._generator = torch.Generator(device=scores.device)
            if wanted.seed is None:
                self._generator.seed()
            else:
                self._generator.manual_seed(wanted.seed)
        return int(order[torch.multinomial(chances, 1, generator=self._generator)])
