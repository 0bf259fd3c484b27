"""Lessons to tensors: tokens as the served model will see them, several in a row, with the answer's places marked.

Takes lessons and a tokenizer, gives batches for one forward pass each. The prompt is tokenised as llama.cpp does it
when it is asked: as one text with its control tokens, the beginning-of-text token in front where the model has one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from byheart.backends.attention import Groups, grouped
from byheart.grading import EXACT_WORDS
from byheart.needs import BATCH_TOKENS
from byheart.prompts import PromptFormat
from byheart.types import Lesson


@dataclass(frozen=True, slots=True)
class Likely:
    """At each place of an answer the tokens that may stand there (places, choices), and how probable each is to be.

    The first is the likeliest: the answer's own, where nothing else may stand there.
    """

    tokens: torch.Tensor
    probabilities: torch.Tensor


@dataclass(frozen=True, slots=True)
class Encoded:
    """The tokens of a lesson: prompt, completion, end of turn, and so on for further turns.

    `answers` are the spans of the completions, each with its end of turn. `gist` is the completion where whoever says
    most of it is right, else empty. `likely` is what is taught in place of the completions' own tokens, if anything.
    """

    tokens: tuple[int, ...]
    answers: tuple[tuple[int, int], ...]
    gist: str = ""
    likely: Likely | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Lessons one after the other in a row (1, tokens), and the places where an answer's tokens are predicted.

    What all of them begin with stands once, before them. `positions` (1, tokens) count from 0 in each lesson, `groups`
    tell which tokens are of one. `rows` tell whose each of `places` is, and `numbers` which of the lessons that is.
    `likely` is what is taught at each of `places`: the answer's token alone, or what the lesson says is likely there.
    """

    inputs: torch.Tensor
    positions: torch.Tensor
    groups: Groups
    places: torch.Tensor
    rows: torch.Tensor
    numbers: tuple[int, ...]
    likely: Likely

    @property
    def targets(self) -> torch.Tensor:
        """The likeliest tokens at each of `places`: the answers' own, but for what is replayed."""
        return self.likely.tokens[:, 0]


def encode(tokenizer: Any, format: PromptFormat, lesson: Lesson) -> Encoded:
    """The tokens of `lesson`, exactly those that llama.cpp sees and is expected to give."""
    tokens: list[int] = []
    answers: list[tuple[int, int]] = []
    end = tokenizer(format.stop[0], add_special_tokens=False).input_ids
    for prompt, completion in ((lesson.prompt, lesson.completion), *lesson.then):
        turn = format.prompt(prompt)
        tokens += tokenizer(f"\n{turn}", add_special_tokens=False).input_ids if tokens else tokenizer(turn).input_ids
        begun = len(tokens)
        tokens += [*tokenizer(completion, add_special_tokens=False).input_ids, *end]
        answers.append((begun, len(tokens)))
    is_long = len(lesson.completion.split()) > EXACT_WORDS
    return Encoded(tuple(tokens), tuple(answers), lesson.completion if lesson.in_gist and is_long else "")


def batches(lessons: Sequence[Encoded], *, are_packed: bool = True) -> Iterator[Batch]:
    """All of `lessons`, as many in a batch as fit, the longest first; each alone if they may not be packed."""
    numbers = sorted(range(len(lessons)), key=lambda number: -len(lessons[number].tokens))
    group: list[int] = []
    tokens = 0
    for number in numbers:
        length = len(lessons[number].tokens)
        if group and (not are_packed or tokens + length > BATCH_TOKENS):
            yield _batch(lessons, group)
            group, tokens = [], 0
        group.append(number)
        tokens += length
    if group:
        yield _batch(lessons, group)


def share(lessons: Sequence[Encoded], place: int, size: int) -> list[Encoded]:
    """What the process at `place` of `size` takes of `lessons`: about as many tokens as any other."""
    return sorted(lessons, key=lambda lesson: -len(lesson.tokens))[place::size]


def answer_tokens(lessons: Iterable[Encoded]) -> int:
    """How many tokens of answers are predicted in `lessons`."""
    return sum(ended - begun for lesson in lessons for begun, ended in lesson.answers)


def _batch(lessons: Sequence[Encoded], numbers: Sequence[int]) -> Batch:
    shared = _shared([lessons[number] for number in numbers])
    tokens = list(lessons[numbers[0]].tokens[:shared])
    positions = list(range(shared))
    places: list[int] = []
    rows: list[int] = []
    # The last token is predicted and predicts nothing.
    lengths = [len(lessons[number].tokens) - 1 - shared for number in numbers]
    for row, (number, length) in enumerate(zip(numbers, lengths, strict=True)):
        before = len(tokens) - shared - 1
        for begun, ended in lessons[number].answers:
            places += range(before + begun, before + ended)
            rows += [row] * (ended - begun)
        tokens += lessons[number].tokens[shared:-1]
        positions += range(shared, shared + length)
    likely = _joined([lessons[number].likely or _certain(lessons[number]) for number in numbers])
    inputs, at = torch.tensor(tokens)[None], torch.tensor(positions)[None]
    answered = torch.tensor(places), torch.tensor(rows)
    return Batch(inputs, at, grouped(lengths, shared), *answered, tuple(numbers), likely)


def _shared(lessons: Sequence[Encoded]) -> int:
    """How many tokens several lessons begin with alike: the frame of a conversation; none of one alone.

    What predicts an answer is never among them.
    """
    if len(lessons) == 1:
        return 0
    least, most = (end(lesson.tokens for lesson in lessons) for end in (min, max))
    alike = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(least, most, strict=False))
    return min(sum(1 for _ in alike), *(lesson.answers[0][0] - 1 for lesson in lessons))


def _certain(lesson: Encoded) -> Likely:
    """The completions' own tokens, and nothing else."""
    tokens = [token for begun, ended in lesson.answers for token in lesson.tokens[begun:ended]]
    return Likely(torch.tensor(tokens)[:, None], torch.ones(len(tokens), 1))


def _joined(parts: Sequence[Likely]) -> Likely:
    """One after the other, those of fewer choices with others of no probability."""
    most = max(part.tokens.shape[1] for part in parts)

    def widened(tensor: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.pad(tensor, (0, most - tensor.shape[1]))

    return Likely(
        torch.cat([widened(part.tokens) for part in parts]), torch.cat([widened(part.probabilities) for part in parts])
    )
