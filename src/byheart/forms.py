"""Facts of what is said in a fixed form, judged: header fields, definitions, tables, signatures, code, headings.

Takes a passage; gives facts with their worth and the line they are from, or the reason why something is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from byheart import snippets, structures
from byheart.gaps import gaps
from byheart.headings import Answered, said_by_heading
from byheart.prose import MOST_SENTENCE_WORDS, MOST_STATEMENT_WORDS, MOST_WORDS, content_words, span_of
from byheart.questions import Gap, about, gives_away, keywords, topic
from byheart.structures import Described, Saying, as_value, folded
from byheart.types import FactKind, Passage, Reason
from byheart.vocabulary import LEANING_WORDS, TRIVIAL_VALUES
from byheart.wordings import ANSWER, STATEMENT, known_attribute
from byheart.worth import Weighed, fact_of, worth_of_code, worth_of_saying, worth_of_sentence

_MOST_TITLE_WORDS = 16
_MOST_OF_DESCRIPTION = 40
_FEWEST_OF_LEAD = 4


def sayings_of(passage: Passage, name: str, described: Sequence[Described], *, is_first: bool) -> list[Saying]:
    """All that a passage says in a fixed form, not yet judged."""
    subject = about(passage, name)
    return [
        *structures.fields(passage, name or topic(passage.title) or passage.title, is_first=is_first),
        *structures.definitions(passage, subject, described),
        *structures.tables(passage, subject),
        *structures.signatures(passage, described),
        *structures.version_notes(passage, subject, described),
        *snippets.outputs(passage),
        *snippets.lines_of_code(passage),
    ]


def facts_of_saying(passage: Passage, saying: Saying, context: str) -> Iterator[Weighed | Reason]:
    """The facts that one saying gives: of a definition the term, and what is said of it."""
    if saying.kind in (FactKind.CODE, FactKind.OUTPUT):
        yield _judged_code(passage, saying, context)
        return
    yield _judged(passage, saying)
    if saying.kind is FactKind.DEFINITION:
        yield _judged_description(passage, saying)


def fact_of_answer(answered: Answered) -> Weighed | Reason:
    """The sentence that answers a heading's question."""
    passage, start, end = answered.passage, answered.start, answered.end
    end = start + len(passage.text[start:end].rstrip(".: \n"))
    value = folded(passage.text[start:end])
    if len(content_words(answered.question, "")) < 2 or "://" in value or not gaps(value):
        return Reason.NO_WORDS
    return fact_of_question(answered.question, value, passage, (start, end))


def fact_of_question(
    question: str, value: str, passage: Passage, span: tuple[int, int], *, worth: float | None = None
) -> Weighed | Reason:
    """A question with its answer, which stands at `span` in the passage; `worth` None: that of such a sentence."""
    if not keywords(Gap(question, ANSWER, "")):
        return Reason.NO_WORDS
    if len(value.split()) > MOST_SENTENCE_WORDS:
        return Reason.TOO_LONG
    fact = fact_of(FactKind.SENTENCE, passage, *span, value, value, question, ANSWER)
    return Weighed(worth_of_sentence(fact, passage) if worth is None else worth, fact, span[0])


def facts_of_heading(passage: Passage, context: str) -> Iterator[Weighed | Reason]:
    """A heading that is a sentence."""
    for start, end, said in said_by_heading(passage):
        if len(content_words(said, "")) < 3 or not gaps(said):
            yield Reason.NO_WORDS
            continue
        fact = fact_of(FactKind.SENTENCE, passage, start, end, passage.text[start:end], said, "", STATEMENT)
        yield Weighed(worth_of_sentence(fact, passage), fact, start)


def _judged_code(passage: Passage, saying: Saying, context: str) -> Weighed | Reason:
    value = snippets.folded_code(passage.text[saying.start : saying.end])
    subject = saying.subject
    if saying.kind is FactKind.CODE:
        question = saying.statement.removesuffix(value)
        left = content_words(question, "")
        subject = context if len(left) < _FEWEST_OF_LEAD else ""
        if len(left) < _FEWEST_OF_LEAD // 2 or len(question.split()) > MOST_STATEMENT_WORDS:
            return Reason.NO_WORDS
    if gives_away(f"{subject} {saying.statement.removesuffix(value)}", value):
        return Reason.GIVEN_AWAY
    line = passage.text.rfind("\n", 0, saying.start) + 1
    told = (value, saying.statement, subject, saying.attribute)
    fact = fact_of(saying.kind, passage, saying.start, saying.end, *told)
    return Weighed(worth_of_code(fact, passage), fact, line)


def _judged_description(passage: Passage, saying: Saying) -> Weighed | Reason:
    term, _, description = saying.statement.partition(": ")
    value = description.rstrip(".:;")
    opening = re.match(r"[\w']+", description)
    if not opening or opening[0].lower() in LEANING_WORDS:
        return Reason.LEANING
    if not content_words(value, term) or term.lower() in TRIVIAL_VALUES:
        return Reason.TRIVIAL
    if not 1 < len(value.split()) <= _MOST_OF_DESCRIPTION:
        return Reason.TOO_LONG
    span = span_of(passage.text, saying.end, min(len(passage.text), saying.end + 3 * len(value) + 200), value)
    if not span:
        return Reason.NO_SPAN
    subject = term if re.search(r"[._()]", term) or not saying.subject else f"{term} ({saying.subject})"
    fact = fact_of(FactKind.SENTENCE, passage, *span, value, saying.statement, subject, "description")
    return Weighed(worth_of_sentence(fact, passage), fact, passage.text.rfind("\n", 0, saying.start) + 1)


def _judged(passage: Passage, saying: Saying) -> Weighed | Reason:
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
