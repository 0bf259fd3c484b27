"""The passage's own sentence as an answer: an extractive reader, a `Model` without weights.

Takes a turn that asks passages a question; gives the sentence, item or line of them that holds most of the question's
words, word for word. Rare words count more, and those of the sentence before count in part: a sentence goes on from it.
It writes nothing of its own, so it can be wrong but never makes up; closed-book it knows nothing.
"""

from __future__ import annotations

import math
import re
import time
from collections import Counter
from collections.abc import Iterator, Set

from byheart.confidence import EXTRACTIVE
from byheart.formats.markup import plain
from byheart.prompts import NOT_TOLD, told
from byheart.types import Draft, Token
from byheart.words import content_terms, terms

# What a word of the sentence before is worth beside one of the sentence itself.
_BEFORE = 0.4

_LEAST = 1e-3

_END = re.compile(r"(?<=[.!?:])[\"')*_`]*\s+(?=[A-Z`*\"(])|\n\s*\n|\n(?=\s*(?:[-*+#>|]|\d+\.|>>>|\.\. ))|(?<=:)\s*\n")
_PLACE = re.compile(r"^\[[^\n]*\]$", re.M)

# A signature names its function best of all lines, and tells nothing but its arguments.
_SIGNATURE = re.compile(r"^\.\. [\w:]+:: *\S+\(")
_OF_SIGNATURES = frozenset(terms("argument parameter default signature keyword positional optional syntax called"))


class ExtractiveReader:
    """Answers a turn of `prompts.read` with a sentence of its passages; any other turn with NOT_TOLD."""

    @property
    def name(self) -> str:
        return EXTRACTIVE

    def complete(self, prompt: str, *, tokens: int, timeout: float) -> Draft:
        """The best sentence, at most `tokens` words of it. Its one token's probability is the share of the question's
        words, by weight, that it holds; the margin is how far the next best sentence is behind."""
        begun = time.perf_counter()
        turn = told(prompt)
        text, share, lead = _best(*turn) if turn else ("", 0.0, 0.0)
        said = " ".join(text.split()[:tokens]) or NOT_TOLD
        token = Token(said, math.log(max(share, _LEAST)), lead)
        is_complete = len(text.split()) <= tokens
        return Draft(said, (token,), 0, time.perf_counter() - begun, is_complete=is_complete)

    def close(self) -> None:
        """Nothing is open."""


def _best(question: str, passages: str) -> tuple[str, float, float]:
    """The sentence that answers best, the share (0 to 1) of the question it holds, and its lead over the next one."""
    wanted = set(content_terms(question))
    found = [
        (sentence, held, before)
        for sentence, held, before in _sentences(passages)
        # What only asks, or says nothing but the question's own words, answers nothing.
        if not sentence.endswith("?")
        and set(content_terms(sentence)) - wanted
        and (wanted & _OF_SIGNATURES or not _SIGNATURE.match(sentence))
    ]
    if not found or not wanted:
        return "", 0.0, 0.0
    counts = Counter(term for _, held, _ in found for term in held & wanted)
    weights = {term: math.log(1 + len(found) / (0.5 + counts[term])) for term in wanted}
    whole = sum(weights.values())
    ranked = sorted(
        ((_share(held, before, weights) / whole, sentence) for sentence, held, before in found),
        key=lambda scored: -scored[0],
    )
    if not ranked[0][0]:
        return "", 0.0, 0.0
    second = ranked[1][0] if len(ranked) > 1 else 0.0
    return plain(ranked[0][1]), ranked[0][0], ranked[0][0] - second


def _share(held: Set[str], before: Set[str], weights: dict[str, float]) -> float:
    own = sum(weight for term, weight in weights.items() if term in held)
    return own + _BEFORE * sum(weight for term, weight in weights.items() if term in before and term not in held)


def _sentences(passages: str) -> Iterator[tuple[str, Set[str], Set[str]]]:
    """The sentences, items and lines of passages, each with its terms and those of the one before it."""
    for passage in _PLACE.split(passages):
        before: Set[str] = frozenset()
        for part in _END.split(passage):
            sentence = " ".join(part.split())
            if len(sentence.split()) > 1:
                held = set(terms(sentence))
                yield sentence, held, before
                before = held
