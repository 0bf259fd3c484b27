"""A study's page: every part of it, from a made-up record and from real studies in RAM."""

import json
import re

import pytest

import byheart
from byheart import records, study_figures, study_page
from byheart.confidence import EXTRACTIVE
from byheart.errors import LibraryDamaged, UsageError
from byheart.outcomes import StudyRecord
from conftest import make_studied

MEASURED = {
    "tested": 4,
    "accepted": 2,
    "accepted wrong": 0,
    "most wrong": 0.4,
    "auroc": 0.75,
    "calibration error": 0.1,
    "readings": 9,
    "readings right": 4,
}
OLD = {
    "documents": 2,
    "rounds": 2,
    "tokens": 900,
    "training seconds": 30.0,
    "testing seconds": 6.0,
    "calibration": {"weights": "w", "reader": EXTRACTIVE, "threshold": 0.95, "is_promised": False, "figures": MEASURED},
}
NEW = {
    **OLD,
    "facts found": 9,
    "struck": 1,
    "dropped": {"trivial": 7, "too long": 2},
    "taught upon": None,
    "trust": 0.9,
    "general": 70,
    "general kept": 63,
    "honesty before": 0.8,
    "honesty after": 0.7,
    "tokens a second": 40.0,
    "operations a token": 6e8,
    "products a second": 6e10,
    "precision": "float32",
    "joules": None,
    "watts": 20.0,
    "processors": 2,
    "calibration": {
        **OLD["calibration"],
        "figures": {
            **MEASURED,
            "auroc on near misses": 0.7,
            "reliability": [[3, 0.2, 0.0], [5, 0.9, 1.0]],
            "right by sort": {"sealed": [1, 2], "near miss": [0, 4]},
            "read by passages": {"with the answer": [4, 5], "without it": [3, 4]},
            "natural": {"tested": 0},
            "renderings": {"accepted": 2, "accepted wrong": 0},
        },
    },
}
FACTS = [
    {
        "id": "a",
        "kind": "field",
        "value": "41",
        "source": 0,
        "subject": "S",
        "attribute": "limit",
        "mastered": True,
        "sealed": "What is the limit of S?",
        "said": "41",
        "right": True,
    },
    {
        "id": "b",
        "kind": "prose",
        "value": "<i>blue</i>",
        "source": 0,
        "subject": "",
        "attribute": "",
        "mastered": False,
        "sealed": "Which <b>colour</b>?",
        "said": "<script>red</script>",
        "right": False,
    },
    {
        "id": "c",
        "kind": "prose",
        "value": "seven",
        "source": 0,
        "subject": "",
        "attribute": "",
        "mastered": False,
    },
]
TOLD = {
    "machine": {
        "system": "Linux",
        "processor": "A processor",
        "processors": 2,
        "memory_bytes": 8_000_000_000,
        "load": 0.5,
        "python": "3.11",
        "packages": {"torch": "2.5"},
    },
    "history": [
        {"seconds": 10.0, "test_seconds": 1.0, "tokens": 400, "mastered": 0, "loss": 2.0, "products": 6e10},
        {"seconds": 30.0, "test_seconds": 1.5, "tokens": 900, "mastered": 1, "loss": float("nan"), "products": 5e10},
    ],
    "gate": {"probabilities": [0.99, 0.96, 0.5, 0.1], "right": "1100", "recites a studied fact": "1110"},
    "sources": ["/shelf/books/one.rst", "/shelf/books/empty.rst"],
    "facts": FACTS,
}
SECTIONS = ("plots", "studied", "training", "learned", "gate", "kept", "cost", "unlearned")


def record(details):
    return StudyRecord(3, "models/tiny.gguf", "w", "2026-11-24T05:00:00+00:00", True, 3, 1, 0.5, details)


@pytest.fixture(scope="module")
def full():
    found = study_figures.figures(record(NEW), TOLD)
    return study_page.page(found)


def test_the_page_has_every_part(full):
    assert [part for part in SECTIONS if f'<h2 id="{part}">' in full] == list(SECTIONS)
    plots = re.findall(r'<figure class="card" id="plot-([\w-]+)">', full)
    assert plots == ["mastery-minutes", "mastery-tokens", "kinds", "reliability", "risk"]
    assert full.count("<svg") == len(plots)
    assert "not recorded" not in full


def test_the_figures_are_told_with_what_they_rest_on(full):
    text = " ".join(re.sub(r"<[^>]+>", " ", full).split())
    assert "40 tokens a second while lessons were taught, which is 40 % of what this machine reached" in text
    assert "90 % of 70 general questions kept" in text
    assert "0.80 before, 0.70 after" in text
    assert "720 J of energy, estimated" in text
    assert "books/one.rst" in text
    assert "2 facts were not mastered" in text


