"""What other passages say in the place of an answer that was read in one: who agrees, who says otherwise.

Takes a question, the passage that was read with the span that says the answer, and the other passages found; gives
those that say the same and those that say something else, each with the span that does. It asks no model: a sentence
that is else the same, or that holds all the question's words and another number, says something else.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache

from byheart import alignment
from byheart.agreement import FILLERS, Word, answers_differ, words
from byheart.formats.markup import plain
from byheart.types import Hit
from byheart.vocabulary import STOP_WORDS
from byheart.words import content_terms, stem

# Of a sentence that is given whole, no more words are its value: a longer stretch may be said in other words.
_LONGEST = 2

# Sentences that share fewer words besides their values say nothing of each other.
_LEAST_SHARED = 2

# The letters of what may stand within a name: "Guido van Rossum", "University of Oslo".
_LINK = 3

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rival:
    """What a passage says to the question, and the span of its text that says it."""

    hit: Hit
    value: str
    span: Span


def sayings(question: str, cited: Rival, hits: Sequence[Hit]) -> tuple[Rival, list[Rival]]:
    """What passages of `hits` other than the cited one say where that one says its value, the same or otherwise.

    The cited one comes first, its span the stretch that others contradict, if any do.
    """
    reading = _Reading.of(question, cited)
    found = [
        said
        for hit in hits
        if (hit.passage, hit.source) != (cited.hit.passage, cited.hit.source) and (said := reading.heard_in(hit))
    ]
    places = [place for place, _ in found if place]
    if places:
        cited = replace(cited, span=(min(start for start, _ in places), max(end for _, end in places)))
    return cited, [rival for _, rival in found]


# What a passage says, and the stretch of the cited one that it contradicts; None where it agrees.
_Heard = tuple[Span | None, Rival]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was read, its sentence, and the words of the question that this sentence or its heading holds.

    A sentence that lacks one of those words is about something else. `is_whole` tells that all of the sentence was
    given: then the value is somewhere in it.
    """

    cited: Rival
    sentence: Span
    wanted: Set[str]
    is_whole: bool

    @classmethod
    def of(cls, question: str, cited: Rival) -> _Reading:
        text = cited.hit.text
        sentence = alignment.core(text, *cited.span, is_prose=True)
        wanted = (set(content_terms(question)) - STOP_WORDS) & _terms(cited.hit, text[slice(*sentence)])
        return cls(cited, sentence, wanted, len(words(cited.value)) >= len(words(text[slice(*sentence)])))

    def heard_in(self, hit: Hit) -> _Heard | None:
        """What `hit` says to it, if anything."""
        size = len(words(self.cited.hit.text[slice(*self.cited.span)]))
        instead = self._said_instead(hit) if not self.is_whole or size <= _LONGEST else None
        return instead or (self._said_elsewhere(hit) if self.is_whole else None) or self._said_otherwise(hit)

    def _said_instead(self, hit: Hit) -> _Heard | None:
        """What a sentence or line says that is else the same as the cited one."""
        text, span = self.cited.hit.text, self.cited.span
        for is_prose in (True, False):
            first, last = alignment.core(text, *span, is_prose=is_prose)
            is_about_it = self.wanted <= _terms(hit, hit.text)
            if is_about_it and alignment.stands(text[first:last], hit.text, is_prose=is_prose):
                place = hit.text.find(text[slice(*span)])
                agreed = Rival(hit, self.cited.value, (place, place + span[1] - span[0]))
                return (None, agreed) if place >= 0 else None
            for instead in alignment.instead(text, *span, hit.text, is_prose=is_prose):
                around = alignment.core(hit.text, instead.start, instead.end, is_prose=is_prose)
                if self.wanted <= _terms(hit, hit.text[slice(*around)]):
                    return span, self._rival(hit, (instead.start, instead.end), around)
        return None

    def _said_elsewhere(self, hit: Hit) -> _Heard | None:
        """What a sentence says that holds the same words as the cited one, and of its values all but one."""
        told, values = _parted(self.cited.hit.text, *self.sentence)
        for around in alignment.sentences(hit.text) if len(told) >= _LEAST_SHARED else ():
            others_told, others = _parted(hit.text, *around)
            if told != others_told or not self.wanted <= _terms(hit, hit.text[slice(*around)]):
                continue
            mine = _lacking(self.cited.hit.text, values, hit.text, others)
            theirs = _lacking(hit.text, others, self.cited.hit.text, values)
            if not mine and not theirs:
                return None, Rival(hit, self.cited.value, around)
            if len(mine) == len(theirs) == 1:
                return mine[0], self._rival(hit, theirs[0], around)
        return None

    def _said_otherwise(self, hit: Hit) -> _Heard | None:
        """The one number of a sentence that holds the question's words, where the cited value is a number."""
        first, last = self.cited.span
        value = _numbers(self.cited.hit.text, first, last)
        if len(value) != 1 or len(self.wanted) < _LEAST_SHARED:
            return None
        (number,) = value
        said = self.cited.hit.text[first : number.start] + self.cited.hit.text[number.end : last]
        # "40 entries" is contradicted by another number of entries only.
        wanted = self.wanted | (set(content_terms(said)) - STOP_WORDS)
        for around in alignment.sentences(hit.text):
            sentence = hit.text[slice(*around)]
            if not (wanted <= _terms(hit, sentence) and self.wanted & set(content_terms(sentence))):
                continue
            numbers = [word for word in _numbers(hit.text, *around) if word.text not in wanted]
            if any(word.text == number.text for word in numbers):
                return None, Rival(hit, self.cited.value, around)
            if len(numbers) == 1:
                return (number.start, number.end), self._rival(hit, (numbers[0].start, numbers[0].end), around)
        return None

    def _rival(self, hit: Hit, span: Span, around: Span) -> Rival:
        """What is said at `span`: as a sentence, if that is what was read."""
        shown = around if self.is_whole else span
        return Rival(hit, " ".join(plain(hit.text[slice(*shown)]).split()), span)


