"""Advice on an open library, and carrying it out: gathers what advice rests on, and does what was advised.

Takes an open library and the user's wishes, gives `advise.advise`'s advice. It weighs nothing itself. Facts are looked
for in a sample of the documents where all of them would take long.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from byheart import cases, facts, plan, records
from byheart.advise import advise
from byheart.comparison import SIDES
from byheart.errors import ModelMissing
from byheart.grading import Grade
from byheart.grounds import Asked, Findings, Grounds, Held, Wishes
from byheart.library import Library
from byheart.outcomes import Advice, Measuring, Studying, StudyRecord
from byheart.rows import REPORT, REPORTS
from byheart.settings import Settings
from byheart.types import Holding

# Facts are looked for in about so many passages: ten seconds on an old machine.
_MOST_READ = 600

# The arms that a study answers in.
_OF_STUDY = ("memory", "both")


def advice(library: Library, wishes: Wishes, *, watch: Callable[[Measuring], None] = lambda measuring: None) -> Advice:
    """What to do with `library`, as far as facts and figures reach; UsageError where wishes contradict each other."""
    return advise(gathered(library, wishes, today=datetime.now(UTC).date(), watch=watch))


def apply(library: Library, advised: Advice, *, watch: Callable[[Studying], None]) -> StudyRecord | None:
    """Holds the documents as advised, and studies what is due; None where nothing is."""
    library.ledger.hold(advised.reference, Holding.REFERENCE)
    library.ledger.hold(advised.core, Holding.CORE)
    return library.study(minutes=advised.minutes, watch=watch) if advised.is_study_due else None


def gathered(
    library: Library, wishes: Wishes, *, today: date, watch: Callable[[Measuring], None] = lambda measuring: None
) -> Grounds:
    """What advice on `library` rests on."""
    record = library.ledger.studies.in_use()
    findings = _findings(library, record)
    speed, trouble = _tokens_a_second(library, record)
    books = {one.book for one in findings.asked} if findings else set()
    found, looked_through = _facts(library, watch)
    return Grounds(
        list(_held(library, found, speed, books)),
        wishes,
        today,
        wishes.minutes or library.settings.minutes,
        findings,
        library.logged(),
        looked_through,
        _reached(library.settings),
        record is not None,
        trouble,
    )


# ── documents ──


def _held(
    library: Library, found: Mapping[str, tuple[float, float]], speed: float | None, books: set[str]
) -> Iterator[Held]:
    added: dict[str, list[date]] = {}
    for revision in library.ledger.history():
        added.setdefault(revision.source, []).append(date.fromisoformat(revision.added[:10]))
    studied = {one.source: one.digest for one in library.ledger.studies.documents()}
    for source in library.documents():
        if source.revision is None:
            continue
        count, tokens = found.get(source.location, (None, None))
        folders = source.location.split("/")[:-1]
        yield Held(
            source.location,
            added[source.location],
            source.passages,
            count,
            tokens / speed if tokens is not None and speed else None,
            _day(source.revision.dated),
            source.holding is Holding.CORE,
            source.is_licence,
            source.is_superseded,
            source.location in studied,
            studied.get(source.location, source.revision.digest) != source.revision.digest,
            next((folder for folder in reversed(folders) if folder in books), folders[-1] if folders else ""),
        )


def _day(dated: str | None) -> date | None:
    # A year or a month is no day on which news came.
    return date.fromisoformat(dated[:10]) if dated and len(dated) >= len("2024-05-31") else None


def _facts(library: Library, watch: Callable[[Measuring], None]) -> tuple[dict[str, tuple[float, float]], int]:
    """For each document that may be studied its facts and the tokens of lessons that they take; and how many were read.

    The others are taken to hold as much a passage.
    """
    sources = [one for one in library.documents() if one.revision and not one.is_licence and not one.is_superseded]
    passages = sum(one.passages for one in sources)
    # Evenly over the list, so that each folder has its share.
    stride = max(1, -(-passages // _MOST_READ))
    sample = sources[::stride]
    known = {fact.id for fact, is_mastered, _ in library.ledger.studies.facts() if is_mastered}
    found: dict[str, tuple[float, float]] = {}
    for number, source in enumerate(sample):
        watch(Measuring("finding facts", number, len(sample)))
        taught = facts.find([[placed.passage for placed in library.ledger.passages(source.location)]]).facts
        found[source.location] = (len(taught), sum(plan.tokens_to_master(fact, known) for fact in taught))
    read = sum(one.passages for one in sample)
    each = [sum(values) / read for values in zip(*found.values(), strict=True)] if read else [0.0, 0.0]
    estimated = {one.location: (each[0] * one.passages, each[1] * one.passages) for one in sources}
    return estimated | found, len(sample)


def _tokens_a_second(library: Library, record: StudyRecord | None) -> tuple[float | None, tuple[str, str] | None]:
    """How fast a study is: as the one in use was, else as the planner foretells; or None, why, and what to do."""
    if record and record.base == library.settings.model and record.details["training seconds"]:
        return record.details["tokens"] / record.details["training seconds"], None
    try:
        return library.parts.trainer().tokens_a_second(), None
    except ImportError as error:
        return None, (f"{error.name} is not installed", 'pip install "byheart[study]"')
    except ModelMissing as error:
        return None, (str(error), error.hint)


def _reached(settings: Settings) -> dict[str, str]:
    """The settings that name another machine, by key."""
    named = {"server": settings.server, "embedder": settings.embedder, "chroma": settings.chroma}
    return {key: address for key, address in named.items() if _is_elsewhere(address)}


def _is_elsewhere(address: str) -> bool:
    host = urlsplit(address).hostname if "://" in address else None
    if host is None or host == "localhost":
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True


# ── what was measured ──


def _findings(library: Library, record: StudyRecord | None) -> Findings | None:
    """What the report found that tells most; answers of a study that is not in use are left out."""
    reports = [
        report
        for path in (library.folder / REPORTS).glob("*")
        # A measurement that was stopped has no report yet.
        if path.name.isdigit() and (report := records.read(path / REPORT))
    ]
    if not reports:
        return None
    report = max(reports, key=_worth)
    run, upkeep = report["run"], report["upkeep"] or {}
    asked_of = (run["study"]["number"], run["study"]["made"]) if run["study"] else None
    is_outdated = asked_of != ((record.number, record.made) if record else None)
    left_out = _OF_STUDY if is_outdated else ()
    arms = report["figures"]["arms"]
    return Findings(
        int(run["number"]),
        run["questions"],
        [one for one in _asked(library, report) if one.arm not in left_out],
        {arm: int(its["cost"]["peak_bytes"]) for arm, its in arms.items() if its["cost"]["peak_bytes"]},
        is_outdated,
        upkeep.get("answered_offline", {}),
        int(upkeep.get("asked_offline", 0)),
        upkeep.get("searchable_seconds"),
        upkeep.get("studied_seconds"),
        run.get("command", ""),
    )


def _worth(report: Mapping[str, Any]) -> tuple[bool, int, int]:
    """How much a report tells: people's questions before byheart's own, then sides asked, then the newest."""
    return bool(report["run"]["questions"]), len(set(SIDES) & set(report["figures"]["arms"])), report["run"]["number"]


def _asked(library: Library, report: Mapping[str, Any]) -> Iterator[Asked]:
    locations = [source.location for source in library.documents() if source.revision]
    books = {case["id"]: case["book"] for case in report["cases"]}
    places = {
        case["id"]: next((one for one in locations if case["source"] and cases.is_at(one, case["source"])), "")
        for case in report["cases"]
    }
    money = {arm: _money(its["cost"]) for arm, its in report["figures"]["arms"].items()}
    for row in report["rows"]:
        yield Asked(
            row["case"],
            row["arm"],
            places[row["case"]],
            books[row["case"]],
            row["grade"] == Grade.RIGHT,
            row["seconds"],
            row["cpu_seconds"],
            money[row["arm"]],
        )


def _money(cost: Mapping[str, Any]) -> float | None:
    """The mean price of an answer; None where no price was named."""
    named = [cost[part] for part in ("machine_money", "api_money") if cost[part] is not None]
    return sum(named) / 1000 if named else None
