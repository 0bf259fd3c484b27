"""What is found in passages: which facts, with which spans, and why others are left out."""

from byheart import facts
from byheart.types import Fact, FactKind, Passage

HEADER = """\
PEP: 7001
Title: Pockets for Kangaroos
Author: Ada Marsupial <ada@example.org>,
        Bo Wallaby <bo at example.org>
Status: Final
Type: Standards Track
Created: 12-Sep-2020
Python-Version: 3.10
Discussions-To: https://lists.example.org/7001
"""

MANY_AUTHORS = """\
PEP: 7002
Title: Longer Tails
Author: Ada Marsupial <ada@example.org>, Bo Q. Wallaby <bo@example.org>, Cy Koala, Di Wombat
Status: Draft
"""


def passage(text: str, heading: tuple[str, ...] = (), title: str = "Marsupials", id: str = "p1") -> Passage:
    return Passage(id, title, heading, text)


def found(text: str, heading: tuple[str, ...] = (), title: str = "Marsupials") -> list[Fact]:
    return list(facts.find([[passage(text, heading, title)]]).facts)


def dropped(text: str, heading: tuple[str, ...] = ()) -> dict[str, int]:
    return dict(facts.find([[passage(text, heading)]]).dropped)


def by_attribute(text: str) -> dict[str, str]:
    return {fact.attribute: fact.value for fact in found(text)}


def test_header_fields_are_facts_of_what_the_header_names():
    told = {(fact.subject, fact.attribute, fact.value) for fact in found(HEADER)}
    assert ("PEP 7001", "Title", "Pockets for Kangaroos") in told
    assert ("PEP 7001", "Status", "Final") in told
    assert ("PEP 7001", "Created", "12-Sep-2020") in told
    assert ("PEP 7001", "Python-Version", "3.10") in told


def test_all_authors_are_one_value_while_they_are_few_words():
    assert by_attribute(HEADER)["Author"] == "Ada Marsupial, Bo Wallaby"


def test_of_many_authors_the_first_is_taught_as_the_first():
    told = by_attribute(MANY_AUTHORS)
    assert told["First author"] == "Ada Marsupial"
    assert "Author" not in told


def test_what_people_ask_first_of_a_document_comes_first():
    first = [fact.attribute for fact in found(HEADER)][:5]
    assert first == ["Title", "Status", "Created", "Python-Version", "Author"]


def test_an_address_is_no_value():
    assert "Discussions-To" not in by_attribute(HEADER)
    assert dropped(HEADER)["an address"] == 1


def test_lines_like_fields_in_the_middle_of_a_text_are_no_header():
    opening = passage("Kangaroos hop.", id="p0")
    later = passage("Note: mind the tail\nOutput: fine\nWarning: steep\n", id="p1")
    assert not facts.find([[opening, later]]).facts


def test_each_span_holds_its_value():
    text = "The ``pouch.carry()`` function returns the number of joeys it holds, and never more than 12 joeys."
    for fact in found(text):
        assert fact.value in text[fact.start : fact.end]


def test_a_code_term_is_found_with_what_it_is():
    (fact, *_) = found("The ``marsupial.carry`` function lifts a joey into the pouch of its mother.")
    assert (fact.kind, fact.value, fact.attribute) == (FactKind.TERM, "marsupial.carry", "function")
    assert fact.statement == "The marsupial.carry function lifts a joey into the pouch of its mother."


def test_roles_tell_what_a_term_is():
    (fact, *_) = found("Use :exc:`PouchError` only when the pouch of the mother is already occupied.")
    assert (fact.value, fact.attribute) == ("PouchError", "exception")


def test_a_number_is_asked_for_in_its_unit():
    (fact,) = found("Limit every hop of a grown kangaroo to a maximum of 79 columns.")
    assert (fact.kind, fact.value, fact.attribute) == (FactKind.NUMBER, "79", "number of columns")


def test_versions_and_dates_are_told_apart():
    told = found("The pouch module was added to Python 3.9 in October 2020.")
    numbers = {fact.attribute: fact.value for fact in told if fact.kind is FactKind.NUMBER}
    assert numbers == {"Python version": "3.9", "date": "October 2020"}


def test_a_sentence_that_leans_on_another_is_left_out():
    assert not found("This lifts the joey with ``pouch.carry`` into the pouch of its mother.")
    assert dropped("It lifts the joey with ``pouch.carry`` into the pouch of its mother.") == {"leaning on context": 1}


def test_what_ties_a_sentence_to_the_one_before_is_left_out():
    (fact, *_) = found("However, the ``marsupial.carry`` function lifts a joey into the pouch of its mother.")
    assert fact.statement.startswith("The marsupial.carry function")


