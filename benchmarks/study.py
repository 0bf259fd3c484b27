"""What a study learns, and whether it is what byheart is held to: documents studied, then asked in words never taught.

    python benchmarks/study.py --row 1|2|3|4 --shelf FOLDER --questions core.jsonl --out FOLDER [--minutes M]
        [--settings byheart.toml] [--usual] [--update] [--result FILE]
    python benchmarks/study.py --row 2 --shelf FOLDER --out FOLDER --without PART [PART …] [--minutes M]
    python benchmarks/study.py --documents shelf/peps --out FOLDER [--minutes M]

The rows: 1 header facts of the PEPs, 2 wtfpython, 3 tutorial and FAQ, 4 all six books. Their minutes hold where matrix
products reach 890 GFLOP/s, and are scaled by what this machine reaches; --minutes are minutes here. Prints minutes here
and there, tokens, tokens a second and their share of the machine's rate; conversion and testing apart; planned,
mastered and sealed right by kind; people's questions of memory alone, beside the untaught model; what was forgotten;
the peak of memory; each target and whether it was met. Shares have 95 % Wilson intervals.

--usual trains the usual recipe (usual_recipe.py) for as many minutes, and asks it and the untaught model the same.
--update changes one document in ten, withdraws one, and studies again (study_update.py). --without takes a part of the
recipe away, at 8 minutes each (study_without.py); the whole recipe is taught beside it, and the facts are paired.

FOLDER holds all that was made; the same command goes on where it stopped. The last line is JSON, which is also appended
to FOLDER/results.jsonl; --result writes a row's figures alone, without a word, as benchmarks/results/ keeps them.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import byheart
import study_update
import study_without
from byheart import machine, prompts, read, reliability, study_figures, units
from byheart.cases import Case
from byheart.outcomes import Estimate, StudyRecord
from byheart.study_figures import StudyFigures
from byheart.workshop import PATIENCE
from study_row import (
    ROWS,
    Row,
    Run,
    Target,
    answers,
    copied,
    from_memory,
    indexed,
    natural_right,
    own_right,
    questions_of,
    sealed_of,
    sealed_right,
    shown,
    studied,
    unscaled,
)

MINUTES = 10.0
# One thing at a time is taken away for so long.
MINUTES_WITHOUT = 8.0

# What every study is held to, beside its row: of the machine's rate, of memory in bytes, of general questions lost.
LEAST_SHARE = 0.55
MOST_BYTES = 4 * 2**30
MOST_LOST = 0.05

Figures = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--row", type=int, choices=ROWS)
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shelf", type=Path)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--settings", type=Path)
    parser.add_argument("--usual", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--without", nargs="+", choices=study_without.NAMES, default=())
    parser.add_argument("--result", type=Path)
    options = parser.parse_args()
    if (options.row is None) == (options.documents is None):
        parser.error("name either --row or --documents")
    if options.documents:
        found = of_documents(options.documents, options.out, options.minutes or MINUTES)
        return tell(found, options.out)
    if not options.shelf or not (options.questions or options.without):
        parser.error("a row needs --shelf and --questions (--without needs no questions)")
    out, shelf, row = options.out.resolve(), options.shelf.resolve(), ROWS[options.row]
    home = indexed(out, shelf, row, options.settings)
    if options.without:
        for name in dict.fromkeys(options.without):
            tell({"row": options.row} | of_part(name, home, out, row, options.minutes), out)
        return None
    run, asked = Run(out), questions_of(options.questions, row)
    found = {"row": options.row} | of_row(run, home, row, asked, options.minutes, with_usual=options.usual)
    tell(found, out)
    if options.result:
        options.result.write_text(f"{json.dumps(wordless(found), indent=1)}\n", encoding="utf-8")
    if options.usual:
        tell({"row": options.row} | of_usual(run, shelf, row, asked), out)
    if options.update:
        found = study_update.updated(run, out, shelf, row)
        print("\nupdate")
        list_of(found)
        table_of(study_update.targets(found))
        tell({"row": options.row, "update": found}, out)
    return None


def tell(found: Figures, out: Path) -> None:
    """Prints figures as a line of JSON, and appends it to the results."""
    line = json.dumps(found, default=lambda value: asdict(value) if is_dataclass(value) else str(value))
    with (out / "results.jsonl").open("a", encoding="utf-8") as results:
        print(line, file=results)
    print(f"\n{line}")


def wordless(found: Any) -> Any:
    """Figures under names without spaces, and without what only people read."""
    if is_dataclass(found) and not isinstance(found, type):
        found = asdict(found)
    if isinstance(found, Mapping):
        return {re.sub(r"\W+", "_", name): wordless(held) for name, held in found.items() if name != "targets"}
    return [wordless(held) for held in found] if isinstance(found, list | tuple) else found


# ── a row ──


def of_row(
    run: Run, home: Path, row: Row, asked: Sequence[Case], minutes: float | None, *, with_usual: bool
) -> Figures:
    """Studies a row, asks what people ask, and prints what came of it; the untaught model's sealed forms only beside
    the usual recipe's."""
    with byheart.open(copied(home, run.folder)) as library:
        allowed = run.pinned(minutes, row.minutes, library.settings.threads)
        record, told = studied(run, library, row, allowed)
        right = from_memory(run, library, asked, told if with_usual else None)
    figures = study_figures.figures(record, told)
    natural = {name: share_of(some) for name, some in right.items()}
    beside = figures.speed.products if figures.speed else None
    # A machine that is busy otherwise is slower: the rate beside the training counts, not the one before it.
    there = unscaled(record.minutes, beside or run.state["rate"])
    found = row_figures(row, run, record, figures, there) | {"asked of memory alone": natural}
    print_study(figures, found)
    print("\nasked of memory alone")
    list_of(natural)
    if "untaught, sealed" in right:
        found["sealed against untaught"] = pair(
            "sealed", "taught", own_right(told), "untaught", right["untaught, sealed"]
        )
    found["targets"] = row_targets(row, run, figures, there, natural["memory"])
    table_of(found["targets"])
    return found


