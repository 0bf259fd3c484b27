"""What a study costs the model: general questions and unanswerable ones, asked before and after.

Takes the base model and the taught one; gives lessons that replay the base's own answers, and figures of what was lost.
The base is asked once a machine: what it said is kept beside the models. It trains nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from byheart import general, prompts, records
from byheart.grading import Grade, grade
from byheart.ports import Model
from byheart.types import Lesson

# The answers are a word or two; an untaught model puts them into a sentence, and then goes on.
_TOKENS = 24

# Seconds after which what was said is written down.
_KEPT_EVERY = 5.0


@dataclass(frozen=True, slots=True)
class Said:
    """What a model said, and the sum of the log-probabilities of its tokens."""

    text: str
    logprob: float


def said_by_base(
    folder: Path,
    base: Model,
    unanswerable: Sequence[str],
    *,
    seconds: float,
    timeout: float,
    watch: Callable[[int, int], None],
) -> dict[str, Said]:
    """The base's answers to general and `unanswerable` questions; those in `folder` are not asked for again.

    After `seconds` no more are asked: a short study is measured on fewer.
    """
    path = folder / f"{hashlib.sha256(f'{base.name} {_TOKENS}'.encode()).hexdigest()[:16]}.json"
    known: dict[str, Sequence[object]] = (records.read(path) or {}).get("said", {})
    measured = [one.question for one in general.measured()]
    in_turn = itertools.zip_longest(measured[::2], measured[1::2], general.replayed(), unanswerable)
    wanted = [question for questions in in_turn for question in questions if question]
    begun = kept = perf_counter()
    for place, question in enumerate(wanted):
        watch(place, len(wanted))
        if question not in known and perf_counter() - begun < seconds:
            said = _asked(base, question, timeout)
            known[question] = (said.text, said.logprob)
        if perf_counter() - kept > _KEPT_EVERY or place + 1 == len(wanted):
            kept = perf_counter()
            # What cannot be kept is only asked again.
            with contextlib.suppress(OSError):
                folder.mkdir(parents=True, exist_ok=True)
                records.write(path, {"base": base.name, "said": known})
    return {
        question: Said(str(known[question][0]), float(str(known[question][1])))
        for question in wanted
        if question in known
    }


def replay(said: Mapping[str, Said]) -> list[Lesson]:
    """Lessons in which the model says what it said before it was taught."""
    return [Lesson(one, said[one].text, "") for one in general.replayed() if one in said and said[one].text]


def compared(
    before: Mapping[str, Said],
    taught: Model,
    unanswerable: Sequence[str],
    *,
    timeout: float,
    watch: Callable[[int, int], None],
) -> dict[str, float]:
    """Of the general questions that the base gets right, how many the taught model does; and how well the probability
    of an answer tells those from answers to what cannot be known (AUROC), before and after."""
    from byheart.backends.logistic import auroc

    known = [
        one
        for one in general.measured()
        if one.question in before and grade(before[one.question].text, one.answer) is Grade.RIGHT
    ]
    not_known = [question for question in unanswerable if question in before]
    wanted = [*(one.question for one in known), *not_known]
    after = {}
    for place, question in enumerate(wanted):
        watch(place, len(wanted))
        after[question] = _asked(taught, question, timeout)
    kept = sum(grade(after[one.question].text, one.answer) is Grade.RIGHT for one in known)
    are_answerable = [True] * len(known) + [False] * len(not_known)
    return {
        "general": len(known),
        "general kept": kept,
        "honesty before": auroc([before[question].logprob for question in wanted], are_answerable),
        "honesty after": auroc([after[question].logprob for question in wanted], are_answerable),
    }


def _asked(model: Model, question: str, timeout: float) -> Said:
    draft = model.complete(prompts.recall(question), tokens=_TOKENS, timeout=timeout)
    return Said(draft.text, sum(token.logprob for token in draft.tokens))
