"""Facts of sentences: what in them could be asked for, judged.

Takes a passage; gives facts with their worth and the sentence they are from, or the reason why something is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from byheart import structures
from byheart.candidates import Candidate, candidates
from byheart.clauses import PREDICATE, Cut, cuts, subject_of
from byheart.questions import BLANK, about, blank, gives_away
from byheart.sentences import sentences
from byheart.standing import because, is_english, standing, unresolved
from byheart.structures import Described, as_value, folded
from byheart.types import FactKind, Passage, Reason
from byheart.vocabulary import DETERMINERS, STOP_WORDS, TRIVIAL_VALUES
from byheart.worth import Weighed, fact_of, worth_of_clause, worth_of_term

MOST_WORDS = 6
MOST_STATEMENT_WORDS = 45
_MOST_CONTEXT_WORDS = 22


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence, `text[start:end]`, as it can stand alone, and what it is about.

    `is_bound` tells that it is not understood without that; `statement` is empty where nothing helps.
    """

    start: int
    end: int
    statement: str
    context: str
    is_bound: bool


def facts_of_prose(
    passage: Passage, name: str, described: Sequence[Described], taken: Sequence[tuple[int, int]]
) -> Iterator[Weighed | Reason]:
    """The facts of the sentences of a passage, but for what lies in the spans that are `taken`."""
    text = passage.text
    for said in _said(passage, name, described):
        found = [
            one
            for one in candidates(text, said.start, said.end)
            if not any(one.start < last and first < one.end for first, last in taken)
        ]
        if not said.statement:
            yield from (Reason.LEANING for _ in found or (1,))
            continue
        for one in found:
            yield Reason.LISTED if _is_listed(text, one, found) else _judged(passage, said, one)
        if not any(first <= said.start < last for first, last in taken):
            subject = _subject(text, said, found)
            if subject:
                yield _judged(passage, said, subject)
            for place, cut in enumerate(cuts(said.statement)):
                yield judged_cut(passage, (said.start, said.end), cut, said.context, must=said.is_bound, place=place)


def _said(passage: Passage, name: str, described: Sequence[Described]) -> Iterator[_Said]:
    """The sentences of a passage, each as it can be understood."""
    text, subject = passage.text, about(passage, name)
    before, ended = "", 0
    for start, end in sentences(text):
        if structures.is_version_note(text, start):
            continue
        if _BREAK.search(text, ended, start):
            before = ""
        at, ended = structures.owner(described, start), end
        thing = at.called if at else ""
        plain = folded(_CITED.sub("", text[start:end]))
        statement, context, is_bound = (
            standing(plain, before=before, name=name, thing=thing),
            thing or subject,
            bool(thing),
        )
        if joined := because(before, plain):
            statement, is_bound = joined, False
        elif statement is None and (context := before or context):
            statement, is_bound = unresolved(plain), True
        is_item = bool(_ITEM.search(text[:start][-12:]))
        if statement is None or not is_english(statement) or not (is_item or _opens(text[start:end])):
            yield _Said(start, end, "", "", False)
            continue
        yield _Said(start, end, statement, context, is_bound)
        fits = len(statement.split()) <= _MOST_CONTEXT_WORDS and not is_bound
        before = statement if fits else ""


def _opens(source: str) -> bool:
    """Whether a stretch of source begins as a sentence does, or with code."""
    first = source.split(maxsplit=1)[0]
    return not first[0].islower() or bool(re.search(r"[._()\d\[]", first.rstrip(".,")))


def _subject(text: str, said: _Said, found: Sequence[Candidate]) -> Candidate | None:
    """The subject of a sentence as a value, unless something in it is one already."""
    subject = subject_of(said.statement)
    if not subject or said.is_bound or not content_words(subject[0], ""):
        return None
    words = subject[0].lower().split()
    if words[0] in DETERMINERS or words[0] in STOP_WORDS or words[-1] in STOP_WORDS or words[0].endswith("ly,"):
        return None
    span = span_of(text, said.start, said.end, subject[0])
    if not span or any(one.start < span[1] and span[0] < one.end for one in found):
        return None
    return Candidate(FactKind.TERM, *span, "thing")


