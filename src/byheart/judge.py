"""A second opinion: a model is asked whether an answer is right, beside the rule of `grading`.

Takes a case and an answer, gives yes, no or neither. The rule stays what figures rest on; the judge only shows how far
it agrees.
"""

from __future__ import annotations

import re

from byheart import prompts
from byheart.cases import Case
from byheart.ports import Model

_WORD = re.compile(r"\w+")
_MOST_TOKENS = 8


def is_right(model: Model, case: Case, answer: str, *, timeout: float) -> bool | None:
    """What `model` says of `answer`; None where its reply begins with neither yes nor no."""
    prompt = prompts.judge(case.question, case.answer, answer)
    said = model.complete(prompt, tokens=_MOST_TOKENS, timeout=timeout).text
    first = _WORD.search(said)
    return {"yes": True, "no": False}.get(first.group().lower()) if first else None
