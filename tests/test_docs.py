"""Pages that the program writes: docs/cli.md from its help texts, docs/settings.md from its settings.

`make docs` runs this file as a program, which writes the pages anew.
"""

import contextlib
import io
import os
import re
from pathlib import Path
from unittest import mock

import pytest

from byheart.cli import app
from byheart.settings import DEFAULT_TEXT

DOCS = Path(__file__).parents[1] / "docs"
VERBS = (
    *("new", "add", "forget", "search", "study", "ask", "export", "status", "log", "measure", "advise", "fetch"),
    "doctor",
    "demo",
)

CLI_HEAD = """\
# The command line

Results go to stdout; progress, hints and errors to stderr, so what is printed can be piped. Without a terminal there
are no colours and no bars; `NO_COLOR` is honoured.

| exit code | means |
|---|---|
| 0 | done, or answered |
| 2 | wrong usage, or an error that names what was found and the next command |
| 3 | not known, or nothing found |
| 130 | stopped by Ctrl-C |

`ask` without a question reads questions, one a line, until the end: typed in a terminal with a history, or piped in.
With `--json` each answer is one line of JSON. Which questions were asked is kept in `.history` of the library, for the
arrow keys, and only of those typed in a session; where `log = true`, in `log.db`, which `byheart log --empty` deletes;
and reports of `measure` hold the questions of its files.

A verb works on the library that `--library` names, else on the one in the current folder or the nearest folder above.
Only `fetch` and `demo` use the network, and what `byheart.toml` names by address.

Written by `make docs` from the program's own help; a test compares them.
"""

SETTINGS_HEAD = """\
# Settings

A library's `byheart.toml` holds what you decide about it. Every key may be left out; a key that byheart does not know,
or a value of the wrong kind, is an error that names the file, the key and what was wanted.

| key | default | what for |
|---|---|---|
"""

SETTINGS_TAIL = """
Two things are no settings of a library and come from the environment:

| variable | what for |
|---|---|
| `BYHEART_API_KEY` | the key that a model server wants; it is never written down |
| `BYHEART_CACHE` | where fetched models are kept, instead of the platform's cache folder |

Written by `make docs` from the program's own defaults; a test compares them.
"""


def helped(*arguments: str) -> str:
    """What `byheart ... --help` prints on a terminal of 80 columns."""
    said = io.StringIO()
    with mock.patch.dict(os.environ, {"COLUMNS": "80"}), contextlib.redirect_stdout(said):
        with contextlib.suppress(SystemExit):
            app([*arguments, "--help"], prog_name="byheart")
    return said.getvalue()


def cli_page() -> str:
    commands = [(), *((verb,) for verb in VERBS)]
    blocks = [
        f"## {' '.join(('byheart', *command))}\n\n```\n{helped(*command).rstrip()}\n```\n" for command in commands
    ]
    return "\n".join([CLI_HEAD, *blocks])


def settings_page() -> str:
    rows, said = [], []
    for line in DEFAULT_TEXT.splitlines():
        if found := re.fullmatch(r"# (\w+) = (.+)", line):
            rows.append(f"| `{found[1]}` | `{found[2]}` | {' '.join(said)} |")
            said = []
        elif not line or line.startswith("# ──"):
            said = []
        else:
            said.append(line.removeprefix("# "))
    return SETTINGS_HEAD + "\n".join(rows) + "\n" + SETTINGS_TAIL


PAGES = {"cli.md": cli_page, "settings.md": settings_page}


@pytest.mark.parametrize("name", PAGES)
def test_the_page_says_what_the_program_says(name):
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "make docs writes it anew"


def test_the_help_lists_every_verb():
    listed = re.findall(r"(?m)^  (\w+)  ", helped().partition("Commands:")[2])
    assert tuple(listed) == VERBS


if __name__ == "__main__":
    for name, written in PAGES.items():
        (DOCS / name).write_text(written(), encoding="utf-8")
