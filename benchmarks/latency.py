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
from pathlib import Path

import byheart
from byheart import lessons, models
from byheart.backends.llamacpp import LlamaCpp
from byheart.library import Library
from byheart.types import Origin, Support


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("-n", type=int, default=40, help="questions a row")
    options = parser.parse_args()
    lines = options.questions.read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines][:: max(1, len(lines) // options.n)][: options.n]
    with byheart.open(options.library) as library:
        known = sealed_questions(library, options.n)
        usual = usual_pipeline(library)
        library.ask(questions[0], side="documents")  # warm: models loaded, index open
        library.ask(known[0])
        usual(questions[0])
        rows = {
            "answer from memory": timed(known, lambda q: library.ask(q).origin is Origin.MEMORY),
            "search alone": timed(questions, lambda q: bool(library.search(q))),
            **in_turn(
                questions,
                {
                    "looked-up answer": lambda q: library.ask(q, side="documents").origin is Origin.DOCUMENTS,
                    "usual pipeline": usual,
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


def sealed_questions(library: Library, n: int) -> list[str]:
    """The sealed forms of `n` mastered facts of the study in use."""
    passages = {
        placed.passage.id: placed.passage
        for source in library.documents()
        for placed in library.ledger.passages(source.location)
    }
    mastered = [
        fact
        for fact, is_mastered, support in library.ledger.studies.facts()
        if is_mastered and support is Support.STILL and fact.passage in passages
    ]
    return [lessons.sealed(fact, passages[fact.passage]).prompt for fact in mastered[:: max(1, len(mastered) // n)][:n]]


def usual_pipeline(library: Library) -> Callable[[str], bool]:
    """The pipeline of the tutorials over the same passages, with the stock model; gives a function that answers."""
    import chromadb
    from sentence_transformers import SentenceTransformer

    models.fetch(["all-minilm-l6-v2"])
    embedder = SentenceTransformer(str(models.path_of("all-minilm-l6-v2")), device="cpu")
    texts = [
        placed.passage.text for source in library.documents() for placed in library.ledger.passages(source.location)
    ]
    collection = chromadb.EphemeralClient().create_collection("usual", embedding_function=None)
    for start in range(0, len(texts), 1000):
        batch = texts[start : start + 1000]
        collection.add(
            ids=[str(start + place) for place in range(len(batch))],
            documents=batch,
            embeddings=embedder.encode(batch, batch_size=64),
        )
    weights = models.weights_to_serve(library.settings.model)
    model = LlamaCpp(weights, format=models.format_of(library.settings.model), context=8192)

    def answer(question: str) -> bool:
        found = collection.query(query_embeddings=embedder.encode([question]), n_results=10)
        context = "\n\n".join((found["documents"] or [[]])[0])
        prompt = f"Use the following context to answer the question.\n\n{context}\n\nQuestion: {question}"
        return bool(model.complete(prompt, tokens=library.settings.answer_tokens, timeout=120).text)

    return answer


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