def row_figures(row: Row, run: Run, record: StudyRecord, figures: StudyFigures, there: float) -> Figures:
    return {
        "books": row.books,
        "model": figures.base,
        "minutes allowed": run.state["minutes"],
        "minutes": record.minutes,
        "minutes at 890 GFLOP/s": round(there, 2),
        "products a second before": run.state["rate"],
        "products a second beside": figures.speed.products if figures.speed else None,
        "tokens": figures.tokens,
        "rounds": figures.rounds,
        "tokens a second": figures.speed.tokens_a_second if figures.speed else None,
        "share of the machine's rate": figures.speed.share if figures.speed else None,
        "loading and conversion seconds": run.other_seconds(record),
        "testing seconds": figures.testing_seconds,
        "stages": run.state["seconds"],
        "planned": figures.planned,
        "mastered": figures.mastered,
        "sealed": figures.sealed,
        "by kind": {group.name: asdict(group) for group in figures.by_kind},
        "kept": figures.kept,
        "peak bytes": run.state["peak_bytes"],
        "machine": asdict(machine.described()),
    }


def row_targets(row: Row, run: Run, figures: StudyFigures, there: float, natural: Estimate) -> list[Target]:
    share, kept, peak = figures.speed.share if figures.speed else None, figures.kept, run.state["peak_bytes"]
    lost = None if kept is None else 1 - kept.general.value
    wanted = [
        Target("training, minutes at 890 GFLOP/s", f"≤ {row.minutes:g}", f"{there:.1f}", there <= row.minutes),
        reached("sealed forms, of the planned facts", row.sealed, figures.sealed),
        Target(
            "training, of the machine's rate",
            f"≥ {LEAST_SHARE:.0%}",
            units.share(share),
            None if share is None else share >= LEAST_SHARE,
        ),
        Target("peak memory", f"≤ {units.size(MOST_BYTES)}", units.size(peak), peak <= MOST_BYTES),
        Target(
            "general questions lost",
            f"≤ {MOST_LOST:.0%}",
            units.NONE if kept is None else f"{units.share(lost)} of {kept.general.n}",
            None if lost is None else lost <= MOST_LOST,
        ),
    ]
    return wanted if row.natural is None else [*wanted, reached("natural questions", row.natural, natural)]


