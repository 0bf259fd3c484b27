"""Facts of sentences: what in them could be asked for, judged.

Takes a passage; gives facts with their worth and the sentence they are from, or the reason why something is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from byheart import structures
from byheart.candidates import Candidate, candidates
from byheart.clauses import has_verb
from byheart.gaps import gaps
from byheart.questions import BLANK, about, blank, gives_away
from byheart.sentences import sentences
from byheart.standing import because, is_english, standing, unresolved
from byheart.structures import Described, as_value, folded
from byheart.types import FactKind, Passage, Reason
from byheart.vocabulary import CONNECTIVES, POINTERS, STOP_WORDS, TRIVIAL_VALUES
from byheart.wordings import STATEMENT
from byheart.worth import Weighed, fact_of, worth_of_sentence, worth_of_term

# In words. A sentence as an answer has at most 60 tokens.
MOST_WORDS = 6
MOST_SENTENCE_WORDS = 42
MOST_STATEMENT_WORDS = 45

_MOST_CONTEXT_WORDS = 22


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence, `text[start:end]`, as it can stand alone, and what it is about.

    `statement` is empty where nothing makes it stand alone. `before` is where the sentence before it begins, if that
    must be said too. `is_bound` tells that it is not understood without its context, `leans` that it says "it" or
    "this".
    """

    start: int
    end: int
    statement: str
    context: str
    before: int | None = None
    is_bound: bool = False
    leans: bool = False

    @property
    def leans_on_topic(self) -> bool:
        """Whether its "it" can only be what its section is about."""
        return self.leans and self.before is None


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
        for one in found if not said.leans_on_topic else ():
            yield Reason.LISTED if _is_listed(text, one, found) else _judged(passage, said, one)
        if not any(first <= said.start < last for first, last in taken):
            yield _judged_whole(passage, said)


def _said(passage: Passage, name: str, described: Sequence[Described]) -> Iterator[_Said]:
    """The sentences of a passage, each as it can be understood."""
    text, subject = passage.text, about(passage, name)
    last: _Said | None = None
    for start, end in sentences(text):
        if structures.is_version_note(text, start):
            continue
        if last and text[last.end : start].strip():
            last = None  # code or the mark of an item stands between the two
        thing = structures.owner(described, start)
        said = _understood(passage, (start, end), last, thing.called if thing else "", name, subject)
        yield said
        is_short = len(said.statement.split()) <= _MOST_CONTEXT_WORDS
        last = said if said.statement and is_short and said.before is None else None


def _understood(
    passage: Passage, span: tuple[int, int], last: _Said | None, thing: str, name: str, subject: str
) -> _Said:
    """A sentence alone, or with the `last` one before it where that helps."""
    (start, end), text = span, passage.text
    plain = folded(_CITED.sub("", text[start:end]))
    # In another paragraph "it" is rather the topic than the subject of the last sentence.
    before = last.statement if last and not _BREAK.search(text, last.end, start) else ""
    statement = standing(plain, before=before, name=name, thing=thing)
    context, needs_last, is_bound, leans = thing or subject, False, bool(thing), False
    if joined := because(before, plain):
        statement, needs_last = joined, True
    elif statement is None and (statement := unresolved(plain)):
        needs_last, is_bound, leans = last is not None, True, True
        context = last.statement if last else context
    elif statement and before and not _begins_alike(statement, plain):
        needs_last = True
    is_item = bool(_ITEM.search(text[:start][-12:]))
    is_quoted = "\n>" in text[start:end]
    if statement is None or is_quoted or not is_english(statement) or not (is_item or _opens(text[start:end])):
        return _Said(start, end, "", "")
    return _Said(start, end, statement, context, last.start if last and needs_last else None, is_bound, leans)


def _begins_alike(statement: str, plain: str) -> bool:
    """Whether a statement is the sentence as it stands, but for what was left out before it."""
    return statement[1:_LIKENESS] in plain


def _opens(source: str) -> bool:
    """Whether a stretch of source begins as a sentence does, or with code."""
    first = source.split(maxsplit=1)[0]
    return not first[0].islower() or bool(re.search(r"[._()\d\[]", first.rstrip(".,")))


def _judged(passage: Passage, said: _Said, one: Candidate) -> Weighed | Reason:
    """A value of few words in a sentence."""
    statement = said.statement
    value = as_value(passage.text[one.start : one.end])
    if _is_trivial(value, statement, one):
        return Reason.TRIVIAL
    if len(value.split()) > MOST_WORDS or len(value) > 60 or len(statement.split()) > MOST_STATEMENT_WORDS:
        return Reason.TOO_LONG
    question = blank(statement, value)
    if BLANK not in question:
        return Reason.NO_WORDS
    if question.count(BLANK) > 1:
        return Reason.TWICE
    left = content_words(question, value)
    needs_context = said.is_bound or len(left) < 5 or not _SPECIFIC.search(question.replace(BLANK, ""))
    context = said.context if needs_context else ""
    if len(left) < 2 or len(left | content_words(context, value)) < 4:
        return Reason.NO_WORDS
    if gives_away(question, value) or (needs_context and (not context or gives_away(context, value))):
        return Reason.GIVEN_AWAY
    fact = fact_of(one.kind, passage, one.start, one.end, value, statement, context, one.sort)
    return Weighed(worth_of_term(fact, passage, is_marked=one.is_marked), fact, said.start)


def _judged_whole(passage: Passage, said: _Said) -> Weighed | Reason:
    """A sentence as an answer, called to mind by some of its words; with the one before it where it needs that."""
    start, end = _whole(passage.text, said)
    end = start + len(passage.text[start:end].rstrip(".: \n"))
    value = folded(_CITED.sub("", passage.text[start:end]))
    if len(value.split()) > MOST_SENTENCE_WORDS or len(said.statement.split()) > MOST_STATEMENT_WORDS:
        return Reason.TOO_LONG
    words = content_words(value, "")
    if len(words) < 4 or "://" in value:
        return Reason.NO_WORDS
    if said.leans_on_topic and not passage.heading:
        return Reason.LEANING
    needs_context = said.is_bound or (said.before is None and (len(words) < 6 or not _SPECIFIC.search(value)))
    context = said.context if needs_context else ""
    if not has_verb(said.statement) or not gaps(said.statement, context):
        return Reason.NO_WORDS
    fact = fact_of(FactKind.SENTENCE, passage, start, end, value, said.statement, context, STATEMENT)
    return Weighed(worth_of_sentence(fact, passage, leans=said.leans_on_topic), fact, said.start)


def _whole(text: str, said: _Said) -> tuple[int, int]:
    """The stretch of source that says a sentence, without what ties it to the one before, or with that one.

    What points elsewhere is left out at its end.
    """
    pointers = [found.start() for found in POINTERS.finditer(text, said.start, said.end) if found.end() > said.end - 2]
    end = pointers[0] if pointers else said.end
    if said.before is not None:
        return said.before, end
    tie = CONNECTIVES.match(text, said.start, end)
    return (tie.end() if tie else said.start), end


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


# A statement whose first characters stand in its sentence is that sentence.
_LIKENESS = 25
_BREAK = re.compile(r"\n[ \t]*\n")
_ITEM = re.compile(r"(?:^|\n)[ \t]*(?:[-*+•]|\d+[.)]) +$")
_CITED = re.compile(r"\s*\[[\w#*-]+\]_")
_URL = re.compile(r"\S*://\S*")
_SPECIFIC = re.compile(r"[\w.]+\(|\w_\w|__\w|\w\.\w|(?<=[a-z,;] )[A-Z]\w+|[A-Z]\w*[A-Z]|[\"“'`*]\w|\d")
