"""What headings ask and say: an FAQ's own questions, how-to headings, and headings that are sentences.

Takes headings and the passages below them; gives questions and the sentence that answers. It does not judge whether
that is worth learning (forms.py does).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from byheart.clauses import PREDICATE, cuts, is_balanced
from byheart.sentences import sentences
from byheart.structures import folded
from byheart.types import Passage
from byheart.vocabulary import GENERIC_HEADINGS, PREPOSITIONS, VERB_BASES
from byheart.words import content_terms

# In words: what is shorter says too little, what is longer has more than 60 tokens.
_FEWEST_WORDS, _MOST_WORDS = 4, 42

# An answer stands near the beginning of its section, so further sentences are not looked at.
_FURTHEST = 12


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that a heading asks, and the sentence `passage.text[start:end]` that answers it."""

    question: str
    passage: Passage
    start: int
    end: int


def question_of(heading: str) -> str:
    """The question that a heading asks: itself, or "How do I define functions?" for "Defining Functions"."""
    said = _MARK.sub("", heading).strip(" .:*#¶")
    if said.count("?") == 1 and len(said.split()) > 2:
        return said if said.endswith("?") else ""
    if found := _HOW_TO.match(said):
        return f"How do I {_lowered(found['goal'])}?"
    if _QUESTION.match(said) and len(said.split()) > 3:
        return f"{said.rstrip('?')}?"
    if found := _VERSUS.fullmatch(said):
        one, other = found["one"] or found["first"], found["other"] or found["second"]
        return f"How do {one} and {other} differ?"
    first, _, rest = said.partition(" ")
    verb = _base_of_gerund(first.lower())
    if not verb or not rest or rest.split()[-1].lower() in _NO_OBJECTS:
        return ""
    return f"How do I {verb} {_lowered(_ALSO.sub(_joined_verb, rest))}?"


def answers(passages: Sequence[Passage]) -> Iterator[Answered]:
    """For each heading of a document that asks, the sentence below it that answers best."""
    for heading, section in groupby(passages, lambda passage: _asking(passage.heading)):
        question = question_of(heading) if heading else ""
        places = ((passage, *span) for passage in section for span in _joined(passage.text)) if question else ()
        best, most = None, 0.0
        for number, (passage, start, end) in zip(range(_FURTHEST), places, strict=False):
            score = _score(question, folded(passage.text[start:end]), number)
            if score > most:
                best, most = Answered(question, passage, start, end), score
        if best:
            yield best


def said_by_heading(passage: Passage) -> Iterator[tuple[int, int, str]]:
    """The heading that a passage begins with, if it is a sentence ("Whitespace Does Not Matter"), by its place."""
    heading = _MARK.sub("", passage.heading[-1]).strip(" .:#¶") if passage.heading else ""
    at = passage.text.find(heading) if heading else -1
    if at < 0 or heading.endswith("?") or not 3 < len(heading.split()) <= _MOST_WORDS:
        return
    is_title = sum(word[:1].isupper() for word in heading.split()) > 2
    said = f"{heading[0]}{_lowered(heading[1:])}" if is_title else heading
    told = [cut for cut in cuts(said) if cut.sort == PREDICATE]
    if told and told[0].value.split()[0].lower() not in PREPOSITIONS:
        yield at, at + len(heading), said


def _base_of_gerund(word: str) -> str:
    """ "define" for "defining", "run" for "running"; empty for what is no gerund of a known verb."""
    if not word.endswith("ing") or len(word) < 5:
        return ""
    stem = word[:-3]
    forms = (stem, f"{stem}e", stem[:-1] if stem[-1:] == stem[-2:-1] else stem)
    return next((form for form in forms if form in VERB_BASES), "")


def _joined_verb(also: re.Match[str]) -> str:
    return f"{also[1]} {_base_of_gerund(also[2].lower()) or also[2]}"


