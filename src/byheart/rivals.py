"""What other passages say in the place of an answer that was read in one: who agrees, who says otherwise.

Takes a question, the passage that was read with the span that says the answer, and the other passages found; gives
those that say the same and those that say something else, each with the span that does. It asks no model: a sentence
that is else the same, or that holds all the question's words and another number, says something else.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from byheart import alignment
from byheart.agreement import Word, answers_differ, words
from byheart.types import Hit
from byheart.vocabulary import STOP_WORDS
from byheart.words import content_terms

# Words of a value that another one can stand in the place of; a whole sentence has no place.
_LONGEST = 6


@dataclass(frozen=True, slots=True)
class Rival:
    """What a passage says to the question, and the span of its text that says it."""

    hit: Hit
    value: str
    span: tuple[int, int]


def sayings(question: str, cited: Rival, hits: Sequence[Hit]) -> list[Rival]:
    """What passages of `hits` other than the cited one say where that one says its value, the same or otherwise."""
    start, end = cited.span
    if len(words(cited.value)) > _LONGEST:
        return []
    first, last = alignment.core(cited.hit.text, start, end, is_prose=True)
    wanted = (set(content_terms(question)) - STOP_WORDS) & _terms(cited.hit, cited.hit.text[first:last])
    found: list[Rival] = []
    for hit in hits:
        if hit.passage == cited.hit.passage and hit.source == cited.hit.source:
            continue
        if said := _said_instead(cited, hit, wanted) or _said_otherwise(cited, hit, wanted):
            found.append(said)
    return found


def differ(one: Rival, other: Rival) -> bool:
    """Whether two passages say different things."""
    return answers_differ(one.value, other.value)


def _said_instead(cited: Rival, hit: Hit, wanted: Set[str]) -> Rival | None:
    """What a sentence or line says that is else the same as the cited one."""
    start, end = cited.span
    for is_prose in (True, False):
        first, last = alignment.core(cited.hit.text, start, end, is_prose=is_prose)
        if alignment.stands(cited.hit.text[first:last], hit.text, is_prose=is_prose) and wanted <= _terms(
            hit, hit.text
        ):
            place = hit.text.find(cited.hit.text[start:end])
            return Rival(hit, cited.value, (place, place + end - start)) if place >= 0 else None
        for instead in alignment.instead(cited.hit.text, start, end, hit.text, is_prose=is_prose):
            around = alignment.core(hit.text, instead.start, instead.end, is_prose=is_prose)
            if wanted <= _terms(hit, hit.text[slice(*around)]):
                return Rival(hit, instead.value, (instead.start, instead.end))
    return None


def _said_otherwise(cited: Rival, hit: Hit, wanted: Set[str]) -> Rival | None:
    """The one number of a sentence that holds the question's words, where the cited value is a number."""
    value = _numbers(cited.value, 0)
    if len(value) != 1 or len(wanted) < 2:
        return None
    for first, last in alignment.sentences(hit.text):
        sentence = hit.text[first:last]
        if wanted <= _terms(hit, sentence) and wanted & set(content_terms(sentence)):
            numbers = [word for word in _numbers(sentence, first) if word.text not in wanted]
            same = [word for word in numbers if word.text == value[0].text]
            for word in same or (numbers if len(numbers) == 1 else []):
                return Rival(hit, hit.text[word.start : word.end], (word.start, word.end))
    return None


def _numbers(text: str, offset: int) -> list[Word]:
    found = [word for word in words(text) if word.is_exact and word.text[-1:].isdigit()]
    return [Word(word.text, word.start + offset, word.end + offset, is_exact=True) for word in found]


def _terms(hit: Hit, stretch: str) -> set[str]:
    """The terms of a stretch of a passage, and of the title and headings it stands under."""
    return set(content_terms(" ".join((hit.title, *hit.heading, stretch))))