@lru_cache(maxsize=1024)
def _parted(text: str, first: int, last: int) -> tuple[Set[str], tuple[Span, ...]]:
    """The plain words of a sentence, and the spans of its values: numbers, code, and names by their capitals."""
    found = _words(text, first, last)
    named = [text[word.start].isupper() for word in found]
    is_value = [word.is_exact or is_name for word, is_name in zip(found, named, strict=True)]
    for at in range(1, len(found) - 1):
        is_value[at] |= named[at - 1] and named[at + 1] and len(found[at].text) <= _LINK
    if found and not found[0].is_exact:
        # The first word of a sentence has its capital anyway.
        is_value[0] &= found[0].text not in STOP_WORDS and is_value[1:2] == [True]
    told = {stem(word.text) for word, is_one in zip(found, is_value, strict=True) if not is_one}
    spans: list[Span] = []
    for at, word in enumerate(found):
        if is_value[at]:
            begun = spans.pop()[0] if at and is_value[at - 1] else word.start
            spans.append((begun, word.end))
    return frozenset(told - FILLERS), tuple(spans)


def _lacking(text: str, values: Sequence[Span], beside: str, others: Sequence[Span]) -> list[Span]:
    """The values of a text that say something else than each of another's."""
    said = [beside[slice(*span)] for span in others]
    return [span for span in values if all(answers_differ(text[slice(*span)], one) for one in said)]


def _numbers(text: str, first: int, last: int) -> list[Word]:
    return [word for word in _words(text, first, last) if word.is_exact and word.text[-1:].isdigit()]


def _words(text: str, first: int, last: int) -> list[Word]:
    """The words of a stretch of `text`, placed in all of it."""
    return [replace(word, start=word.start + first, end=word.end + first) for word in words(text[first:last])]


def _terms(hit: Hit, stretch: str) -> set[str]:
    """The terms of a stretch of a passage, and of the title and headings it stands under."""
    return set(content_terms(" ".join((hit.title, *hit.heading, stretch))))
