import pytest

from byheart.resolve import Rule, is_newer, outvoted, settle, superseded
from byheart.types import Citation, Claim, Fact, FactKind, Hit, Origin, Revision, Support, Taught


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
    assert settlement.rule is Rule.NEWER


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


@pytest.mark.parametrize(("memory", "reading", "winner"), [(0.9, 0.5, Origin.MEMORY), (0.2, 0.25, Origin.NONE)])
def test_two_sentences_about_different_things_contradict_nothing(memory, reading, winner):
    settlement = settled(
        claim("Lentils are boiled in plain water for half an hour", memory),
        claim("Salt hardens the skin, so add none before serving", reading),
    )
    assert settlement.winner is winner
    assert settlement.conflict is None
    assert settlement.rule in (Rule.ASIDE, Rule.UNSURE)


def test_two_sentences_of_much_the_same_words_are_compared():
    settlement = settled(
        claim("Lentils are boiled in plain water for 20 minutes", 0.9),
        claim("Boil lentils in plain water for 35 minutes", 0.5),
    )
    assert settlement.conflict is not None


@pytest.mark.parametrize(
    ("memory", "reading", "winner"),
    [(0.6, 0.1, Origin.MEMORY), (0.1, 0.6, Origin.DOCUMENTS), (0.45, 0.1, Origin.NONE), (0.45, 0.35, Origin.DOCUMENTS)],
)
def test_a_guess_is_no_side(memory, reading, winner):
    settlement = settled(claim("Final", memory), claim("Draft", reading))
    assert (settlement.winner, settlement.conflict) == (winner, None)


@pytest.mark.parametrize("recalled", [0.006, 0.45])
def test_a_guess_that_recites_nothing_confirms_nothing(recalled):
    settlement = settled(claim("PEP 492 is widely accepted", recalled), claim("PEP 492 was accepted", 0.56))
    assert (settlement.winner, settlement.rule, settlement.confidence) == (Origin.DOCUMENTS, Rule.READ, 0.56)


def test_a_doubtful_recall_that_shows_its_passage_confirms():
    settlement = settled(cited("3.10", "a.md", confidence=0.3), claim("Python 3.10", 0.4))
    assert (settlement.rule, settlement.confidence) == (Rule.AGREED, pytest.approx(0.58))


class Doubting:
    """Scales that make little of both sides."""

    def apart(self, recalled, read):
        return 0.1, 0.15

    def together(self, recalled, read):
        return 0.25


@pytest.mark.parametrize(("memory", "reading", "winner"), [(0.002, 0.98, Origin.DOCUMENTS), (0.9, 0.1, Origin.MEMORY)])
def test_a_guess_does_not_lower_the_side_that_speaks(memory, reading, winner):
    sides = claim("3.1", memory), claim("3.4", reading)
    settlement = settle(*sides, floor=0.3, is_reading_newer=False, scales=Doubting())
    assert (settlement.winner, settlement.confidence) == (winner, max(memory, reading))


def test_a_decline_shows_the_confidences_it_was_decided_on():
    settlement = settle(claim("3.1", 0.9), claim("3.4", 0.8), floor=0.3, is_reading_newer=False, scales=Doubting())
    assert (settlement.winner, settlement.confidence) == (Origin.NONE, 0.15)
    assert [one.confidence for one in settlement.candidates] == [0.1, 0.15]
    agreed = settle(claim("3.4", 0.9), claim("3.4", 0.8), floor=0.3, is_reading_newer=False, scales=Doubting())
    assert [(one.text, one.confidence) for one in agreed.candidates] == [("3.4", 0.25)]


def test_a_memory_that_is_out_of_date_is_no_candidate():
    assert [one.text for one in settled(claim("3.10", 0.95), claim("3.11", 0.2), newer=True).candidates] == ["3.11"]


def test_where_memory_has_nothing_to_say_only_the_documents_are_unsure():
    assert settled(None, claim("3.4", 0.1)).rule is Rule.UNREAD
    assert settled(claim("3.4", 0.2), claim("3.5", 0.1)).rule is Rule.UNSURE


