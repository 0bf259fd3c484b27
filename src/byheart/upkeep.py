"""What keeping a library costs: its size, asking it with the network cut, and really changing one of its documents.

Takes an open library, gives the measured figures. What is changed is a copy in a temporary folder, with a copy of one
document in it: the user's library and files are only read. It compares nothing and draws nothing.
"""

from __future__ import annotations

import errno
import itertools
import json
import re
import shutil
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from byheart import library as libraries
from byheart import machine, sealed
from byheart.agreement import says
from byheart.arms import PATIENCE
from byheart.errors import ByheartError
from byheart.grading import Grade, grade
from byheart.ledger import FILE, Ledger
from byheart.library import Library
from byheart.outcomes import Measuring, Studying
from byheart.parts import INDEX, STUDIES
from byheart.rows import REPORTS, Upkeep
from byheart.types import Origin, Side

_OFFLINE = "import sys; from byheart.upkeep import answer_offline; answer_offline(*sys.argv[1:])"

# Of so many values it is tried whether memory tells them, before one is changed.
_MOST_ASKED = 20

_NUMBER = re.compile(r"\d+(?=\D*$)")
_LINE_WITH_NUMBER = re.compile(r"(?m)^.*\b(?P<number>\d+)\b.*$")


@dataclass(frozen=True, slots=True)
class _Change:
    """One value of a document, changed: the question about it, both values, and the whole text as it then is."""

    source: str
    question: str
    before: str
    after: str
    line: str
    text: str


@dataclass(frozen=True, slots=True)
class _Changed:
    """Seconds from the change on: until the new text is found, until the old is told no more, until it is learned.

    `was_told` is whether memory told the old value before; else nothing shows that it does so no more.
    """

    document: str = ""
    was_told: bool = False
    searchable: float | None = None
    forgotten: float | None = None
    studied: float | None = None
    says_the_new: bool | None = None


def measured(library: Library, said: Mapping[tuple[str, str], str], *, watch: Callable[[Measuring], None]) -> Upkeep:
    """The upkeep of `library`. `said` tells, by arm and question, what was answered with the network as it is."""
    documents, passages = library.ledger.counts()
    record = library.ledger.studies.in_use()
    details = record.details if record else {}
    watch(Measuring("asking with the network cut", 0, 1))
    same, tried = _offline(library.folder, said)
    changed = _after_a_change(library, watch)
    return Upkeep(
        documents,
        passages,
        _size(library.folder / INDEX) + _size(library.folder / FILE),
        _size(library.parts.weights(record)) if record else 0,
        int(details.get("facts found", 0)),
        record.facts_planned if record else 0,
        float(details.get("training seconds", 0.0)) + float(details.get("testing seconds", 0.0)),
        _search_seconds(library, [question for _, question in said]),
        same,
        len({question for _, question in said}),
        tried,
        changed.document,
        changed.searchable,
        changed.forgotten,
        changed.studied,
        changed.says_the_new,
        changed.was_told,
    )


# ── without a network ──


def answer_offline(folder: str, asked: str, said: str) -> None:
    """Answers questions where every connection to a machine fails: what a process of its own does.

    `asked` is JSON, a list of pairs of an arm and a question; what was answered is written to the file `said`.
    """
    tried = 0

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal tried
        if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
            first = arguments[0] if arguments else None
            if isinstance(first, socket.socket) and first.family == getattr(socket, "AF_UNIX", None):
                return
            tried += 1
            raise OSError(errno.ENETUNREACH, "the network is cut")

    sys.addaudithook(refuse)
    sides: Mapping[str, Side | None] = {"memory": "memory", "documents": "documents"}
    with libraries.open(folder) as library:
        library.watch.is_on = False
        texts = [library.ask(question, side=sides.get(arm)).text for arm, question in json.loads(asked)]
    Path(said).write_text(json.dumps({"said": texts, "tried": tried}), encoding="utf-8")


def _offline(folder: Path, said: Mapping[tuple[str, str], str]) -> tuple[dict[str, int], int]:
    """How many questions each arm answers the same with the network cut, and how many connections were tried."""
    asked = list(said)
    with tempfile.TemporaryDirectory(prefix="byheart-") as temporary:
        answers = Path(temporary) / "answers.json"
        command = (sys.executable, "-c", _OFFLINE, str(folder), json.dumps(asked), str(answers))
        run = machine.run_whole(command, timeout=PATIENCE * max(1, len(asked)))
        if run.code:
            raise ByheartError(f"asking with the network cut failed: {run.last_words}", hint="byheart doctor")
        found = json.loads(answers.read_text(encoding="utf-8"))
    same: dict[str, int] = {arm: 0 for arm, _ in asked}
    for key, text in zip(asked, found["said"], strict=True):
        same[key[0]] += text == said[key]
    return same, int(found["tried"])


