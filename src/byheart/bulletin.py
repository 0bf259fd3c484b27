"""What a study learned or would learn, and how a library stands, as text for a terminal.

Takes what the library's verbs give, gives text. It prints nothing and computes nothing anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from byheart import shown, study_figures, units

if TYPE_CHECKING:
    from pathlib import Path

    from byheart.outcomes import Status, StudyRecord
    from byheart.plan import Forecast
    from byheart.types import Taught

# How many facts that documents no longer say are listed.
_LISTED = 10


def studied(record: StudyRecord, page: Path) -> str:
    """What a finished study learned, how it stood the test in words that training never used, and its page."""
    lines = [f"study {record.number} is in use: {_learned(record)}"]
    lines += [f"  asked {sealed}"] if (sealed := _sealed(record)) else []
    lines += [f"  {promise}"] if (promise := study_figures.promise(record.details)) else []
    return "\n".join([*lines, f"  all figures and plots: {page}"])


def calibrated(record: StudyRecord) -> str:
    """What the confidence of a study is worth now."""
    return f"study {record.number} is calibrated: {study_figures.promise(record.details)}"


def planned(forecast: Forecast) -> str:
    """What a study would teach: facts by document and kind, what they cost, and what was left out and why."""
    plan, sources = forecast.plan, forecast.plan.sources()
    found = Counter(sources[fact.passage] for fact in (*plan.facts, *plan.spare))
    room = max(len(shown.place(source)) for source in found)
    lines = [shown.dim(f"{'fit':>7}{'found':>8}  in")]
    for source, count in found.items():
        fit = Counter(fact.kind.value for fact in plan.facts if sources[fact.passage] == source)
        lines.append(shown.one_line(f"{fit.total():>7,}{count:>8,}  {shown.place(source):<{room}}  {_counted(fit)}"))
    kinds = Counter(fact.kind.value for fact in plan.facts)
    lines.append(f"{len(plan.facts):>7,}{found.total():>8,}  {'all':<{room}}  {_counted(kinds)}")
    cost = f"about {plan.tokens():,} tokens of lessons, {forecast.minutes:,.1f} minutes on this machine"
    lines += shown.row("to teach", f"{cost}; {len(plan.known):,} facts are known already")
    lines += shown.row("left out", _counted(Counter(plan.dropped)) or "nothing")
    return "\n".join([*lines, *(shown.row("struck out", f"{plan.struck:,}") if plan.struck else [])])


def status(found: Status) -> str:
    """What a library holds, what is in the weights, and what changed since."""
    held = f"{found.documents:,}, of them {found.core_documents:,} core · {shown.count(found.passages, 'passage')}"
    rows = [("documents", held)]
    if found.study is None:
        rows.append(("in the weights", "nothing was studied yet: every answer is looked up"))
    else:
        which = f"study {found.study.number}" + (f" of {found.studies}" if found.studies > 1 else "")
        rows.append(("in the weights", f"{which}, {found.study.made[:10]}: {_learned(found.study)}"))
        rows += [("", told) for told in _proof(found.study)]
        rows += [("its page", found.page)] if found.page else []
    if found.stale_facts:
        stale = f"{shown.count(found.stale_facts, 'fact')} in {shown.listed(found.stale_sources)}"
        rows.append(("changed since", f"{stale}: looked up until studied again"))
        rows += [("", _moved(taught)) for taught in found.stale[:_LISTED]]
        if len(found.stale) > _LISTED:
            rows.append(("", f"and {len(found.stale) - _LISTED:,} more: byheart status --json lists them"))
    if unstudied := found.unstudied_sources:
        rows.append(("not studied", f"{shown.count(len(unstudied), 'core document')}: {shown.listed(unstudied)}"))
    if found.study and found.new_passages:
        rows.append(("next study", _next_lesson(found)))
    lines = [shown.bold(found.folder)]
    for name, text in rows:
        lines += shown.row(name, text)
    for number, skipped in enumerate(found.skipped):
        lines += shown.row("" if number else "not searchable", f"{shown.place(skipped.source)}: {skipped.reason}")
    return "\n".join(lines)


def next_step(found: Status) -> str:
    """What a user would do next with a library in this state; empty when nothing is due."""
    if not found.documents:
        return "byheart add FOLDER"
    if found.study is None and not found.core_documents:
        return "byheart study FOLDER teaches the documents in it to the model"
    if found.study is None or found.unstudied_sources or found.stale_facts:
        return "byheart study"
    return ""


def _moved(taught: Taught) -> str:
    """A fact that documents no longer say, and what they say instead, where that is known."""
    fact = taught.fact
    what = f"{fact.subject}, {fact.attribute}" if fact.subject and fact.attribute else fact.statement
    now = f"now “{taught.instead.text}”" if taught.instead else taught.support
    cited = taught.instead.citation if taught.instead else None
    since = f" ({shown.day(taught.revision)} → {shown.day(cited)})" if cited else ""
    return shown.harmless(f"{what}: “{fact.value}”, {now}{since}")


def _next_lesson(found: Status) -> str:
    """What the next study would teach that this one did not."""
    new = shown.count(found.new_passages, "new passage")
    if not found.new_facts:
        return f"would read {new}"
    named = "; ".join(
        f"{fact.subject}, {fact.attribute}: “{fact.value}”" if fact.subject else f"“{fact.value}”: {fact.statement}"
        for fact in found.new_facts[: shown.NAMED]
    )
    more = f"; and {len(found.new_facts) - shown.NAMED:,} more" if len(found.new_facts) > shown.NAMED else ""
    return shown.harmless(f"could teach {shown.count(len(found.new_facts), 'fact')} of {new}: {named}{more}")


def _proof(record: StudyRecord) -> Iterator[str]:
    """The short of a study's page: what it learned, what it cost the model, and how fast it was."""
    details = record.details
    general = details.get("general")
    kept = f"general questions kept: {details['general kept']} of {general}" if general else ""
    if told := "; ".join(filter(None, (_sealed(record), kept))):
        yield told
    if promised := study_figures.promise(details):
        yield promised
    speed = study_figures.speed(details)
    if speed is None:
        return
    share = "" if speed.share is None else f", {units.share(speed.share)} of this machine's rate in {speed.precision}"
    yield f"{details['tokens']:,} tokens, {units.count(speed.tokens_a_second)} a second{share}"


def _sealed(record: StudyRecord) -> str:
    asked, right = record.details.get("sealed asked"), record.details.get("sealed right")
    return f"in words never taught: {right:,} of {asked:,} right ({units.share(right / asked)})" if asked else ""


def _learned(record: StudyRecord) -> str:
    share = record.facts_mastered / record.facts_planned if record.facts_planned else 0.0
    facts = f"{record.facts_mastered:,} of {record.facts_planned:,} facts mastered ({units.share(share)})"
    return f"{facts} in {record.minutes:.1f} minutes"


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.most_common())
