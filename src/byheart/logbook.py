"""The question log and how a library does in use, as text for a terminal.

Takes rows and figures, gives lines in the manner of `shown`. It prints nothing and computes nothing anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from byheart import shown, units
from byheart.outcomes import Estimate, Logged, Usage

_AGREES = {True: "agrees", False: "differs", None: ""}


def questions(rows: Sequence[Logged]) -> str:
    """A line for each question: when it was asked, how it was answered, how sure, how long that took."""
    if not rows:
        return "nothing was logged"
    lines = [shown.one_line(f"{'asked':<16}  {'answered':<11}  {'sure':>4}  {'took':>7}  {'checked':<7}  question")]
    for row in rows:
        asked = datetime.fromisoformat(row.asked).astimezone().strftime("%Y-%m-%d %H:%M")
        figures = f"{units.percent(row.confidence):>5} {units.seconds(row.seconds):>8}  {_AGREES[row.agrees]:<7}"
        lines.append(shown.one_line(f"{asked:<16}  {shown.ORIGINS[row.origin]:<11} {figures}  {row.question}"))
    return "\n".join(lines)


def usage(found: Usage) -> str:
    """How the library has answered since its study, and what has moved off the calibration's promise."""
    return shown.rows(_usage(found))


def _usage(found: Usage) -> Iterator[tuple[str, str]]:
    if found.trouble:
        yield "not logged", found.trouble
        return
    yield "asked", f"{shown.count(found.questions, 'question')} since the study in use"
    for origin, pace in found.origins.items():
        seconds = f"median {units.seconds(pace.p50)}, 19 of 20 within {units.seconds(pace.p95)}"
        yield shown.ORIGINS[origin], f"{_share(pace.share)} · {seconds}"
    if found.promised_sure:
        promised = f"in the examination {units.share(found.promised_sure.value)}"
        needed = f"; a fall to half of that shows after about {found.needed:,} questions" if found.needed else ""
        yield "sure", f"{_share(found.sure)} of all answers, {promised}{needed}"
    if found.agreement.n:
        yield (
            "checked",
            f"{found.agreement.n:,} sure answers looked up: {_share(found.agreement)} agree; {_least(found)}",
        )
    for drift in found.drifts:
        yield "drift", f"{drift.told}. Remedy: {drift.remedy}"


def _least(found: Usage) -> str:
    """What agreement was to be expected, since the reader errs too."""
    if found.promised_agreement is None:
        return "how often the reader is right was not measured here, so nothing follows from it"
    return f"at least {units.share(found.promised_agreement)} promised, as the reader errs too"


def _share(found: Estimate) -> str:
    interval = units.interval(found.low, found.high)
    return f"{units.share(found.value)} [{interval} %]" if interval else units.share(found.value)
