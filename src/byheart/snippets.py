"""What code tells: what an expression prints, and the line of code that does what is said beside or above it.

Takes passages; gives sayings, not yet judged. Only what can be understood without the rest of the program is taken:
an expression whose names are all its own, a comment or sentence that says what a single line does.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from byheart.clauses import is_balanced
from byheart.sentences import sentences
from byheart.standing import is_english, standing
from byheart.structures import Saying, folded
from byheart.types import FactKind, Passage
from byheart.vocabulary import STOP_WORDS, VERB_BASES, third_person

# In characters.
_LONGEST_CODE = 90
_LONGEST_OUTPUT = 60

# Statements before an expression that it may need.
_MOST_NEEDED = 3


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a session: what was typed, and where what came out of it begins and ends."""

    code: str
    output: tuple[int, int]
    is_error: bool


def outputs(passage: Passage) -> Iterator[Saying]:
    """What expressions of interactive sessions print, or which error they raise."""
    for session in _sessions(passage.text):
        for place, line in enumerate(session):
            start, end = line.output
            shown = passage.text[start:end]
            needed = _needed(session[:place], line.code)
            if start == end or needed is None or len(shown) > _LONGEST_OUTPUT or _BY_CHANCE.search(line.code):
                continue
            if (
                not is_balanced(shown)
                or shown.count("[") != shown.count("]")
                or re.search(r"\b0x[0-9a-f]{6}|^<", shown)
            ):
                continue
            asked = "; ".join((*needed, line.code))
            if len(asked) <= _LONGEST_CODE:
                attribute = "exception" if line.is_error else "output"
                yield Saying(FactKind.OUTPUT, start, end, f"{asked}: {shown}", asked, attribute)


def _is_told(shown: str) -> bool:
    """Whether what was printed is whole, short, and no address in memory."""
    is_whole = is_balanced(shown) and shown.count("[") == shown.count("]")
    return is_whole and len(shown) <= _LONGEST_OUTPUT and not re.search(r"\b0x[0-9a-f]{6}|^<", shown)


def lines_of_code(passage: Passage) -> Iterator[Saying]:
    """Lines of code, by the comment on them or the sentence that leads to them."""
    taken: set[int] = set()
    for pattern in (_COMMENTED, _ANNOUNCED):
        for found in pattern.finditer(passage.text):
            goal = _goal_of_comment(found["comment"])
            if goal and _is_code(found["code"]):
                taken.add(found.start("code"))
                yield _line(passage, found.span("code"), f"To {goal}")
    for lead, end in _leads(passage.text):
        span = _shown_by(passage.text, end, lead)
        if span and span[0] not in taken:
            yield _line(passage, span, lead)


def _line(passage: Passage, span: tuple[int, int], lead: str) -> Saying:
    start, end = span
    code = passage.text[start:end].rstrip()
    return Saying(FactKind.CODE, start, start + len(code), f"{lead}: {folded_code(code)}", "", "line of code")


def folded_code(code: str) -> str:
    """A line of code with its runs of white space as one space."""
    return " ".join(code.split())


def _leads(text: str) -> Iterator[tuple[str, int]]:
    """The sentences of a text that lead to code, as they can stand alone, and where each ends."""
    before = ""
    for start, end in sentences(text):
        said = folded(text[start:end])
        if said.endswith(":"):
            lead = standing(said, before=before) if len(said.split()) > _FEWEST_OF_LEAD else before
            if lead and is_english(lead):
                yield lead.rstrip(". "), end
        before = standing(said) or ""


def _shown_by(text: str, end: int, lead: str) -> tuple[int, int] | None:
    """The one line of the code block after `end` that shows what `lead` says; None if several could be it."""
    block = _BLOCK.match(text, end)
    if not block:
        return None
    lines = [found.span("code") for found in _CODE_LINE.finditer(text, *block.span("block"))]
    has_prompts = bool(re.search(r">>> |In ?\[\d", block["block"]))
    if has_prompts:
        lines = [found.span("code") for found in _PROMPTED.finditer(text, *block.span("block"))]
    told = [(first, last) for first, last in lines if _is_code(text[first:last])]
    if len(told) > 1:
        marked = re.findall(r"`([^`\n]+)`", text[max(0, end - 3 * len(lead)) : end]) or [lead]
        names = {name for part in marked for name in re.findall(r"\w+", part) if len(name) > 1} - STOP_WORDS
        told = [span for span in told if names & set(re.findall(r"\w+", text[slice(*span)]))]
    is_import = len(told) == 1 and len(lines) > 1 and text[told[0][0] :].startswith(("import ", "from "))
    return told[0] if len(told) == 1 and not is_import else None


def _goal_of_comment(comment: str) -> str:
    words = comment.strip(" .!-").split()
    if not 3 <= len(words) <= 12 or comment.endswith("?") or _NO_GOAL.search(comment):
        return ""
    first = words[0].lower()
    base = next((verb for verb in (first, *_BASES.get(first, ())) if verb in VERB_BASES), "")
    content = [word for word in words[1:] if word.lower() not in STOP_WORDS]
    return " ".join((base, *words[1:])) if base and len(content) > 1 else ""


def _is_code(code: str) -> bool:
    text = code.strip()
    if re.match(r"(?:return|self|yield|raise|_|pass|break|continue|print\(\"|[a-z]$)", text):
        return False
    if not 4 < len(text) <= _LONGEST_CODE or text.endswith((":", ",", "(", "[", "{", "\\")):
        return False
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return bool(re.match(r"(?:\$ )?(?:python3?|pip3?|py|git|conda|ipython|source)\b[^.]*$", text))
    return bool(tree.body) and not (
        isinstance(tree.body[0], ast.Expr) and isinstance(tree.body[0].value, ast.Name | ast.Constant)
    )


