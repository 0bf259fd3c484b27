"""Results as text for a terminal: answers, passages, tables, checks; and as JSON.

Takes what the library's verbs give, gives text with styles that are dropped where there is no terminal. It prints
nothing and computes nothing anew. It draws with plain text: rich would add a tenth of a second to each answer.
"""

from __future__ import annotations

import json
import re
import shutil
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from byheart import units

if TYPE_CHECKING:
    from byheart.doctor import Check
    from byheart.ledger import Source
    from byheart.outcomes import Added, Exported
    from byheart.proof import Proof
    from byheart.types import Answer, Citation, Claim, Conflict, Hit, Revision

ORIGINS = {"memory": "from memory", "documents": "looked up", "none": "not known"}
_RESTS_ON = {"memory": "learned from", "documents": "read in"}
_INDENT = "  "

# Where the origin of an answer begins, and the widest that lines become: longer ones are hard to read.
_MARGIN = 40
_WIDEST = 100

# What a document holds must not steer the terminal it is shown on.
_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], " ")

_RULE = re.compile(r"(?m)^[^\w\s]{3,}$")

# How many names a line lists before it says how many more there are.
NAMED = 3


def answer(given: Answer, *, why: bool = False) -> str:
    """An answer with its origin, how sure it is, and what it rests on; `why` adds how it came about."""
    lines = [_headline(given)]
    if given.origin == "none":
        lines += _wrapped(given.reason)
        lines += [dim(f"{_INDENT}nearest passages:")] if given.citations else []
        for citation in given.citations:
            lines += [f"{_INDENT * 2}{_cited(citation)}", *_snippet(citation, _INDENT * 3, lines=1)]
    else:
        for citation in given.citations:
            lines.append(dim(f"{_INDENT}{_RESTS_ON[given.origin]} {_cited(citation)}"))
            lines += _quoted(citation) if given.origin == "documents" else []
        if given.origin == "memory" and not given.citations:
            lines.append(dim(f"{_INDENT}rests on no studied fact"))
    lines += [_warn(line) for line in _wrapped(given.caveat)]
    if given.conflict:
        lines += _told(given.conflict)
    if why:
        lines += _account(given)
    return "\n".join(lines)


def hits(found: Sequence[Hit]) -> str:
    """Passages, best first, each with its place and the beginning of its text."""
    lines: list[str] = []
    for rank, hit in enumerate(found, start=1):
        edition = f" ({hit.edition})" if hit.edition else ""
        place_of_hit = f"{rank:>3}  {_at(hit.source, hit.heading, hit.start)}{edition}"
        lines += [_with_tag(place_of_hit, f"{hit.score:.2f}"), *_snippet(hit, " " * 5, lines=2)]
    return "\n".join(lines)


def added(done: Added) -> str:
    """What one `add` did, with the reason for each file that was skipped."""
    counts = (
        (len(done.new), "new"),
        (len(done.changed), "changed"),
        (len(done.unchanged), "unchanged"),
        (len(done.withdrawn), "withdrawn"),
    )
    what = ", ".join(f"{count:,} {word}" for count, word in counts if count) or "nothing"
    lines = [f"{what} · {count(done.passages_embedded, 'passage')} embedded · {_seconds(done.seconds)}"]
    if done.skipped:
        lines.append(_warn(f"{count(len(done.skipped), 'file')} not searchable:"))
        lines += [f"{_INDENT}{place(skipped.source)}: {skipped.reason}" for skipped in done.skipped]
    return "\n".join(lines)


def forgotten(sources: Sequence[str]) -> str:
    """Which documents were taken out."""
    return f"forgot {count(len(sources), 'document')}: {listed(sources)}"


def proved(proofs: Sequence[Proof]) -> str:
    """What became of questions about forgotten facts."""
    if not proofs:
        return "nothing that was studied is forgotten"
    held, told = sum(proof.is_held for proof in proofs), [proof for proof in proofs if proof.is_told]
    lines = [
        f"asked for {count(len(proofs), 'forgotten fact')}: the weights still hold {held:,}, "
        f"{len(told):,} given from memory"
    ]
    for proof in (told or proofs)[:NAMED]:
        said = f"“{proof.answer.text}”, {ORIGINS[proof.answer.origin]}" if proof.answer.text else ORIGINS["none"]
        lines += _wrapped(f"{proof.question} the weights say “{proof.recalled}”, the answer is: {said}")
    return "\n".join(lines)


