"""A sentence cut in two: each cut has its part that answers, and a question where it is not made of the other part."""

import pytest

from byheart.clauses import cuts, goal_asked, has_verb


@pytest.mark.parametrize(
    ("sentence", "value", "question"),
    [
        ("To open a pouch, use pouch.open().", "use pouch.open()", "How do I open a pouch?"),
        ("If you want to open your pouch, pull the lid.", "pull the lid", "How do I open my pouch?"),
        ("The best way to open a pouch is to pull the lid.", "pull the lid", "How do I open a pouch?"),
        (
            "Joeys stay inside because the night is cold.",
            "the night is cold",
            "Why is it that Joeys stay inside?",
        ),
        (
            "If the lid is missing, LidError is raised.",
            "LidError is raised",
            "What happens if the lid is missing?",
        ),
        (
            "A LidError is raised if the lid of the pouch is missing.",
            "if the lid of the pouch is missing",
            "When is it that a LidError is raised?",
        ),
        ("A pouch can be opened by pulling its lid.", "by pulling its lid", "How can a pouch be opened?"),
        ("You can open the pouch by pulling its lid.", "by pulling its lid", "How can you open the pouch?"),
        ("Use four spaces for each level.", "four spaces", "What should I use for each level?"),
        ("Never set old values to None.", "old values", "What should I never set to None?"),
    ],
)
def test_a_cut_words_its_question(sentence, value, question):
    assert (value, question) in {(cut.value, cut.question) for cut in cuts(sentence)}


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("A generator is a function that yields values.", "a function that yields values"),
        ("In Python, a generator is a function that yields values.", "a function that yields values"),
        ("A function that calls itself is called recursive by many.", "called recursive by many"),
        ("pouch.empty() returns the number of joeys.", "the number of joeys"),
        ("Pouches (of any size) hold one joey each.", "one joey each"),
    ],
)
def test_what_is_said_of_a_subject_is_what_follows_its_verb(sentence, value):
    assert value in [cut.value for cut in cuts(sentence)]


@pytest.mark.parametrize(
    ("sentence", "subject"),
    [
        ("The standard pouch holds two joeys.", "standard pouch"),
        ("Fur that is dry holds the air.", "Fur that is dry"),
        ("It holds two joeys.", None),
        ("Your pouch holds two joeys.", None),
        ("The best way to hop is to jump twice.", "best way to hop"),
        ("The correct way to do so is to jump.", None),
    ],
)
def test_a_sentence_is_asked_what_it_is_about_unless_that_is_no_answer(sentence, subject):
    found = {cut.value for cut in cuts(sentence) if sentence.removeprefix("The ").startswith(cut.value)}
    assert found == ({subject} if subject else set())


def test_no_cut_ends_where_more_must_come():
    cut = (
        "Hopping twice can be thought of as being equivalent to (jump + jump) and not to a single and much longer jump"
    )
    assert not [
        one.value
        for one in cuts(f"{cut} over all of the fences around the northern end of the park.")
        if one.value.endswith((" to", " the", " of", " and"))
    ]


def test_each_cut_is_a_stretch_of_its_sentence():
    sentence = (
        "When the lid is open, the pouch warms the joey, which it holds all night, and nothing else ever happens."
    )
    for cut in cuts(sentence):
        assert cut.value in sentence
        assert cut.value in cut.statement


@pytest.mark.parametrize("sentence", ["Pouch calls are loud to the ear.", "The uses of pouches are many to this day."])
def test_a_noun_that_could_be_a_verb_is_none_beside_one(sentence):
    assert cuts(sentence)[0].value.startswith(("loud", "many"))


@pytest.mark.parametrize(
    ("lead", "question"),
    [
        ("To sort joeys by weight", "How do I sort joeys by weight?"),
        ("You can also sort joeys by weight", "How do I sort joeys by weight?"),
        ("Joeys look like this", ""),
        ("To joeys it is all the same", ""),
    ],
)
def test_what_leads_to_code_may_say_what_it_is_for(lead, question):
    assert goal_asked(lead) == question


@pytest.mark.parametrize("text", ["Pouch of fur with a lid", "Joeys, wombats and numbats", "An overview of pouches"])
def test_a_name_is_no_sentence(text):
    assert not has_verb(text)


@pytest.mark.parametrize("text", ["Pouches never change", "Use a pouch", "The lid is open", "It returns a joey"])
def test_a_sentence_has_a_verb(text):
    assert has_verb(text)