def reached(name: str, least: float, share: Estimate) -> Target:
    """A share that is to be at least `least`: met by the estimate, whose interval is shown beside it."""
    return Target(name, f"≥ {least:.0%}", shown(share), share.value >= least if share.n else None)


# ── what it is compared with ──


def of_usual(run: Run, shelf: Path, row: Row, asked: Sequence[Case]) -> Figures:
    """Trains the usual recipe for as many minutes as the row, and asks it the same."""
    import usual_recipe

    with byheart.open(run.folder / "library") as library:
        record, told = studied(run, library, row, run.state["minutes"])
        files = [study_update.original(source, run.folder / "shelf", shelf) for source in told["sources"]]
        texts = [read.read(file).text for file in files]
        trained = usual_recipe.taught(texts, library.settings, run.folder / "usual", minutes=run.state["minutes"])
        model = library.parts.model_of(run.folder / "usual" / usual_recipe.WEIGHTS)

        def ask(question: str) -> str:
            return model.complete(
                prompts.recall(question), tokens=library.settings.answer_tokens, timeout=PATIENCE
            ).text

        try:
            questions = {case.id: case.question for case in asked}
            name = f"usual recipe {model.name}"
            natural = natural_right(asked, answers(run.folder, name, questions, ask))
            sealed = sealed_right(told, answers(run.folder, name, sealed_of(told), ask))
        finally:
            model.close()
        taught = from_memory(run, library, asked, None)["memory"]
    print(f"\n\nusual recipe, beside study {record.number}")
    found: Figures = {**trained, "natural": share_of(natural), "sealed": share_of(sealed)}
    list_of(found)
    found["natural against usual"] = pair("natural", "taught", taught, "usual", natural)
    found["sealed against usual"] = pair("sealed", "taught", own_right(told), "usual", sealed)
    return {"usual recipe": found}


def of_part(name: str, home: Path, out: Path, row: Row, minutes: float | None) -> Figures:
    """Studies a row without the part called `name`, and pairs its sealed forms with those of the whole recipe."""
    whole = Run(out / "without" / study_without.NOTHING)
    told = sealed_without(study_without.NOTHING, whole, home, row, minutes)
    if name == study_without.NOTHING:
        return {"without": name, "sealed": share_of(own_right(told))}
    run = Run(out / "without" / name)
    if not touched(name, run, home):
        print(f"\nthe lessons of this row hold no {name}: nothing can be taken away, and nothing was studied")
        return {"without": name, "lessons touched": 0}
    without = sealed_without(name, run, home, row, whole.state["minutes"], facts=len(told["facts"]))
    print(f"\nthe whole recipe against it without {name}, sealed forms, {whole.state['minutes']:.1f} minutes each")
    first, second = own_right(told), own_right(without)
    return {
        "without": name,
        "minutes": whole.state["minutes"],
        "lessons touched": run.state["touched"],
        "sealed": share_of(second),
        "sealed of the whole": share_of(first),
        "paired": pair("sealed", "whole", first, f"without {name}", second),
    }


def touched(name: str, run: Run, home: Path) -> float:
    """The share (0 to 1) of lessons that the part called `name` makes."""
    if "touched" not in run.state:
        with byheart.open(copied(home, run.folder)) as library:
            planned = library.forecast().plan
        run.keep(touched=study_without.touched(name, planned.facts, planned.passages()))
    return float(run.state["touched"])


def sealed_without(
    name: str, run: Run, home: Path, row: Row, minutes: float | None, *, facts: int | None = None
) -> Mapping[str, Any]:
    """What the file of a study without the part called `name` tells."""
    with byheart.open(copied(home, run.folder)) as library:
        allowed = run.pinned(minutes, MINUTES_WITHOUT, library.settings.threads)
        with study_without.taken_away(name, facts=facts):
            return studied(run, library, row, allowed)[1]


