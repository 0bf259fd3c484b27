from dataclasses import fields

import pytest

from byheart.errors import BadSettings
from byheart.settings import DEFAULT_TEXT, FILE, Settings, load, write_default


def write(folder, text):
    (folder / FILE).write_text(text, encoding="utf-8")


def test_a_library_without_the_file_has_the_defaults(tmp_path):
    assert load(tmp_path) == Settings()


def test_the_written_default_changes_nothing(tmp_path):
    write_default(tmp_path)
    assert load(tmp_path) == Settings()


def test_the_written_default_shows_every_key_with_its_default(tmp_path):
    shown = "\n".join(line.removeprefix("# ") for line in DEFAULT_TEXT.splitlines() if " = " in line)
    write(tmp_path, shown)
    assert load(tmp_path) == Settings()
    assert all(f"\n{key.name} = " in f"\n{shown}" for key in fields(Settings))


def test_an_existing_file_is_left_as_it_is(tmp_path):
    write(tmp_path, "trust = 0.8\n")
    write_default(tmp_path)
    assert load(tmp_path).trust == 0.8


def test_a_whole_number_is_a_number(tmp_path):
    write(tmp_path, "timeout = 5")
    assert load(tmp_path).timeout == 5


def test_there_are_at_most_twenty_keys():
    assert len(fields(Settings)) <= 20


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("trsut = 0.8", 'did you mean "trust"?'),
        ("zzzz = 1", "known are model,"),
        ("trust = 1.5", "wanted a number from 0 to 1"),
        ('trust = "high"', "wanted a number from 0 to 1"),
        ("trust = true", "wanted a number from 0 to 1"),
        ("trust = nan", "wanted a number from 0 to 1"),
        ("passages = 2.5", "wanted a whole number from 1 to 10"),
        ("passages = 0", "wanted a whole number from 1 to 10"),
        ("timeout = 0", "wanted a number above 0"),
        ("timeout = inf", "wanted a number above 0"),
        ('server = "localhost:8080"', "begins with http://"),
        ('model = ""', "not empty"),
        ("trust = ", "not TOML"),
        ("[trust]\nx = 1", "wanted a number from 0 to 1"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_was_wanted(tmp_path, text, told):
    write(tmp_path, text)
    with pytest.raises(BadSettings, match=r"byheart\.toml") as raised:
        load(tmp_path)
    assert told in str(raised.value)


def test_bytes_that_are_not_text_are_refused(tmp_path):
    (tmp_path / FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadSettings):
        load(tmp_path)