def test_a_document_that_speaks_of_itself_is_named():
    body = passage("This PEP adds the ``pouch.carry`` function for the benefit of all mothers.", id="p2")
    told = facts.find([[passage(HEADER), body]]).facts
    assert any(fact.statement.startswith("PEP 7001 adds") for fact in told)


def test_members_of_a_list_are_left_out():
    assert "one of a list" in dropped(
        "A pouch may hold ``joeys``, ``twigs`` or ``stones`` when the mother rests at noon."
    )


def test_one_gap_with_two_values_is_ambiguous():
    sentence = "The common name of the small marsupial in the old town zoo is ``{}``."
    one, other = (passage(sentence.format(value), id=value) for value in ("quokka", "numbat"))
    result = facts.find([[one], [other]])
    assert not result.facts
    assert result.dropped == {"ambiguous": 2}


def test_one_attribute_with_two_values_is_ambiguous():
    other = HEADER.replace("Status: Final", "Status: Draft")
    result = facts.find([[passage(HEADER)], [passage(other, id="p2")]])
    assert "Status" not in {fact.attribute for fact in result.facts}


def test_what_is_said_twice_is_taught_once():
    result = facts.find([[passage(HEADER), passage(HEADER, id="p2")]])
    assert len([fact for fact in result.facts if fact.attribute == "Status"]) == 1


def test_a_value_that_its_context_gives_away_is_left_out():
    assert "given away by the question" in dropped("Call ``pouch.carry`` to lift a joey.", heading=("pouch.carry",))


def test_code_blocks_are_no_prose():
    text = "Kangaroos may be counted at dawn::\n\n    >>> count('Each kangaroo returns ``home`` at dusk.')\n"
    assert not found(text)
    assert not found(f"```\nEach kangaroo returns ``home`` at dusk.\n```\n{text}")


def test_cells_of_a_table_are_facts_both_ways():
    text = "| Operator | Name |\n|---|---|\n| `a // b` | Floor division |\n"
    told = {(fact.subject, fact.attribute, fact.value) for fact in found(text, ("Arithmetic Operations",))}
    assert told == {
        ("“a // b” (Arithmetic Operations)", "Name", "Floor division"),
        ("“Floor division” (Arithmetic Operations)", "Operator", "a // b"),
    }


def test_a_signature_tells_its_defaults():
    text = "pouch.carry(joey, gently=True, *, hops=3)\n\n   Lift a joey into the pouch of its mother.\n"
    told = {(fact.subject, fact.attribute): fact.value for fact in found(text)}
    assert told["pouch.carry()", "default of hops"] == "3"
    assert told["pouch.carry()", "default of gently"] == "True"


def test_the_keyword_arguments_of_a_call_are_no_defaults():
    assert not [fact for fact in found("pouch.carry(joey, hops=3)\n") if fact.kind is FactKind.SIGNATURE]


def test_a_described_object_is_asked_for_by_its_description():
    text = ".. method:: pouch.empty()\n\n   Remove all joeys from the pouch.  Takes a while.\n"
    (fact, *_) = found(text)
    assert (fact.kind, fact.value, fact.attribute) == (FactKind.DEFINITION, "pouch.empty()", "method")
    assert fact.statement == "pouch.empty(): Remove all joeys from the pouch."


def test_a_version_note_is_about_the_object_it_stands_at():
    text = "pouch.empty()\n\n   Remove all joeys from the pouch.\n\n   New in version 3.3.\n"
    (note,) = [fact for fact in found(text) if fact.kind is FactKind.NUMBER]
    assert (note.subject, note.attribute, note.value) == ("pouch.empty()", "new in", "3.3")


def test_a_description_may_go_on_in_the_next_passage():
    first = passage("pouch.empty()\n\n   Remove all joeys from the pouch.", id="p1")
    second = passage("   It is slow.\n\n   New in version 3.3.\n\npouch.fill()\n", id="p2")
    notes = [fact for fact in facts.find([[first, second]]).facts if fact.attribute == "new in"]
    assert [(note.subject, note.passage) for note in notes] == [("pouch.empty()", "p2")]


def test_a_version_note_about_nothing_named_is_left_out():
    assert not found("   It is slow.\n\n   New in version 3.3.\n")


def test_a_fact_keeps_its_identity_when_the_passage_around_it_changes():
    sentence = "The ``marsupial.carry`` function lifts a joey into the pouch of its mother."
    before, after = found(sentence)[0], found(f"Kangaroos hop.\n\n{sentence}")[0]
    assert before.id == after.id
    assert before.start != after.start


def test_the_same_documents_give_the_same_facts():
    assert facts.find([[passage(HEADER)]]) == facts.find([[passage(HEADER)]])
