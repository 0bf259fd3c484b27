"""Where an answer stands in the passages it was read from: the exact stretch that says it, or that none does.

Takes an answer, its question and passages; gives a span. Form does not count: numbers in words, inflection, code marks,
articles, and what the answer only repeats of the question. Whatever else it says must stand there close together. What
stands nowhere was not read but made up, and is not given.
"""

from __future__ import annotations

from collections.abc import Sequence

from byheart.agreement import FILLERS, Word, likeness, words
from byheart.types import Hit
from byheart.vocabulary import NEGATIONS

# The words of an answer may stand this many times further apart in the passage, and so many words besides.
_STRETCH = 2
_SLACK = 3

# How far around a place the words of the question count for it.
_AROUND = 25


def quoted(answer: str, question: str, hits: Sequence[Hit]) -> tuple[Hit, tuple[int, int]] | None:
    """The first of `hits` in which `answer` stands, with the span of its text that says it; None if in none."""
    for hit in hits:
        if span := quote(answer, question, hit.text):
            return hit, span
    return None


def quote(answer: str, question: str, text: str) -> tuple[int, int] | None:
    """The span of `text` that says `answer`, nearest to the words of `question`; None if it stands nowhere."""
    said, source = words(answer), words(text)
    if not said or not source:
        return None
    asked = words(question)
    found = _runs(said, source) or _windows(_substance(said, asked), source)
    if not found:
        return None

    def nearness(window: tuple[int, int]) -> int:
        around = source[max(0, window[0] - _AROUND) : window[1] + _AROUND]
        return sum(any(_is_same(word, other) for other in around) for word in asked if word.text not in FILLERS)

    first, last = max(found, key=nearness)
    return source[first].start, source[last].end


def _substance(said: Sequence[Word], asked: Sequence[Word]) -> list[Word]:
    """The words of an answer that say something: neither fillers nor repeated from the question, if there are any."""
    telling = [word for word in said if word.text not in FILLERS]
    own = [word for word in telling if not any(_is_same(word, other) for other in asked)]
    return own or telling or list(said)


def _runs(said: Sequence[Word], source: Sequence[Word]) -> list[tuple[int, int]]:
    """Where all of an answer stands word by word, and is not denied."""
    size = len(said)
    return [
        (at, at + size - 1)
        for at in range(len(source) - size + 1)
        if all(map(_is_same, said, source[at : at + size])) and not _is_denied(said, source, at)
    ]


def _windows(wanted: Sequence[Word], source: Sequence[Word]) -> list[tuple[int, int]]:
    """Where all `wanted` words stand close together, in any order: the shortest such stretches."""
    places = [[at for at, word in enumerate(source) if _is_same(one, word)] for one in wanted]
    if not all(places):
        return []
    most = _STRETCH * len(wanted) + _SLACK
    found: list[tuple[int, int]] = []
    for begun in sorted({at for row in places for at in row}):
        ends = [next((at for at in row if at >= begun), None) for row in places]
        reached = [end for end in ends if end is not None]
        if len(reached) == len(places) and max(reached) - begun < most and not _is_denied(wanted, source, begun):
            found.append((begun, max(reached)))
    shortest = min((end - begun for begun, end in found), default=0)
    return [window for window in found if window[1] - window[0] == shortest]


def _is_denied(said: Sequence[Word], source: Sequence[Word], at: int) -> bool:
    """Whether the text says "not" right before what the answer says without it."""
    return at > 0 and source[at - 1].text in NEGATIONS and not NEGATIONS & {word.text for word in said}


def _is_same(one: Word, other: Word) -> bool:
    if one.text == other.text:
        return True
    if one.is_exact or other.is_exact:
        # "model_dump" is said by "model_dump", by "pydantic.model_dump" and by no other number or name.
        return "." in one.text + other.text and likeness(one.text, other.text) and not one.text[:1].isdigit()
    return likeness(one.text, other.text)
