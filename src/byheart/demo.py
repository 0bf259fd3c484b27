"""The demonstration: a library made of the documents that every Python carries, studied and asked.

Takes a folder, gives a library in it: the language reference (`pydoc_data.topics`) and the docstrings of the
standard library, written out as reST. What is studied is small on purpose, minutes on two cores; it shows the
main job, no more. The second run finds everything made and only asks.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import pydoc_data.topics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from byheart import library, models, sealed
from byheart.errors import AlreadyALibrary
from byheart.models import Fetching
from byheart.outcomes import Adding, Studying
from byheart.types import Answer

# Their defaults are what people look up again and again.
CORE = ("difflib", "textwrap", "timeit", "random", "math", "pprint", "glob", "shutil", "tempfile", "calendar", "zipapp")
_OTHERS = (
    "base64 bisect collections contextlib csv datetime fnmatch functools heapq itertools json os.path pathlib re "
    "secrets shelve statistics string subprocess urllib.parse zipfile"
).split()

# Pages that repeat others word for word.
_REPEATED = {"compound", "specialnames", "types"}

# As many facts are studied as the machine masters in this time.
MINUTES = 2.5

# How many studied facts are asked for, in words that training never used.
_FROM_MEMORY = 5

# Two that are only indexed, and two that no document answers.
QUESTIONS = (
    "Which statement is a null operation?",
    "What does bisect.insort do?",
    "What is the licence fee of difflib.get_close_matches?",
    "How long do you boil lentils?",
)


@dataclass(frozen=True, slots=True)
class Watch:
    """What is told while the demonstration is prepared."""

    fetching: Callable[[Fetching], None] = lambda fetching: None
    adding: Callable[[Adding], None] = lambda adding: None
    studying: Callable[[Studying], None] = lambda studying: None


def prepare(folder: Path, watch: Watch) -> Path:
    """A library in `folder`, with its documents added and the core studied; gives the library's path."""
    models.fetch(watch=watch.fetching)
    home = folder / "library"
    with contextlib.suppress(AlreadyALibrary):
        library.new(home)
    with library.open(home) as opened:
        documents = folder / "documents"
        core = documents / "core"
        if not opened.status().documents:
            write_documents(documents)
        opened.add([documents], watch=watch.adding)
        if opened.status().study is None:
            opened.study([core], minutes=MINUTES, watch=watch.studying)
    return home


def answers(home: Path) -> Iterator[Answer]:
    """The answers to some questions, one by one: studied, only indexed, and about nothing that is held."""
    with library.open(home) as opened:
        asked = [one.question for one in sealed.questions(opened) if one.question.endswith("?")]
        studied = asked[:: max(1, len(asked) // _FROM_MEMORY)][:_FROM_MEMORY]
        for question in (*studied, *QUESTIONS):
            yield opened.ask(question)


def write_documents(folder: Path) -> None:
    """Writes the language reference and the docstrings of this Python as reST files, core ones apart."""
    for part in ("language", "core", "library"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for name, text in pydoc_data.topics.topics.items():
        if name not in _REPEATED:
            (folder / "language" / f"{name}.rst").write_text(text, encoding="utf-8")
    for name in CORE:
        (folder / "core" / f"{name}.rst").write_text(_module_page(name), encoding="utf-8")
    for name in _OTHERS:
        # A Python built without a C library lacks its module; the demonstration does not depend on any of these.
        if page := _module_page(name):
            (folder / "library" / f"{name}.rst").write_text(page, encoding="utf-8")


def _module_page(name: str) -> str:
    """The docstrings of a module as one reST page; empty when this Python does not have it."""
    try:
        module = importlib.import_module(name)
    except ImportError:
        return ""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    title = f"{name}: Python {version} standard library"
    parts = [f"{title}\n{'*' * len(title)}", inspect.getdoc(module) or ""]
    public = getattr(module, "__all__", [item for item in vars(module) if not item.startswith("_")])
    for item in sorted(public):
        found = getattr(module, item, None)
        if inspect.isroutine(found) or inspect.isclass(found):
            parts.append(_entry(f"{name}.{item}", found))
    return "\n\n".join(part for part in parts if part) + "\n"


def _entry(name: str, found: object) -> str:
    text = inspect.getdoc(found)
    try:
        signature = str(inspect.signature(found))  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return ""
    if not text or " at 0x" in signature:
        return ""
    role = "class" if inspect.isclass(found) else "function"
    body = "\n".join(f"   {line}" if line else "" for line in text.splitlines())
    return f"{name}\n{'=' * len(name)}\n\n.. {role}:: {name}{signature}\n\n{body}"
