"""Passages to facts: what is said in them that is worth learning, worthiest first.

Takes documents as their passages in order; gives facts, and counts by reason of what was left out. A fact is kept if
one value of few words answers a question that a person can understand without the text at hand. It writes no
question (lessons.py does) and asks no model.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from byheart import structures
from byheart.prose import MOST_STATEMENT_WORDS, MOST_WORDS, content_words, facts_of_prose
from byheart.questions import about, blank, gives_away, topic
from byheart.structures import Described, Saying, as_value
from byheart.types import Fact, FactKind, Passage, Reason
from byheart.vocabulary import LEANING_WORDS, TRIVIAL_VALUES
from byheart.wordings import is_of_subject, known_attribute
from byheart.worth import Weighed, fact_of, worth_of_saying, worthiest_first


@dataclass(frozen=True, slots=True)
class Found:
    """The facts of documents, worthiest first, and how many were dropped, by reason."""

    facts: tuple[Fact, ...]
    dropped: Mapping[str, int]


def find(documents: Iterable[Sequence[Passage]]) -> Found:
    """The facts of `documents`, each given as its passages in order."""
    dropped: Counter[str] = Counter()
    weighed: list[Weighed] = []
    for passages in documents:
        name = next((name for name in map(structures.identity, passages[:1]) if name), "")
        carried: Described | None = None
        for number, passage in enumerate(passages):
            described = structures.objects(passage.text, carried)
            carried = structures.unfinished(passage.text, described)
            for judged in _facts_of(passage, name, described, is_first=number == 0):
                if isinstance(judged, Reason):
                    dropped[judged] += 1
                else:
                    weighed.append(judged)
    kept = _told_apart(weighed, dropped)
    return Found(tuple(worthiest_first(kept)), {str(reason): count for reason, count in sorted(dropped.items())})


def _facts_of(
    passage: Passage, name: str, described: Sequence[Described], *, is_first: bool
) -> Iterator[Weighed | Reason]:
    subject = about(passage, name)
    said_in_form = [
        *structures.fields(passage, name or topic(passage.title) or passage.title, is_first=is_first),
        *structures.definitions(passage, subject, described),
        *structures.tables(passage, subject),
        *structures.signatures(passage, described),
        *structures.version_notes(passage, subject, described),
    ]
    for saying in said_in_form:
        yield _judged_saying(passage, saying)
    yield from facts_of_prose(passage, name, described, [(saying.start, saying.end) for saying in said_in_form])


# ── what is said in a fixed form ──

_MOST_TITLE_WORDS = 16


def _judged_saying(passage: Passage, saying: Saying) -> Weighed | Reason:
    reading = structures.as_cell if saying.kind is FactKind.TABLE else as_value
    value = reading(passage.text[saying.start : saying.end])
    attribute, start, end = saying.attribute, saying.start, saying.end
    known = known_attribute(attribute)
    if saying.kind is FactKind.FIELD and known == "author":
        value, attribute, end = _authors(passage.text, value, saying)
    is_title = saying.kind is FactKind.FIELD and known == "title"
    statement, subject = saying.statement, saying.subject
    if saying.kind is FactKind.DEFINITION:
        value = statement.partition(": ")[0]
        reason = _fault_of_definition(value, statement.removeprefix(f"{value}: "))
        if reason:
            return reason
    if saying.kind is FactKind.TABLE and _ASIDE_COLUMN.search(attribute):
        return Reason.TRIVIAL
    if not value or not subject or _is_trivial_saying(saying.kind, value):
        return Reason.TRIVIAL
    if saying.kind in (FactKind.FIELD, FactKind.TABLE) and gives_away(subject, value):
        return Reason.GIVEN_AWAY
    if _ADDRESS.search(value):
        return Reason.ADDRESS
    if len(value.split()) > (_MOST_TITLE_WORDS if is_title else MOST_WORDS) or len(value) > 120:
        return Reason.TOO_LONG
    if len(statement.split()) > MOST_STATEMENT_WORDS:
        return Reason.TOO_LONG
    fact = fact_of(saying.kind, passage, start, end, value, statement, subject, attribute)
    return Weighed(worth_of_saying(fact), fact, passage.text.rfind("\n", 0, start) + 1)


def _fault_of_definition(term: str, description: str) -> Reason | None:
    opening = re.match(r"[\w']+", description)
    if not opening or opening[0].lower() in LEANING_WORDS:
        return Reason.LEANING
    if len(content_words(description, term)) < 2:
        return Reason.NO_WORDS
    if gives_away(description, term) or f"{term.removesuffix('()').rpartition('.')[2]}(" in description:
        return Reason.GIVEN_AWAY
    return None


def _authors(text: str, value: str, saying: Saying) -> tuple[str, str, int]:
    """The value, attribute and end of an author field: all names if they are few words, else the first."""
    if len(value.split()) <= MOST_WORDS:
        return value, saying.attribute, saying.end
    first = value.split(",")[0].strip()
    place = text.find(first, saying.start, saying.end)
    return (first, "First author", place + len(first)) if place >= 0 else (value, saying.attribute, saying.end)


def _is_trivial_saying(kind: FactKind, value: str) -> bool:
    if kind is FactKind.SIGNATURE:
        return False  # None, True and 0 are what one asks for
    return value.lower() in TRIVIAL_VALUES or not re.search(r"\w\w|\d|[^\w\s]", value)


_ADDRESS = re.compile(r"https?://|\S+@\S+\.\w|@python\.org")
_ASIDE_COLUMN = re.compile(r"example|notes?\b|remark|comment|see also", re.I)

# ── all together ──


def _told_apart(weighed: Sequence[Weighed], dropped: Counter[str]) -> list[Weighed]:
    """Facts without those that another one repeats, and without those whose question another one answers otherwise."""
    values: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for one in weighed:
        values[_question(one.fact)].add(one.fact.value.lower())
    kept: dict[str, Weighed] = {}
    for one in weighed:
        if len(values[_question(one.fact)]) > 1:
            dropped[Reason.AMBIGUOUS] += 1
        elif one.fact.id in kept:
            dropped[Reason.REPEATED] += 1
        else:
            kept[one.fact.id] = one
    return list(kept.values())


def _question(fact: Fact) -> tuple[str, str]:
    if is_of_subject(fact):
        return fact.subject.lower(), fact.attribute.lower()
    asked_with = "" if fact.kind is FactKind.DEFINITION else fact.subject.lower()
    return asked_with, blank(fact.statement, fact.value).lower()
