"""A sure answer from memory, looked up as well: whether the documents say the same.

Takes an answer and a desk; gives a label. It is a noisy one, since the reader errs too: so it comes with the
probability that the reading is right, and nobody takes it for a grade.
"""

from __future__ import annotations

from byheart import lookup
from byheart.agreement import answers_differ
from byheart.desk import Course, Desk
from byheart.types import Answer


def agreed(answer: Answer, desk: Desk) -> tuple[bool, float] | None:
    """Whether a reading says what `answer` says, and how sure it is; None where it would not have been given."""
    claim = lookup.read(answer.question, desk, Course(), desk.ledger.editions.named(answer.question)).claim
    if claim is None or claim.confidence < desk.settings.floor:
        return None
    return not answers_differ(answer.text, claim.text), claim.confidence
