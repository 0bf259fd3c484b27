import io
import re
import sys
from pathlib import Path

import pytest

import byheart
from byheart import cli
from byheart.backends.memory.model import MemoryModel
from byheart.settings import FILE


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty library that runs on the backends in RAM: no model file, no network, no vector store on disk."""
    return make_library(tmp_path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """Runs `byheart` in this process: its exit code, and what it says on both streams."""

    def run(*arguments: object, typed: str = "") -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", ["byheart", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return run


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")


def plain(text: str) -> str:
    """A text without its colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Twelve proposals with header fields, as files in a folder."""
    return make_shelf(tmp_path)


def make_library(folder: Path) -> Path:
    made = byheart.new(folder / "library")
    (made / FILE).write_text('model = "memory"\nembedder = "memory"\n', encoding="utf-8")
    return made


def make_studied(folder: Path) -> Path:
    """A library in `folder` whose study of two proposals, in the folder `shelf` beside it, is in use."""
    made, shelf = make_library(folder), folder / "shelf"
    shelf.mkdir()
    for number in (1, 2):
        write_proposal(shelf, number)
    with byheart.open(made) as library:
        library.add([shelf])
        library.study([shelf])
    return made


def make_shelf(folder: Path) -> Path:
    shelf = folder / "shelf"
    shelf.mkdir()
    for number in range(12):
        write_proposal(shelf, number)
    return shelf


TOPICS = "walrus lantern umbrella gherkin trombone saddle compass anvil thimble rudder mortar chisel".split()


def write_proposal(folder: Path, number: int, *, status: str = "", version: str = "", body: str = "") -> Path:
    """Writes proposal `number` as a file with a header."""
    topic = TOPICS[number]
    path = folder / f"prop-{number + 100:04}.rst"
    path.write_text(
        f"PROP: {number + 100}\n"
        f"Title: Handling of {topic} objects\n"
        f"Author: {topic.title()} Smith\n"
        f"Status: {status or ('Final', 'Draft', 'Rejected')[number % 3]}\n"
        f"Created: {number + 1:02}-Mar-2019\n"
        f"Python-Version: {version or f'3.{number + 1}'}\n"
        "\n\nAbstract\n========\n\n"
        f"{body or f'This proposal adds a {topic} protocol. The {topic} limit is {number + 40} entries.'}\n",
        encoding="utf-8",
    )
    return path


class Copying:
    """An exporter whose form is the memory model's own."""

    def write(self, weights, folder, *, name):
        (folder / "model.json").write_bytes(weights.read_bytes())
        return folder / "model.json"

    def open(self, folder):
        return MemoryModel.load(folder / "model.json")