def _judged(passage: Passage, said: _Said, one: Candidate) -> Weighed | Reason:
    statement = said.statement
    value = as_value(passage.text[one.start : one.end])
    if _is_trivial(value, statement, one):
        return Reason.TRIVIAL
    words = statement.split()
    if len(value.split()) > MOST_WORDS or len(value) > 60 or len(words) > MOST_STATEMENT_WORDS:
        return Reason.TOO_LONG
    question = blank(statement, value)
    if BLANK not in question:
        return Reason.NO_WORDS
    if question.count(BLANK) > 1:
        return Reason.TWICE
    needed = _context(question, value, said.context, must=said.is_bound, fewest=4)
    if isinstance(needed, Reason):
        return needed
    fact = fact_of(one.kind, passage, one.start, one.end, value, statement, needed, one.sort)
    return Weighed(worth_of_term(fact, passage, question, is_marked=one.is_marked), fact, said.start)


def judged_cut(
    passage: Passage, sentence: tuple[int, int], cut: Cut, context: str, *, must: bool, place: int = 0
) -> Weighed | Reason:
    if len(cut.statement.split()) > MOST_STATEMENT_WORDS:
        return Reason.TOO_LONG
    question = blank(cut.statement, cut.value)
    if question.count(BLANK) != 1:
        return Reason.TWICE
    if len(content_words(cut.value, "")) < 1 or cut.value.lower() in TRIVIAL_VALUES:
        return Reason.TRIVIAL
    says_what = cut.sort != PREDICATE or _OPENS_NOUN.match(cut.value)
    needed = _context(question, cut.value, context, must=must, fewest=1 if says_what else 2)
    if isinstance(needed, Reason):
        return needed
    span = span_of(passage.text, *sentence, cut.value)
    if not span:
        return Reason.NO_SPAN
    fact = fact_of(FactKind.CLAUSE, passage, *span, cut.value, cut.statement, needed, cut.sort)
    return Weighed(worth_of_clause(fact, passage, question) - place, fact, sentence[0])


def _context(question: str, value: str, context: str, *, must: bool, fewest: int) -> str | Reason:
    """What must be said along with a question; or why it cannot be asked."""
    left = content_words(question, value)
    needs = must or len(left) < 5 or not _SPECIFIC.search(question)
    around = content_words(context, value) if needs else set()
    least = 0 if must and len(around) >= 2 * fewest else max(1, min(2, fewest - 1))
    if len(left) < least or len(left | around) < fewest:
        return Reason.NO_WORDS
    if gives_away(question, value) or (needs and (not context or gives_away(context, value))):
        return Reason.GIVEN_AWAY
    return context if needs else ""


def span_of(text: str, start: int, end: int, value: str) -> tuple[int, int] | None:
    """Where in `text[start:end]` the stretch of source stands that says `value`; None if it is not one stretch."""
    words = [(start + found.start(), start + found.end()) for found in re.finditer(r"\S+", text[start:end])]
    opening = re.search(r"\w+|\S", value)
    length = len(value.split())
    for first, (begin, until) in enumerate(words):
        if not opening or opening[0] not in text[begin:until]:
            continue
        nearest = sorted(range(first, len(words)), key=lambda last: abs(last - first - length + 1))[:9]
        for last in nearest:
            stretch = text[begin : words[last][1]]
            for shown in (stretch, stretch.rstrip(".,:;!?"), stretch.rstrip('.,:;!?)"”’')):
                if folded(_CITED.sub("", shown)) == value:
                    return begin, begin + len(shown)
    return None


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


def content_words(question: str, value: str) -> set[str]:
    """The words of a question, lower-case, that are not common and not the value."""
    words = {word.lower() for word in re.findall(r"\w[\w.'’-]*\w|\w", _URL.sub(" ", question).replace(BLANK, " "))}
    return words - STOP_WORDS - {value.lower()}


_BREAK = re.compile(r"\n[ \t]*\n|\n[ \t]*(?:[-*+•]|\d+[.)]) ")
_OPENS_NOUN = re.compile(r"(?:not )?(?:an?|the|one|any|some|two|three|used|called|known|named)\b")
_ITEM = re.compile(r"(?:^|\n)[ \t]*(?:[-*+•]|\d+[.)]) +$")
_CITED = re.compile(r"\s*\[[\w#*-]+\]_")
_URL = re.compile(r"\S*://\S*")
_SPECIFIC = re.compile(r"[\w.]+\(|\w_\w|__\w|\w\.\w|(?<=[a-z,;] )[A-Z]\w+|[A-Z]\w*[A-Z]|[\"“'`*]\w|\d")
