"""What is found in passages: which facts, with which spans, and why others are left out."""

import pytest

from byheart import facts
from byheart.structures import as_value
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


def of_few_words(text: str, heading: tuple[str, ...] = ()) -> list[Fact]:
    return [fact for fact in found(text, heading) if fact.kind in (FactKind.TERM, FactKind.NUMBER)]


def sentences(text: str, heading: tuple[str, ...] = ("Pouches",)) -> dict[str, str]:
    """The values of the sentences that are facts, with what stands for each when it is asked for."""
    return {fact.value: fact.statement for fact in found(text, heading) if fact.kind is FactKind.SENTENCE}


def of_kind(kind: FactKind, text: str, heading: tuple[str, ...] = ("Pouches",)) -> set[tuple[str, str]]:
    return {(fact.statement, fact.value) for fact in found(text, heading) if fact.kind is kind}


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
        assert fact.value == as_value(text[fact.start : fact.end])


def test_a_code_term_is_found_with_what_it_is():
    (fact, *_) = found("The ``marsupial.carry`` function lifts a joey into the pouch of its mother.")
    assert (fact.kind, fact.value, fact.attribute) == (FactKind.TERM, "marsupial.carry", "function")
    assert fact.statement == "The marsupial.carry function lifts a joey into the pouch of its mother."


def test_roles_tell_what_a_term_is():
    (fact, *_) = found("Use :exc:`PouchError` only when the pouch of the mother is already occupied.")
    assert (fact.value, fact.attribute) == ("PouchError", "exception")


def test_a_number_is_asked_for_in_its_unit():
    (fact, *_) = of_few_words("Limit every hop of a grown kangaroo to a maximum of 79 columns.")
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
    assert set(result.dropped) == {"ambiguous"}


def test_one_attribute_with_two_values_is_ambiguous():
    other = HEADER.replace("Status: Final", "Status: Draft")
    result = facts.find([[passage(HEADER)], [passage(other, id="p2")]])
    assert "Status" not in {fact.attribute for fact in result.facts}


def test_what_is_said_twice_is_taught_once():
    result = facts.find([[passage(HEADER), passage(HEADER, id="p2")]])
    assert len([fact for fact in result.facts if fact.attribute == "Status"]) == 1


def test_a_value_that_its_context_gives_away_is_left_out():
    text = "Mothers use ``pouch.carry`` early in the morning of a winter day."
    assert "given away by the question" in dropped(text, heading=("pouch.carry",))


def test_code_blocks_are_no_prose():
    said = "Each kangaroo returns ``home`` at dusk."
    text = f"Kangaroos may be counted at dawn::\n\n    >>> count('{said}')\n"
    for code in (text, f"```\n{said}\n```\n{text}", f"- ```\n  {said}\n  ```\n\n{text}"):
        assert not [fact for fact in found(code) if fact.statement.startswith("Each kangaroo")]


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
    (fact, *_) = [fact for fact in found(text) if fact.kind is FactKind.DEFINITION]
    assert (fact.value, fact.attribute) == ("pouch.empty()", "method")
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


# ── sentences as answers ──


def test_a_sentence_that_stands_alone_is_an_answer_of_its_own():
    assert "A grown wallaby keeps its pouch dry by licking it" in sentences(
        "A grown wallaby keeps its pouch dry by licking it. Oh."
    )


def test_what_ties_a_sentence_to_others_is_no_part_of_the_answer():
    text = "However, a wallaby may open its pouch with ``pouch.open()`` at dusk (see below)."
    assert "a wallaby may open its pouch with pouch.open() at dusk" in sentences(text)


def test_it_is_what_the_sentence_before_is_about():
    text = "The ``pouch.hold()`` method takes a joey. It returns the weight of the joey in grams."
    value = "The pouch.hold() method takes a joey. It returns the weight of the joey in grams"
    assert sentences(text)[value] == "The pouch.hold() method returns the weight of the joey in grams."


def test_a_sentence_that_leans_is_an_answer_only_with_the_one_before_it():
    text = "Kangaroos of the plains rest at noon in the shade. This saves them half of their water each day."
    assert text.rstrip(".") in sentences(text)
    assert not sentences("This saves them half of their water each day.", heading=())


def test_a_reason_that_is_given_afterwards_is_joined_to_what_it_is_for():
    text = "Joeys never leave the pouch at night. This is because dingoes look for them."
    assert "Joeys never leave the pouch at night because dingoes look for them." in sentences(text).values()


def test_a_stretch_without_a_verb_is_no_answer():
    assert not sentences("- A pouch of soft grey fur with two openings and a lid\n", heading=())


@pytest.mark.parametrize("end", ["", " (see the list)", ", see also the list"])
def test_the_end_of_a_sentence_that_points_elsewhere_is_left_out(end):
    assert sentences(f"A grown wallaby keeps its pouch dry by licking it{end}.") == {
        "A grown wallaby keeps its pouch dry by licking it": "A grown wallaby keeps its pouch dry by licking it."
    }


def test_a_sentence_cut_off_by_the_end_of_its_passage_is_left_out():
    cut = sentences("A grown wallaby keeps its pouch dry by licking it. The joey of a wallaby leaves its mother after")
    assert list(cut) == ["A grown wallaby keeps its pouch dry by licking it"]