def exported(done: Exported) -> str:
    """What an export wrote, and how it answered when it was asked again."""
    what = f"{done.form}, {done.precision}, {done.bytes / 1e6:,.0f} MB"
    alike = f"{done.agreed:,} answered as before ({units.share(done.agreed / done.asked)})"
    return (
        f"study {done.study} is in {done.folder} ({what})\n"
        f"{_INDENT}loaded again and asked {count(done.asked, 'mastered question')}: {alike}, "
        f"{done.identical:,} word for word"
    )


def documents(held: Sequence[Source]) -> str:
    """A line for each file the library holds or skipped."""
    if not held:
        return "no documents"
    room = min(max(len(place(source.location)) for source in held), _MARGIN)
    lines = [dim(f"{'held':<9}  passages  document")]
    for source in held:
        where = harmless(place(source.location))
        if source.skipped:
            lines.append(_warn(f"{'skipped':<9}  {'':>8}  {where}: {source.skipped}"))
            continue
        kind = "licence" if source.is_licence else "older" if source.is_superseded else source.holding.value
        title = source.revision.title if source.revision else ""
        lines.append(one_line(f"{kind:<9}  {source.passages:>8,}  {where:<{room}}  {title}"))
    return "\n".join(lines)


def checks(found: Sequence[Check]) -> str:
    """A line for each check, and the remedy under each that is not fine."""
    lines: list[str] = []
    for check in found:
        mark = typer.style("ok  ", fg="green") if check.is_fine else _bad("FAIL") if check.is_grave else _warn("look")
        first, *more = textwrap.wrap(check.found, _width() - 24) or [""]
        lines.append(f"{mark}  {check.name:<16}  {first}")
        lines += [f"{'':<24}{line}" for line in more]
        if check.remedy:
            lines += [f"{'':<24}{dim(line)}" for line in textwrap.wrap(f"remedy: {check.remedy}", _width() - 24)]
    return "\n".join(lines)


def rows(named: Iterable[tuple[str, str]]) -> str:
    """Named texts below each other, as `status` has them."""
    return "\n".join(line for name, text in named for line in row(name, harmless(text)))


def one_line(text: str) -> str:
    """One line that a terminal shows whole, and that cannot steer it."""
    text = harmless(text).rstrip()
    return text if len(text) <= _width() else text[: _width() - 1].rstrip() + "…"


def as_json(value: object) -> str:
    """Results as one line of JSON: dataclasses become objects under their fields' names."""
    return json.dumps(value, default=_plain, ensure_ascii=False)


def place(source: str) -> str:
    """A source as a reader knows it: relative below the current folder, else its last two parts."""
    if "://" in source:
        return source
    path = Path(source)
    if path.is_relative_to(Path.cwd()):
        return path.relative_to(Path.cwd()).as_posix()
    return "/".join(path.parts[-2:])


def _headline(given: Answer) -> str:
    said = given.text or ORIGINS["none"]
    sure = f"{units.percent(given.confidence)} sure"
    tags = [ORIGINS[given.origin], sure] if given.text else [f"best guess {sure}"] if given.confidence else []
    tag = " · ".join([*tags, _seconds(given.seconds)])
    lines = [line for part in said.splitlines() for line in _wrapped(part)]
    if len(lines) == 1:
        return _with_tag(lines[0], tag, is_bold=True)
    return "\n".join([*map(bold, lines), f"{_INDENT}{tag}"])


def _with_tag(text: str, tag: str, *, is_bold: bool = False) -> str:
    """`text`, and at the margin or behind it `tag`; on the next line where there is no room."""
    styled = bold(text) if is_bold else text
    column = max(_MARGIN, len(text) + 2)
    if column + len(tag) > _width():
        return f"{styled}\n{_INDENT}{tag}"
    return f"{styled}{' ' * (column - len(text))}{tag}"


def _cited(citation: Citation) -> str:
    asides = [aside for aside in (citation.edition, citation.support) if aside]
    support = f" ({', '.join(asides)})" if asides else ""
    return _at(citation.source, citation.heading, citation.start) + support


def _quoted(citation: Citation) -> list[str]:
    """The words around the span that says the answer, and the span marked."""
    if citation.span is None:
        return []
    start, end = citation.span
    before, said, behind = citation.text[:start], citation.text[start:end], citation.text[end:]
    before = " ".join(before.split("\n\n")[-1].split())
    behind = " ".join(behind.split("\n\n")[0].split())
    room = max(_width() - len(_INDENT) - len(said) - 6, 20) // 2
    before = before if len(before) <= room else "…" + before[-room:].partition(" ")[2]
    behind = behind if len(behind) <= room else behind[:room].rpartition(" ")[0] + "…"
    gap_before = " " if before and citation.text[start - 1 : start].isspace() else ""
    gap_behind = " " if behind and citation.text[end : end + 1].isspace() else ""
    marked = f"“{before}{gap_before}«{' '.join(said.split())}»{gap_behind}{behind}”"
    return [dim(line) for line in _wrapped(marked)]


