"""The question log: kept row by row, by several processes, and gone when it is emptied."""

import os
import signal
import stat
import subprocess
import sys
from dataclasses import replace

import pytest

from byheart.errors import LogUnavailable
from byheart.log import FILE, Log
from byheart.outcomes import Logged
from byheart.types import Origin

ROW = Logged(
    "2026-01-02T03:04:05+00:00", "Where do walruses sleep?", Origin.MEMORY, 0.97, 0.05, ("/a.rst",), weights="w"
)

WRITER = """
import sys
from pathlib import Path
from byheart.log import Log
from byheart.outcomes import Logged
from byheart.types import Origin
log = Log(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    log.write(Logged("2026", f"question {number}", Origin.NONE, 0.0, 0.0, ()))
    print(number, flush=True)
"""


def writer(folder, rows):
    command = [sys.executable, "-c", WRITER, str(folder), str(rows)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_rows_come_back_as_they_were_written(tmp_path):
    log = Log(tmp_path)
    other = replace(ROW, origin=Origin.NONE, sources=(), is_sure=True)
    log.write(ROW)
    number = log.write(other)
    checked = replace(other, agrees=False, read_confidence=0.6)
    log.check_off(number, checked)
    assert log.rows() == [ROW, checked]


def test_two_processes_that_write_at_once_lose_nothing(tmp_path):
    with writer(tmp_path, 150) as one, writer(tmp_path, 150) as other:
        one.communicate()
        other.communicate()
    assert (one.returncode, other.returncode) == (0, 0)
    assert len(Log(tmp_path).rows()) == 300


def test_a_killed_process_loses_at_most_its_last_row(tmp_path):
    with writer(tmp_path, 10**6) as process:
        for line in process.stdout:
            if line == "50\n":
                break
        process.send_signal(signal.SIGKILL)
        said = process.stdout.read().split()
    written = int(said[-1]) + 1 if said else 51
    assert written <= len(Log(tmp_path).rows()) <= written + 1
    Log(tmp_path).write(ROW)


def test_an_emptied_log_leaves_no_word_on_the_disk(tmp_path):
    log = Log(tmp_path)
    log.write(ROW)
    log.empty()
    log.empty()
    assert list(tmp_path.iterdir()) == []
    assert log.rows() == []


def test_a_check_of_a_row_that_was_emptied_meanwhile_is_given_to_no_other(tmp_path):
    log = Log(tmp_path)
    number = log.write(ROW)
    log.empty()
    later = replace(ROW, asked="2027-01-02T03:04:05+00:00")
    assert log.write(later) == number
    log.check_off(number, replace(ROW, agrees=True, read_confidence=0.9))
    assert log.rows() == [later]


def test_a_log_is_for_its_user_alone(tmp_path):
    before = os.umask(0)
    try:
        Log(tmp_path).write(ROW)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_a_file_that_is_no_log_is_told_and_can_be_emptied(tmp_path):
    log = Log(tmp_path)
    (tmp_path / FILE).write_text("no database at all" * 100, encoding="utf-8")
    with pytest.raises(LogUnavailable, match=FILE) as raised:
        log.write(ROW)
    assert "--empty" in raised.value.hint
    log.empty()
    assert log.write(ROW) == 1
