"""Study it, index it, or both: grounds to advice, with the figure behind each word of it.

Takes what is known of a library, gives what to do with each document or folder, what to expect of it, and the
commands. It opens nothing, measures nothing and guesses nothing: what is not known is told as missing, with the
measurement that would settle it.
"""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from byheart import units
from byheart.considered import ENOUGH_ASKED, OFTEN_DAYS, Considered
from byheart.grounds import ENOUGH_LOGGED, Grounds, Held
from byheart.outcomes import Advice, Advised, Missing, Way
from byheart.prospects import cost_unit, prospects
from byheart.rules import RULES, WORSE_WITH_MEMORY, Rule

_MEASURED = ("memory", "documents", "both")


def advise(grounds: Grounds) -> Advice:
    """What to do with the library that `grounds` are of; UsageError names wishes that contradict each other."""
    considered = Considered(grounds)
    rules = {one.location: _rule(one, considered) for one in grounds.documents}
    ways = {location: rule.way for location, rule in rules.items()}
    core = [one.location for one in grounds.documents if ways[one.location] is not Way.INDEX]
    reference = [one.location for one in grounds.documents if ways[one.location] is Way.INDEX]
    is_due = _is_study_due(grounds, rules)
    return Advice(
        list(_grouped(considered, rules)),
        prospects(considered, ways),
        cost_unit(grounds.findings),
        list(_notes(considered, ways)),
        list(_commands(grounds, ways, is_due=is_due)),
        list(_missing(considered, core)),
        core,
        reference,
        is_due,
        grounds.minutes,
    )


def _rule(document: Held, considered: Considered) -> Rule:
    return next(rule for rule in RULES if rule.applies(document, considered))


def _is_study_due(grounds: Grounds, rules: Mapping[str, Rule]) -> bool:
    """Whether the study in use lacks what is to be studied, or holds what does harm there."""
    studied = {one.location for one in grounds.documents if one.is_studied}
    wanted = {location for location, rule in rules.items() if rule.way is not Way.INDEX}
    harmful = {location for location in studied if rules[location] is WORSE_WITH_MEMORY}
    moved = {one.location for one in grounds.documents if one.has_moved}
    return bool(wanted - (studied - moved)) or bool(wanted and harmful)


# ── documents that are advised alike ──


def _grouped(considered: Considered, rules: Mapping[str, Rule]) -> Iterator[Advised]:
    """A row for each folder, or part of one, that one rule decides; what is to be studied first, then the largest."""
    held = {one.location: one for one in considered.grounds.documents}
    there = Counter(folder for location in rules for folder in _folders(location))
    rows = [
        Advised(
            those[0].location if len(those) == 1 else place,
            len(those),
            1 if len(those) == 1 else there[place],
            sum(one.passages for one in those),
            rule.way,
            rule.name,
            rule.why,
            rule.figure(those, considered),
        )
        for rule in RULES
        for place, those in _places([held[location] for location, its in rules.items() if its is rule], held).items()
    ]
    return iter(sorted(rows, key=lambda row: (row.way is Way.INDEX, -row.documents)))


def _places(alike: Sequence[Held], held: Mapping[str, Held]) -> dict[str, list[Held]]:
    """Documents that are advised alike by the outermost folder that they fill, or else by where they lie."""
    if not alike:
        return {}
    whole = covering([one.location for one in alike], _others(alike, held))
    alone = Counter(one.folder for one in alike)
    places: dict[str, list[Held]] = {}
    for one in alike:
        # One here and one there: all together.
        scattered = one.folder if alone[one.folder] > 1 else _shared(held)
        places.setdefault(whole[one.location] or scattered, []).append(one)
    return places


def _others(alike: Sequence[Held], held: Mapping[str, Held]) -> set[str]:
    """What is not to be in a folder that is named for `alike`; what is never studied may be."""
    return {location for location, one in held.items() if one.is_teachable}.difference(one.location for one in alike)


def _shared(locations: Iterable[str]) -> str:
    """The folder that all of `locations` lie in."""
    return os.path.commonpath([one.rpartition("/")[0] for one in locations])


def covering(chosen: Sequence[str], others: Set[str]) -> dict[str, str]:
    """For each of `chosen` the outermost folder that holds none of `others`; empty where even its own one does.

    It is no folder above the one that all of them lie in.
    """
    mixed = {folder for other in others for folder in _folders(other)}
    shared = _shared([*chosen, *others])
    return {
        one: next((folder for folder in _folders(one) if folder not in mixed and len(folder) >= len(shared)), "")
        for one in chosen
    }


def _folders(location: str) -> list[str]:
    """The folders that a location lies in, outermost first."""
    return [location[:end] for end, letter in enumerate(location) if letter == "/" and end]


# ── what carries it out ──


