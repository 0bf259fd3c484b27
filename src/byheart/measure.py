"""Measures a library: the same questions through every arm, in turn, to rows, figures and a report that stands alone.

Takes an open library and files of questions, gives what was measured; it lies in `reports/N/` of the library, as JSON
and, once drawn, as a page. Every answer is on disk before the next is asked, and what was answered under the same
circumstances is not asked again: a measurement that was killed goes on where it stopped. It words no question and
grades by `grading` alone.
"""

from __future__ import annotations

import hashlib
import json
import shlex
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from byheart import arms, cases, changes, costs, judge, machine, records, report, sealed, staleness, upkeep
from byheart.arms import ARMS, PATIENCE, WARM_UP, Arm, Bench
from byheart.cases import Case
from byheart.costs import Prices
from byheart.errors import ModelUnavailable, UsageError
from byheart.figures import DEEPEST, Terms, figures
from byheart.grading import grade
from byheart.library import Library
from byheart.machine import Machine, Meter
from byheart.measurement import Measured, Run, Studied, as_data
from byheart.outcomes import Measuring
from byheart.parts import served
from byheart.ports import Model
from byheart.rows import REPORT, REPORTS, Cold, Failure, Journal, Row, Verdict, cold_name

PAGE = "report.html"
_PLAN = "plan.json"
_JOURNAL = "rows.jsonl"
_USUAL = "usual"

# An arm that fails so often in a row is asked no more.
_MOST_FAILURES = 3

# How many questions are asked with the network cut.
_OFFLINE = 3

Watch = Callable[[Measuring], None]
Asked = TypeVar("Asked")


@dataclass(frozen=True, slots=True)
class Order:
    """What is measured, and against what.

    `arms` are asked, as far as they can run, at most `most` questions; none named: all but the baseline. `baseline`
    and `judge` are addresses of OpenAI-compatible servers, with #model where they serve several; a baseline is asked
    besides. `cold` questions an arm are asked of processes of their own. `with_upkeep` also changes a document of a
    copy. `against` is an earlier report. `is_anew` asks again what was answered already.
    """

    arms: Sequence[str] = ()
    most: int | None = None
    baseline: str = ""
    judge: str = ""
    prices: Prices = field(default_factory=Prices)
    cold: int = 3
    with_upkeep: bool = False
    against: Path | None = None
    is_anew: bool = False


@dataclass(frozen=True, slots=True)
class _Begun:
    """A measurement under way: its number, when it began and on what, and what was answered so far."""

    number: int
    folder: Path
    began: str
    machine: Machine
    journal: Journal


def measure(
    library: Library, files: Sequence[Path], order: Order, *, watch: Watch = lambda measuring: None
) -> tuple[Measured, Path]:
    """What `library` makes of the questions in `files`, or else of its own, and the folder that the report lies in."""
    if unknown := [name for name in order.arms if name not in ARMS]:
        raise UsageError(f'there is no arm "{unknown[0]}"', hint=f"the arms are {', '.join(ARMS)}")
    earlier = changes.loaded(order.against) if order.against else None
    asked = cases.read(files) if files else own_cases(library)
    met = held(library, some(asked, order.most or len(asked)))
    home = library.folder / REPORTS
    with _opened_judge(order.judge) as model:
        with arms.opened(library, _wanted(order), baseline=order.baseline, cache=home / _USUAL, watch=watch) as bench:
            if not bench.arms:
                reasons = "; ".join(f"{one.name}: {one.why}" for one in bench.left_out)
                raise UsageError(f"nothing can be measured here: {reasons}", hint=bench.left_out[0].remedy)
            begun = _begun(home, _identity(library, met, bench), order)
            _ask_all(bench.arms, met, begun.journal, watch)
        if not begun.journal.rows():
            why = begun.journal.failures()[-1].why
            raise ModelUnavailable(f"no question was answered: {why}", hint="the same command asks again")
        _ask_alone(bench.arms, met, order.cold, begun.journal, watch)
        unjudged = _ask_judge(model, order.judge, met, begun.journal, watch) if model else []
    if order.with_upkeep and begun.journal.upkeep() is None:
        begun.journal.note(upkeep.measured(library, _to_ask_offline(met, begun.journal), watch=watch))
    run = _run(library, begun, bench, order, files, unjudged)
    measured = _measured(run, met, begun.journal, earlier)
    records.write(begun.folder / REPORT, as_data(measured))
    return measured, begun.folder


