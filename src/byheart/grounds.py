"""What advice rests on, as nouns: the documents, what the user wishes, what was measured, what was asked.

`adviser` gathers them from an open library, `advise` weighs them. What is not known is None or empty, never a guess;
what was estimated from a part says so. Nothing here opens anything.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

from byheart import words
from byheart.outcomes import Logged

# Fewer questions in the log than this say little of what is asked.
ENOUGH_LOGGED = 30

# Changes of one document, and dated documents of one folder, from which on they have a rhythm.
_FEWEST_CHANGES = 2
_FEWEST_DATED = 5

# A folder whose newest text is older than so many of its intervals is an archive.
_INTERVALS_TO_AN_ARCHIVE = 4


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user asks of the library; None where nothing is asked.

    `latency` are the seconds within which 19 of 20 answers come, `a_day` the questions a day, `minutes` those that a
    study may take, `memory` the bytes that answering may take, `money` the most that 1,000 answers may cost.
    """

    latency: float | None = None
    is_offline: bool = False
    a_day: float | None = None
    minutes: float | None = None
    memory: float | None = None
    money: float | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """One document: how it is held, its texts, and what a study would find in it.

    `added` are the days on which its texts came, oldest first; `dated` is the day that it speaks of. `facts` and the
    `seconds` it takes to master them are None where that is not known. `is_studied`: the study in use holds it;
    `has_moved`: in an earlier text. `book` is the name under which measurements group it.
    """

    location: str
    added: Sequence[date]
    passages: int
    facts: float | None = None
    seconds: float | None = None
    dated: date | None = None
    is_core: bool = False
    is_licence: bool = False
    is_superseded: bool = False
    is_studied: bool = False
    has_moved: bool = False
    book: str = ""

    @property
    def folder(self) -> str:
        """The folder it lies in."""
        return self.location.rpartition("/")[0]

    @property
    def is_teachable(self) -> bool:
        """Whether a study would find anything in it, as far as is known."""
        return not self.is_licence and not self.is_superseded and self.facts != 0


@dataclass(frozen=True, slots=True)
class Asked:
    """One measured answer: of which arm to which case, about which document of the library ("": none) and book.

    `money` is None where no price was named.
    """

    case: str
    arm: str
    location: str
    book: str
    is_right: bool
    seconds: float
    cpu_seconds: float
    money: float | None


@dataclass(frozen=True, slots=True)
class Findings:
    """What a measurement found, and the `command` that asks the same again. `peaks` are bytes of memory by arm.

    Answers of a study that is not in use any more are left out, and `is_outdated` tells so. `offline` counts, by arm,
    the answers that were the same with the network cut, of `asked_offline`.
    """

    number: int
    files: Sequence[str]
    asked: Sequence[Asked]
    peaks: Mapping[str, int] = field(default_factory=dict)
    is_outdated: bool = False
    offline: Mapping[str, int] = field(default_factory=dict)
    asked_offline: int = 0
    searchable_seconds: float | None = None
    studied_seconds: float | None = None
    command: str = ""

    def arm(self, name: str) -> dict[str, Asked]:
        """The answers of one arm, by case."""
        return {one.case: one for one in self.asked if one.arm == name}


@dataclass(frozen=True)
class Grounds:
    """All that advice rests on.

    `minutes` are those a study may take, `looked_through` the documents in which facts were really looked for.
    `reached` are the settings that name another machine, as "chroma = …". `no_forecast` tells why it is not known
    how long a study takes, and what to do.
    """

    documents: Sequence[Held]
    wishes: Wishes
    today: date
    minutes: float
    findings: Findings | None = None
    log: Sequence[Logged] = ()
    looked_through: int = 0
    reached: Mapping[str, str] = field(default_factory=dict)
    has_study: bool = False
    no_forecast: tuple[str, str] | None = None

    # ── what is asked ──

    @cached_property
    def is_logged(self) -> bool:
        """Whether the log holds enough questions to tell what is asked."""
        return len(self.log) >= ENOUGH_LOGGED

    @cached_property
    def logged(self) -> Counter[str]:
        """How many logged questions were answered from each document."""
        return Counter(source for one in self.log for source in set(one.sources))

    @cached_property
    def repeats(self) -> Counter[str]:
        """How many logged questions were asked before in much the same words, by the document that answered them."""
        seen: set[tuple[str, ...]] = set()
        found: Counter[str] = Counter()
        for one in self.log:
            wanted = tuple(sorted(set(words.content_terms(one.question))))
            if wanted in seen:
                found.update(set(one.sources))
            seen.add(wanted)
        return found

    @cached_property
    def a_day(self) -> float | None:
        """Questions a day: as the user says, else as the log tells."""
        if self.wishes.a_day is not None or not self.is_logged:
            return self.wishes.a_day
        days = sorted(date.fromisoformat(one.asked[:10]) for one in self.log)
        return len(days) / ((days[-1] - days[0]).days + 1)

    def asked_a_day(self, document: Held) -> float | None:
        """Questions a day about one document; where no log tells them apart, its facts are asked like all others."""
        if self.a_day is None:
            return None
        if self.is_logged:
            return self.a_day * self.logged[document.location] / len(self.log)
        return self.a_day * (document.facts or 0) / self._facts if self._facts else None

    @cached_property
    def _facts(self) -> float:
        return sum(document.facts or 0 for document in self.documents if document.is_teachable)

    # ── what changes ──

    def interval(self, document: Held) -> float | None:
        """The days between two texts of a document, or of its folder where a new dated one keeps coming."""
        changes = len(document.added) - 1
        own = None
        if changes >= _FEWEST_CHANGES:
            own = max((self.today - document.added[0]).days, 1) / changes
        known = [days for days in (own, self._rhythms.get(document.folder)) if days is not None]
        return min(known, default=None)

    @cached_property
    def _rhythms(self) -> dict[str, float]:
        """The days between dated texts, for folders into which new ones still come."""
        dated: dict[str, set[date]] = {}
        for document in self.documents:
            if document.dated:
                dated.setdefault(document.folder, set()).add(document.dated)
        found: dict[str, float] = {}
        for folder, days in dated.items():
            if len(days) < _FEWEST_DATED:
                continue
            interval = statistics.median((after - before).days for before, after in pairwise(sorted(days)))
            if self.today - max(days) <= timedelta(days=_INTERVALS_TO_AN_ARCHIVE * interval):
                found[folder] = interval
        return found
