"""The public contract: scripts rely on these names, arguments and fields."""

import inspect
from dataclasses import fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal, get_args, get_type_hints

import pytest

import byheart
from byheart.library import Library
from byheart.types import Answer, Hit, Origin

KEYWORD = inspect.Parameter.KEYWORD_ONLY


def hints(function):
    return get_type_hints(function)


def parameters(function):
    return {name: given for name, given in inspect.signature(function).parameters.items() if name != "self"}


def test_open_takes_a_folder_and_gives_a_library():
    assert list(parameters(byheart.open)) == ["folder"]
    assert set(get_args(hints(byheart.open)["folder"])) == {str, Path}
    assert hints(byheart.open)["return"] is Library


def test_a_library_is_a_context_manager():
    assert hints(Library.__enter__)["return"] is Library
    assert callable(Library.__exit__)


def test_ask_takes_a_question_and_a_side_by_name():
    given = parameters(Library.ask)
    assert list(given) == ["question", "side"]
    assert given["side"].kind is KEYWORD
    assert given["side"].default is None
    assert hints(Library.ask)["side"] == Literal["memory", "documents"] | None
    assert hints(Library.ask)["return"] is Answer


def test_search_takes_a_question_and_how_many_by_name():
    given = parameters(Library.search)
    assert list(given) == ["question", "k"]
    assert given["k"].kind is KEYWORD
    assert given["k"].default == 10
    assert hints(Library.search)["return"] == list[Hit]


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (Hit, {"text", "score", "source", "heading", "start", "end"}),
        (Answer, {"text", "origin", "confidence", "citations", "conflict", "seconds", "stages", "why"}),
    ],
)
def test_results_have_their_fields(kind, names):
    assert is_dataclass(kind)
    assert kind.__dataclass_params__.frozen
    assert names <= {field.name for field in fields(kind)}


def test_an_origin_is_one_of_three_texts():
    assert issubclass(Origin, StrEnum)
    assert {origin.name: origin.value for origin in Origin} == {
        "MEMORY": "memory",
        "DOCUMENTS": "documents",
        "NONE": "none",
    }


def test_the_verbs_are_methods_under_their_own_names():
    for verb in ("add", "forget", "search", "ask", "study", "export", "status"):
        assert callable(getattr(Library, verb))


def test_what_a_script_needs_is_exported():
    assert {"open", "new", "Library", "Answer", "Hit", "Origin", "ByheartError"} <= set(byheart.__all__)
    assert byheart.Answer is Answer
    assert byheart.Library is Library
