"""How well byheart notices what moved: old documents, new ones in their place or beside them, and the old ones back.

    python benchmarks/trust.py --versions FOLDER --questions changed.jsonl --out FOLDER [--minutes 40]

FOLDER holds old/ and new/. Two libraries are made in --out: `replaced`, whose one folder of documents holds the old
texts, then the new ones, then the old ones again; and `beside`, which holds both under their own paths, then the old
ones alone. Without --minutes nothing is studied and every answer is looked up. A study that was interrupted goes on,
and a whole one is kept: what follows happens to a copy. Questions have an old_answer; each answer is graded right, out
of date, wrong or declined.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import byheart
from byheart import cases, measure, sealed
from byheart import settings as chosen
from byheart.cases import Case
from byheart.grading import Grade, grade
from byheart.outcomes import Estimate
from byheart.reliability import share
from byheart.types import Answer, Origin, Support
from trust_answers import Answers, counted
from trust_findings import Finding, Section, Target

# How many mastered facts are asked again after a change.
_FACTS = 100


@dataclass(frozen=True, slots=True)
class Trial:
    """A library whose documents change, the questions that are asked of it, and what was answered already."""

    name: str
    library: byheart.Library
    asked: Sequence[Case]
    answers: Answers


def measured(options: argparse.Namespace) -> list[Section]:
    """The findings of both libraries."""
    everything = cases.read(options.questions)
    asked = measure.some(everything, options.limit or len(everything))
    print(f"{len(asked)} of {len(everything)} questions, everything kept in {options.out}")
    old, new = options.versions / "old", options.versions / "new"
    documents = options.out / "replaced-documents"
    with _trial("replaced", documents, documents, asked, options) as trial:
        sections = [*_moved(trial, lambda: _fill(documents, new), lambda: _fill(documents, old), documents)]
    documents = options.out / "beside-documents"
    with _trial("beside", documents / "old", documents, asked, options) as trial:
        sections += _moved(
            trial, lambda: _fill(documents / "new", new), lambda: shutil.rmtree(documents / "new"), documents
        )
    return sections


def _moved(trial: Trial, change: Callable[[], None], restore: Callable[[], None], documents: Path) -> Iterator[Section]:
    """What a library says before the texts changed, after it, and when they are as they were."""
    heading = f"{trial.name}: "
    yield Section(heading + "old texts", [*_answered(trial, "old texts", is_old_wanted=True)])
    known = _from_memory(trial, "before", sealed.questions(trial.library)[:_FACTS])
    change()
    trial.library.add([documents], core=True)
    findings = [*_answered(trial, "new texts", is_old_wanted=False), *_kept(trial, known)]
    yield Section(heading + "new texts", findings)
    restore()
    trial.library.add([documents])
    yield Section(heading + "old texts again", [*_answered(trial, "old texts again", is_old_wanted=True)])


# ── the libraries ──


@contextmanager
def _trial(
    name: str, old: Path, documents: Path, asked: Sequence[Case], options: argparse.Namespace
) -> Iterator[Trial]:
    """A copy of the library that holds, and if there was time has studied, the old texts."""
    shutil.rmtree(documents, ignore_errors=True)
    _fill(old, options.versions / "old")
    home, trial = options.out / f"{name}-studied", options.out / name
    if not home.exists():
        byheart.new(home)
    if options.settings:
        shutil.copy(options.settings, home / chosen.FILE)
    with byheart.open(home) as library:
        library.add([documents], core=True)
        if options.minutes and library.ledger.studies.in_use() is None:
            library.study(minutes=options.minutes)
        answers = _answers(library, name, options)
    shutil.rmtree(trial, ignore_errors=True)
    shutil.copytree(home, trial)
    with byheart.open(trial) as library:
        if record := library.ledger.studies.in_use():
            mastered = f"{record.facts_mastered} of {record.facts_planned} facts mastered"
            print(f"{name}: {mastered} in {record.minutes:.1f} min")
        yield Trial(name, library, asked, answers)


def _answers(library: byheart.Library, name: str, options: argparse.Namespace) -> Answers:
    """What was answered by this study, over these documents, with these settings."""
    files = sorted(path for path in options.versions.rglob("*") if path.is_file())
    record = library.ledger.studies.in_use()
    stands = [
        (library.folder / chosen.FILE).read_bytes(),
        record.weights.encode() if record else b"",
        *(path.read_bytes() for path in files),
    ]
    digest = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in stands)).hexdigest()[:12]
    return Answers(options.out / f"{name}-answers-{digest}.jsonl")


def _fill(folder: Path, source: Path) -> None:
    """Makes the contents of `folder` those of `source`."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder)


# ── questions about what changed ──


def _answered(trial: Trial, phase: str, *, is_old_wanted: bool) -> Iterator[Finding]:
    """How many answers are what is wanted now, what it is not any more, wrong, or none."""

    def graded(case: Case) -> dict[str, str]:
        answer = trial.library.ask(case.question)
        return {"grade": _grade(case, answer, is_old_wanted=is_old_wanted).value, "origin": answer.origin.value}

    asked = counted(trial.asked, f"{trial.name}, {phase}")
    rows = [trial.answers.once(f"{phase} {case.id}", partial(graded, case)) for case in asked]
    grades, origins = Counter(row["grade"] for row in rows), Counter(row["origin"] for row in rows)
    answered = len(rows) - grades[Grade.DECLINED]
    told = ", ".join(f"{count} {origin}" for origin, count in sorted(origins.items()))
    moved = phase == "new texts"
    yield Finding("answered", share(answered, len(rows)), "share", Target("≥", 0.7) if moved else None, told)
    target = None if phase == "old texts" else Target("≥", 0.9)
    yield Finding("of these, right today", share(grades[Grade.RIGHT], answered), "share", target)
    yield Finding(
        "of these, out of date", share(grades[Grade.OLD], answered), "share", Target("≤", 0.02) if moved else None
    )


def _grade(case: Case, answer: Answer, *, is_old_wanted: bool) -> Grade:
    if is_old_wanted:
        return grade(answer.text, case.old_answer, old_answer=case.answer or "")
    return grade(answer.text, case.answer, case.aliases, old_answer=case.old_answer)


# ── facts that memory told ──


def _from_memory(trial: Trial, phase: str, facts: Sequence[sealed.Sealed]) -> list[sealed.Sealed]:
    """Those of the facts, asked in words that training never used, that are told from memory."""

    def told(one: sealed.Sealed) -> dict[str, bool]:
        return {"from memory": trial.library.ask(one.question).origin is Origin.MEMORY}

    asked = counted(facts, f"{trial.name}, facts")
    return [one for one in asked if trial.answers.once(f"{phase} {one.fact.id}", partial(told, one))["from memory"]]


def _kept(trial: Trial, known: Sequence[sealed.Sealed]) -> list[Finding]:
    """Of what memory told before the change: how much of what documents still say it tells, and of what they do not."""
    support = {fact.id: said for fact, _, said in trial.library.ledger.studies.facts()}
    same = [one for one in known if support[one.fact.id] is Support.STILL]
    moved = [one for one in known if support[one.fact.id] is not Support.STILL]
    why = "" if known else "memory told nothing before: nothing was studied, or not enough"

    def still(what: str, facts: Sequence[sealed.Sealed], target: Target) -> Finding:
        found: Estimate = share(len(_from_memory(trial, "after", facts)), len(facts))
        return Finding(what, found, "share", target, why)

    return [
        still("unchanged facts still from memory", same, Target("≥", 0.9)),
        still("changed facts recited from memory", moved, Target("≤", 0.0)),
    ]
