"""byheart knows your core documents by heart and looks the rest up.

    with byheart.open("my-books") as library:
        answer = library.ask("Which Python version did PEP 634 target?")
        answer.text, answer.origin, answer.confidence, answer.citations, answer.seconds

Importing this package opens nothing and loads no model.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from byheart.agreement import answers_differ
    from byheart.errors import ByheartError
    from byheart.grading import Grade, grade
    from byheart.library import Library, new, open
    from byheart.outcomes import Added, Status, StudyRecord
    from byheart.types import Answer, Citation, Claim, Conflict, Hit, Origin, Step

__all__ = [
    "Added",
    "Answer",
    "ByheartError",
    "Citation",
    "Claim",
    "Conflict",
    "Grade",
    "Hit",
    "Library",
    "Origin",
    "Status",
    "Step",
    "StudyRecord",
    "answers_differ",
    "grade",
    "new",
    "open",
]

_HOMES = {
    "answers_differ": "byheart.agreement",
    "ByheartError": "byheart.errors",
    "Grade": "byheart.grading",
    "Library": "byheart.library",
    "grade": "byheart.grading",
    "new": "byheart.library",
    "open": "byheart.library",
    **dict.fromkeys(("Added", "Status", "StudyRecord"), "byheart.outcomes"),
}


def __getattr__(name: str) -> object:
    """What is exported, loaded when it is first named: `byheart --help` needs none of it."""
    if name not in __all__:
        raise AttributeError(f"module 'byheart' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES.get(name, "byheart.types")), name)
