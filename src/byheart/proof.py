"""The proof that what was forgotten is not told: each fact is asked for, of the weights alone and of the library.

Takes a desk; gives for every fact of a withdrawn document what the weights still hold of it and what is answered. It
forgets nothing itself.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from byheart import lessons
from byheart.ask import ask
from byheart.desk import Desk
from byheart.grading import gives
from byheart.types import Answer, Origin, Passage, Support, Taught

# More questions take long and prove nothing else.
_MOST = 50


@dataclass(frozen=True, slots=True)
class Proof:
    """A forgotten fact, asked for: what the weights still say, and what the library answers."""

    question: str
    value: str
    in_gist: bool
    source: str
    recalled: str
    answer: Answer

    @property
    def is_held(self) -> bool:
        """Whether the weights still hold what was forgotten."""
        return gives(self.recalled, self.value, in_gist=self.in_gist)

    @property
    def is_told(self) -> bool:
        """Whether it was given from memory all the same."""
        return self.answer.origin is Origin.MEMORY and gives(self.answer.text, self.value, in_gist=self.in_gist)


def prove(desk: Desk, under: Sequence[str]) -> list[Proof]:
    """Asks for facts of forgotten documents at or below the locations `under`, or for all where there are none."""
    forgotten = [
        taught
        for taught in desk.ledger.studies.stale()
        if taught.support is Support.WITHDRAWN and (not under or any(_is_below(taught, place) for place in under))
    ]
    chosen = forgotten if len(forgotten) <= _MOST else random.Random(desk.settings.seed).sample(forgotten, _MOST)
    return [_proof(taught, desk) for taught in chosen]


def _proof(taught: Taught, desk: Desk) -> Proof:
    learned = desk.ledger.studies.learned_from(taught)
    passage = Passage(taught.fact.passage, learned.title, learned.heading, learned.text)
    asked = lessons.sealed(taught.fact, passage)
    recalled = ask(asked.prompt, desk, side="memory").text
    answer = ask(asked.prompt, desk)
    return Proof(asked.prompt, asked.completion, asked.in_gist, taught.revision.source, recalled, answer)


def _is_below(taught: Taught, place: str) -> bool:
    return taught.revision.source == place or taught.revision.source.startswith(f"{place}/")
