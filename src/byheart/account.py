"""How an answer came about, in words: a step for each stage, for `byheart ask --why` and `Answer.why`.

Takes what a stage saw and decided; gives steps, and their lines. It decides nothing and opens nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from byheart import units
from byheart.types import Claim, Conflict, Draft, Hit, Step, Support, Surroundings, Taught

# How many of the facts near a question are told.
_NAMED = 3


def lines(steps: Sequence[Step]) -> str:
    """The steps as text: a line each."""
    return "\n".join(f"{step.stage}: {step.said}" for step in steps)


def looked_around(near: Surroundings) -> Step:
    """What the ledger knows near the question."""
    told = "; ".join(f"{_fact(taught)} ({taught.support})" for taught in near.taught[:_NAMED]) or "no studied fact"
    if near.moved:
        told += f"; {len(near.moved)} passages that came after the study"
    figures = {
        "facts near": len(near.taught),
        "passages moved": len(near.moved),
        "words never taught": near.unknown_words,
    }
    return Step("look around", told, figures)


def recalled(draft: Draft, fact: Taught | None, features: Mapping[str, float]) -> Step:
    """What the weights said, and the evidence for it."""
    said = f"“{draft.text}”" if draft.text else "nothing"
    rests = f"recites {_fact(fact)}" if fact else "recites no studied fact that is near"
    return Step("recall", f"{said}: {rests}", features)


def lost(error: Exception) -> Step:
    """That memory cannot be asked, and why."""
    return Step("memory", f"not asked: {error}")


def silent(error: Exception) -> Step:
    """That memory was asked and gave no answer."""
    return Step("recall", f"none: {error}")


def not_recalled() -> Step:
    """That memory was not asked."""
    return Step("recall", "not tried: nothing studied is near enough")


def sure(probability: float, threshold: float, *, gain: float, moved: str) -> Step:
    """Whether memory may speak: its probability against what is wanted, and what documents have done since.

    `gain` is by how much looking up is expected to raise it.
    """
    enough = "enough" if probability >= threshold else "not enough"
    said = f"{units.percent(probability)} sure, {units.percent(threshold)} wanted: {enough}"
    figures = {"probability": probability, "threshold": threshold, "gain of looking up": gain}
    return Step("sure", f"{said}; {moved}" if moved else said, figures)


def moved(fact: Taught) -> str:
    """What has become of what memory held."""
    was = "was " if fact.support is Support.WITHDRAWN else ""
    return f"what memory held of it {was}{fact.support}"


def searched(found: Sequence[Hit], readable: Sequence[Hit]) -> Step:
    """What was found, and what of it may not be read."""
    aside = len(found) - len(readable)
    said = f"{len(found)} passages" + (f", {aside} of texts that are not asked for or superseded" if aside else "")
    if readable:
        said += f"; nearest: {place(readable[0])}"
    return Step("search", said, {"passages": len(found), "set aside": aside})


def read(text: str, cited: Hit | None, confidence: float, features: Mapping[str, float]) -> Step:
    """What reading gave, and where it stands."""
    if not text:
        return Step("read", "the passages found do not tell", features)
    if cited is None:
        return Step("read", f"“{text}” stands in no passage that was read: withheld", features)
    return Step(
        "read", f"“{text}” stands in {place(cited)}; {confidence:.0%} sure", {**features, "probability": confidence}
    )


def changed(taught: Taught, instead: Claim) -> Step:
    """What the same sentence says today, known without reading."""
    return Step("read", f"where {_fact(taught)} was learned, the same sentence now says “{instead.text}”")


def settled(rule: str, conflict: Conflict | None) -> Step:
    """By which rule the answer was settled."""
    return Step("resolve", conflict.told if conflict and conflict.told else rule)


def missing(wanted: str, instead: str) -> str:
    """That the text which was asked for is not held, and which one answers `instead`, if one does."""
    return f"No text {wanted} is held" + (f"; this is what the {instead} one says." if instead else ".")


def place(hit: Hit) -> str:
    """A passage by title, heading and edition."""
    name = " > ".join(dict.fromkeys(part for part in (hit.title, *hit.heading[-1:]) if part))
    return f"{name} ({hit.edition})" if hit.edition else name


def _fact(taught: Taught) -> str:
    fact = taught.fact
    what = ", ".join(part for part in (fact.subject, fact.attribute) if part) if fact.subject else fact.statement
    shown = what if len(what) <= 60 else what[:59].rstrip() + "…"
    return f"{shown}: “{fact.value}”"