def test_two_unsure_sides_that_differ_give_no_answer():
    settlement = settled(claim("Final", 0.2), claim("Draft", 0.1))
    assert settlement.winner is Origin.NONE
    assert settlement.confidence == 0.2


def test_documents_that_do_not_tell_leave_memory_to_speak():
    assert settled(claim("Final", 0.6), None).winner is Origin.MEMORY
    assert settled(claim("Final", 0.2), None).winner is Origin.NONE
    assert settled(None, None).winner is Origin.NONE


def taught(*, support=Support.CHANGED, source="a.rst", work=1):
    fact = Fact("f", FactKind.FIELD, "p", 0, 4, "3.10", "Version: 3.10")
    return Taught(fact, 1.0, True, support, Revision(source, "d", "A", None, None, "2026-01-02"), work=work)


def read(*, source="a.rst", work=1, added="2026-01-03", is_superseded=False):
    return Hit("text", 1.0, source, (), 0, 4, "A", "p", None, None, added, work, "", is_superseded)


def test_within_a_source_the_text_added_later_is_newer_unless_it_still_says_the_same():
    assert is_newer(read(), taught())
    assert not is_newer(read(added="2026-01-01"), taught())
    assert not is_newer(read(), taught(support=Support.STILL))


def test_across_sources_the_text_that_none_supersedes_is_newer_whenever_it_was_added():
    newest = read(source="b.rst", added="2026-01-01")
    assert is_newer(newest, taught(support=Support.SUPERSEDED))
    assert not is_newer(read(source="b.rst", is_superseded=True), taught(support=Support.SUPERSEDED))


def test_texts_of_different_works_are_never_newer_than_each_other():
    assert not is_newer(read(source="b.rst", work=2), taught())


def cited(text, source, *, edition="", added="2026-01-02T10:00:00", confidence=0.6):
    citation = Citation(source, "A", (), 0, 9, "any text", None, None, None, added, edition)
    return Claim(text, confidence, citation)


def test_the_rule_is_told_with_the_names_of_both_texts():
    settlement = settle(
        cited("Config", "a.md", edition="1.10"),
        cited("model_config", "b.md", edition="2.13"),
        floor=0.3,
        is_reading_newer=True,
    )
    assert settlement.conflict.told == ("The 1.10 text said Config; the 2.13 one says model_config. Newer text wins.")


def test_two_texts_of_one_source_are_told_apart_by_the_day_they_were_read():
    memory, reading = cited("3.4", "a.md"), cited("3.5", "a.md", added="2026-03-04T08:00:00")
    settlement = settle(memory, reading, floor=0.3, is_reading_newer=True)
    assert settlement.conflict.told == (
        "The text read on 2026-01-02 said 3.4; the one read on 2026-03-04 says 3.5. Newer text wins."
    )


def test_most_sources_win_and_the_record_says_how_many():
    given, conflict = outvoted(cited("40", "a.md"), [cited("50", "b.md"), cited("50 entries", "c.md")])
    assert given.text == "50"
    assert conflict.rule is Rule.MOST
    assert [claim.text for claim in conflict.others] == ["40"]
    assert conflict.told == "1 source says 40; 2 sources say 50. Most sources win."


def test_a_source_that_says_something_twice_has_one_voice():
    given, conflict = outvoted(cited("40", "a.md"), [cited("50", "b.md"), cited("50", "b.md")])
    assert given.text == "40"
    assert conflict.rule is Rule.NEAREST


def test_sources_that_agree_are_no_conflict():
    assert outvoted(cited("40", "a.md"), [cited("forty", "b.md")]) == (cited("40", "a.md"), None)


def test_older_texts_of_a_work_are_on_record_where_they_say_otherwise():
    given = cited("model_config", "b.md", edition="2.13")
    assert superseded(given, [cited("model_config", "a.md", edition="1.10")]) is None
    conflict = superseded(given, [cited("Config", "a.md", edition="1.10")])
    assert conflict.told == "The 1.10 text said Config; the 2.13 one says model_config. Newer text wins."
