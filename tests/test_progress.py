import pytest

from byheart import progress
from byheart.models import Fetching
from byheart.outcomes import Adding, Studying


@pytest.mark.parametrize(("seconds", "read"), [(5, "0:05"), (200, "3:20"), (3600, "1:00:00"), (59.6, "1:00")])
def test_time_left_is_read_like_a_clock(seconds, read):
    assert progress.clock(seconds) == read


def test_without_a_terminal_each_stage_is_one_line_on_stderr(capsys):
    with progress.drawn() as watch:
        for done in range(5):
            watch.studying(Studying("teaching", done, 5, 200.0, f"{done} of 9 facts mastered"))
        watch.studying(Studying("testing memory", 1, 2))
    said = capsys.readouterr()
    assert said.err.splitlines() == ["teaching  3:20 left  0 of 9 facts mastered", "testing memory  50%"]
    assert said.out == ""


def test_adding_tells_how_many_of_how_many(capsys):
    with progress.drawn() as watch:
        watch.adding(Adding(3, 36, "/books/peps/pep-0008.rst"))
    assert capsys.readouterr().err == "reading  8%  3 of 36  peps/pep-0008.rst\n"


def test_fetching_tells_what_and_how_much(capsys):
    with progress.drawn() as watch:
        watch.fetching(Fetching("a-model", "checking", 0, 0))
        watch.fetching(Fetching("a-wheel", "downloading", 50_000_000, 100_000_000))
    assert capsys.readouterr().err == "checking  a-model\ndownloading  50%  50 of 100 MB  a-wheel\n"


def test_on_a_terminal_there_is_a_bar_and_nothing_remains(capsys, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with progress.drawn() as watch:
        watch.studying(Studying("teaching", 1, 2, 60.0, "5 of [9] facts"))
    said = capsys.readouterr().err
    assert "teaching" in said
    assert "1:00 left" in said
    assert "5 of [9] facts" in said
    assert said.rstrip().endswith("\x1b[2K")
