"""What a study would teach: the facts of the core documents, as many as the minutes allow, and without what was struck.

Takes the ledger; gives a plan, writes its facts to a file that a person can read, and reads the file back with what
that person has struck out. It teaches nothing.
"""

from __future__ import annotations

import itertools
import json
import statistics
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from byheart import facts, lessons, pairs
from byheart.errors import BadFacts, NothingToStudy, UsageError
from byheart.gaps import values_of
from byheart.ledger import Ledger
from byheart.types import Fact, Holding, Passage, Revision

# What it takes to master a fact of few words, all renderings and open-book lessons counted (docs/decisions/0006). More
# facts than the minutes allow would leave the worthiest half learned.
_TOKENS_A_FACT = 900

# The tokens of one lesson of such a fact beside its value and its frame, which is computed once for many, and the
# characters of a token of English.
_TOKENS_BESIDE = 25
_CHARACTERS_A_TOKEN = 4

# What a fact costs that the weights hold already, as a share: it rests, and is tested.
_KNOWN = 1 / 9

# A model that is taught very few facts gives them in answer to everything.
_FEWEST_FACTS = 16

# What a line of a file of facts holds that a person may change.
_STRIKE = "strike"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a study teaches: the texts it is from, the facts, worthiest first, and why others were left out.

    `spare` are facts that were found and are not taught: the minutes do not allow them. `struck` counts those that a
    person took out. `known` are the ids of those that the weights hold already.
    """

    studied: Mapping[Revision, tuple[Passage, ...]]
    facts: tuple[Fact, ...]
    dropped: Mapping[str, int]
    spare: tuple[Fact, ...] = ()
    struck: int = 0
    known: frozenset[str] = frozenset()

    def passages(self) -> dict[str, Passage]:
        """The passages of the plan, by id."""
        return {passage.id: passage for held in self.studied.values() for passage in held}

    def sources(self) -> dict[str, str]:
        """The source of each passage, by the passage's id."""
        return {passage.id: revision.source for revision, held in self.studied.items() for passage in held}

    def tokens(self) -> int:
        """About how many tokens of lessons it takes to master the facts."""
        return round(sum(tokens_to_master(fact, self.known) for fact in self.facts))


@dataclass(frozen=True, slots=True)
class Forecast:
    """A plan, and how many minutes this machine would take for it."""

    plan: Plan
    minutes: float


def planned(
    ledger: Ledger,
    *,
    also: Set[str] = frozenset(),
    unread: Mapping[Revision, tuple[Passage, ...]] = MappingProxyType({}),
) -> Plan:
    """All that a study of the core documents could teach today; of those at the locations `also` too.

    `unread` are the passages of documents that the ledger does not hold yet, or holds in another text.
    """
    core = [
        source
        for source in ledger.sources()
        if source.revision and (source.holding is Holding.CORE or source.location in also)
    ]
    # Of a work that is held in several texts the newest is taught: two of them would contradict each other.
    texts = [source for source in core if not source.is_licence and not source.is_superseded]
    if not texts and not unread:
        raise NothingToStudy(
            "no core document to study", hint="byheart study FOLDER makes documents core and studies them"
        )
    anew = {revision.source for revision in unread}
    studied = {
        source.revision: tuple(placed.passage for placed in ledger.passages(source.location))
        for source in texts
        if source.revision and source.location not in anew
    } | dict(unread)
    found = facts.find(studied.values())
    if not found.facts:
        raise NothingToStudy(
            f"the {len(studied)} core documents hold no fact that can be taught "
            f"({', '.join(f'{count} {reason}' for reason, count in found.dropped.items()) or 'none found'})",
            hint="study documents that state facts: header fields, definitions, tables, signatures, sentences",
        )
    plan = Plan(studied, found.facts, found.dropped)
    return replace(plan, facts=pairs.tied(plan.facts, plan.passages(), ledger.search_words))


