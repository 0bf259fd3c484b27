"""A sure answer from memory, looked up as well: whether the documents say the same.

Takes an answer and a desk; gives a label. It is a noisy one, since the reader errs too: so it comes with the
probability that the reading is right, where the study has measured that on this library.
"""

from __future__ import annotations

from byheart import lookup
from byheart.agreement import answers_differ
from byheart.confidence import gate_of
from byheart.desk import Course, Desk
from byheart.types import Answer


def agreed(answer: Answer, desk: Desk) -> tuple[bool, float | None] | None:
    """Whether a reading says what `answer` says, and how sure it is; None where it would not have been given.

    How sure it is, is None where the reader's gate is the one that comes with byheart: nobody knows what it is worth
    on these documents, and what memory knows best, such as header fields, a reader may read worst.
    """
    claim = lookup.read(answer.question, desk, Course(), desk.ledger.editions.named(answer.question)).claim
    if claim is None or claim.confidence < desk.settings.floor:
        return None
    reader = desk.reader().name
    is_measured = desk.calibration is not None and desk.calibration.gate_for(reader) != gate_of(reader)
    return not answers_differ(answer.text, claim.text), claim.confidence if is_measured else None
