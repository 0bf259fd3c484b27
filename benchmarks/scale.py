"""How the cost of a library grows with it: adding, adding again, one changed file, asking, and memory.

    python benchmarks/scale.py --shelf FOLDER more.tar.xz --questions core.jsonl --work FOLDER
        [--books 1 6 20] [--study LIBRARY/studies] [-n 20]

A shelf is a folder or an archive with a folder for each book; its texts are copied to --work, and one library grows
there, book by book. At each size it is measured: `byheart add` of all books again, unchanged and with one file changed,
and `byheart ask`, as whole processes; search and looked-up answers to questions of the file in one process, warm.
--study takes the library of that folder, with the books it was taught, and adds answers from memory (`ask --from
memory`) to sealed questions on the first books. What was measured is kept: the same command goes on where it stopped.
Prints a table, each target and whether it was met and, last, a line of JSON; the plots are scale.svg in --work.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tarfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy

import byheart
from byheart import machine, records, sealed, units
from byheart.backends import vegalite
from byheart.types import Origin

Row = dict[str, Any]

SECONDS = (
    "add all",
    "add again, unchanged",
    "add again, one changed",
    "search",
    "looked-up answer",
    "answer from memory",
    "ask, whole process",
)
BYTES = ("peak memory of asking", "library on disk")

# Seconds after which a command is given up.
PATIENCE = 500.0
WORD = "quillwort"


def main() -> None:
    options = parsed()
    texts, home, kept = (options.work.resolve() / name for name in ("texts", "library", "scale.json"))
    record = records.read(kept)
    if record is None:
        if options.work.is_dir() and any(options.work.iterdir()):
            sys.exit(f"{options.work} is not empty, and holds no run of this benchmark")
        books = shelved(options.shelf, texts)
        known = founded(home, options.study, texts, books[: min(options.books)], options.n)
        record = {"books": books, "known": known, "added": {}, "rows": {}}
        records.write(kept, record)
    books = [texts / name for name in record["books"]]
    lines = options.questions.read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines][:: max(1, len(lines) // options.n)][: options.n]
    for size in sorted(options.books):
        if str(size) in record["rows"]:
            continue
        if not len(record["added"]) <= size <= len(books):
            sys.exit(f"the library holds {len(record['added'])} books of {len(books)}: {size} cannot be measured now")
        for book in books[:size]:
            if book.name not in record["added"]:
                record["added"][book.name] = added(home, book)
                records.write(kept, record)
        whole = {"add all": sum(record["added"].values())}
        record["rows"][str(size)] = whole | measured(home, books[:size], questions, record["known"])
        records.write(kept, record)
    rows = {int(size): row for size, row in record["rows"].items() if int(size) in options.books}
    told(rows, options.work)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--shelf", type=Path, nargs="+", required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="a folder of this benchmark's own")
    parser.add_argument("--books", type=int, nargs="+", default=[1, 6, 20])
    parser.add_argument("--study", type=Path, help="the studies/ of a studied library")
    parser.add_argument("-n", type=int, default=20, help="questions a row")
    return parser.parse_args()


# ── texts and library ──


def shelved(shelves: Sequence[Path], texts: Path) -> list[str]:
    """Copies the books of `shelves` to `texts`; gives their names, those of the first shelf first, each once."""
    names: dict[str, None] = {}
    for number, shelf in enumerate(shelves):
        source = shelf
        if shelf.is_file():
            source = texts.with_name(f"unpacked-{number}")
            with tarfile.open(shelf) as archive:
                archive.extractall(source, filter="data")
            (source,) = source.iterdir()
        for book in sorted(path for path in source.iterdir() if path.is_dir()):
            if book.name not in names:
                names[book.name] = None
                shutil.copytree(book, texts / book.name)
    return list(names)


def founded(home: Path, study: Path | None, texts: Path, first: Sequence[str], n: int) -> list[str]:
    """Makes the library that will grow: empty, or one whose study knows books that it has yet to be given again.

    Gives at most `n` questions that the study should answer from memory, on the books `first` alone.
    """
    if study is None:
        byheart.new(home)
        return []
    shutil.copytree(study.parent, home, ignore=shutil.ignore_patterns("reports", "log.db*", "*-shm"))
    with byheart.open(home) as library:
        for source in library.documents():
            parts = Path(source.location).parts
            copies = [texts.joinpath(*parts[-depth:]) for depth in range(2, len(parts))]
            copy = next((copy for copy in copies if copy.is_file()), None)
            if copy:
                library.ledger.relocate(source.location, copy.as_posix())
        asked = [one for one in sealed.questions(library) if Path(one.source).is_relative_to(texts)]
        known = [one.question for one in asked if Path(one.source).relative_to(texts).parts[0] in first]
        library.forget([source.location for source in library.documents()])
    return known[:: max(1, len(known) // n)][:n]


def added(home: Path, book: Path) -> float:
    """Seconds in which `book` became searchable; the embedder is loaded before."""
    with byheart.open(home) as library:
        # What a run that was stopped had added of it would not be counted.
        if library.ledger.sources(book.as_posix()):
            library.forget([book])
        library.parts.embedder().embed(["warm"])
        return library.add([book]).seconds


# ── one size ──


def measured(home: Path, books: Sequence[Path], questions: Sequence[str], known: Sequence[str]) -> Row:
    row: Row = {"add again, unchanged": command(home, "add", *map(str, books)).seconds, **changed(home, books)}
    asked = command(home, "ask", questions[0])
    row |= {"ask, whole process": asked.seconds, "peak memory of asking": asked.peak_bytes}
    with byheart.open(home) as library:
        row["documents"], row["passages"] = library.ledger.counts()
        library.search(questions[0])
        library.ask(questions[0], side="documents")  # warm: models loaded, index open
        row["search"] = median(questions, lambda question: bool(library.search(question)))
        row["looked-up answer"] = median(questions, lambda q: library.ask(q, side="documents").origin != Origin.NONE)
        if known:
            library.ask(known[0], side="memory")
            row["answer from memory"] = median(known, lambda question: bool(library.ask(question, side="memory").text))
    row["library on disk"] = sum(file.stat().st_size for file in kept_files(home))
    return row


def changed(home: Path, books: Sequence[Path]) -> Row:
    """Seconds until a line that was written into one file is found; the file is then put back."""
    with byheart.open(home) as library:
        held = [Path(source.location) for source in library.documents() if source.passages]
    texts = sorted(
        (path for path in held if path.suffix in (".rst", ".md", ".txt")), key=lambda path: path.stat().st_size
    )
    file = texts[len(texts) // 2]
    before = file.read_bytes()
    try:
        file.write_bytes(before + f"\n\nThe {WORD} of this text has {len(books)} leaves.\n".encode())
        seconds = command(home, "add", *map(str, books)).seconds
        with byheart.open(home) as library:
            if not any(WORD in hit.text for hit in library.search(f"leaves of the {WORD}")):
                sys.exit(f"{file} was changed and added, but the change is not found")
    finally:
        file.write_bytes(before)
        command(home, "add", *map(str, books))
    return {"add again, one changed": seconds}


def command(home: Path, *words: str) -> machine.Whole:
    """Runs `byheart` as its user would, in a process of its own."""
    program = (sys.executable, "-c", "from byheart.cli import main; main()", "--library", str(home))
    run = machine.run_whole((*program, *words), timeout=PATIENCE)
    # 3: not known, which takes as long.
    if run.code not in (0, 3):
        sys.exit(f"byheart {words[0]} ended with {run.code}: {run.last_words}")
    return run


def median(questions: Sequence[str], is_so: Callable[[str], bool]) -> float | None:
    """The median of the seconds of those questions that ended so; None where none did."""
    seconds = []
    for question in questions:
        begun = time.perf_counter()
        if is_so(question):
            seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds) if seconds else None


def kept_files(home: Path) -> list[Path]:
    """What the library keeps of its documents: ledger and index, without the weights of studies."""
    return [file for file in home.rglob("*") if file.is_file() and "studies" not in file.relative_to(home).parts]


# ── what came of it ──


def told(rows: dict[int, Row], work: Path) -> None:
    growth = {name: grown(rows, name) for name in (*SECONDS, *BYTES)}
    print(f"{'books':24}" + "".join(f"{size:>10}" for size in rows) + f"{'growth':>10}{'slope':>8}")
    for name in ("documents", "passages"):
        print(f"{name:24}" + "".join(f"{row[name]:>10,}" for row in rows.values()))
    for name, found in growth.items():
        tell = units.seconds if name in SECONDS else units.size
        ratio, slope = (units.times(found["ratio"]), f"{found['slope']:.2f}") if found else ("", "")
        print(f"{name:24}" + "".join(f"{tell(row.get(name)):>10}" for row in rows.values()) + f"{ratio:>10}{slope:>8}")
    print("\ngrowth: the largest size beside the smallest; slope: 1 grows as the passages do, 0 not at all")
    if not any(row.get("answer from memory") for row in rows.values()):
        print("no answers from memory: --study names the studies/ of a library that holds these books studied")
    for name, wanted, found, is_met in targets(rows):
        print(f"{name:44}{wanted:>10}{units.seconds(found):>10}  {'met' if is_met else 'MISSED'}")
    if len(rows) > 1:
        (work / "scale.svg").write_text(vegalite.svg(plot(rows)), encoding="utf-8")
        print(f"plot: {work / 'scale.svg'}")
    print(json.dumps({"rows": rows, "growth": growth}))


def targets(rows: dict[int, Row]) -> list[tuple[str, str, float, bool]]:
    """What the largest library is held to: what it is, what is wanted, the seconds that were found, and whether so."""
    smallest, largest = rows[min(rows)], rows[max(rows)]
    found = [
        (f"{name}, {max(rows)} books", f"≤ {units.seconds(most)}", largest[name], largest[name] <= most)
        for name, most in (("add again, unchanged", 2.0), ("add again, one changed", 3.0))
    ]
    if largest.get("answer from memory") and smallest.get("answer from memory"):
        more = largest["answer from memory"] - smallest["answer from memory"]
        found.append((f"answer from memory, more than of {min(rows)}", "≤ 10 ms", more, more <= 0.01))
    return found


def grown(rows: dict[int, Row], name: str) -> dict[str, float] | None:
    """The largest size's figure as a multiple of the smallest's, and its slope against passages, both logarithmic."""
    points = [(row["passages"], row[name]) for _, row in sorted(rows.items()) if row.get(name)]
    if len(points) < 2:
        return None
    slope = numpy.polyfit(*numpy.log(numpy.array(points)).T, 1)[0]
    return {"ratio": round(points[-1][1] / points[0][1], 3), "slope": round(float(slope), 3)}


def plot(rows: dict[int, Row]) -> dict[str, Any]:
    """Seconds and bytes against passages, all logarithmic, a line for each thing that takes them."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": "white",
        "vconcat": [lines(rows, SECONDS, "seconds (median)", ""), lines(rows, BYTES, "bytes", ".2s")],
        "resolve": {"scale": {"color": "independent"}},
    }


def lines(rows: dict[int, Row], names: Sequence[str], title: str, format: str) -> dict[str, Any]:
    values = [
        {"passages": row["passages"], "taken": row[name], "what": name}
        for row in rows.values()
        for name in names
        if row.get(name)
    ]
    axis = {"type": "quantitative", "scale": {"type": "log", "nice": False, "padding": 20}}
    return {
        "width": 420,
        "height": 60 * len(names),
        "data": {"values": values},
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": {"field": "passages", "title": "passages in the library", **axis},
            "y": {"field": "taken", "title": title, "axis": {"format": format}, **axis},
            "color": {"field": "what", "type": "nominal", "sort": list(names), "title": None},
        },
    }


if __name__ == "__main__":
    main()