def _at(source: str, heading: Sequence[str], start: int) -> str:
    within = heading[-1] if heading else "header" if start == 0 else ""
    return harmless(f"{place(source)}, {within}" if within else place(source))


def _told(conflict: Conflict) -> list[str]:
    lines = [_warn(line) for line in _wrapped(conflict.told or conflict.rule)]
    sides = [(conflict.memory, "memory"), (conflict.documents, "documents")]
    for claim, origin in [*sides, *((other, "documents") for other in conflict.others)]:
        if claim and claim.citation:
            lines += _wrapped(f"“{claim.text}” was {_RESTS_ON[origin]} {_cited(claim.citation)}{_days(claim.citation)}")
    return lines


def day(text: Revision | Citation) -> str:
    """The day a text speaks of, or else on which it was added."""
    return text.dated or text.added[:10]


def _days(citation: Citation) -> str:
    """The day a text speaks of, or else on which it was read."""
    if citation.dated:
        return f", of {citation.dated}"
    return f", read on {citation.added[:10]}" if citation.added else ""


def _sure(claim: Claim) -> str:
    return f" ({units.percent(claim.confidence)} sure)"


def _account(given: Answer) -> list[str]:
    lines = _steps(given) if given.steps else _wrapped(f"why: {given.why}")
    for claim in given.withheld:
        where = f", {_cited(claim.citation)}" if claim.citation else ""
        lines += _wrapped(f"withheld: “{claim.text}”{_sure(claim)}{where}")
    stages = " · ".join(f"{stage} {units.seconds(seconds)}" for stage, seconds in given.stages.items())
    lines += _wrapped(f"{stages} · {given.tokens_in} tokens in, {given.tokens_out} out")
    return [dim(line) for line in lines]


def _steps(given: Answer) -> list[str]:
    """A row for each stage, with the figures behind it."""
    lines: list[str] = []
    for step in given.steps:
        figures = ", ".join(f"{name} {value:.3g}" for name, value in step.figures.items())
        lines += row(step.stage, harmless(f"{step.said} [{figures}]" if figures else step.said))
    return lines


def row(name: str, text: str) -> list[str]:
    """A named text, on as many lines as it needs."""
    first, *more = textwrap.wrap(text, _width() - 18, break_long_words=False, break_on_hyphens=False) or [""]
    return [f"{_INDENT}{name:<14}  {first}", *(f"{'':<18}{line}" for line in more)]


def _wrapped(text: str, indent: str = _INDENT) -> list[str]:
    return textwrap.wrap(
        harmless(text),
        _width(),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _snippet(of: Hit | Citation, indent: str, *, lines: int) -> list[str]:
    """The beginning of a passage on at most `lines` lines, without its heading, which is shown above it."""
    text = of.text.lstrip("#=* \n")
    body = text.removeprefix(of.heading[-1]) if of.heading else text
    folded = " ".join(harmless(_RULE.sub("", body)).split()) or harmless(text)
    kept = textwrap.wrap(folded, _width() - len(indent), max_lines=lines, placeholder=" …", break_on_hyphens=False)
    return [dim(indent + line) for line in kept]


def harmless(text: str) -> str:
    """`text` without what would steer a terminal."""
    return text.translate(_CONTROLS)


def listed(sources: Sequence[str]) -> str:
    """The first few of `sources`, and how many more there are."""
    named = ", ".join(place(source) for source in sources[:NAMED])
    return named if len(sources) <= NAMED else f"{named} and {len(sources) - NAMED:,} more"


def count(number: int, noun: str) -> str:
    """So many of what `noun` names."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.0f} s"


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _width() -> int:
    return min(shutil.get_terminal_size((80, 24)).columns, _WIDEST)


def bold(text: str) -> str:
    """`text` in bold."""
    return typer.style(text, bold=True)


def dim(text: str) -> str:
    """`text` in grey."""
    return typer.style(text, dim=True)


def _warn(text: str) -> str:
    return typer.style(text, fg="yellow")


def _bad(text: str) -> str:
    return typer.style(text, fg="red", bold=True)
