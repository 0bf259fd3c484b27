"""How well byheart notices what moved: old documents, new ones in their place or beside them, and the old ones back.

    python benchmarks/trust.py --versions FOLDER --questions changed.jsonl --out FOLDER [--minutes 40] [--limit N]

FOLDER holds old/ and new/. Two libraries are made in --out: `replaced`, whose one folder of documents holds the old
texts, then the new ones, then the old ones again; and `beside`, which holds both under their own paths, then the old
ones alone. Without --minutes nothing is studied and every answer is looked up. Questions are JSON lines with question,
answer, aliases and old_answer; each answer is graded right, out of date, wrong or declined. Prints a table with 95 %
Wilson intervals, the time that gate, ledger and rule add to an answer from memory and, last, a line of JSON.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import byheart
from byheart import reliability
from byheart.grading import Grade, grade
from byheart.types import Answer, Origin, Support

# How many mastered facts are asked again after a change.
_FACTS = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--versions", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--settings", type=Path, help="a byheart.toml for both libraries")
    options = parser.parse_args()
    asked = [json.loads(line) for line in options.questions.read_text(encoding="utf-8").splitlines()][: options.limit]
    figures = {
        "replaced": replaced(options, asked),
        "beside": beside(options, asked),
    }
    print(json.dumps(figures))


def replaced(options: argparse.Namespace, asked: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The figures of a folder whose old texts are replaced by the new ones, and come back."""
    documents = options.out / "replaced-documents"
    home = library_in(options.out / "replaced", options.settings)
    figures: dict[str, Any] = {}
    with byheart.open(home) as library:
        fill(documents, options.versions / "old")
        library.add([documents], core=True)
        studied(library, options.minutes)
        figures["old texts"] = graded("replaced, old texts", library, asked, wanted="old_answer")
        known = from_memory(library, mastered(library))
        fill(documents, options.versions / "new")
        library.add([documents])
        figures["new texts"] = graded("replaced, new texts", library, asked)
        figures |= kept(library, known)
        fill(documents, options.versions / "old")
        library.add([documents])
        figures["old texts again"] = graded("replaced, old texts again", library, asked, wanted="old_answer")
    return figures


def beside(options: argparse.Namespace, asked: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The figures of a library that holds both texts of everything, each under its own path."""
    documents = options.out / "beside-documents"
    home = library_in(options.out / "beside", options.settings)
    with byheart.open(home) as library:
        fill(documents / "old", options.versions / "old")
        library.add([documents], core=True)
        studied(library, options.minutes)
        known = from_memory(library, mastered(library))
        fill(documents / "new", options.versions / "new")
        library.add([documents], core=True)
        figures: dict[str, Any] = {"both texts": graded("beside, both texts", library, asked)}
        figures |= kept(library, known)
        shutil.rmtree(documents / "new")
        library.add([documents])
        figures["old texts again"] = graded("beside, new ones withdrawn", library, asked, wanted="old_answer")
        return figures


def library_in(folder: Path, settings: Path | None) -> Path:
    """A new library in `folder`, whatever was there before."""
    shutil.rmtree(folder, ignore_errors=True)
    made = byheart.new(folder)
    if settings:
        shutil.copy(settings, made / "byheart.toml")
    return made


def fill(folder: Path, source: Path) -> None:
    """Makes the contents of `folder` those of `source`."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder)


def studied(library: byheart.Library, minutes: float) -> None:
    """Studies what is core, if there is time for it."""
    if minutes:
        record = library.study(minutes=minutes)
        print(f"study: {record.facts_mastered} of {record.facts_planned} facts mastered in {record.minutes:.1f} min")


def graded(
    phase: str, library: byheart.Library, asked: Sequence[dict[str, Any]], *, wanted: str = "answer"
) -> dict[str, Any]:
    """How many answers are what is `wanted` now, what it is not any more, wrong, or none."""
    answers = [(question, library.ask(question["question"])) for question in asked]
    grades = Counter(_grade(question, answer, wanted).value for question, answer in answers)
    origins = Counter(answer.origin.value for _, answer in answers)
    answered = len(answers) - grades[Grade.DECLINED]
    right = reliability.share(grades[Grade.RIGHT], answered)
    print(
        f"{phase:27} {len(answers):>3} asked · {answered:>3} answered: {grades[Grade.RIGHT]:>3} right "
        f"[{right.low or 0:.2f}–{right.high or 1:.2f}], {grades[Grade.OLD]:>2} out of date, "
        f"{grades[Grade.WRONG]:>2} wrong · "
        + ", ".join(f"{count} {origin}" for origin, count in sorted(origins.items()))
    )
    rows = [
        {"id": question["id"], "grade": _grade(question, answer, wanted).value, "origin": answer.origin.value}
        for question, answer in answers
    ]
    return {**grades, "asked": len(answers), "origins": dict(origins), "rows": rows}


def _grade(question: dict[str, Any], answer: Answer, wanted: str) -> Grade:
    if wanted == "answer":
        return grade(answer.text, question["answer"], question["aliases"], old_answer=question["old_answer"])
    return grade(answer.text, question["old_answer"], old_answer=question["answer"])


def mastered(library: byheart.Library) -> dict[str, str]:
    """Questions about mastered facts in words that training never used, with the identity of each fact."""
    record = library.status().study
    if record is None:
        return {}
    kept = json.loads((library.folder / "studies" / str(record.number) / "record.json").read_text(encoding="utf-8"))
    return {fact["sealed"]: fact["id"] for fact in kept["facts"] if fact["mastered"] and fact.get("right")}


def from_memory(library: byheart.Library, questions: dict[str, str]) -> dict[str, str]:
    """Those of `questions` that are answered from memory, and what the rest of the corridor added to each answer."""
    known: dict[str, str] = {}
    added: list[float] = []
    for question, fact in list(questions.items())[:_FACTS]:
        answer = library.ask(question)
        if answer.origin is Origin.MEMORY:
            known[question] = fact
            added.append(answer.seconds - answer.stages["recall"])
    if added:
        p95 = sorted(added)[int(0.95 * len(added))]
        print(
            f"{'from memory':27} {len(known):>3} of {min(len(questions), _FACTS)} · gate, ledger and rule add "
            f"p50 {statistics.median(added) * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms"
        )
    return known


def kept(library: byheart.Library, known: dict[str, str]) -> dict[str, int]:
    """How many of the facts that were told from memory, and that documents still say, are so still."""
    support = {fact.id: said for fact, _, said in library.ledger.studies.facts()}
    same = [question for question, fact in known.items() if support[fact] is Support.STILL]
    still = sum(library.ask(question).origin is Origin.MEMORY for question in same)
    moved = [question for question, fact in known.items() if support[fact] is not Support.STILL]
    recited = sum(library.ask(question).origin is Origin.MEMORY for question in moved)
    if known:
        print(
            f"{'still from memory':27} {still} of {len(same)} unchanged facts, {recited} of {len(moved)} changed ones"
        )
    return {"unchanged": len(same), "still from memory": still, "changed": len(moved), "recited": recited}


if __name__ == "__main__":
    main()