def _asking(heading: Sequence[str]) -> str:
    """The innermost heading that says something of its own."""
    for name in reversed(heading):
        words = [word.lower().strip("?!,.:()") for word in _MARK.sub("", name).split()]
        if any(word and word not in GENERIC_HEADINGS for word in words):
            return name
    return ""


def _joined(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of a passage, "Yes." and "No." together with the one that follows."""
    held: int | None = None
    for start, end in sentences(text):
        if held is None and len(text[start:end].split()) <= 3:
            held = start
            continue
        yield held if held is not None else start, end
        held = None


def _score(question: str, sentence: str, number: int) -> float:
    """How well a sentence answers a question, by how such answers begin and what they hold; 0 for not at all."""
    words = sentence.split()
    if not _FEWEST_WORDS <= len(words) <= _MOST_WORDS or not is_balanced(sentence):
        return 0.0
    if sentence.endswith("?") or _SENDS.match(sentence):
        return 0.0
    asked = set(content_terms(question))
    kind = question.split()[0].lower()
    score = 6.0 - 0.5 * number + 3 * len(asked & set(content_terms(sentence))) / max(len(asked), 1)
    score += 1.5 * bool(_TELLS.search(sentence))
    score += 2.0 * bool(kind in _TELLS_FOR and _TELLS_FOR[kind].search(sentence))
    return score - 2.5 * bool(_LEANS.match(sentence)) - 2.0 * sentence.endswith(":") - (len(words) > 34)


def _lowered(words: str) -> str:
    """Title case to lower case; names, and what has capitals further in or marks, stay."""
    return " ".join(
        word.lower() if re.fullmatch(r"A|[A-Z][a-z]+[,:;]?", word) and word not in _NAMES else word
        for word in words.split(" ")
    )


_MARK = re.compile(r"^(?:[^\w\"'`(@*_.<\[{]+\s*|\d+(?:\.\d+)*\.?\s+)+|(?:\s*\\?\*)+$|¶")
_HOW_TO = re.compile(r"[Hh]ow [Tt]o (?P<goal>[a-zA-Z]\w* .+?)\??$")
_QUESTION = re.compile(r"(?:How|What|Why|When|Where|Which|Who)(?:['’]s)? (?!to\b|[a-z]*['’]?s? New\b)")
_VERSUS = re.compile(
    r"(?P<one>\S+(?: \S+){0,3}?) (?:vs\.?|versus) (?P<other>\S+(?: \S+){0,3})"
    r"|[Dd]ifferences? between (?P<first>\S+(?: \S+){0,3}?) and (?P<second>\S+(?: \S+){0,3})"
)
_ALSO = re.compile(r"^(and|or) (\w+ing)\b")
_NO_OBJECTS = frozenset(
    "techniques methods rules conventions environment environments language languages tools system server more".split()
)
_NAMES = frozenset("Python C Java Unix Windows Linux Jupyter Cython Fortran Tk I".split())
_TELLS = re.compile(
    r"\b(?:[Uu]se|[Cc]all|[Yy]ou can|must|should|is an?|are|because|allows?|provides?|returns?|module|function"
    r"|method)\b"
)
_TELLS_FOR = {
    "how": re.compile(r"\b(?:[Uu]s(?:e|ing)|[Cc]all|by \w+ing|with the|[Tt]o \w+|can|module|function|import)\b"),
    "why": re.compile(r"\b(?:because|reason|since|so that|due to|therefore|advantage|means)\b"),
    "what": re.compile(r"\b(?:is|are|means)\b"),
    "is": re.compile(r"^(?:Yes|No|There)\b"),
    "are": re.compile(r"^(?:Yes|No|There)\b"),
    "can": re.compile(r"^(?:Yes|No|You can)\b"),
    "does": re.compile(r"^(?:Yes|No)\b"),
}
_SENDS = re.compile(r"(?:\(?See|Consult|Refer to|For more|Read)\b")
_LEANS = re.compile(
    r"(?:This|That|These|Those|It|They|But|And|So|Here|However|Another|Also|For example|Consider|Suppose|Let)\b"
)