def _search_seconds(library: Library, questions: Sequence[str]) -> float:
    taken = []
    for question in dict.fromkeys(questions):
        begun = time.perf_counter()
        library.search(question)
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken) if taken else 0.0


# ── a document that changes ──


def _after_a_change(library: Library, watch: Callable[[Measuring], None]) -> _Changed:
    """What a copy of the library does from the moment on at which one of its documents changed."""

    def show(studying: Studying) -> None:
        watch(Measuring(f"{studying.stage}, changed", studying.done, studying.total, studying.note))

    with copied(library) as (copy, folder):
        found = _chosen(copy)
        if found is None:
            return _Changed()
        change, was_told = found
        document = folder / Path(change.source).name
        document.write_text(change.text, encoding="utf-8")
        copy.ledger.relocate(change.source, document.as_posix())
        # Loads what adding needs: how long that takes is told elsewhere.
        copy.search(change.question)
        watch(Measuring("changing a document", 0, 1, document.name))
        begun = time.perf_counter()
        copy.add([document])
        added = time.perf_counter() - begun
        is_found = any(change.line in hit.text for hit in copy.search(change.question))
        is_told = _is_told(change, copy)
        told = _Changed("/".join(Path(change.source).parts[-2:]), was_told, added if is_found else None)
        if copy.ledger.studies.in_use() is None:
            return told
        begun = time.perf_counter()
        copy.study(watch=show)
        studied = time.perf_counter() - begun
        said = copy.ask(change.question, side="memory").text
        return replace(
            told,
            forgotten=None if is_told else added,
            studied=studied,
            says_the_new=grade(said, change.after) is Grade.RIGHT,
        )


@contextmanager
def copied(library: Library) -> Iterator[tuple[Library, Path]]:
    """A copy of the library in a temporary folder, opened, and a folder beside it; without earlier studies."""
    record = library.ledger.studies.in_use()
    kept = str(record.number) if record else ""

    def left_behind(folder: str, names: list[str]) -> set[str]:
        if Path(folder) == library.folder:
            return {REPORTS, f"{FILE}-shm"} & set(names)
        return set(names) - {kept} if Path(folder) == library.folder / STUDIES else set()

    with tempfile.TemporaryDirectory(prefix="byheart-") as temporary:
        home, documents = Path(temporary).resolve() / "library", Path(temporary).resolve() / "documents"
        documents.mkdir()
        shutil.copytree(library.folder, home, ignore=left_behind)
        # A copy that shared a Chroma server with the library would change the library's vectors.
        copy = Library(home, Ledger.open(home), replace(library.settings, chroma=""))
        copy.watch.is_on = False
        with copy:
            if library.settings.chroma:
                copy.repair()
            yield copy, documents


def _chosen(library: Library) -> tuple[_Change, bool] | None:
    """What to change, and whether memory tells it now: the first of the worthiest that it does, else the worthiest."""
    changes = list(itertools.islice(_changes(library), _MOST_ASKED))
    told = next((change for change in changes if _is_told(change, library)), None)
    return (told, True) if told else (changes[0], False) if changes else None


def _is_told(change: _Change, library: Library) -> bool:
    """Whether the value as it was before is what is answered from memory."""
    if library.ledger.studies.in_use() is None:
        return False
    answer = library.ask(change.question)
    return answer.origin is Origin.MEMORY and says(answer.text, change.before)


def _changes(library: Library) -> Iterator[_Change]:
    """Values that stand in a text file, on one line, changed: those known by heart, or any numbers if none is."""
    known = sealed.questions(library)
    spans = ((one.source, one.passage.text, *one.span, one.question) for one in known)
    for source, passage, begin, end, question in spans if known else _numbers(library):
        try:
            text = Path(source).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        first = passage.rfind("\n", 0, begin) + 1
        line = passage[first : passage.find("\n", end) % (len(passage) + 1)]
        if text.count(line) == 1:
            after = _another(passage[begin:end])
            changed = line[: begin - first] + after + line[end - first :]
            yield _Change(source, question, passage[begin:end], after, changed, text.replace(line, changed))


def _numbers(library: Library) -> Iterator[tuple[str, str, int, int, str]]:
    """Numbers in the library's passages: source, text, span, and the line they stand in."""
    for source in library.documents():
        for placed in library.ledger.passages(source.location):
            text = placed.passage.text
            for found in _LINE_WITH_NUMBER.finditer(text):
                yield source.location, text, *found.span("number"), found.group()


def _another(value: str) -> str:
    """A value of the same sort as `value`: its last number one higher, or the word marked as a second one."""
    if number := _NUMBER.search(value):
        return f"{value[: number.start()]}{int(number.group()) + 1}{value[number.end() :]}"
    return f"{value}-2"


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
