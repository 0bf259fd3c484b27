"""A study as one HTML page that stands alone, with the JSON that it is drawn from beside it.

Takes a study's folder and its record; gives the page's place. What an older byheart did not record is said to be not
recorded. It computes no figure; its words and looks are in `page/`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from byheart import pages, records, units
from byheart.backends import vegalite
from byheart.errors import LibraryDamaged
from byheart.outcomes import StudyRecord
from byheart.study_figures import StudyFigures, as_data, figures
from byheart.study_plots import plots
from byheart.workshop import RECORD

_DATA = "page.json"


def draw(path: Path, record: StudyRecord) -> Path:
    """Draws the page of the study in whose folder `path` lies, and gives it; LibraryDamaged if its record is gone."""
    told = records.read(path.with_name(RECORD))
    if told is None:
        raise LibraryDamaged(f"{path.parent} holds no record of its study", hint="byheart study makes a new one")
    found = figures(record, told)
    records.write(path.with_name(_DATA), as_data(found))
    path.write_text(page(found), encoding="utf-8")
    return path


def page(found: StudyFigures) -> str:
    """The page."""
    drawn = [(plot, vegalite.svg(plot.spec)) for plot in plots(found)]
    return pages.page("study.html", found=found, plots=drawn, headlines=_headlines(found), place=_place)


def _headlines(found: StudyFigures) -> Sequence[tuple[str, str]]:
    """The few figures that are told first: each a number, and what it is of."""
    sealed, told = found.sealed, []
    told.append((f"{found.mastered:,} of {found.planned:,}", "facts mastered"))
    bounds = units.interval(sealed.low, sealed.high)
    told.append((units.share(sealed.value), f"right in words never taught ({bounds}, n {sealed.n:,})"))
    told.append((units.seconds(found.training_seconds), f"of training, {found.tokens:,} tokens"))
    if found.kept:
        told.append((units.share(found.kept.general.value), f"of {found.kept.general.n} general questions kept"))
    if found.speed and found.speed.share is not None:
        told.append((units.share(found.speed.share), "of the machine's own rate of matrix products"))
    if found.energy:
        how = "measured" if found.energy.is_measured else "estimated"
        told.append((units.energy(found.energy.joules), f"of energy, {how}"))
    return told


def _place(source: str) -> str:
    """A source as a reader knows it: its last two parts."""
    return source if "://" in source else "/".join(PurePosixPath(source).parts[-2:])
