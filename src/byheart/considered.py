"""What is computed of the grounds for all documents together: what the user's limits rule out, what fits, what pays.

Takes grounds, gives what the rules of advice ask for. It decides nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, combinations

from byheart import reliability, units
from byheart.errors import UsageError
from byheart.grounds import Asked, Grounds, Held
from byheart.outcomes import Way

ARM_OF = {Way.STUDY: "memory", Way.INDEX: "documents", Way.BOTH: "both"}
"""The arm of a measurement that answers as documents held in that way are answered from."""

# What changes once a week or more often is looked up, unless a study is measured to be repaid between two changes.
OFTEN_DAYS = 7.0

# Where nobody knows what is asked, a study of a smaller part of the facts would mostly miss it.
_LEAST_SHARE = 0.1

# With fewer questions on one book those on all studied books are taken; with fewer on these, no seconds are told.
ENOUGH_ASKED = 20

# One side is better than another if chance alone would make it so in less than one case of twenty.
_LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Limit:
    """A wish of the user's, the ways that it rules out, and the figures that say so."""

    wish: str
    rules_out: frozenset[Way]
    figure: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two arms on the same `n` questions `about` something: how many each had right, and how many only it had right."""

    about: str
    n: int
    right: int
    other_right: int
    only: int
    only_other: int

    @property
    def is_better(self) -> bool:
        """Whether the first is right more often, beyond chance: an exact test on what only one of them had right."""
        apart = self.only + self.only_other
        at_least_so_many = sum(math.comb(apart, count) for count in range(self.only, apart + 1))
        return at_least_so_many / (1 << apart) < _LEVEL


@dataclass(frozen=True)
class Considered:
    """The grounds, and what is computed of them for all documents together."""

    grounds: Grounds

    # ── limits ──

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """What the user's wishes rule out; UsageError names those that leave no way."""
        found = tuple(limit for limit in _limits(self.grounds) if limit.rules_out)
        for count in range(1, len(found) + 1):
            for some in combinations(found, count):
                if frozenset().union(*(limit.rules_out for limit in some)) == set(Way):
                    raise UsageError(_contradiction(some), hint="byheart advise without one of them")
        return found

    @cached_property
    def ruled_out(self) -> frozenset[Way]:
        """The ways that the user's wishes rule out."""
        return frozenset().union(*(limit.rules_out for limit in self.limits))

    @cached_property
    def wants_memory(self) -> bool:
        """Whether memory must answer, as far as it can: there is no network, or looking all up exceeds a limit."""
        return self.grounds.wishes.is_offline or Way.INDEX in self.ruled_out

    def limited(self, *ways: Way) -> str:
        """The figures that rule out one of `ways`."""
        return "; ".join(limit.figure for limit in self.limits if limit.rules_out & set(ways))

    # ── room ──

    @cached_property
    def fitting(self) -> frozenset[str]:
        """The documents that the minutes of a study hold: what is studied already, and all others where they fit.

        Else those that are asked about most; where no log tells, none, unless memory must answer.
        """
        seconds, room = sum(document.seconds or 0 for document in self.due), 60 * self.grounds.minutes
        studied = frozenset(one.location for one in self.grounds.documents if one.is_studied)
        everything = studied.union(document.location for document in self.due)
        if seconds <= room or any(document.seconds is None for document in self.due):
            return everything
        if not self.grounds.is_logged:
            is_worth_it = room / seconds >= _LEAST_SHARE or self.wants_memory
            return everything if is_worth_it else studied
        logged = self.grounds.logged
        asked = sorted((one for one in self.due if logged[one.location]), key=lambda one: -logged[one.location])
        spent = accumulate((document.seconds or 0 for document in asked), initial=0.0)
        # Of the last one the worthiest facts are taught, as far as the minutes go.
        return studied.union(document.location for document, before in zip(asked, spent, strict=False) if before < room)

    @cached_property
    def due(self) -> tuple[Held, ...]:
        """The documents that a study could hold, does not hold yet, and would not be overtaken by."""
        return tuple(
            one
            for one in self.grounds.documents
            if one.is_teachable and not one.is_studied and not self.changes_too_often(one)
        )

    # ── what was measured ──

    def compared(self, document: Held, arm: str, other: str) -> Pairs | None:
        """Two arms on the questions about the document's book, or on those about all studied ones; None: not asked.

        Only what the study in use holds can tell what a study brings.
        """
        findings = self.grounds.findings
        if findings is None or not document.is_studied:
            return None
        ours, theirs = findings.arm(arm), findings.arm(other)
        pairs = _pairs(document.book, ours, theirs, {document.book})
        if pairs and pairs.n >= ENOUGH_ASKED:
            return pairs
        return _pairs("all studied books", ours, theirs, self.studied_books)

    @cached_property
    def studied_books(self) -> frozenset[str]:
        """The books that the study in use holds something of."""
        return frozenset(one.book for one in self.grounds.documents if one.is_studied)

    @cached_property
    def saved_seconds(self) -> float | None:
        """What a question saves on average when what is studied is asked from both; None: not measured enough."""
        return sum(self.saved) / len(self.saved) if len(self.saved) >= ENOUGH_ASKED else None

    @cached_property
    def saved(self) -> tuple[float, ...]:
        """The seconds that each measured question about studied books saves."""
        findings = self.grounds.findings
        if findings is None:
            return ()
        both, documents = findings.arm("both"), findings.arm("documents")
        return tuple(
            documents[case].seconds - one.seconds
            for case, one in both.items()
            if case in documents and one.book in self.studied_books
        )

    def repaid_days(self, document: Held) -> float | None:
        """The days until the seconds that a document's study takes are saved; infinite: never; None: not known."""
        asked, seconds = self.grounds.asked_a_day(document), document.seconds
        findings = self.grounds.findings
        if findings and findings.studied_seconds is not None and self.grounds.interval(document) is not None:
            # What it took to study one changed document again was measured.
            seconds = findings.studied_seconds
        if self.saved_seconds is None or asked is None or seconds is None:
            return None
        saved = self.saved_seconds * asked
        return seconds / saved if saved > 0 else math.inf

    def changes_too_often(self, document: Held) -> bool:
        """Whether a document changes before a study of it has paid, as far as is known."""
        interval, repaid = self.grounds.interval(document), self.repaid_days(document)
        if interval is None:
            return False
        return interval <= OFTEN_DAYS if repaid is None else repaid > interval


