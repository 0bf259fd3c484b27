"""Questions of a library's own: the sealed forms of what its study mastered, in words that training never used.

Takes an open library, gives facts with their passages and questions. They are easier than what people ask: their
wording is made by the same rules as the lessons'.
"""

from __future__ import annotations

from dataclasses import dataclass

from byheart import lessons
from byheart.library import Library
from byheart.types import Fact, Passage, Support


@dataclass(frozen=True, slots=True)
class Sealed:
    """A mastered fact that its document still says, where it stands, and a question that training never saw.

    `answer` is what the question asks for: the fact's value, or of a sentence a part of it.
    """

    fact: Fact
    passage: Passage
    source: str
    question: str
    answer: str

    @property
    def span(self) -> tuple[int, int]:
        """Where the passage says the answer; of a part that stands there in another form, where it says the fact."""
        begin, end = self.fact.start, self.fact.end
        at = self.passage.text.find(self.answer, begin, end)
        return (at, at + len(self.answer)) if at >= 0 else (begin, end)


def questions(library: Library) -> list[Sealed]:
    """One for each mastered fact of the study in use, worthiest first; none where nothing was studied."""
    held = {
        placed.passage.id: (placed.passage, source.location)
        for source in library.documents()
        for placed in library.ledger.passages(source.location)
    }
    return [
        _sealed(fact, *held[fact.passage])
        for fact, is_mastered, support in library.ledger.studies.facts()
        if is_mastered and support is Support.STILL and fact.passage in held
    ]


def _sealed(fact: Fact, passage: Passage, source: str) -> Sealed:
    asked = lessons.sealed(fact, passage)
    return Sealed(fact, passage, source, asked.prompt, asked.completion)
