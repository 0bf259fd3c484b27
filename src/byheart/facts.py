"""Passages to facts: what is said in them that is worth learning, worthiest first.

Takes documents as their passages in order; gives facts, and counts by reason of what was left out. A fact is kept if
one value of few words answers a question that a person can understand without the text at hand. It writes no
question (lessons.py does) and asks no model.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from byheart import structures
from byheart.candidates import Candidate, candidates
from byheart.questions import BLANK, about, blank, gives_away, topic
from byheart.sentences import sentences
from byheart.structures import Described, Saying, as_value, folded
from byheart.types import Fact, FactKind, Passage
from byheart.vocabulary import CONNECTIVES, LEANING_PHRASES, LEANING_WORDS, STOP_WORDS, TRIVIAL_VALUES
from byheart.wordings import ATTRIBUTES, is_of_subject, known_attribute


class Reason(StrEnum):
    """Why something that looked like a fact was left out."""

    AMBIGUOUS = "ambiguous"
    LEANING = "leaning on context"
    LISTED = "one of a list"
    TRIVIAL = "trivial"
    TOO_LONG = "too long"
    NO_WORDS = "no words left"
    GIVEN_AWAY = "given away by the question"
    ADDRESS = "an address"
    TWICE = "twice in its sentence"
    REPEATED = "said before"


@dataclass(frozen=True, slots=True)
class Found:
    """The facts of documents, worthiest first, and how many were dropped, by reason."""

    facts: tuple[Fact, ...]
    dropped: Mapping[str, int]


def find(documents: Iterable[Sequence[Passage]]) -> Found:
    """The facts of `documents`, each given as its passages in order."""
    dropped: Counter[str] = Counter()
    weighed: list[tuple[float, Fact]] = []
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
    return Found(tuple(_worthiest_first(kept)), {str(reason): count for reason, count in sorted(dropped.items())})


def _facts_of(
    passage: Passage, name: str, described: Sequence[Described], *, is_first: bool
) -> Iterator[tuple[float, Fact] | Reason]:
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
    yield from _facts_of_prose(passage, name, described, [(saying.start, saying.end) for saying in said_in_form])


# ── what is said in a fixed form ──

# What people ask of a document first.
_FIRST = ("title", "status", "created", "python-version", "author", "first author")
_MOST_WORDS = 6
_MOST_TITLE_WORDS = 16
_MOST_STATEMENT_WORDS = 45


def _judged_saying(passage: Passage, saying: Saying) -> tuple[float, Fact] | Reason:
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
    if len(value.split()) > (_MOST_TITLE_WORDS if is_title else _MOST_WORDS) or len(value) > 120:
        return Reason.TOO_LONG
    if len(statement.split()) > _MOST_STATEMENT_WORDS:
        return Reason.TOO_LONG
    fact = _fact(saying.kind, passage, start, end, value, statement, subject, attribute)
    return _worth_of_saying(fact), fact


def _fault_of_definition(term: str, description: str) -> Reason | None:
    opening = re.match(r"[\w']+", description)
    if not opening or opening[0].lower() in LEANING_WORDS:
        return Reason.LEANING
    if len(_content_words(description, term)) < 2:
        return Reason.NO_WORDS
    if gives_away(description, term) or f"{term.removesuffix('()').rpartition('.')[2]}(" in description:
        return Reason.GIVEN_AWAY
    return None


def _authors(text: str, value: str, saying: Saying) -> tuple[str, str, int]:
    """The value, attribute and end of an author field: all names if they are few words, else the first."""
    if len(value.split()) <= _MOST_WORDS:
        return value, saying.attribute, saying.end
    first = value.split(",")[0].strip()
    place = text.find(first, saying.start, saying.end)
    return (first, "First author", place + len(first)) if place >= 0 else (value, saying.attribute, saying.end)


def _is_trivial_saying(kind: FactKind, value: str) -> bool:
    if kind is FactKind.SIGNATURE:
        return False  # None, True and 0 are what one asks for
    return value.lower() in TRIVIAL_VALUES or not re.search(r"\w\w|\d|[^\w\s]", value)


def _worth_of_saying(fact: Fact) -> float:
    attribute = known_attribute(fact.attribute)
    if attribute == "post-history" and "," in fact.value:
        return 2.0  # a list of days, which no one asks for
    if fact.kind is FactKind.FIELD:
        return 100.0 - _FIRST.index(attribute) if attribute in _FIRST else 40.0 + 5 * (attribute in ATTRIBUTES)
    if fact.kind is FactKind.NUMBER:
        return 14.0 if attribute in ATTRIBUTES else 11.0
    if attribute == "return type":
        return 10.0
    if fact.kind is FactKind.SIGNATURE:
        return 14.5 if re.search(r"\w\w|[2-9]", fact.value) and fact.value not in _SWITCHES else 9.0
    return 13.0 if fact.kind is FactKind.DEFINITION else 10.0


_SWITCHES = ("None", "True", "False")


# ── what is said in sentences ──


def _facts_of_prose(
    passage: Passage, name: str, described: Sequence[Described], taken: Sequence[tuple[int, int]]
) -> Iterator[tuple[float, Fact] | Reason]:
    text = passage.text
    subject = about(passage, name)
    for start, end in sentences(text):
        if structures.is_version_note(text, start):
            continue
        found = [one for one in candidates(text, start, end) if not _overlaps(one, taken)]
        if not found:
            continue
        at = structures.owner(described, start)
        statement = _standing_alone(folded(_CITED.sub("", text[start:end])), name)
        if statement and not _is_english(text, start, statement):
            statement = None
        for one in found:
            if statement is None:
                yield Reason.LEANING
            elif _is_listed(text, one, found):
                yield Reason.LISTED
            else:
                yield _judged(passage, one, statement, subject, at)


def _standing_alone(statement: str, name: str) -> str | None:
    """A sentence as it can stand alone; None if it leans on another one."""
    statement = _FOOTNOTE.sub("", statement)
    statement = re.sub(r"^\(([^()]*)\)[.!]?$", r"\1", statement)
    if name:
        statement = re.sub(r"\b[Tt]his (?:PEP|document|proposal|specification)\b", name, statement)
    shortened = CONNECTIVES.sub("", statement, count=1)
    if shortened != statement:
        statement = shortened[:1].upper() + shortened[1:]
    opening = re.match(r"[^\w`]*([\w']+)", statement)
    if not opening or opening[1].lower().partition("'")[0] in LEANING_WORDS or statement.endswith("?"):
        return None
    if statement.endswith(":") and statement.rstrip(": ").rsplit(" ", 1)[-1].lower() in STOP_WORDS:
        return None  # what it leads to stands below it
    return None if LEANING_PHRASES.search(statement) else statement.rstrip(":").strip()


def _is_english(text: str, start: int, statement: str) -> bool:
    """Whether a stretch reads like a sentence, and not like code, output, a heading or the end of another sentence."""
    words = statement.split()
    common = sum(word.lower().strip(",.;:()") in STOP_WORDS for word in words)
    marks = len(re.findall(r"[^\w\s.,;'’\"“”()-]", statement))
    if common * 7 < len(words) or marks * 8 > len(statement) or text[start].islower():
        return False
    return not _NO_SENTENCE.search(statement)


def _judged(
    passage: Passage, one: Candidate, statement: str, subject: str, at: Described | None
) -> tuple[float, Fact] | Reason:
    value = as_value(passage.text[one.start : one.end])
    if _is_trivial(value, statement, one):
        return Reason.TRIVIAL
    words = statement.split()
    if len(value.split()) > _MOST_WORDS or len(value) > 60 or len(words) > _MOST_STATEMENT_WORDS:
        return Reason.TOO_LONG
    question = blank(statement, value)
    if BLANK not in question:
        return Reason.NO_WORDS
    if question.count(BLANK) > 1:
        return Reason.TWICE
    left = _content_words(question, value)
    context = at.called if at else subject
    needs_context = at is not None or len(left) < 5 or not _names_something(question)
    if len(left) < (3 if needs_context else 4):
        return Reason.NO_WORDS
    if gives_away(question, value) or (needs_context and (not context or gives_away(context, value))):
        return Reason.GIVEN_AWAY
    fact = _fact(one.kind, passage, one.start, one.end, value, statement, context if needs_context else "", one.sort)
    return _worth(fact, one, passage, question), fact


def _is_trivial(value: str, statement: str, one: Candidate) -> bool:
    lower = value.lower()
    if lower == one.sort:
        return True
    if lower in ("none", "true", "false"):
        return not re.search(r"\b(?:return|default|evaluate|equal|set to|result)", statement)
    if one.kind is FactKind.NUMBER:
        return one.sort == "number" and (len(value) < 2 or (value.isdigit() and int(value) < 10))
    if one.sort in ("string", "expression") and not re.search(r"\w", value):
        return True
    return lower in TRIVIAL_VALUES or (len(value) == 1 and (value.isalnum() or not one.is_marked))


def _is_listed(text: str, one: Candidate, found: Sequence[Candidate]) -> bool:
    """Whether a candidate stands in an enumeration: then no question tells it from its neighbours."""
    if re.search(r"[\"”`*],\s*(?:and|or)\s+[\"“`*]*$", text[max(0, one.start - 20) : one.start]):
        return True
    place = found.index(one)
    between = []
    if place:
        between.append(text[found[place - 1].end : one.start])
    if place + 1 < len(found):
        between.append(text[one.end : found[place + 1].start])
    return any(
        re.fullmatch(r"[\"'`”*]*\s*(?:,|/|,?\s*(?:and|or|to|nor)\s|&)?\s*[\"'`“*]*", stretch) for stretch in between
    )


def _names_something(question: str) -> bool:
    """Whether a sentence holds, beside its blank, a word that can only mean one thing: code, a name, a number."""
    return bool(_SPECIFIC.search(question))


def _worth(fact: Fact, one: Candidate, passage: Passage, question: str) -> float:
    words = len(fact.statement.split())
    worth = 4.0 + 2 * one.is_marked + 2 * (not fact.subject)
    worth += _WORTH_OF_SORT.get(one.sort, 1.0)
    worth += 2 * bool(_SAYS_MUCH.search(question)) + 2 * (8 <= words <= 28) - 2 * (words > 35)
    worth += question.startswith(BLANK) or bool(re.search(rf"{BLANK}\W*$", question))
    worth -= 2 * bool(re.search(r"\b(?:this|these|those|I|my)\b|for (?:example|instance)|e\.g\.", question))
    worth -= 4 * any(_ASIDE.search(heading) for heading in passage.heading)
    return worth


def _overlaps(one: Candidate, taken: Sequence[tuple[int, int]]) -> bool:
    return any(one.start < end and start < one.end for start, end in taken)


def _content_words(question: str, value: str) -> set[str]:
    words = {word.lower() for word in re.findall(r"\w[\w.'’-]*\w|\w", _URL.sub(" ", question).replace(BLANK, " "))}
    return words - STOP_WORDS - {value.lower()}


_NO_SENTENCE = re.compile(
    r"^(?:\(|\d+(?:\.\d+)+ |['‘].*['’]$)|\w\(\w+=|^#|\w = \w|\\\w+\{|[-=]{2,}>|={3,}|\b[0-9a-f]{12,}\b|\d\d:\d\d:\d\d"
)
_CITED = re.compile(r"\s*\[[\w#*-]+\]_")
_FOOTNOTE = re.compile(r"\s*\[\d+\]|\s*\((?:see|cf\.)\b[^()]*\)", re.I)
_ASIDE_COLUMN = re.compile(r"example|notes?\b|remark|comment|see also", re.I)
_URL = re.compile(r"\S*://\S*")
_ADDRESS = re.compile(r"https?://|\S+@\S+\.\w|@python\.org")
_SPECIFIC = re.compile(r"[\w.]+\(|\w_\w|__\w|\w\.\w|(?<=[a-z,;] )[A-Z]\w+|[A-Z]\w*[A-Z]|[\"“'`*]\w|\d")
_WORTH_OF_SORT = {"number": -4.0, "phrase": -4.0, "name": -2.0, "date": 2.0, "version": 2.0, "Python version": 2.0}
_SAYS_MUCH = re.compile(
    r"\b(?:is|are) (?:an?|the|called|known|named|used|defined|equivalent)\b|\b(?:returns?|raises?|means|defaults?|must"
    r"|should|requires?|introduced|added|deprecated|removed|replaced?|instead|called|only|never|always|creates?|allows?"
    r"|accepts?)\b"
)
_ASIDE = re.compile(
    r"acknowledg|reference|footnote|change|copyright|rejected|licen[cs]e|contribut|further|resources", re.I
)


# ── all together ──


def _fact(
    kind: FactKind, passage: Passage, start: int, end: int, value: str, statement: str, subject: str, attribute: str
) -> Fact:
    told = json.dumps([kind.value, subject, attribute, statement, value], ensure_ascii=False)
    identity = hashlib.sha256(told.encode()).hexdigest()[:32]
    return Fact(identity, kind, passage.id, start, end, value, statement, subject, attribute)


def _told_apart(weighed: Sequence[tuple[float, Fact]], dropped: Counter[str]) -> list[tuple[float, Fact]]:
    """Facts without those that another one repeats, and without those whose question another one answers otherwise."""
    values: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for _, fact in weighed:
        values[_question(fact)].add(fact.value.lower())
    kept: dict[str, tuple[float, Fact]] = {}
    for worth, fact in weighed:
        if len(values[_question(fact)]) > 1:
            dropped[Reason.AMBIGUOUS] += 1
        elif fact.id in kept:
            dropped[Reason.REPEATED] += 1
        else:
            kept[fact.id] = worth, fact
    return list(kept.values())


def _question(fact: Fact) -> tuple[str, str]:
    if is_of_subject(fact):
        return fact.subject.lower(), fact.attribute.lower()
    asked_with = "" if fact.kind is FactKind.DEFINITION else fact.subject.lower()
    return asked_with, blank(fact.statement, fact.value).lower()


def _worthiest_first(weighed: Sequence[tuple[float, Fact]]) -> list[Fact]:
    """By worth, less with each worthier fact of the same passage, so that no passage crowds out the others.

    Equals stand in an order by chance (their identity), so that the first documents do not crowd out the last.
    """
    taken: Counter[str] = Counter()
    placed = []
    for worth, fact in sorted(weighed, key=_by_worth):
        if fact.kind is not FactKind.FIELD:
            worth -= (1.5 if fact.kind is FactKind.TERM else 0.5) * taken[fact.passage]
            taken[fact.passage] += 1
        placed.append((worth, fact))
    return [fact for _, fact in sorted(placed, key=_by_worth)]


def _by_worth(weighed: tuple[float, Fact]) -> tuple[float, str]:
    return -weighed[0], weighed[1].id