def test_text_of_documents_and_of_the_model_is_shown_as_it_is_and_never_as_markup(full):
    for text in ("<i>blue</i>", "Which <b>colour</b>?", "<script>red</script>"):
        assert text not in full
        assert text.replace("<", "&lt;").replace(">", "&gt;") in full


def test_the_page_stands_alone(full):
    assert not re.search(r"<(script|link|img|iframe)", full)
    assert not re.findall(r'(?:src|href)="(?!#)', full)
    assert not re.findall(r"url\((?!#)|@import", full)


def test_what_an_older_study_did_not_record_is_said_to_be_not_recorded():
    facts = [{name: value for name, value in fact.items() if name != "source"} for fact in FACTS]
    found = study_figures.figures(record(OLD), {"facts": facts})
    page = study_page.page(found)
    assert [part for part in SECTIONS if f'<h2 id="{part}">' in page] == list(SECTIONS)
    for what in ("Mastery over time", "The reliability diagram", "Risk against coverage"):
        assert f"{what}: not recorded" in page
    assert (found.by_document, found.speed, found.kept, found.energy, found.gate.curve) == (None,) * 5


def test_the_json_beside_the_page_holds_no_number_that_json_does_not_know(tmp_path):
    records.write(tmp_path / "record.json", TOLD)
    study_page.draw(tmp_path / "page.html", record(NEW))

    def refuse(name):
        raise AssertionError(name)

    data = json.loads((tmp_path / "page.json").read_text(encoding="utf-8"), parse_constant=refuse)
    assert data["history"][1]["loss"] is None
    assert data["speed"]["share"] == pytest.approx(0.4)
    assert data["sealed"]["n"] == 2


def test_energy_that_was_measured_is_not_estimated():
    found = study_figures.figures(record({**NEW, "joules": 5.0}), TOLD)
    assert (found.energy.joules, found.energy.is_measured) == (5.0, True)
    assert "read from the processor" in study_page.page(found)


def test_the_curve_ends_where_answers_recite_no_studied_fact():
    found = study_figures.figures(record(NEW), TOLD)
    assert [(one.coverage, one.risk) for one in found.gate.curve] == [(0.25, 0), (0.5, 0), (0.75, pytest.approx(1 / 3))]


def test_a_study_draws_its_page_and_its_record_tells_all_that_the_page_shows(tmp_path):
    home = make_studied(tmp_path)
    with byheart.open(home) as library:
        status = library.status()
    assert status.page == str(home / "studies" / "1" / "page.html")
    page = (home / "studies" / "1" / "page.html").read_text(encoding="utf-8")
    assert "What memory learned by heart" in page
    assert "Mastered over time" in page
    told = json.loads((home / "studies" / "1" / "record.json").read_text(encoding="utf-8"))
    history = told["history"]
    assert [one["mastered"] for one in history][-1] == status.study.facts_mastered
    assert [one["tokens"] for one in history] == sorted(one["tokens"] for one in history)
    assert len(told["gate"]["probabilities"]) == told["calibration"]["figures"]["tested"]
    assert {told["sources"][fact["source"]].rpartition("/")[2] for fact in told["facts"]} == {
        *("prop-0101.rst", "prop-0102.rst")
    }
    assert set(told["calibration"]["figures"]["read by passages"]) == {"with the answer", "without it"}
    assert not {"history", "gate", "facts"} & set(status.study.details)


def test_the_page_of_a_study_is_drawn_again_by_its_number(tmp_path, run):
    home = make_studied(tmp_path)
    page = home / "studies" / "1" / "page.html"
    page.unlink()
    with byheart.open(home) as library:
        assert library.status().page == ""
    assert run("-C", home, "study", "--page", 1)[0] == 0
    assert page.is_file()
    assert run("-C", home, "study", "--page", 2)[0] == 2
    assert run("-C", home, "study", "--page", 1, "--use", 1)[0] == 2
    (home / "studies" / "1" / "record.json").unlink()
    with byheart.open(home) as library:
        with pytest.raises(LibraryDamaged):
            library.page(1)
        with pytest.raises(UsageError):
            library.page(2)


def test_labels_of_many_tokens_are_short_enough_for_a_phone():
    history = [{**done, "tokens": 150 * done["tokens"]} for done in TOLD["history"]]
    page = study_page.page(study_figures.figures(record(NEW), {**TOLD, "history": history}))
    drawing = page.partition('id="plot-mastery-tokens"')[2].partition("</svg>")[0]
    labels = re.findall(r">([\d,.]+[kM]?)</text>", drawing)
    assert any(label.endswith("k") for label in labels)
    assert not [label for label in labels if len(label) > 5]


def test_a_taught_model_that_reads_is_named():
    calibration = {**NEW["calibration"], "reader": "w"}
    found = study_figures.figures(record({**NEW, "calibration": calibration}), TOLD)
    assert found.reader == "the taught model"
