"""Watching a library in use, where the user has turned its log on: rows, spot checks, and the threshold in force.

Takes each answer after it was made; gives figures for `status`. An answer never fails for it: what cannot be written
is told by `usage`. A threshold that spot checks raised is kept in the ledger, by the weights it was raised for, so
emptying the log does not loosen it and the next study, which brings other weights, undoes it.
"""

from __future__ import annotations

import random
from collections import deque
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from byheart import spotcheck, usage
from byheart.confidence import Calibration
from byheart.desk import Desk
from byheart.errors import ByheartError, LibraryBusy, LogUnavailable
from byheart.ledger import Ledger
from byheart.log import Log
from byheart.outcomes import Logged, Promise, StudyRecord, Usage
from byheart.settings import Settings
from byheart.types import Answer, Origin

# What a session leaves to look up when it ends takes some seconds, never minutes.
_MOST_CHECKS = 10


class Watch:
    """What an open library notes of its answers; nothing while it is not `is_on`."""

    def __init__(self, folder: Path, ledger: Ledger, chosen: Settings) -> None:
        self.log = Log(folder)
        self._ledger = ledger
        self._settings = chosen
        self.is_on = chosen.log
        self._due: deque[tuple[int, Logged, Answer]] = deque(maxlen=_MOST_CHECKS)

    @property
    def due(self) -> int:
        """How many sure answers wait to be looked up as well."""
        return len(self._due)

    def note(self, answer: Answer, calibration: Calibration | None) -> None:
        """Writes down `answer`, and draws whether it will be checked."""
        if not self.is_on:
            return
        row = Logged(
            datetime.now(UTC).isoformat(),
            answer.question,
            answer.origin,
            answer.confidence,
            answer.seconds,
            # Of what is not known, the nearest passages are no source.
            tuple(cited.source for cited in answer.citations) if answer.text else (),
            weights=calibration.weights if calibration else "",
            is_sure=answer.origin is Origin.MEMORY and "resolve" not in answer.stages,
        )
        try:
            number = self.log.write(row)
        except LogUnavailable:
            # `usage` says so: whoever asked wants an answer.
            return
        if row.is_sure and self._settings.check_every and random.randrange(self._settings.check_every) == 0:
            self._due.append((number, row, answer))

    def check(self, desk: Desk, record: StudyRecord | None) -> int:
        """Looks up what is due and raises the threshold where that demands it; gives how many were looked up."""
        checked = 0
        while self._due:
            number, row, answer = self._due.popleft()
            try:
                if label := spotcheck.agreed(answer, desk):
                    self.log.check_off(number, replace(row, agrees=label[0], read_confidence=label[1]))
                    checked += 1
            except ByheartError:
                # The answer was given long ago. What is down or too busy now would keep the others waiting in vain.
                break
        if checked and record:
            self._tighten(record)
        return checked

    def in_force(self, calibration: Calibration | None) -> Calibration | None:
        """`calibration` with the threshold that spot checks have left standing."""
        if calibration is None:
            return None
        return replace(calibration, threshold=max(calibration.threshold, self._raised(calibration.weights)))

    def usage(self, record: StudyRecord | None) -> Usage | None:
        """How the library has answered since the study `record`; None where the log is off."""
        if not self._settings.log:
            return None
        promise = _promise(record, self._settings.trust) if record else None
        weights = record.weights if record else ""
        try:
            self.log.require()
            return usage.used(self._rows(weights), promise, raised=self._raised(weights))
        except LogUnavailable as error:
            return usage.used((), promise, raised=self._raised(weights), trouble=f"{error}; {error.hint}")

    def _rows(self, weights: str) -> list[Logged]:
        return [row for row in self.log.rows() if row.weights == weights]

    def _raised(self, weights: str) -> float:
        return float(self._ledger.meta(_key(weights)) or 0.0)

    def _tighten(self, record: StudyRecord) -> None:
        promise = _promise(record, self._settings.trust)
        threshold = usage.tightened(self._rows(record.weights), promise)
        if threshold > max(promise.threshold, self._raised(record.weights)):
            # Where another process holds the pen, the log still says it at the next check.
            with suppress(LibraryBusy):
                self._ledger.set_meta(_key(record.weights), repr(threshold))


def _key(weights: str) -> str:
    return f"threshold of {weights}"


def _promise(record: StudyRecord, trust: float) -> Promise:
    """What the calibration of a study promises."""
    calibration = record.details["calibration"]
    figures = calibration["figures"]
    return Promise(max(trust, calibration["threshold"]), trust, figures["accepted"], figures["tested"])
