"""What would be taught can be seen, written down, struck out and given back; a file that is wrong says where."""

import json

import pytest

import byheart
from byheart import plan
from byheart.errors import BadFacts, UnknownSource, UsageError
from byheart.plan import tokens_to_master
from byheart.types import Fact, FactKind


@pytest.fixture
def added(home, shelf):
    """An open library of twelve proposals, none of them core."""
    with byheart.open(home) as library:
        library.add([shelf])
        yield library


@pytest.fixture
def written(added, shelf, tmp_path):
    """The library, and the file of all facts of its proposals."""
    path = tmp_path / "facts.jsonl"
    plan.write(added.forecast([shelf], minutes=1).plan, path)
    return added, path


def rows_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write_rows(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_a_forecast_tells_what_a_study_would_teach_and_changes_nothing(added, shelf):
    forecast = added.forecast([shelf], minutes=1)
    assert added.status().core_documents == 0
    record = added.study([shelf], minutes=1)
    assert record.facts_planned == len(forecast.plan.facts)
    assert record.details["facts found"] == len(forecast.plan.facts) + len(forecast.plan.spare)


def test_a_forecast_of_what_is_not_held_is_refused(added, tmp_path):
    with pytest.raises(UnknownSource):
        added.forecast([tmp_path / "absent"])


def test_fewer_minutes_leave_more_to_spare(added, shelf):
    few, many = (added.forecast([shelf], minutes=minutes) for minutes in (0.5, 30))
    assert len(few.plan.facts) < len(many.plan.facts)
    assert len(few.plan.facts) + len(few.plan.spare) == len(many.plan.facts) + len(many.plan.spare)
    assert few.minutes <= 0.6


def test_a_sentence_costs_more_than_a_word_and_what_is_known_less():
    def costs(value, known=frozenset()):
        return tokens_to_master(Fact("f", FactKind.TERM, "p", 0, 1, value, ""), known)

    assert costs("3.10") < costs("A grown wallaby keeps its pouch dry by licking it all day long")
    assert costs("3.10", {"f"}) < costs("3.10") / 5


def test_each_line_tells_the_fact_and_where_it_is_from(written, shelf):
    library, path = written
    held = library.forecast([shelf], minutes=1).plan.passages()
    for row in rows_of(path):
        assert row["value"] in held[row["passage"]].text[row["start"] : row["end"]]
        assert row["document"].startswith(shelf.as_posix())
        assert row["strike"] is False
        assert row["question"]


def test_facts_that_do_not_fit_are_written_too(added, shelf, tmp_path):
    plan.write(added.forecast([shelf], minutes=0.5).plan, tmp_path / "facts.jsonl")
    assert {row["fits"] for row in rows_of(tmp_path / "facts.jsonl")} == {True, False}


def test_a_file_in_which_facts_may_be_struck_out_is_not_overwritten(written, shelf):
    library, path = written
    with pytest.raises(UsageError, match="there already"):
        plan.write(library.forecast([shelf], minutes=1).plan, path)


def test_what_was_struck_out_or_deleted_is_not_taught(written, shelf):
    library, path = written
    rows = [row for row in rows_of(path) if row["value"] != "Final"]
    for row in rows:
        row["strike"] = row["value"] == "Draft"
    write_rows(path, rows)
    record = library.study([shelf], minutes=1, facts=path)
    values = {fact.value for fact, _, _ in library.ledger.studies.facts()}
    assert not values & {"Final", "Draft"}
    assert "Rejected" in values
    assert record.details["struck"] == len([row for row in rows if row["strike"]]) + 4


def test_what_was_struck_out_is_taught_again_by_a_study_without_the_file(written, shelf):
    library, path = written
    write_rows(path, [row for row in rows_of(path) if row["value"] != "Final"])
    library.study([shelf], minutes=1, facts=path)
    library.study([shelf], minutes=1)
    assert "Final" in {fact.value for fact, _, _ in library.ledger.studies.facts()}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{'strike': true}", "line 3: no JSON"),
        ("[1]", "line 3: an object was wanted, there is list"),
        ('{"strike": true}', 'line 3: the "id" of a fact is missing'),
        ('{"id": "nothing", "strike": true}', "line 3: the documents hold no fact 'nothing' today"),
    ],
)
def test_a_line_that_is_not_as_it_must_be_is_named(written, shelf, line, problem):
    library, path = written
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:2], line, *lines[2:]]), encoding="utf-8")
    with pytest.raises(BadFacts) as raised:
        library.study([shelf], minutes=1, facts=path)
    assert f"{path}, {problem}" in str(raised.value)
    assert raised.value.hint


@pytest.mark.parametrize(
    ("change", "problem"),
    [({"strike": "yes"}, "true or false was wanted"), ({"value": "Mine"}, "the value is 'Mine', the document says")],
)
def test_only_the_strike_of_a_line_can_be_changed(written, shelf, change, problem):
    library, path = written
    rows = rows_of(path)
    rows[0] |= change
    write_rows(path, rows)
    with pytest.raises(BadFacts, match=problem):
        library.study([shelf], minutes=1, facts=path)


def test_a_fact_that_its_document_no_longer_states_is_named(written, shelf):
    library, path = written
    changed = shelf / "prop-0103.rst"
    changed.write_text(changed.read_text(encoding="utf-8").replace("Gherkin", "Pickle"), encoding="utf-8")
    library.add([shelf])
    with pytest.raises(BadFacts, match="no fact"):
        library.forecast([shelf], facts=path)


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_a_file_that_leaves_nothing_is_refused(written, shelf, text):
    library, path = written
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="leaves no fact"):
        library.study([shelf], minutes=1, facts=path)


def test_a_file_that_is_absent_or_no_text_is_refused(written, shelf, tmp_path):
    library, _ = written
    with pytest.raises(UsageError, match="no file"):
        library.study([shelf], facts=tmp_path / "absent.jsonl")
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="UTF-8"):
        library.study([shelf], facts=tmp_path / "bytes.jsonl")
