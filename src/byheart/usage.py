"""How a library answers in use: shares, seconds, agreement with the documents, and what has moved off the promise.

Takes rows of the question log and what the calibration promised; gives figures, and the threshold that spot checks
leave standing. Pure functions: nothing here reads a log, asks a question or changes a threshold.
"""

from __future__ import annotations

import shlex
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence

from byheart import promises, reliability
from byheart.outcomes import Drift, Logged, Pace, Promise, Usage
from byheart.types import Origin

# How many documents a remedy names.
_NAMED = 3


def used(rows: Sequence[Logged], promise: Promise | None, *, raised: float = 0.0, trouble: str = "") -> Usage:
    """The figures of `rows`, oldest first, all of one study; `raised` is a threshold that was raised earlier."""
    sure = reliability.share(sum(row.is_sure for row in rows), len(rows))
    labels = [row.agrees for row in rows if row.agrees is not None]
    promised = [probability for probability, _ in _promised(rows, promise, 0.0)] if promise else []
    examined = reliability.share(promise.sure, promise.tested) if promise and promise.tested else None
    threshold = max(tightened(rows, promise), raised) if promise else None
    return Usage(
        len(rows),
        {origin: _pace(rows, origin) for origin in Origin if any(row.origin is origin for row in rows)},
        sure,
        examined,
        reliability.share(sum(labels), len(labels)),
        statistics.fmean(promised) if promised else None,
        promise.threshold if promise else None,
        threshold,
        promises.needed(examined.low, examined.value / 2) if examined and examined.low else None,
        tuple(_drifts(rows, promise, threshold)) if promise and threshold else (),
        trouble,
    )


def tightened(rows: Sequence[Logged], promise: Promise) -> float:
    """The threshold that the spot checks among `rows`, oldest first, leave standing: the promise's, or above it.

    While answers that sure agree with the documents too seldom, half of the doubt that is allowed is taken away. What
    was once broken stays so, whatever is logged later: the threshold never falls.
    """
    threshold = promise.threshold
    while promises.is_broken(_promised(rows, promise, threshold)):
        threshold += (1 - threshold) / 2
    return threshold


def _promised(rows: Sequence[Logged], promise: Promise, least: float) -> Iterator[tuple[float, bool]]:
    """Of each spot check of an answer at least that sure: how probable agreement was, and whether there was any.

    Memory is right as often as the calibration promises, and the reading as often as its own gate says; where both
    are right they agree.
    """
    for row in rows:
        if row.agrees is not None and row.read_confidence is not None and row.confidence >= least:
            yield promise.trust * row.read_confidence, row.agrees


def _drifts(rows: Sequence[Logged], promise: Promise, threshold: float) -> Iterator[Drift]:
    if threshold > promise.threshold:
        yield Drift(
            "the documents contradict sure answers more often than the calibration allows: memory now answers from "
            f"{threshold:.1%} on instead of {promise.threshold:.1%}",
            "byheart study, which calibrates anew",
        )
        # Fewer answers are sure because fewer are trusted.
        return
    examined = reliability.share(promise.sure, promise.tested)
    if examined.low and promises.is_broken((examined.low, row.is_sure) for row in rows):
        yield Drift(
            f"fewer answers are sure than in the examination after the study, {examined.value:.0%}: other things are "
            "asked than were studied, or the documents have changed",
            shlex.join(("byheart", "study", *_looked_up(rows))),
        )


def _looked_up(rows: Sequence[Logged]) -> list[str]:
    """The documents from which most answers were looked up."""
    sources = Counter(source for row in rows if row.origin is Origin.DOCUMENTS for source in row.sources)
    return [source for source, _ in sources.most_common(_NAMED)]


def _pace(rows: Sequence[Logged], origin: Origin) -> Pace:
    seconds = [row.seconds for row in rows if row.origin is origin]
    slowest = reliability.nineteen_of_twenty(seconds)
    return Pace(reliability.share(len(seconds), len(rows)), statistics.median(seconds), slowest)
