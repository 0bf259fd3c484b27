"""How long answers take, beside the pipeline that most tutorials build: same process, same questions, same model.

    python benchmarks/latency.py --library FOLDER --questions core.jsonl [-n 40]

FOLDER is a studied library. Memory is asked the sealed forms of its mastered facts (questions that training never
saw); search, looked-up answers and the usual pipeline get the questions of the file, in turn. The usual pipeline:
sentence-transformers MiniLM in fp32, Chroma, the ten best passages pasted before the question. Prints a table and,
last, a line of JSON. Cold figures are whole processes.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import byheart
from byheart import arms, sealed
from byheart.types import Origin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("-n", type=int, default=40, help="questions a row")
    options = parser.parse_args()
    lines = options.questions.read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines][:: max(1, len(lines) // options.n)][: options.n]
    with byheart.open(options.library) as library, ExitStack() as stack:
        found = sealed.questions(library)
        known = [one.question for one in found[:: max(1, len(found) // options.n)][: options.n]]
        bench = stack.enter_context(
            arms.opened(library, ["usual"], baseline="", cache=options.library / "reports/usual")
        )
        if bench.left_out:
            sys.exit(f"{bench.left_out[0].why}; {bench.left_out[0].remedy}")
        (usual,) = bench.arms
        library.ask(questions[0], side="documents")  # warm: models loaded, index open
        library.ask(known[0])
        usual.ask(questions[0])
        rows = {
            "answer from memory": timed(known, lambda q: library.ask(q).origin is Origin.MEMORY),
            "search alone": timed(questions, lambda q: bool(library.search(q))),
            **in_turn(
                questions,
                {
                    "looked-up answer": lambda q: library.ask(q, side="documents").origin is Origin.DOCUMENTS,
                    "usual pipeline": lambda q: bool(usual.ask(q).text),
                },
            ),
        }
        memory_question = next(q for q in known if library.ask(q).origin is Origin.MEMORY)
    rows["byheart --help (cold)"] = timed(range(7), lambda _: command(options.library, "--help"))
    rows["byheart ask, from memory (cold)"] = timed(
        range(7), lambda _: command(options.library, "ask", memory_question)
    )
    figures = {name: summary(seconds) for name, seconds in rows.items()}
    print(f"{'':34}{'p50':>9}{'p95':>9}{'questions':>11}")
    for name, row in figures.items():
        print(f"{name:34}{row['p50'] * 1000:>6.0f} ms{row['p95'] * 1000:>6.0f} ms{row['n']:>11}")
    usual_p50 = figures["usual pipeline"]["p50"]
    print(f"\nmemory is {usual_p50 / figures['answer from memory']['p50']:.1f} × as fast as the usual pipeline,")
    print(f"a looked-up answer {usual_p50 / figures['looked-up answer']['p50']:.1f} ×")
    print(json.dumps({name: {key: round(value, 4) for key, value in row.items()} for name, row in figures.items()}))


def command(folder: Path, *words: str) -> bool:
    """Runs `byheart` as its user would, in a process of its own."""
    program = Path(sys.executable).with_name("byheart")
    return subprocess.run([program, *words], cwd=folder, capture_output=True, check=False).returncode == 0


def timed(items: Sequence[object], run: Callable[[str], bool]) -> list[float]:
    """Seconds of each run that gave what is measured."""
    return in_turn(items, {"": run})[""]


def in_turn(items: Sequence[object], runs: dict[str, Callable[[str], bool]]) -> dict[str, list[float]]:
    """Seconds by name; each item goes through all runs before the next one, so that noise meets them alike."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for item in items:
        for name, run in runs.items():
            begun = time.perf_counter()
            if run(str(item)):
                seconds[name].append(time.perf_counter() - begun)
    return seconds


def summary(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    if not ordered:
        return {"p50": float("nan"), "p95": float("nan"), "n": 0}
    return {"p50": statistics.median(ordered), "p95": ordered[int(0.95 * (len(ordered) - 1))], "n": len(ordered)}


if __name__ == "__main__":
    main()
