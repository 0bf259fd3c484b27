"""The ways to ask for a sentence: each with another part of it as the gap.

Takes a sentence as plain text; gives gaps: what it says of its subject, why, when, how, by what means, and the code,
names and numbers in it. Each is one question; the sentence answers all of them.
"""

from __future__ import annotations

from functools import lru_cache

from byheart.candidates import candidates
from byheart.clauses import cuts
from byheart.questions import BLANK, Gap, blank


@lru_cache(maxsize=4096)
def gaps(sentence: str) -> tuple[Gap, ...]:
    """The gaps of a sentence, none twice; none for a sentence of which no part can be asked for."""
    found = [Gap(blank(cut.statement, cut.value), cut.sort, question=cut.question) for cut in cuts(sentence)]
    for one in candidates(sentence, 0, len(sentence)):
        if one.sort in _UNTOLD:
            continue
        found.append(Gap(blank(sentence, sentence[one.start : one.end]), one.sort))
    return tuple(dict.fromkeys(gap for gap in found if gap.text.count(BLANK) == 1 and _asks(gap)))


def _asks(gap: Gap) -> bool:
    """Whether enough is left beside the gap to ask for it."""
    return len(gap.text.split()) > _FEWEST_WORDS


_FEWEST_WORDS = 3

# Sorts that make no question which a person would put.
_UNTOLD = ("name", "phrase", "number")
