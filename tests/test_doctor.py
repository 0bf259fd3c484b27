import re
import tomllib
from pathlib import Path

import pytest

from byheart import doctor
from byheart.ledger import FILE


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("BYHEART_CACHE", str(tmp_path / "cache"))


def found(folder, name):
    return next(check for check in doctor.examine(folder) if check.name == name)


def test_a_healthy_library_needs_no_remedy(home):
    grave = [check for check in doctor.examine(home) if check.is_grave]
    assert not grave
    assert "whole" in found(home, "ledger").found


def test_without_a_library_the_machine_is_examined(empty_cache):
    names = [check.name for check in doctor.examine(None)]
    assert {"python", "sqlite", "packages", "processor", "disk", "model", "embedder"} <= set(names)
    assert found(None, "library").remedy == "byheart new FOLDER"


def test_an_absent_model_is_found_with_the_command_that_fetches_it(empty_cache):
    model = found(None, "model")
    assert model.is_grave
    assert model.remedy == "byheart fetch smollm2-135m-instruct"


def test_a_wrong_setting_is_a_finding(home):
    (home / "byheart.toml").write_text("trusst = 1\n", encoding="utf-8")
    settings = found(home, "settings")
    assert settings.is_grave
    assert "trusst" in settings.found


def test_a_damaged_ledger_is_a_finding(home):
    (home / FILE).write_bytes(b"not a database, but long enough to be looked at" * 100)
    assert found(home, "library").is_grave


def test_a_folder_that_is_no_library_is_a_finding(tmp_path, empty_cache):
    assert "byheart new" in found(tmp_path, "library").remedy


def test_every_finding_that_is_grave_has_its_remedy(tmp_path, empty_cache):
    grave = [check for check in doctor.examine(tmp_path) if check.is_grave]
    assert grave
    assert all(check.remedy for check in grave)


def test_the_packages_looked_for_are_those_the_project_names():
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {name_of(wanted) for wanted in project["dependencies"]} == set(doctor.NEEDED)
    assert {name_of(wanted) for wanted in project["optional-dependencies"]["study"]} == set(doctor.FOR_STUDY)


def name_of(requirement):
    return re.match(r"[\w-]+", requirement).group()