# ── headings, code, lists ──


def test_a_heading_that_asks_is_answered_by_the_sentence_that_tells():
    text = (
        "People ask this a lot.\n\nUse the ``pouch.open()`` method to open a pouch.\n\nPouches are soft to the touch."
    )
    answers = [fact for fact in found(text, ("How do I open a pouch?",)) if fact.attribute == "answer"]
    assert [(fact.subject, fact.value) for fact in answers] == [
        ("How do I open a pouch?", "Use the pouch.open() method to open a pouch")
    ]


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("Opening and Closing Pouches", "How do I open and close pouches?"),
        ("3.2 How to open a pouch", "How do I open a pouch?"),
        ("Pouches vs. bags", "How do Pouches and bags differ?"),
        ("▶ Why are pouches soft?", "Why are pouches soft?"),
    ],
)
def test_headings_ask_in_several_forms(heading, question):
    text = "Use the ``pouch.open()`` method to open a pouch or to close it when a joey is inside."
    assert question in {fact.subject for fact in found(text, (heading,)) if fact.attribute == "answer"}


def test_a_topic_asks_nothing():
    text = "Use the ``pouch.open()`` method to open a pouch or to close it when a joey is inside."
    assert not [fact for fact in found(text, ("Hopping Techniques",)) if fact.attribute == "answer"]


def test_yes_is_answered_with_the_sentence_that_follows():
    (answer,) = [
        fact
        for fact in found("Yes. Wallabies swim well in calm water.", ("Can wallabies swim?",))
        if fact.attribute == "answer"
    ]
    assert answer.value == "Yes. Wallabies swim well in calm water"


def test_a_heading_that_is_a_sentence_is_an_answer():
    text = "## Whitespace In A Pouch Is Always Ignored\n\nNobody looks.\n"
    told = sentences(text, heading=("Whitespace In A Pouch Is Always Ignored",))
    assert told["Whitespace In A Pouch Is Always Ignored"] == "Whitespace in a pouch is always ignored"


def test_a_line_of_code_is_told_by_its_comment():
    text = "```python\npouch.append(joey)  # add a joey to the pouch\n```\n"
    assert of_kind(FactKind.CODE, text) == {("To add a joey to the pouch: pouch.append(joey)", "pouch.append(joey)")}


def test_a_line_of_code_is_told_by_the_sentence_that_leads_to_it():
    text = "To sort joeys by weight, pass a key::\n\n    >>> sorted(joeys, key=weight)\n    [2, 3]\n"
    assert ("To sort joeys by weight, pass a key: sorted(joeys, key=weight)", "sorted(joeys, key=weight)") in of_kind(
        FactKind.CODE, text
    )


def test_of_several_lines_none_is_the_one_that_is_led_to():
    assert not of_kind(FactKind.CODE, "Joeys are weighed like this:\n\n    x = weigh(joey)\n    y = weigh(mother)\n")


def test_what_an_expression_prints_is_a_fact_of_the_expression():
    told = found(">>> 17 // 3\n5\n>>> hops = [3, 4]\n>>> sum(hops) * 2\n14\n")
    outputs = {(fact.subject, fact.attribute, fact.value) for fact in told if fact.kind is FactKind.OUTPUT}
    assert outputs == {("17 // 3", "output", "5"), ("hops = [3, 4]; sum(hops) * 2", "output", "14")}


def test_the_error_that_an_expression_ends_in_is_a_fact():
    text = (
        '>>> 1 / 0\nTraceback (most recent call last):\n  File "<stdin>", line 1\nZeroDivisionError: division by zero\n'
    )
    (fact,) = [fact for fact in found(text) if fact.kind is FactKind.OUTPUT]
    assert (fact.attribute, fact.value) == ("exception", "ZeroDivisionError")


@pytest.mark.parametrize("code", ["joeys.count()", "id(5)", "print(hops)"])
def test_what_needs_more_of_the_program_prints_nothing_that_can_be_known(code):
    assert not [fact for fact in found(f">>> {code}\n17\n") if fact.kind is FactKind.OUTPUT]


def test_items_with_a_date_are_dated():
    text = "- 3.14.0 alpha 1: Tuesday, 2024-10-15\n- 3.14.0 final: Tuesday, 2025-10-07\n"
    told = {(fact.subject, fact.value) for fact in found(text, ("Releases",)) if fact.attribute == "date"}
    assert ("3.14.0 final (Releases)", "Tuesday, 2025-10-07") in told


def test_a_term_and_what_is_said_of_it_are_facts_both_ways():
    text = "- pouch.pickle: Tools for keeping joeys on disk\n"
    told = {(fact.kind.value, fact.value) for fact in found(text)}
    assert {("definition", "pouch.pickle"), ("sentence", "Tools for keeping joeys on disk")} <= told


def test_no_passage_crowds_out_the_others_with_what_it_told_already():
    crowd = passage("The ``pouch.carry`` function lifts up to 12 joeys with ``pouch.hold`` since Python 3.9.", id="p1")
    other = passage("The ``tail.swing`` function moves the tail of a kangaroo to its left side.", id="p2")
    order = [fact.passage for fact in facts.find([[crowd], [other]]).facts]
    assert order.index("p2") < len(order) - 2
