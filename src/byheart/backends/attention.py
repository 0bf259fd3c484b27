"""Attention within each of several lessons that lie one after the other in one row, without a look at the others.

Takes queries, keys and values of a whole row, and where its lessons lie; gives what each token attends to. What all
lessons begin with stands in the row once, before them. All other layers then work on one row without padding and
without repetition. Lessons of like length are attended together.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface

_NAME = "byheart_packed"

# Lessons that are attended together are padded to the longest; one this much shorter begins another group.
_SHORTEST = 0.7

# Queries that are weighed together: those before the last token of a block need no weight for what follows it.
_BLOCK = 256


@dataclass(frozen=True, slots=True)
class Groups:
    """Lessons of like length: for each group the places of its tokens in the row (lessons, longest).

    `back` (tokens) tells for each token of the row where it stands among all the groups' tokens; what all lessons
    begin with stands in each of them, and is alike in all. What is padded points to the first token of the row; no
    other token attends to it.
    """

    places: tuple[torch.Tensor, ...]
    back: torch.Tensor

    def to(self, device: torch.device) -> Groups:
        """The same on `device`."""
        return Groups(tuple(places.to(device) for places in self.places), self.back.to(device))


def grouped(lengths: Sequence[int], shared: int = 0) -> Groups:
    """The groups of lessons, in their order in the row behind `shared` tokens that all of them begin with.

    `lengths` are in tokens, without the shared ones.
    """
    begins = [shared + before for before in itertools.accumulate(lengths, initial=0)]
    groups: list[list[int]] = []
    for lesson in sorted(range(len(lengths)), key=lambda lesson: -lengths[lesson]):
        if not groups or shared + lengths[lesson] < _SHORTEST * (shared + lengths[groups[-1][0]]):
            groups.append([])
        groups[-1].append(lesson)
    back, places, before = torch.zeros(begins[-1], dtype=torch.long), [], 0
    for group in groups:
        longest = shared + lengths[group[0]]
        held = torch.zeros((len(group), longest), dtype=torch.long)
        for row, lesson in enumerate(group):
            own = torch.cat([torch.arange(shared), begins[lesson] + torch.arange(lengths[lesson])])
            held[row, : len(own)] = own
            back[own] = before + row * longest + torch.arange(len(own))
        places.append(held)
        before += held.numel()
    return Groups(tuple(places), back)


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    groups: Groups,
    scaling: float,
    sliding_window: int | None = None,
    **others: Any,
) -> tuple[torch.Tensor, None]:
    """What each token of the row attends to (1, tokens, heads, width), as transformers' attention gives it.

    `query` is (1, heads, tokens, width); `key` and `value` may have fewer heads, each for several of the queries'.
    """
    # On a CPU torch's own fused attention is several times slower backwards in bfloat16 than its products are.
    weigh = _weighed if query.device.type == "cpu" else _fused
    found = []
    for places in groups.places:
        asked, known, held = (_taken(of[0], places) for of in (query, key, value))
        said = weigh(asked, known, held, _hidden(places.shape[1], sliding_window, query), scaling)
        found.append(said.transpose(1, 2).flatten(0, 1))
    return torch.cat(found).index_select(0, groups.back)[None], None


def _taken(row: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """What stands at `places` of a row (heads, tokens, width), as (lessons, heads, longest, width)."""
    taken = row.transpose(0, 1).index_select(0, places.flatten())
    return taken.view(*places.shape, *taken.shape[1:]).transpose(1, 2)


def _weighed(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, hidden: torch.Tensor, scaling: float
) -> torch.Tensor:
    """Attention (lessons, heads, tokens, width) by two matrix products a block."""
    lessons, heads, tokens, width = query.shape
    shared = key.shape[1]
    found = []
    for begun in range(0, tokens, _BLOCK):
        ended = min(begun + _BLOCK, tokens)
        # The queries' heads that share keys lie one under the other.
        asked = query[:, :, begun:ended].reshape(lessons * shared, -1, width)
        known, held = (of[:, :, :ended].reshape(lessons * shared, ended, width) for of in (key, value))
        above = hidden[begun:ended, :ended].repeat(heads // shared, 1).expand(len(asked), -1, -1)
        weights = torch.baddbmm(above, asked, known.transpose(1, 2), alpha=scaling).softmax(-1)
        found.append((weights @ held).view(lessons, heads, ended - begun, width))
    return torch.cat(found, 2)


def _fused(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, hidden: torch.Tensor, scaling: float
) -> torch.Tensor:
    """The same by torch's own."""
    return scaled_dot_product_attention(query, key, value, attn_mask=hidden, scale=scaling, enable_gqa=True)


def pack(model: Any) -> None:
    """Lets `model` take several lessons in one row, if attention is all that looks from one token at another there."""
    if model._supports_attention_backend and not model._is_stateful:
        model.set_attn_implementation(_NAME)


def is_packed(model: Any) -> bool:
    """Whether `model` takes several lessons in one row."""
    return bool(model.config._attn_implementation == _NAME)


@contextmanager
def one_a_row(model: Any) -> Iterator[None]:
    """Within it `model` takes rows of one text each, with a mask, as generation needs it."""
    if not is_packed(model):
        yield
        return
    model.set_attn_implementation("sdpa")
    try:
        yield
    finally:
        model.set_attn_implementation(_NAME)


def _hidden(length: int, window: int | None, like: torch.Tensor) -> torch.Tensor:
    """What is added to the scores of a lesson (tokens, tokens): a token attends to none after it, or too far before."""
    place = torch.arange(length, device=like.device)
    distance = place[:, None] - place
    is_hidden = (distance < 0) | (distance >= (window or length))
    return torch.zeros((length, length), dtype=like.dtype, device=like.device).masked_fill(is_hidden, float("-inf"))


AttentionInterface.register(_NAME, attend)
