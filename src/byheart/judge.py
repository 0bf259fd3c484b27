"""A second opinion: a model is asked whether an answer is right, beside the rule of `grading`.

Takes cases and rows, gives verdicts. The rule stays what figures rest on; the judge only shows how far it agrees.
"""

from __future__ import annotations

import re

from byheart import prompts
from byheart.cases import Case
from byheart.ports import Model
from byheart.rows import Row, Verdict

_WORD = re.compile(r"\w+")
_MOST_TOKENS = 8


def verdict(model: Model, case: Case, row: Row, *, timeout: float) -> Verdict:
    """What `model` says of the answer in `row`; a reply that begins with neither yes nor no is no verdict."""
    prompt = prompts.judge(case.question, case.answer, row.said)
    said = model.complete(prompt, tokens=_MOST_TOKENS, timeout=timeout).text
    first = _WORD.search(said)
    return Verdict(row.case, row.arm, {"yes": True, "no": False}.get(first.group().lower()) if first else None)
