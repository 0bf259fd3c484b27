"""Files of questions to cases: what is asked, what is right, and where it stands. JSON lines or CSV.

Takes paths, gives cases; lines that cannot be used are BadQuestions, which names file, line, what was found and what
to do. It deliberately asks nothing and grades nothing.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from byheart.errors import BadQuestions

# In CSV the aliases of an answer stand in one cell.
_BETWEEN_ALIASES = "|"

# So many problems are told at once; the rest are counted.
_MOST_TOLD = 5

_STRAIGHT = str.maketrans("‘’“”", "''\"\"")


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its reference answer.

    `answer` None: nothing answers it, and to decline is right. `source` (a path, or the end of one) and `quote` say
    where the answer stands; `old_answer` was right in an earlier text. `book`, `kind` and `set` only group figures.
    `is_held`: whether the documents of the library that is measured hold the answer.
    """

    id: str
    question: str
    answer: str | None
    aliases: tuple[str, ...] = ()
    source: str = ""
    quote: str = ""
    book: str = ""
    kind: str = ""
    set: str = ""
    old_answer: str = ""
    is_held: bool = True

    @property
    def is_to_be_declined(self) -> bool:
        """Whether these documents do not answer the question."""
        return self.answer is None or not self.is_held


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file, as far as it could be read: its values, or what is wrong with it."""

    number: int
    values: Mapping[str, object]
    trouble: str = ""


class Unusable(Exception):
    """A line or value that cannot be used; the message says what was found and what was wanted."""


def read(paths: Sequence[Path]) -> tuple[Case, ...]:
    """The cases in files of questions, in order; BadQuestions lists what cannot be used."""
    cases: dict[str, Case] = {}
    places: dict[str, str] = {}
    problems: list[str] = []
    for file, line in ((path, line) for path in paths for line in _lines_of(path)):
        place = f"{file}, line {line.number}"
        try:
            case = case_of(line)
            if case.id in cases:
                raise Unusable(f'the id "{case.id}" is used already, in {places[case.id]}: give this one another')
        except Unusable as problem:
            problems.append(f"{place}: {problem}")
            continue
        cases[case.id], places[case.id] = case, place
    if problems:
        raise BadQuestions(told(problems))
    if not cases:
        raise BadQuestions(f"{', '.join(map(str, paths))}: no question in it; write one a line")
    return tuple(cases.values())


def lines(text: str, suffix: str) -> Iterator[Line]:
    """The lines of the text of a file whose name ends in `suffix`: .jsonl, .json or .csv."""
    return _csv_lines(text) if suffix == ".csv" else _json_lines(text)


def case_of(line: Line) -> Case:
    """The case that a line holds; Unusable says what is wrong with it."""
    if line.trouble:
        raise Unusable(line.trouble)
    return _case(line.values)


def told(problems: Sequence[str]) -> str:
    """The first of the problems with a file, a line each, and how many more there are."""
    more = [f"… and {len(problems) - _MOST_TOLD} more"] if len(problems) > _MOST_TOLD else []
    return "\n".join([*problems[:_MOST_TOLD], *more])


def holds(text: str, quote: str) -> bool:
    """Whether `text` holds `quote`, or its first or second half whole: passages are cut where quotes are not."""
    return stands_in(folded(text), quote)


def stands_in(found: str, quote: str) -> bool:
    """Whether text that is folded already holds `quote`, or its first or second half whole."""
    wanted = folded(quote)
    middle = len(wanted) // 2
    return bool(wanted) and (wanted[:middle] in found or wanted[middle:] in found)


def is_at(location: str, source: str) -> bool:
    """Whether the document at `location` is the one that a question calls `source`; any is, where it names none."""
    return not source or location == source or location.endswith(f"/{source}")


def folded(text: str) -> str:
    """`text` with white space folded, curly quotes made straight and ligatures taken apart."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_STRAIGHT).split())


# ── files to lines ──


def _lines_of(path: Path) -> Iterator[Line]:
    if path.suffix.lower() not in (".jsonl", ".json", ".csv"):
        raise BadQuestions(f"{path}: ends neither in .jsonl nor in .csv; name it for what it holds")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadQuestions(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    except OSError as error:
        raise BadQuestions(f"{path}: cannot be read ({error.strerror}); name a file of questions") from error
    return lines(text, path.suffix.lower())


def _json_lines(text: str) -> Iterator[Line]:
    # Not splitlines: it also cuts at separators that may stand within a text of JSON.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except ValueError as error:
            yield Line(number, {}, f"not JSON ({error}); write one object a line")
            continue
        if isinstance(values, dict):
            yield Line(number, values)
        else:
            yield Line(number, {}, f'found {line.strip()[:40]}; write an object, {{"question": …, "answer": …}}')


def _csv_lines(text: str) -> Iterator[Line]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        if missing := [name for name in ("question", "answer") if name not in header]:
            found = ", ".join(header) or "nothing"
            yield Line(1, {}, f"the first line must name columns {' and '.join(missing)}; found {found}")
            return
        for cells in rows:
            if len(cells) == len(header):
                yield Line(rows.line_num, _of_cells(dict(zip(header, cells, strict=True))))
            elif cells:
                trouble = f"{len(cells)} cells, but {len(header)} columns; put texts that hold commas in quotes"
                yield Line(rows.line_num, {}, trouble)
    except csv.Error as error:
        yield Line(rows.line_num, {}, f"not CSV ({error}); put texts that hold quotes or commas in quotes")


def _of_cells(cells: Mapping[str, str]) -> dict[str, object]:
    """The values of a row: an empty answer means that nothing answers, and aliases are taken apart."""
    values: dict[str, object] = dict(cells)
    values["answer"] = cells["answer"].strip() or None
    values["aliases"] = [part.strip() for part in cells.get("aliases", "").split(_BETWEEN_ALIASES) if part.strip()]
    return values


# ── lines to cases ──


def _case(values: Mapping[str, object]) -> Case:
    question = _text(values, "question")
    if not question:
        raise Unusable('no question; write "question": "…"')
    if "answer" not in values:
        raise Unusable('no answer; write "answer": "…", or null where nothing answers the question')
    answer = None if values["answer"] is None else _text(values, "answer")
    if answer == "":
        raise Unusable("an empty answer; write null where nothing answers the question")
    source = _text(values, "source")
    return Case(
        _text(values, "id") or hashlib.sha256(question.encode()).hexdigest()[:12],
        question,
        answer,
        _aliases(values),
        source=source,
        quote=_text(values, "quote"),
        # The folder a document lies in names its book, where nothing else does.
        book=_text(values, "book") or source.rpartition("/")[0].partition("/")[0],
        kind=_text(values, "kind"),
        set=_text(values, "set"),
        old_answer=_text(values, "old_answer"),
    )


def _text(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unusable(f'{name} is {json.dumps(value)[:40]}; write it in quotes, "{name}": "…"')
    return value.strip()


def _aliases(values: Mapping[str, object]) -> tuple[str, ...]:
    given = values.get("aliases") or []
    if not isinstance(given, list) or not all(isinstance(alias, str) and alias.strip() for alias in given):
        raise Unusable(f'aliases is {json.dumps(given)[:40]}; write a list of texts, "aliases": ["…"]')
    return tuple(given)
