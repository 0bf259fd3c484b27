"""A study comes into use in one step, goes on after a kill, and leaves the one before in use when it fails."""

import errno
import itertools
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace

import pytest

import byheart
from byheart import calibrate, examine, records
from byheart.backends.memory.trainer import MemoryTrainer
from byheart.confidence import READING_FEATURES, RECALL_FEATURES, UNTAUGHT_READER, Calibration
from byheart.errors import ExtraMissing, LibraryBusy, NothingToStudy, TrainingFailed, UnknownSource
from byheart.examine import Graded, Notes, Part, Question, Sort
from byheart.types import Fact, FactKind, Passage
from conftest import write_proposal


def test_a_library_without_core_documents_says_how_to_name_some(home, shelf):
    with byheart.open(home) as library:
        library.add([shelf])
        with pytest.raises(NothingToStudy) as raised:
            library.study(minutes=1)
    assert "byheart study FOLDER" in raised.value.hint


def test_documents_without_facts_are_refused_with_the_reasons(home, tmp_path):
    (tmp_path / "poem.txt").write_text("Come away, it said.\n\nSo they did.\n", encoding="utf-8")
    with byheart.open(home) as library:
        library.add([tmp_path / "poem.txt"], core=True)
        with pytest.raises(NothingToStudy, match="no fact"):
            library.study(minutes=1)


def test_a_path_that_names_no_document_is_refused(home, shelf):
    with byheart.open(home) as library:
        library.add([shelf])
        with pytest.raises(UnknownSource):
            library.study([shelf / "absent.rst"])


def test_a_licence_is_never_studied(home, shelf):
    licence = (
        "MIT License\n\nCopyright (c) 2020 Example\n\nPermission is hereby granted, free of charge, to any person\n"
    )
    (shelf / "LICENSE.txt").write_text(licence, encoding="utf-8")
    with byheart.open(home) as library:
        library.add([shelf], core=True)
        record = library.study(minutes=1)
        assert record.details["documents"] == 12
        assert any(source.is_licence for source in library.documents())


def test_the_record_counts_every_planned_fact(home, shelf):
    with byheart.open(home) as library:
        library.add([shelf], core=True)
        record = library.study(minutes=1)
        facts = library.ledger.studies.facts()
    assert record.facts_planned == len(facts)
    assert record.facts_mastered == sum(is_mastered for _, is_mastered, _ in facts)
    assert record.details["sealed asked"] == len(facts)
    assert 0 < record.details["sealed right"] <= len(facts)
    assert record.details["facts found"] >= record.facts_planned


def test_two_studies_of_one_library_do_not_mix(home, shelf):
    with byheart.open(home) as library:
        library.add([shelf], core=True)
        (home / "studies").mkdir()
        with sqlite3.connect(home / "studies" / "lock", isolation_level=None) as lock:
            lock.execute("BEGIN EXCLUSIVE")
            with pytest.raises(LibraryBusy):
                library.study(minutes=1)
        lock.close()
        assert library.study(minutes=1).number == 1


class FullDisk(MemoryTrainer):
    """A trainer on a disk that is full."""

    def train(self, curriculum, folder, **options):
        raise TrainingFailed("no space left on device", hint="free some disk space")


def test_a_training_that_fails_leaves_the_study_before_in_use(home, shelf):
    with byheart.open(home) as library:
        library.add([shelf], core=True)
        library.study(minutes=4)
        write_proposal(shelf, 3, version="3.99")
        library.add([shelf])
        library.parts.trainer = FullDisk
        with pytest.raises(TrainingFailed):
            library.study(minutes=4)
        assert library.status().study.number == 1
        assert library.ask("Which Python version did PROP 104 target?", side="memory").text == "3.5"


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), sqlite3.OperationalError("database or disk is full")]
)
@pytest.mark.parametrize("name", ["plan.json", "trained.json", "record.json"])
def test_a_disk_that_fills_up_anywhere_leaves_the_study_before_in_use(home, shelf, monkeypatch, name, error):
    with byheart.open(home) as library:
        library.add([shelf], core=True)
        library.study(minutes=1)
        write_proposal(shelf, 3, version="3.99")
        library.add([shelf])
        written = records.write

        def write(path, record):
            if path.name == name:
                raise error
            written(path, record)

        monkeypatch.setattr(records, "write", write)
        with pytest.raises(TrainingFailed, match="no space left") as raised:
            library.study(minutes=1)
        assert "goes on where it stopped" in raised.value.hint
        assert library.status().study.number == 1
        monkeypatch.undo()
        assert library.study(minutes=1).number == 2


KILLED = """
import sys, byheart
with byheart.open(sys.argv[1]) as library:
    def watch(studying):
        print(studying.stage, studying.done, flush=True)
    library.study(minutes=4, watch=watch)
"""


