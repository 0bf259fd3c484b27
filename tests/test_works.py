"""Which texts are of one work, which of them is newer, and which one a question names."""

import pytest

from byheart.works import Edition, date_of, is_newer, likeness, named, shelfmark, version_of, without_version


def mark(location, title="Models", version=None):
    return shelfmark(location, title, version or version_of(location, title))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("/w/old/tool/docs/usage/models.md",), ("/w/new/tool/docs/concepts/models.md",)),
        (("/w/tool-1.10/usage/models.md",), ("/w/tool-2.13/concepts/models.md",)),
        (("/w/tool/1.10/models.md",), ("/w/tool/2.13/models.md",)),
        (("/w/v1/docs/models.md",), ("/w/v2/docs/models.md",)),
        (("/w/old/peps/pep-1.rst", "PEP 1: A"), ("/w/new/peps/pep-1.rst", "PEP 1: A, reworded")),
        (("/w/manual-1.10.pdf", "Manual 1.10"), ("/w/manual-2.13.pdf", "Manual")),
        (("/w/manual-2023-05-01.md", "Manual"), ("/w/manual-20240131.md", "Manual")),
        (("/w/old/tool/docs/tmpdir.md", "Temporary files"), ("/w/new/tool/docs/tmp.md", "How to use temporary files")),
    ],
)
def test_texts_of_one_work_are_known_by_path_or_title(one, other):
    assert likeness(mark(*one), mark(*other), is_gone=False)
    assert likeness(mark(*other), mark(*one), is_gone=False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("/w/old/flask/docs/install.md", "Install"), ("/w/new/click/docs/install.md", "Install")),
        (("/w/tool/docs/a/intro.md", "Introduction"), ("/w/tool/docs/b/intro.md", "Introduction")),
        (
            ("/w/tool/docs/whatsnew-3.10.md", "What's new in 3.10"),
            ("/w/tool/docs/whatsnew-3.11.md", "What's new in 3.11"),
        ),
        (("/w/notes/2023-05-01.md", "Notes"), ("/w/notes/2023-05-08.md", "Notes")),
        (("/w/old/tool/docs/models.md", "Models"), ("/w/new/tool/docs/fields.md", "Fields")),
        (("old/a.md", "A work"), ("b.md", "Another work")),
    ],
)
def test_texts_that_nothing_ties_together_are_two_works(one, other):
    assert not likeness(mark(*one), mark(*other), is_gone=False)


def test_a_file_with_another_name_is_the_same_work_only_when_the_first_is_gone():
    before, after = mark("/w/tool/docs/usage/models.md"), mark("/w/tool/docs/models.md")
    assert likeness(after, before, is_gone=True)
    assert not likeness(after, before, is_gone=False)


def test_path_and_title_together_outweigh_either():
    old = mark("/w/old/tool/docs/models.md")
    both = likeness(mark("/w/new/tool/docs/models.md"), old, is_gone=False)
    one = likeness(mark("/w/new/tool/docs/other.md"), old, is_gone=False)
    part = likeness(mark("/w/new/tool/docs/other.md", "Models of data"), old, is_gone=False)
    assert both > one > part > 0


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        (Edition("2.10", None, ""), Edition("2.9", None, "")),
        (Edition("2.0", None, ""), Edition("2.0rc1", None, "")),
        (Edition("2.0.1", "2020-01-01", "old"), Edition("2.0", "2024-01-01", "new")),
        (Edition(None, "2024-05-01", "old"), Edition(None, "2023-12-31", "new")),
        (Edition(None, None, "new"), Edition(None, None, "old")),
        (Edition(None, None, ""), Edition(None, None, "archive")),
        (Edition("2.0", None, "latest"), Edition("2.0.0", None, "")),
    ],
)
def test_version_decides_then_date_then_the_word_in_the_path(newer, older):
    assert is_newer(newer, older)
    assert not is_newer(older, newer)


def test_what_nothing_orders_is_not_newer():
    assert not is_newer(Edition(None, None, "a"), Edition("1.0", None, "b"))
    assert not is_newer(Edition("2.0", None, ""), Edition("2.0.0", None, ""))


HELD = ("pydantic", "1.10.22"), ("pydantic", "2.13.3"), ("django", "5.2"), ("flask", "3.1.3")


@pytest.mark.parametrize(
    ("question", "versions"),
    [
        ("In 1.10, what is the config?", ["1.10.22"]),
        ("In pydantic 2, which method is it?", ["2.13.3"]),
        ("Which method did pydantic v1 have?", ["1.10.22"]),
        ("What does version 5.2 need?", ["5.2"]),
        ("What is the default (1.10)?", ["1.10.22"]),
        ("In the 3.1 manual, what is it?", ["3.1.3"]),
        ("Is it 1.1?", []),
        ("Does it run on Python 3.1?", []),
        ("What happened on 2023-05-02?", []),
        ("Which 3 methods has flask?", []),
    ],
)
def test_a_question_names_a_version_by_its_beginning(question, versions):
    held = [(shelfmark(f"/w/{project}-{version}/models.md", "Models", version), version) for project, version in HELD]
    are_named = named(question, held)
    assert [version for (_, version), is_named in zip(held, are_named, strict=True) if is_named] == versions


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("In 1.10, what is the config?", "What is the config?"),
        ("What is the config in version 1.10?", "What is the config?"),
        ("What is the default (1.10)?", "What is the default?"),
        ("Which method of the 1.10 manual is it?", "Which method is it?"),
        ("Which method did tool v1 have?", "Which method did tool have?"),
        ("Since when is 3.10 old?", "Since when is 3.10 old?"),
    ],
)
def test_what_is_asked_of_a_text_does_not_name_it(question, asked):
    assert without_version(question, ["1.10.22"]) == asked


@pytest.mark.parametrize(
    ("location", "dated"),
    [("/w/manual-2023-05-01.md", "2023-05-01"), ("/w/20240131/manual.md", "2024-01-31"), ("/w/pep-0634.md", None)],
)
def test_a_path_may_date_a_text(location, dated):
    assert date_of(location) == dated