# ── documents ──


def of_documents(documents: Path, out: Path, minutes: float) -> Figures:
    """Studies any documents, and prints what came of it."""
    run, home = Run(out), out / "library"
    if not home.exists():
        byheart.new(home)
    with byheart.open(home) as library:
        library.add([documents], core=True)
        number = len(library.ledger.studies.all()) + 1
        record, told = studied(run, library, Row((), minutes, 0.0), minutes, number=number)
    figures = study_figures.figures(record, told)
    found: Figures = {
        "documents": documents.name,
        "minutes": record.minutes,
        "planned": figures.planned,
        "sealed": figures.sealed,
        "by kind": {group.name: asdict(group) for group in figures.by_kind},
        **{key: record.details[key] for key in ("rounds", "tokens", "training seconds", "testing seconds")},
        **record.details["calibration"]["figures"],
    }
    print(f"\n{record.minutes:.1f} minutes of training, {figures.tokens:,} tokens, {figures.rounds} rounds")
    print_kinds(figures)
    return found


# ── printing ──


def print_study(figures: StudyFigures, found: Figures) -> None:
    speed = figures.speed
    rate = f" ({speed.tokens_a_second:.0f} a second, {units.share(speed.share)} of the machine's rate)" if speed else ""
    print(
        f"\n{found['minutes']:.1f} minutes of training here, {found['minutes at 890 GFLOP/s']:.1f} at 890 GFLOP/s; "
        f"{figures.tokens:,} tokens{rate}, {figures.rounds} rounds; apart from it "
        f"{units.seconds(found['loading and conversion seconds'])} of loading and conversion, "
        f"{units.seconds(figures.testing_seconds)} of testing and calibration"
    )
    print_kinds(figures)
    if kept := figures.kept:
        before, after = kept.honesty
        print(f"\ngeneral questions still right {shown(kept.general)}; honesty (AUROC) {before:.2f} → {after:.2f}")


def print_kinds(figures: StudyFigures) -> None:
    print(f"\n{'kind':12}{'planned':>9}{'mastered':>10}  sealed right")
    for group in figures.by_kind:
        print(f"{group.name:12}{group.planned:>9}{group.mastered:>10}  {shown(group.sealed)}")
    print(f"{'all':12}{figures.planned:>9}{figures.mastered:>10}  {shown(figures.sealed)}")


def list_of(found: Mapping[str, Any]) -> None:
    for name, value in found.items():
        if isinstance(value, Mapping):
            print(f"  {name}:")
            list_of({f"  {inner}": one for inner, one in value.items()})
        else:
            number = f"{value:.4g}" if isinstance(value, float) else value
            print(f"  {name}: {shown(value) if isinstance(value, Estimate) else number}")


def table_of(targets: Sequence[Target]) -> None:
    print(f"\n{'target':38}{'wanted':>10}  {'found':28}met")
    for target in targets:
        met = "not known" if target.is_met is None else "yes" if target.is_met else "no"
        print(f"{target.name:38}{target.wanted:>10}  {target.found:28}{met}")


def pair(
    what: str, first: str, of_first: Mapping[str, bool], second: str, of_second: Mapping[str, bool]
) -> study_without.Paired:
    """Compares what two models got right, pair by pair, and prints it."""
    found = study_without.paired(of_first, of_second)
    gap = found.difference
    print(
        f"  {what}: {first} less {second} {units.points(gap.value)} points "
        f"[{units.points(gap.low)} to {units.points(gap.high)}] of {gap.n} pairs; only {first} right "
        f"{found.only_first}, only {second} {found.only_second}, McNemar p = {found.chance:.2g}"
    )
    return found


def share_of(right: Mapping[str, bool]) -> Estimate:
    return reliability.share(sum(right.values()), len(right))


if __name__ == "__main__":
    main()