def _sessions(text: str) -> Iterator[list[_Line]]:
    """The interactive sessions of a text, each as its lines that stand alone."""
    session: list[_Line] = []
    offset, last = 0, None
    rows = []
    for row in text.splitlines(keepends=True):
        rows.append((offset, row))
        offset += len(row)
    pending = None
    for at, row in [*rows, (offset, "")]:
        typed = _TYPED.match(row)
        stripped = row.strip()
        if pending is not None and (typed or not stripped or stripped.startswith(("```", "..."))):
            session.append(pending)
            pending = None
        if typed:
            code = re.sub(r"\s+#.*$", "", typed["code"]).strip()
            pending = _Line(code, (at, at), False)
        elif pending is not None and stripped:
            begin = at + len(row) - len(row.lstrip())
            pending = _with_output(pending, stripped, begin)
        elif stripped.startswith("..."):
            session.append(_Line("...", (at, at), False))
        elif not stripped and session and at >= len(text):
            break
        if not typed and not stripped and pending is None and session and last == "":
            yield session
            session = []
        last = stripped
    if session:
        yield session


def _with_output(line: _Line, shown: str, begin: int) -> _Line:
    """A line of a session with one more line of what came out: of several only an error's last is kept."""
    numbered = re.match(r"Out ?\[\d+\]: ?", shown)
    if numbered:
        shown, begin = shown[numbered.end() :], begin + numbered.end()
    error = _ERROR.match(shown)
    if error:
        return _Line(line.code, (begin, begin + error.end("name")), True)
    if shown.startswith("Traceback") or line.code == "" or line.output[0] != line.output[1]:
        return _Line("", (begin, begin), False) if line.output[0] != line.output[1] else line
    return _Line(line.code, (begin, begin + len(shown)), False)


def _needed(before: Sequence[_Line], code: str) -> list[str] | None:
    """The statements that an expression needs; None if it cannot be understood from so few."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return None
    if (
        not tree.body
        or not isinstance(tree.body[-1], ast.Expr)
        or isinstance(tree.body[-1].value, ast.Name | ast.Constant)
    ):
        return None
    wanted = _used(tree)
    needed: list[str] = []
    for line in reversed(before):
        if not wanted:
            break
        try:
            held = ast.parse(line.code)
        except (SyntaxError, ValueError):
            continue
        made = _made(held)
        if made & wanted:
            needed.insert(0, line.code)
            wanted = (wanted - made) | _used(held)
    return needed if not wanted and len(needed) <= _MOST_NEEDED else None


def _used(tree: ast.AST) -> set[str]:
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    bound = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    bound |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return names - set(dir(builtins)) - bound - _MODULES


def _made(tree: ast.AST) -> set[str]:
    made = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            made |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            made.add(node.func.value.id)
    return made


_MODULES = frozenset(
    "math os sys re string datetime decimal fractions itertools functools collections operator copy json numpy".split()
)
_BASES = {third_person(verb): (verb,) for verb in VERB_BASES}
_BY_CHANCE = re.compile(r"\b(?:random|id|hash|time|now|today|getcwd|dir|help|locals|globals|vars|timeit|uuid\w*)\b")
_TYPED = re.compile(r"[ \t>]*(?:>>> ?|In ?\[\d+\]: ?)(?P<code>[^\n]*)")
_ERROR = re.compile(r"(?P<name>(?:\w+\.)*[A-Z]\w*(?:Error|Exception|Warning|Interrupt|Iteration))(?=: |$)")
_NO_GOAL = re.compile(
    r"\b(?:this|that|here|now|we|error|fails?|works?|see|above|below|next|again)\b|\d{3,}|[=<>]{1,2}", re.I
)
_COMMENTED = re.compile(
    r"^[ \t>]*(?:>>> ?|In ?\[\d+\]: ?)?(?P<code>[^\s#][^#\n]{3,}?)[ \t]+#[ \t]*(?P<comment>[A-Za-z][^\n]*)$", re.M
)
_ANNOUNCED = re.compile(
    r"^[ \t>]*(?:>>> ?|In ?\[\d+\]: ?)?#[ \t]*(?P<comment>[A-Za-z][^\n]*)\n"
    r"[ \t>]*(?:>>> ?)?(?P<code>[^\s#][^#\n]{3,}?)[ \t]*(?:#[^\n]*)?(?=\n[ \t>]*(?:\n|#|Out|```|[\[{('\"\d])|\n?\Z)",
    re.M,
)
_FEWEST_OF_LEAD = 3
_BLOCK = re.compile(
    r"[ \t]*\n(?:[ \t]*\n)*(?:[ \t]*(?:```|~~~)[^\n]*\n|(?=[ \t]{2,}\S)|(?=>>> |In ?\[))"
    r"(?P<block>(?:[ \t]*(?!```|~~~)\S[^\n]*(?:\n|\Z)){1,12})"
)
_CODE_LINE = re.compile(r"^[ \t]*(?P<code>[^\s#][^#\n]*?)[ \t]*(?:#[^\n]*)?$", re.M)
_PROMPTED = re.compile(r"^[ \t]*(?:>>> ?|In ?\[\d+\]: ?)(?P<code>[^\s#][^#\n]*?)[ \t]*(?:#[^\n]*)?$", re.M)