# ── limits ──


def _limits(grounds: Grounds) -> list[Limit]:
    wishes, findings = grounds.wishes, grounds.findings
    limits: list[Limit] = []
    if wishes.is_offline and grounds.reached:
        named = ", ".join(f'{key} = "{address}"' for key, address in grounds.reached.items())
        out = frozenset(Way) if "server" in grounds.reached else frozenset((Way.INDEX, Way.BOTH))
        limits.append(Limit("--offline", out, f"byheart.toml names another machine: {named}"))
    if findings is None:
        return limits
    answers = {way: list(findings.arm(arm).values()) for way, arm in ARM_OF.items()}
    slowest = {
        way: reliability.nineteen_of_twenty([one.seconds for one in found]) for way, found in answers.items() if found
    }
    peaks = {way: float(findings.peaks[arm]) for way, arm in ARM_OF.items() if arm in findings.peaks}
    money = {way: found for way, those in answers.items() if (found := money_for_1000(those)) is not None}
    limits += [
        _limit("--latency", wishes.latency, slowest, units.seconds),
        _limit("--memory", wishes.memory, peaks, lambda most: units.size(round(most))),
        _limit("--money", wishes.money, money, units.money),
    ]
    return limits


def _limit(option: str, most: float | None, found: dict[Way, float], told: Callable[[float], str]) -> Limit:
    beyond = {way: value for way, value in found.items() if most is not None and value > most}
    figures = ", ".join(f"{ARM_OF[way]} {told(value)}" for way, value in beyond.items())
    wish = "" if most is None else f"{option} {told(most)}"
    return Limit(wish, frozenset(beyond), f"{wish} is exceeded by {figures}")


def _contradiction(limits: Sequence[Limit]) -> str:
    figures = "; ".join(limit.figure for limit in limits)
    if len(limits) == 1:
        return f"{limits[0].wish} cannot be met: {figures}"
    return f"{' and '.join(limit.wish for limit in limits)} contradict each other: {figures}"


def money_for_1000(answers: Sequence[Asked]) -> float | None:
    """What 1,000 such answers cost; None where no price was named."""
    each = [one.money for one in answers if one.money is not None]
    return 1000 * sum(each) / len(each) if each and len(each) == len(answers) else None


def _pairs(about: str, one: dict[str, Asked], other: dict[str, Asked], books: Set[str]) -> Pairs | None:
    both = [(one[case].is_right, other[case].is_right) for case in one if case in other and one[case].book in books]
    if not both:
        return None
    return Pairs(
        about,
        len(both),
        sum(first for first, _ in both),
        sum(second for _, second in both),
        sum(first and not second for first, second in both),
        sum(second and not first for first, second in both),
    )