def test_a_study_that_was_killed_goes_on_where_it_stopped(home, shelf):
    with byheart.open(home) as library:
        library.add([shelf], core=True)
    with subprocess.Popen([sys.executable, "-c", KILLED, home], stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if line.startswith("testing memory"):
                process.send_signal(signal.SIGKILL)
                break
    trained = home / "studies" / "1" / "trained.json"
    written = trained.stat().st_mtime_ns
    time.sleep(0.01)
    with byheart.open(home) as library:
        assert library.status().study is None
        stages = []
        library.study(minutes=4, watch=lambda studying: stages.append(studying.stage))
        assert library.status().study.number == 1
    assert trained.stat().st_mtime_ns == written
    assert "teaching" not in stages


def test_a_second_study_goes_on_from_the_first_and_teaches_only_what_is_new(home, shelf):
    with byheart.open(home) as library:
        library.add([shelf], core=True)
        first = library.study(minutes=4)
        write_proposal(shelf, 3, version="3.99")
        library.add([shelf])
        second = library.study(minutes=4)
        assert second.details["taught upon"] == 1
        assert second.details["tokens"] < first.details["tokens"] / 2
        assert second.facts_mastered >= 0.95 * first.facts_mastered
        assert library.ask("Which Python version did PROP 103 target?").text == "3.99"


def test_a_study_begins_again_from_the_base_when_most_of_what_was_known_is_not_wanted(home, shelf):
    with byheart.open(home) as library:
        library.add([shelf], core=True)
        library.study(minutes=4)
        library.forget([shelf / f"prop-{number + 100:04}.rst" for number in range(9)])
        assert library.study(minutes=4).details["taught upon"] is None


def test_a_chain_of_studies_ends_and_begins_again_from_the_base(home, tmp_path):
    few = tmp_path / "few"
    few.mkdir()
    for number in range(3):
        write_proposal(few, number)
    with byheart.open(home) as library:
        library.add([few], core=True)
        chains = []
        for number in range(6):
            write_proposal(few, number % 3, version=f"3.9{number}")
            library.add([few])
            chains.append(library.study(minutes=4).details["chain"])
    assert chains == [0, 1, 2, 3, 4, 0]


def test_without_torch_the_extra_is_named(home, monkeypatch):
    monkeypatch.delitem(sys.modules, "byheart.backends.transformers", raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)
    with byheart.open(home) as library:
        library.parts.settings = replace(library.settings, model="smollm2-135m-instruct")
        with pytest.raises(ExtraMissing) as missing:
            library.parts.trainer()
    assert "byheart[study]" in missing.value.hint


# ── calibration ──


def graded(probability_like, is_right, *, part=Part.TEST, has_source=True, sort=Sort.SEALED):
    evidence = {RECALL_FEATURES[0]: probability_like, "recites a near fact": float(has_source)}
    features = tuple(evidence.get(name, 0.0) for name in RECALL_FEATURES)
    return Graded(Question("q", sort, part, "f", "v"), features, is_right, "v", features[:6])


def sample(n, *, wrong_when_sure=0, sorts=(Sort.SEALED, Sort.NATURAL)):
    """Drafts whose first feature tells right from wrong, but for `wrong_when_sure` of each part and sort."""
    rows = []
    for part, sort in itertools.product(Part, sorts):
        for place in range(n):
            rows.append(graded(5.0, place >= wrong_when_sure, part=part, sort=sort))
            rows.append(graded(-5.0, False, part=part, sort=sort))
    return rows


def test_a_clear_sample_of_some_size_keeps_the_promise():
    calibration = calibrate.calibrated("w", sample(60), {"w": []}, trust=0.9)
    assert calibration.is_promised
    assert calibration.recall.probability(graded(5.0, True).features) > 0.95
    assert calibration.recall.probability(graded(-5.0, True).features) < 0.05
    assert calibration.figures["accepted wrong"] == 0
    assert calibration.figures["auroc"] == 1.0


def test_a_sample_that_is_too_small_promises_nothing():
    calibration = calibrate.calibrated("w", sample(10), {"w": []}, trust=0.9)
    assert not calibration.is_promised
    assert calibration.threshold >= 0.95


def test_what_holds_for_renderings_promises_nothing_of_natural_questions():
    calibration = calibrate.calibrated("w", sample(60, sorts=[Sort.SEALED]), {"w": []}, trust=0.9)
    assert calibration.figures["promised for renderings"]
    assert not calibration.is_promised
    assert calibration.threshold == 0.95
    assert calibration.figures["natural"]["tested"] == 0
    assert calibration.figures["renderings"]["accepted wrong"] == 0


def test_sure_answers_that_are_wrong_too_often_break_the_promise():
    assert not calibrate.calibrated("w", sample(60, wrong_when_sure=12), {"w": []}, trust=0.9).is_promised


def test_where_too_many_sure_answers_were_wrong_nothing_is_sure():
    rows = [
        replace(one, is_right=place % 3 == 0) if one.question.part is Part.THRESHOLD and one.is_right else one
        for place, one in enumerate(sample(60))
    ]
    found = calibrate.calibrated("w", rows, {"w": []}, trust=0.9)
    assert (found.is_promised, found.threshold) == (False, 1.0)
    assert found.figures["accepted"] == 0


def test_a_calibration_is_the_same_after_it_was_written_down():
    calibration = calibrate.calibrated("w", sample(20), {"w": []}, trust=0.9)
    assert Calibration.from_data(calibration.as_data()) == calibration


def readings(*kinds, n=24):
    """`n` readings of each kind: right, wrong, declined, or made up where nothing answers."""
    said = {"right": "v", "wrong": "w", "declined": "Not in the documents.", "made up": "three"}
    return [
        Graded(
            Question(f"{place} {number}", Sort.UNTAUGHT, Part.FIT, value="v" if kind in ("right", "wrong") else None),
            tuple(float(kind == "right") for _ in READING_FEATURES),
            kind == "right",
            said[kind],
        )
        for number, kind in enumerate(kinds)
        for place in range(n)
    ]


def test_the_reader_with_more_right_answers_is_chosen_and_declines_decide_between_equals():
    better = calibrate.better_reader
    assert better({"taught": readings("right", "wrong"), "base": readings("right", "right")}) == "base"
    assert better({"taught": readings("wrong", "declined"), "base": readings("right", "made up")}) == "base"
    assert better({"taught": readings("right", "declined"), "base": readings("right", "made up")}) == "taught"
    assert better({"taught": readings("right"), "base": readings("right")}) == "taught"


def test_readers_are_compared_on_what_all_of_them_read():
    slow, quick = readings("right"), readings("right", "right", "right")
    assert calibrate.better_reader({"slow": slow, "quick": quick}) == "slow"


def test_a_reader_that_read_too_little_is_not_chosen():
    assert calibrate.better_reader({"slow": readings("right", n=5), "quick": readings("wrong")}) == "quick"
    assert calibrate.better_reader({"slow": readings("right", n=5), "quick": readings("right", n=4)}) == "quick"


def test_a_gate_for_reading_is_fitted_where_enough_was_read():
    told = {"quick": readings("right", "wrong", n=20)}
    fitted = calibrate.calibrated("w", sample(20), told, trust=0.9).reading
    assert fitted.probability((1.0,) * len(READING_FEATURES)) > 0.8
    few = {"quick": readings("right", "wrong", n=5)}
    assert calibrate.calibrated("w", sample(20), few, trust=0.9).reading == UNTAUGHT_READER


def facts_in(passage, n):
    return [
        Fact(f"{n:032x}", FactKind.FIELD, passage.id, 0, 1, f"3.{n}", f"Version: 3.{n}", f"PEP {n}", "Version")
        for n in range(n)
    ]


def test_questions_are_split_so_that_no_fact_serves_two_ends():
    passage = Passage("p", "Work", (), "3")
    asked = examine.questions(facts_in(passage, 40), [], {"p": passage}, seed=0)
    ends = {}
    for question in asked:
        if question.fact:
            ends.setdefault(question.fact, set()).add(question.part)
    assert all(len(parts) == 1 for parts in ends.values())
    known = sum(question.value is not None for question in asked)
    assert abs(known - (len(asked) - known)) < 0.5 * len(asked)
    assert {part for parts in ends.values() for part in parts} == {Part.FIT, Part.THRESHOLD, Part.TEST}


def test_as_many_questions_are_near_misses_and_as_many_about_what_was_not_taught():
    passage = Passage("p", "Work", (), "3")
    facts = facts_in(passage, 60)
    asked = examine.questions(facts[:40], facts[40:], {"p": passage}, seed=0)
    taught = sum(question.is_taught for question in asked)
    near = sum(question.sort is Sort.NEAR for question in asked)
    assert near > 0.8 * taught
    assert len(asked) - taught - near > 0.8 * taught
    untaught = {question.fact for question in asked if question.sort is Sort.UNTAUGHT}
    assert untaught == {fact.id for fact in facts[40:]}


def test_what_was_asked_before_a_kill_is_not_asked_again(tmp_path):
    path = tmp_path / "examined.jsonl"
    answer = graded(1.0, is_right=True)
    Notes(path, "weights").note("memory", answer)
    with path.open("a", encoding="utf-8") as cut_short:
        cut_short.write('{"asked": "memory", "questi')
    again = Notes(path, "weights")
    assert again.known("memory", answer.question) == answer
    assert again.known("another reader", answer.question) is None
    assert Notes(path, "other weights").known("memory", answer.question) is None


def test_notes_that_cannot_be_read_are_left_as_they_are(tmp_path):
    path = tmp_path / "examined.jsonl"
    answer = graded(1.0, is_right=True)
    notes = Notes(path, "weights")
    notes.note("memory", answer)
    notes.note("a reader", answer)
    assert examine.noted_recalls(path, "weights") == [answer]
    before = path.read_text(encoding="utf-8")
    assert examine.noted_recalls(path, "other weights") is None
    assert path.read_text(encoding="utf-8") == before
    assert examine.noted_recalls(tmp_path / "absent.jsonl", "weights") is None


def test_facts_that_were_taught_are_not_read_where_there_are_others():
    passage = Passage("p", "Work", (), "3")
    facts = facts_in(passage, 30)
    asked = examine.reading_questions(facts[:10], facts[10:], {"p": passage}, seed=0)
    assert {question.fact for question in asked if question.fact} <= {fact.id for fact in facts[10:]}
    assert any(question.value is None for question in asked)