def _commands(grounds: Grounds, ways: dict[str, Way], *, is_due: bool) -> Iterator[str]:
    held = {one.location: one for one in grounds.documents}
    unheld = [one for one in grounds.documents if one.is_core and ways[one.location] is Way.INDEX]
    wanted = [one for one in grounds.documents if ways[one.location] is not Way.INDEX]
    if unheld:
        yield f"byheart add {_paths(unheld, held)} --reference"
    if is_due:
        yield f"byheart study {_paths(wanted, held)} --minutes {grounds.minutes:g}"
    if Way.STUDY in ways.values():
        yield "byheart ask --from memory"


def _paths(chosen: Sequence[Held], held: Mapping[str, Held]) -> str:
    """The fewest paths that name `chosen`, as a shell takes them."""
    whole = covering([one.location for one in chosen], _others(chosen, held))
    counts = Counter(whole.values())
    paths = (whole[one.location] if counts[whole[one.location]] > 1 else "" for one in chosen)
    return " ".join(
        map(shlex.quote, dict.fromkeys(path or one.location for path, one in zip(paths, chosen, strict=True)))
    )


# ── what figures do not say, and what is missing ──


def _notes(considered: Considered, ways: dict[str, Way]) -> Iterator[str]:
    grounds = considered.grounds
    findings = grounds.findings
    if 0 < grounds.looked_through < len(grounds.documents):
        yield (
            f"facts and minutes of study are estimated from {grounds.looked_through:,} "
            f"of {len(grounds.documents):,} documents"
        )
    if findings and findings.searchable_seconds is not None:
        again = units.seconds(findings.studied_seconds)
        yield f"a change is searchable after {units.seconds(findings.searchable_seconds)}, studied again after {again}"
    new = [one for one in grounds.documents if ways[one.location] is not Way.INDEX and not one.is_studied]
    if findings and not findings.files:
        yield f"report {findings.number} asked byheart's own questions, which are easier than people's"
    if findings and new:
        yield f"{_count(new)} to study, not studied when it was measured: measure again afterwards"
    left = [location for location, way in ways.items() if way is Way.INDEX]
    if left and considered.ruled_out >= {Way.INDEX, Way.BOTH}:
        yield f"{_count(left)} cannot be answered from within these limits: {considered.limited(Way.INDEX)}"


def _count(documents: Sequence[object]) -> str:
    return "1 document" if len(documents) == 1 else f"{len(documents):,} documents"


def _missing(considered: Considered, core: Sequence[str]) -> Iterator[Missing]:
    grounds = considered.grounds
    wishes, findings = grounds.wishes, grounds.findings
    if not grounds.documents:
        yield Missing("documents: none is held", "byheart add FOLDER")
        return
    if grounds.no_forecast:
        yield Missing(f"how long a study takes here ({grounds.no_forecast[0]})", grounds.no_forecast[1])
    measure = (findings and findings.command) or "byheart measure questions.jsonl"
    arms = [arm for arm in _MEASURED if findings and findings.arm(arm)]
    if findings is None:
        yield Missing("what memory, documents and both get right here, how fast, at what cost", measure)
    elif findings.is_outdated:
        yield Missing(f"what the study in use gets right: report {findings.number} asked another one", measure)
    elif missing := [arm for arm in _MEASURED if arm not in arms]:
        study = "" if grounds.has_study or missing == ["documents"] else "byheart study FOLDER, then "
        options = " ".join(f"--arm {arm}" for arm in (missing if findings.command else _MEASURED))
        yield Missing(f"what {' and '.join(missing)} would bring: not measured", f"{study}{measure} {options}")
    elif len(considered.saved) < ENOUGH_ASKED:
        few = f"{len(considered.saved)} measured questions are about what is studied, {ENOUGH_ASKED} would tell"
        yield Missing(f"what a study saves: {few}", "byheart measure MORE-QUESTIONS.jsonl")
    if findings and arms and wishes.memory is not None and not set(arms) <= set(findings.peaks):
        yield Missing("the memory that an answer takes", measure)
    if findings and wishes.money is not None and any(one.money is None for one in findings.asked):
        yield Missing("what answers cost", f"{measure} --hour PRICE")
    changing = any((days := grounds.interval(one)) is not None and days <= OFTEN_DAYS for one in grounds.documents)
    if findings and (
        (changing and findings.searchable_seconds is None) or (wishes.is_offline and not findings.offline)
    ):
        yield Missing("what a changed document costs, and what is answered with the network cut", f"{measure} --table")
    if not grounds.is_logged:
        logged = f"the log holds {len(grounds.log)} questions, {ENOUGH_LOGGED} would tell" if grounds.log else "no log"
        yield Missing(f"what is asked, again and again, of which documents: {logged}", "log = true in byheart.toml")
    if grounds.a_day is None:
        yield Missing("how many questions are asked a day", "byheart advise --a-day N")
    if core and not grounds.no_forecast and grounds.findings is None:
        yield Missing("which facts a study would teach", "byheart study --plan")
