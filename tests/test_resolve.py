import pytest

from byheart.resolve import is_newer, settle
from byheart.types import Claim, Fact, FactKind, Hit, Origin, Revision, Support, Taught


def claim(text, confidence):
    return Claim(text, confidence, None)


def settled(memory, reading, *, newer=False):
    return settle(memory, reading, floor=0.3, is_reading_newer=newer)


@pytest.mark.parametrize(("memory", "reading", "winner"), [(0.8, 0.7, Origin.MEMORY), (0.6, 0.7, Origin.DOCUMENTS)])
def test_agreement_makes_surer_but_never_certain_and_the_surer_side_words_it(memory, reading, winner):
    settlement = settled(claim("3.10", memory), claim("Python 3.10", reading))
    assert settlement.winner is winner
    assert max(memory, reading) < settlement.confidence < 1
    assert settlement.conflict is None


def test_two_sides_that_agree_and_are_both_unsure_give_no_answer():
    assert settled(claim("3.10", 0.1), claim("3.10", 0.05)).winner is Origin.NONE


def test_newer_text_wins_even_over_a_surer_memory():
    settlement = settled(claim("3.10", 0.95), claim("3.11", 0.4), newer=True)
    assert settlement.winner is Origin.DOCUMENTS
    assert settlement.confidence == 0.4
    assert settlement.conflict is not None
    assert settlement.conflict.memory.text == "3.10"
    assert "newer" in settlement.rule


def test_a_stale_memory_neither_speaks_nor_makes_surer_where_a_newer_text_says_much_the_same():
    settlement = settled(claim("Assignment Expressions", 0.98), claim("It has assignment expressions", 0.4), newer=True)
    assert settlement.winner is Origin.DOCUMENTS
    assert settlement.confidence == 0.4


def test_newer_text_that_is_read_badly_does_not_win_nor_does_the_old_memory():
    assert settled(claim("3.10", 0.95), claim("3.11", 0.2), newer=True).winner is Origin.NONE


@pytest.mark.parametrize(("memory", "reading", "winner"), [(0.9, 0.6, Origin.MEMORY), (0.5, 0.6, Origin.DOCUMENTS)])
def test_where_no_date_settles_it_the_surer_side_wins(memory, reading, winner):
    settlement = settled(claim("Final", memory), claim("Draft", reading))
    assert settlement.winner is winner
    assert settlement.conflict is not None
    assert settlement.conflict.winner is winner


def test_two_unsure_sides_that_differ_give_no_answer():
    settlement = settled(claim("Final", 0.2), claim("Draft", 0.1))
    assert settlement.winner is Origin.NONE
    assert settlement.confidence == 0.2


def test_documents_that_do_not_tell_leave_memory_to_speak():
    assert settled(claim("Final", 0.6), None).winner is Origin.MEMORY
    assert settled(claim("Final", 0.2), None).winner is Origin.NONE
    assert settled(None, None).winner is Origin.NONE


def taught(*, support=Support.STILL, source="a.rst", title="A", version=None, dated=None):
    fact = Fact("f", FactKind.FIELD, "p", 0, 4, "3.10", "Version: 3.10")
    return Taught(fact, 1.0, True, support, Revision(source, "d", title, version, dated, "2026-01-02"))


def read(*, source="a.rst", title="A", version=None, dated=None, added="2026-01-03"):
    return Hit("text", 1.0, source, (), 0, 4, title, "p", version, dated, added)


def test_within_a_source_the_text_added_later_is_newer_unless_it_still_says_the_same():
    assert is_newer(read(), taught(support=Support.CHANGED))
    assert not is_newer(read(), taught())


def test_the_day_added_does_not_count_across_sources():
    assert not is_newer(read(source="b.rst"), taught())


def test_across_sources_of_one_work_version_or_date_decides():
    assert is_newer(read(source="b.rst", version="2.10"), taught(version="2.9"))
    assert not is_newer(read(source="b.rst", version="1.10"), taught(version="2.9"))
    assert is_newer(read(source="b.rst", dated="2024-05-01"), taught(dated="2023-12-31"))


def test_texts_of_different_works_are_never_newer_than_each_other():
    assert not is_newer(read(source="b.rst", title="B", version="3"), taught(version="2"))
