"""The decision after a recall: answer from memory, look it up, or decline. A pure function of what is known."""

from __future__ import annotations

from byheart.types import Route, Support, Surroundings, Taught


def route(
    *, probability: float, threshold: float, can_be_trusted: bool, can_look_up: bool, is_gain: bool = False
) -> Route:
    """Where a question goes.

    `can_be_trusted` is false where documents have moved since the study; `is_gain` tells that looking up is expected to
    gain more than it costs, however sure memory is.
    """
    if can_be_trusted and probability >= threshold and not (is_gain and can_look_up):
        return Route.ANSWER
    return Route.LOOK_UP if can_look_up else Route.DECLINE


def has_moved(fact: Taught | None, surroundings: Surroundings) -> bool:
    """Whether documents have moved, since the study, near the question that recalled `fact`.

    A fact that stands in the newest text of its work is not shaken by other changes of that text, but by a passage
    that came into another one of which it is not known which is newer. A recall that recites nothing is shaken by any
    change near it.
    """
    if fact is None:
        return bool(surroundings.moved) or any(near.support is not Support.STILL for near in surroundings.taught[:3])
    if fact.support is not Support.STILL:
        return True
    own = (fact.revision.source, fact.stands_in)
    return any(hit.work == fact.work and hit.source not in own for hit in surroundings.moved)