def affordable(plan: Plan, tokens: float) -> int:
    """How many facts of a plan, worthiest first, can be mastered with so many tokens of lessons."""
    costs = (tokens_to_master(fact, plan.known) for fact in plan.facts)
    return max(_FEWEST_FACTS, sum(spent <= tokens for spent in itertools.accumulate(costs)))


def cut(plan: Plan, most: int) -> Plan:
    """`plan` with its `most` worthiest facts; the others are spare."""
    return replace(plan, facts=plan.facts[:most], spare=plan.facts[most:])


def tokens_to_master(fact: Fact, known: Set[str] = frozenset()) -> float:
    """About how many tokens of lessons it takes until a fact is mastered: more for longer answers, less if it is known.

    Measured for values of few words; a sentence is taken to need as many lessons, each as much longer as its parts are.
    """
    answer = statistics.fmean(map(len, values_of(fact))) / _CHARACTERS_A_TOKEN
    longer = (_TOKENS_BESIDE + answer) / (_TOKENS_BESIDE + 3)
    return _TOKENS_A_FACT * max(1.0, longer) * (_KNOWN if fact.id in known else 1.0)


# ── the file ──


def write(plan: Plan, path: Path) -> None:
    """Writes the facts of a plan to `path`, a line of JSON each, worthiest first; UsageError if the file is there."""
    if path.exists():
        raise UsageError(f"{path} is there already", hint="name another file: in that one, facts may be struck out")
    lines = [json.dumps(row, ensure_ascii=False) for row in _rows(plan)]
    path.write_text("\n".join((*lines, "")), encoding="utf-8")


def kept(plan: Plan, path: Path) -> Plan:
    """`plan` with only the facts that the file at `path` holds and does not strike out; BadFacts if a line is wrong."""
    found = {fact.id: fact for fact in plan.facts}
    wanted = set()
    for number, line in enumerate(_lines(path), start=1):
        if line.strip():
            row = _row(path, number, line)
            fact = found.get(str(row["id"]))
            if fact is None:
                raise BadFacts(path, number, f"the documents hold no fact {row['id']!r} today")
            if row.get("value", fact.value) != fact.value:
                raise BadFacts(path, number, f"the value is {row['value']!r}, the document says {fact.value!r}")
            if not row.get(_STRIKE, False):
                wanted.add(fact.id)
    if not wanted:
        raise UsageError(f"{path} leaves no fact to teach", hint="byheart study --plan --to FILE writes all of them")
    facts = tuple(fact for fact in plan.facts if fact.id in wanted)
    return replace(plan, facts=facts, struck=len(plan.facts) - len(facts))


def _rows(plan: Plan) -> Iterator[dict[str, object]]:
    passages, sources = plan.passages(), plan.sources()
    taught = {fact.id for fact in plan.facts}
    for fact in (*plan.facts, *plan.spare):
        passage = passages[fact.passage]
        yield {
            _STRIKE: False,
            "fits": fact.id in taught,
            "kind": fact.kind.value,
            "question": lessons.sealed(fact, passage).prompt,
            "value": fact.value,
            "statement": fact.statement,
            "document": sources[fact.passage],
            "heading": list(passage.heading),
            "passage": fact.passage,
            "start": fact.start,
            "end": fact.end,
            "id": fact.id,
        }


def _lines(path: Path) -> Sequence[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise UsageError(f"there is no file {path}", hint="byheart study --plan --to FILE writes one") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no text in UTF-8: {error.reason}", hint="save it as UTF-8") from error


def _row(path: Path, number: int, line: str) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadFacts(path, number, f"no JSON: {error.msg} at column {error.colno}") from error
    if not isinstance(row, dict):
        raise BadFacts(path, number, f"an object was wanted, there is {type(row).__name__}")
    if not isinstance(row.get("id"), str):
        raise BadFacts(path, number, 'the "id" of a fact is missing')
    if not isinstance(row.get(_STRIKE, False), bool):
        raise BadFacts(path, number, f'"{_STRIKE}" is {row[_STRIKE]!r}, true or false was wanted')
    return row