def draw(measured: Measured, folder: Path) -> Path:
    """Draws what was measured as a page in `folder`, and gives its path."""
    (folder / PAGE).write_text(report.page(measured), encoding="utf-8")
    return folder / PAGE


def own_cases(library: Library) -> tuple[Case, ...]:
    """Questions that the library asks itself: sealed forms of what its study mastered, easier than people's."""
    found = sealed.questions(library)
    if not found:
        raise UsageError(
            f"{library.folder} has mastered no fact to ask for, and no questions were named",
            hint="byheart measure QUESTIONS.jsonl, or byheart study first",
        )
    return tuple(
        Case(
            one.fact.id,
            one.question,
            one.answer,
            source=one.source,
            quote=staleness.evidence(one.fact, one.passage, ()),
            book=Path(one.source).parent.name,
            kind=one.fact.kind.value,
            set="sealed",
        )
        for one in found
    )


def some(asked: Sequence[Asked], most: int) -> tuple[Asked, ...]:
    """At most `most` of what is asked, evenly over its order, so that books and kinds keep their shares."""
    n = min(most, len(asked))
    return tuple(asked[place * len(asked) // n] for place in range(n))


# ── what is asked, of whom ──


def _wanted(order: Order) -> list[str]:
    named = order.arms or [name for name in ARMS if name != "baseline"]
    return list(dict.fromkeys([*named, *(["baseline"] if order.baseline else [])]))


@contextmanager
def _opened_judge(address: str) -> Iterator[Model | None]:
    """The judge, if one is named: one that is not there is told of before anything is asked."""
    with closing(served(address, option="--judge")) if address else nullcontext() as model:
        if model:
            model.complete(WARM_UP, tokens=1, timeout=PATIENCE)
        yield model


def held(library: Library, asked: Sequence[Case]) -> tuple[Case, ...]:
    """The cases, each with whether the library's documents hold its answer."""
    locations = [source.location for source in library.documents() if source.revision]
    texts: list[str] = []

    def is_held(case: Case) -> bool:
        # A source without a quote may be named in any way; only what can be looked for can be missed.
        if not case.quote or any(cases.is_at(location, case.source) for location in locations if case.source):
            return True
        if not texts:
            texts.extend(cases.folded(library.ledger.text(location)) for location in locations)
        return any(cases.stands_in(text, case.quote) for text in texts)

    return tuple(replace(case, is_held=is_held(case)) for case in asked)


def _turns(bench: Sequence[Arm], asked: Sequence[Case]) -> Iterator[tuple[Arm, Case]]:
    """Arms in turn, each in another place of the questions, so that noise meets all alike.

    Asked one after the other, two arms with one model would find each other's question in its prompt cache.
    """
    stride = max(1, len(asked) // len(bench))
    for turn in range(len(asked)):
        for place, arm in enumerate(bench):
            yield arm, asked[(turn + place * stride) % len(asked)]


def _ask_all(bench: Sequence[Arm], asked: Sequence[Case], journal: Journal, watch: Watch) -> None:
    done = {(row.arm, row.case) for row in journal.rows()}
    due = [(arm, case) for arm, case in _turns(bench, asked) if (arm.name, case.id) not in done]
    failures: defaultdict[str, list[str]] = defaultdict(list)
    warm: set[str] = set()
    for place, (arm, case) in enumerate(due):
        watch(Measuring("asking", place, len(due), arm.name))
        if len(failures[arm.name]) >= _MOST_FAILURES:
            journal.note(Failure(case.id, arm.name, failures[arm.name][-1]))
            continue
        try:
            if arm.name not in warm:
                arm.ask(WARM_UP)
                warm.add(arm.name)
            journal.note(_row(arm, case))
            failures[arm.name].clear()
        except ModelUnavailable as error:
            failures[arm.name].append(str(error))
            journal.note(Failure(case.id, arm.name, str(error)))


def _row(arm: Arm, case: Case) -> Row:
    meter = Meter()
    given = arm.ask(case.question)
    spent = meter.spent()
    return Row(
        case.id,
        arm.name,
        grade(given.text, case.answer, case.aliases, old_answer=case.old_answer),
        given.text,
        spent.seconds,
        spent.cpu_seconds,
        spent.joules,
        dict(given.stages),
        given.tokens_in,
        given.tokens_out,
        given.origin,
        given.confidence,
        _rank(arm, case),
        given.cited,
        given.why,
        given.has_conflict,
    )


def _rank(arm: Arm, case: Case) -> int | None:
    """The place of the first passage that holds the quote; 0: none of them; None: nothing to look for."""
    if arm.retrieve is None or not case.quote or not case.is_held:
        return None
    found = arm.retrieve(case.question, DEEPEST)
    ranks = (
        rank
        for rank, (location, text) in enumerate(found, start=1)
        if cases.is_at(location, case.source) and cases.holds(text, case.quote)
    )
    return next(ranks, 0)


def _ask_alone(bench: Sequence[Arm], asked: Sequence[Case], most: int, journal: Journal, watch: Watch) -> None:
    """Asks some questions of a process of their own, with everything closed here."""
    done = {(one.arm, one.case) for one in journal.cold()}
    chosen = some(asked, most) if most else ()
    due = [(arm, case) for case in chosen for arm in bench if arm.alone and (arm.name, case.id) not in done]
    for place, (arm, case) in enumerate(due):
        watch(Measuring("asking cold", place, len(due), arm.name))
        whole = machine.run_whole((*arm.alone, case.question), timeout=PATIENCE)
        # 3: declined, which is an answer too.
        if whole.code in (0, 3):
            journal.note(Cold(arm.name, case.id, whole.seconds, whole.cpu_seconds, whole.peak_bytes))
        else:
            journal.note(Failure(case.id, cold_name(arm.name), whole.last_words or f"ended with code {whole.code}"))


def _ask_judge(model: Model, address: str, asked: Sequence[Case], journal: Journal, watch: Watch) -> list[Failure]:
    """Asks the judge at `address`; gives what it was not asked because it failed."""
    by_id = {case.id: case for case in asked}
    done = {(one.arm, one.case) for one in journal.verdicts(address)}
    due = [row for row in journal.rows() if (row.arm, row.case) not in done]
    for number, row in enumerate(due):
        watch(Measuring("asking the judge", number, len(due), row.arm))
        try:
            is_right = judge.is_right(model, by_id[row.case], row.said, timeout=PATIENCE)
        except ModelUnavailable as error:
            return [Failure(row.case, "judge", str(error)) for row in due[number:]]
        journal.note(Verdict(row.case, row.arm, address, is_right))
    return []


def _to_ask_offline(asked: Sequence[Case], journal: Journal) -> dict[tuple[str, str], str]:
    """What byheart's own arms said to some questions, by arm and question."""
    chosen = {case.id: case.question for case in some(asked, _OFFLINE)}
    own = [row for row in journal.rows() if row.case in chosen and row.arm in ("memory", "documents", "both")]
    return {(row.arm, chosen[row.case]): row.said for row in own}


# ── what is kept ──


def _identity(library: Library, asked: Sequence[Case], bench: Bench) -> dict[str, Any]:
    """What must be the same for answers to be taken from an earlier measurement instead of being asked again."""
    held = sorted((source.location, source.revision.digest) for source in library.documents() if source.revision)
    record = library.ledger.studies.in_use()
    return {
        "byheart": version("byheart"),
        "questions": _digest([asdict(case) for case in asked]),
        "documents": _digest(held),
        "study": record.weights if record else "",
        "settings": asdict(library.settings),
        "arms": {arm.name: arm.what for arm in bench.arms},
    }


def _begun(home: Path, identity: Mapping[str, Any], order: Order) -> _Begun:
    """The newest measurement under these circumstances, taken up again, or a new one."""
    numbers = sorted((int(path.name) for path in home.glob("*") if path.name.isdigit()), reverse=True)
    for number in numbers if not order.is_anew else ():
        folder = home / str(number)
        kept = records.read(folder / _PLAN)
        if kept and kept["identity"] == identity:
            if order.against and order.against.resolve() == (folder / REPORT).resolve():
                raise UsageError(
                    f"{order.against} would be compared with itself: nothing has changed since",
                    hint="--anew asks again",
                )
            journal = Journal.open(folder / _JOURNAL)
            return _Begun(number, folder, kept["began"], Machine(**kept["machine"]), journal)
    number = max(numbers, default=0) + 1
    folder = home / str(number)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    began, described = datetime.now(UTC).isoformat(timespec="seconds"), machine.described()
    made = {"identity": identity, "began": began, "machine": asdict(described)}
    records.write(folder / _PLAN, made)
    return _Begun(number, folder, began, described, Journal.open(folder / _JOURNAL))


def _run(
    library: Library, begun: _Begun, bench: Bench, order: Order, files: Sequence[Path], unjudged: Sequence[Failure]
) -> Run:
    documents, passages = library.ledger.counts()
    return Run(
        begun.number,
        begun.began,
        library.folder.name,
        documents,
        passages,
        [str(file.resolve()) for file in files],
        _command(files, bench, order),
        {arm.name: arm.what for arm in bench.arms},
        [arm.name for arm in bench.arms if arm.is_here],
        bench.left_out,
        [*begun.journal.failures(), *unjudged],
        begun.machine,
        _studied(library),
        asdict(library.settings),
        order.prices,
        costs.watts(order.prices, begun.machine.processors),
        order.judge,
    )


def _command(files: Sequence[Path], bench: Bench, order: Order) -> str:
    """The command that asks the same arms the same questions."""
    command = ["byheart", "measure", *(str(file.resolve()) for file in files)]
    for arm in bench.arms:
        command += ["--arm", arm.name]
    command += ["--baseline", order.baseline] if order.baseline else []
    command += ["-n", str(order.most)] if order.most else []
    return shlex.join(command)


def _studied(library: Library) -> Studied | None:
    record, calibration = library.ledger.studies.in_use(), library.parts.calibration()
    if record is None or calibration is None:
        return None
    return Studied(
        record.number,
        record.made,
        record.base,
        record.facts_planned,
        record.facts_mastered,
        float(record.details["training seconds"]) + float(record.details["testing seconds"]),
        max(library.settings.trust, calibration.threshold),
    )


def _measured(run: Run, asked: Sequence[Case], journal: Journal, earlier: Mapping[str, Any] | None) -> Measured:
    seed = int(run.settings["seed"])
    # In the order of the arms, not of the answers: what a table and a legend begin with.
    rows = sorted(journal.rows(), key=lambda row: list(run.arms).index(row.arm))
    study_seconds = run.study.seconds if run.study else None
    verdicts = journal.verdicts(run.judge)
    terms = Terms(seed, run.prices, run.machine.processors, run.here, study_seconds)
    return Measured(
        run,
        asked,
        rows,
        journal.cold(),
        verdicts,
        figures(asked, rows, journal.cold(), verdicts, terms),
        journal.upkeep(),
        changes.since(earlier, rows, asdict(run), seed=seed) if earlier else None,
    )


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()
