import json
import shutil
import signal
import subprocess
import sys

import pytest

import byheart
from conftest import Copying, make_studied, write_proposal

PROGRAM = "import sys; from byheart.cli import main; sys.argv[0] = 'byheart'; main()"


@pytest.fixture
def inside(home, monkeypatch):
    """A library, which is the current folder."""
    monkeypatch.chdir(home)
    return home


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    """A library whose study is in use; what changes it takes a copy."""
    return make_studied(tmp_path_factory.mktemp("learned"))


@pytest.fixture
def studied(learned, monkeypatch):
    monkeypatch.chdir(learned)
    return learned


def test_new_says_what_to_do_next(run, tmp_path):
    code, out, err = run("new", tmp_path / "mine")
    assert code == 0
    assert str(tmp_path / "mine") in out
    assert "hint: cd " in err


def test_a_second_library_in_one_folder_is_refused(run, inside):
    code, out, err = run("new", inside)
    assert code == 2
    assert not out
    assert "already holds a library" in err
    assert "hint: " in err


def test_outside_a_library_the_way_to_one_is_named(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = run("status")
    assert code == 2
    assert not out
    assert "hint: byheart new" in err


def test_wrong_usage_ends_with_two(run):
    assert run("ask", "--form", "memory")[0] == 2
    assert run("sing")[0] == 2
    assert run("search", "walrus", "-k", "0")[0] == 2


def test_the_version_is_told(run):
    assert run("--version")[:2] == (0, "byheart 0.1.0\n")


def test_bad_settings_name_the_key(run, inside):
    (inside / "byheart.toml").write_text("trusst = 1\n", encoding="utf-8")
    code, _, err = run("status")
    assert code == 2
    assert "trusst" in err
    assert "did you mean" in err


def test_what_was_added_is_found(run, inside, shelf):
    code, out, _ = run("add", shelf)
    assert code == 0
    assert out.startswith("12 new")
    code, out, _ = run("search", "walrus protocol")
    assert code == 0
    assert "prop-0100.rst" in out.splitlines()[0]


def test_search_as_json_gives_the_public_fields(run, inside, shelf):
    run("add", shelf)
    _, out, _ = run("search", "walrus protocol", "-k", "1", "--json")
    (hit,) = json.loads(out)
    assert {"text", "score", "source", "heading", "start", "end"} <= set(hit)


def test_finding_nothing_ends_with_three(run, inside):
    code, out, err = run("search", "walrus")
    assert code == 3
    assert not out
    assert "nothing was found" in err


def test_a_library_is_found_from_a_folder_below_it(run, inside, monkeypatch):
    (inside / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(inside / "deep" / "er")
    code, out, _ = run("status")
    assert code == 0
    assert out.startswith(str(inside))


def test_a_library_can_be_named(run, inside, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("--library", inside, "status")[0] == 0
    assert run("-C", inside, "status")[0] == 0


def test_a_file_without_text_is_explained_and_alone_is_an_error(run, inside, tmp_path):
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")
    code, out, _ = run("add", tmp_path / "empty.txt")
    assert code == 2
    assert "empty.txt: " in out


def test_a_path_that_is_not_there_is_an_error(run, inside, tmp_path):
    code, _, err = run("add", tmp_path / "nowhere")
    assert code == 2
    assert "nowhere" in err


def test_forgotten_documents_are_no_longer_found(run, inside, shelf):
    run("add", shelf)
    code, out, _ = run("forget", shelf / "prop-0100.rst")
    assert code == 0
    assert out.startswith("forgot 1 document: ")
    assert "prop-0100.rst" not in run("search", "walrus protocol")[1]


@pytest.fixture
def changing(learned, tmp_path, monkeypatch):
    """A copy of the studied library whose documents can be changed."""
    shutil.copytree(learned.parent, tmp_path, dirs_exist_ok=True)
    with byheart.open(tmp_path / "library") as library, library.ledger.writing() as connection:
        moved = (str(learned.parent), str(tmp_path))
        connection.execute("UPDATE source SET location = replace(location, ?, ?)", moved)
    monkeypatch.chdir(tmp_path / "library")
    return tmp_path / "shelf"


def test_forgotten_facts_are_proved_not_to_be_told(run, changing):
    code, out, _ = run("forget", changing / "prop-0101.rst", "--prove")
    assert code == 0
    assert "forgot 1 document" in out
    assert " 0 given from memory" in out
    assert run("forget", "--prove")[1].startswith("asked for ")
    assert run("forget")[0] == 2


def test_status_lists_what_is_stale_and_what_comes_next(run, changing):
    write_proposal(changing, 1, version="3.99")
    run("add", changing)
    out = run("status")[1]
    assert "PROP 101, Python-Version: “3.2”, now “3.99”" in out
    assert "next study" in out
    assert json.loads(run("status", "--json")[1])["stale"][0]["instead"]["text"] == "3.99"


def test_what_the_user_says_of_texts_is_taken_with_them(run, inside, shelf):
    assert run("add", shelf, "--version", "2.13", "--date", "2024-05-31")[0] == 0
    hit = json.loads(run("search", "walrus protocol", "-k", "1", "--json")[1])[0]
    assert (hit["version"], hit["dated"], hit["edition"]) == ("2.13", "2024-05-31", "2.13")
    assert run("add", shelf, "--date", "yesterday")[0] == 2
    assert run("add", shelf, "--replaces", "nowhere")[0] == 2


def test_the_reason_is_told_stage_by_stage(run, studied):
    out = run("ask", "Which Python version did PROP 101 target?", "--why")[1]
    assert all(f"\n  {stage} " in out for stage in ("look around", "recall", "sure"))


def test_forgetting_what_is_not_held_is_an_error(run, inside, shelf):
    code, _, err = run("forget", shelf)
    assert code == 2
    assert "hint: byheart status --documents" in err


def test_status_lists_documents_and_speaks_json(run, inside, shelf):
    run("add", shelf, "--core")
    assert "prop-0100.rst" in run("status", "--documents")[1]
    assert json.loads(run("status", "--json")[1])["core_documents"] == 12
    assert len(json.loads(run("status", "--documents", "--json")[1])) == 12


def test_status_hints_at_what_is_due(run, inside, shelf):
    assert "hint: byheart add" in run("status")[2]
    run("add", shelf, "--core")
    assert "hint: byheart study" in run("status")[2]


def test_going_back_takes_nothing_to_train(run, inside, shelf):
    code, _, err = run("study", shelf, "--use", "1")
    assert code == 2
    assert "--use" in err


def test_a_study_that_does_not_exist_cannot_be_used(run, inside):
    assert run("study", "--use", "7")[0] == 2


def test_memory_can_be_asked_alone(run, studied):
    code, out, _ = run("ask", "PROP 101 Python-Version", "--from", "memory")
    assert code == 0
    assert "from memory" in out


def test_documents_can_be_asked_alone(run, studied):
    code, out, _ = run("ask", "What is the Title of PROP 102?", "--from", "documents")
    assert "from memory" not in out
    assert code == (3 if "not known" in out else 0)


def test_an_answer_as_json_carries_the_contract(run, studied):
    _, out, err = run("ask", "PROP 101 Python-Version", "--from", "memory", "--json")
    answer = json.loads(out)
    assert {"text", "origin", "confidence", "citations", "conflict", "seconds", "stages", "why"} <= set(answer)
    assert answer["origin"] == "memory"
    assert not err


def test_what_is_not_known_ends_with_three(run, studied):
    code, out, _ = run("ask", "How long do lentils boil?")
    assert code == 3
    assert "not known" in out


def test_an_empty_question_is_wrong_usage(run, studied):
    code, _, err = run("ask", " ")
    assert code == 2
    assert "empty" in err


def test_questions_can_be_piped_in(run, studied):
    asked = ["PROP 101 Python-Version", "How long do lentils boil?"]
    code, out, err = run("ask", "--json", typed="\n\n".join(asked))
    assert code == 0
    assert [json.loads(line)["question"] for line in out.splitlines()] == asked
    assert not err


def test_a_failed_question_does_not_end_the_session(run, inside, shelf):
    run("add", shelf)
    code, _, err = run("ask", "--from", "memory", typed="Which version?\nWhich title?\n")
    assert code == 0
    assert err.count("hint: byheart study") == 2


def test_a_study_is_made_told_and_gone_back_to(run, inside, shelf):
    run("add", shelf / "prop-0100.rst")
    code, out, err = run("study", shelf)
    assert code == 0
    assert out.startswith("study 1 is in use: ")
    assert "finding facts" in err
    run("study")
    code, out, _ = run("study", "--use", "1")
    assert (code, out) == (0, "study 1 is in use\n")
    assert json.loads(run("status", "--json")[1])["study"]["number"] == 1


def test_an_export_is_made_and_told(run, studied, tmp_path, monkeypatch):
    monkeypatch.setattr("byheart.parts.Parts.exporter", lambda *asked: Copying())
    code, out, err = run("export", tmp_path / "out", "--as", "ollama")
    assert code == 0
    assert out.startswith(f"study 1 is in {tmp_path / 'out'} (ollama, q8_0, ")
    assert "asking the export" in err
    assert f"hint: {tmp_path / 'out' / 'README.md'}" in err
    code, out, err = run("export", tmp_path / "out")
    assert (code, out) == (2, "")
    assert "not empty" in err


def test_an_export_of_no_study_or_in_no_such_form_is_an_error(run, inside, tmp_path):
    assert "hint: byheart study" in run("export", tmp_path / "out")[2]
    assert run("export", tmp_path / "out", "--as", "onnx")[0] == 2
    assert run("export", tmp_path / "out", "--precision", "q4_0")[0] == 2


@pytest.fixture
def questions(tmp_path):
    path = tmp_path / "questions.csv"
    path.write_text("question,answer\nPROP 101 Python-Version,3.2\nHow long do lentils boil?,\n", encoding="utf-8")
    return path


def test_measuring_ends_with_the_page_and_a_line_of_json(run, learned, questions, tmp_path, monkeypatch):
    home = shutil.copytree(learned, tmp_path / "copy")
    monkeypatch.chdir(home)
    code, out, err = run("measure", questions, "--arm", "memory", "--publish", tmp_path / "published.json")
    assert code == 0
    *table, page, last = out.splitlines()
    assert any(line.startswith(" memory") and " 50 %" in line for line in table)
    assert page == f"every question and all plots: {home / 'reports' / '1' / 'report.html'}"
    assert json.loads(last)["figures"]["arms"]["memory"]["total"]["right"] == 1
    assert "asking" in err
    assert json.loads((tmp_path / "published.json").read_text(encoding="utf-8"))["rows"]


def test_where_nothing_can_be_published_nothing_is_measured(run, studied, questions, tmp_path):
    code, out, err = run("measure", questions, "--publish", tmp_path / "nowhere" / "published.json")
    assert (code, out) == (2, "")
    assert "there is no folder" in err
    assert "mkdir -p" in err
    assert "asking" not in err
    assert run("measure", questions, "--publish", tmp_path)[0] == 2


def test_a_bad_question_names_file_and_line(run, studied, tmp_path):
    (tmp_path / "bad.jsonl").write_text('{"question": "Which?"}\n', encoding="utf-8")
    code, out, err = run("measure", tmp_path / "bad.jsonl")
    assert code == 2
    assert not out
    assert "bad.jsonl, line 1: no answer" in err


def test_measuring_without_its_packages_names_the_extra(studied, questions):
    program = PROGRAM.replace("from byheart", "sys.modules['vl_convert'] = None; from byheart")
    command = [sys.executable, "-c", program, "measure", questions]
    said = subprocess.run(command, cwd=studied, capture_output=True, text=True, check=False)
    assert said.returncode == 2
    assert 'pip install "byheart[measure]"' in said.stderr


def started(folder, *arguments):
    return subprocess.Popen(
        [sys.executable, "-u", "-c", PROGRAM, *arguments],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
        # Tests that run in the background ignore Ctrl-C, and so would what they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def test_ctrl_c_ends_a_session_without_a_traceback(studied):
    with started(studied, "ask", "--json") as process:
        process.stdin.write("PROP 101 Python-Version\n")
        # Its first answer shows that it waits for the next question.
        assert json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert not err


def test_an_answer_from_memory_loads_nothing_heavy(studied):
    program = PROGRAM.replace("main()", "import atexit; atexit.register(lambda: print(*sys.modules)); main()")
    command = [sys.executable, "-c", program, "ask", "PROP 101 Python-Version", "--from", "memory"]
    said = subprocess.run(command, cwd=studied, capture_output=True, text=True, check=True).stdout
    loaded = {name.split(".")[0] for name in said.split()}
    assert "byheart" in loaded
    assert not loaded & {"torch", "transformers", "chromadb", "sklearn", "docutils", "onnxruntime", "rich", "httpx"}


def test_printing_into_a_closed_pipe_leaves_no_traceback(inside):
    with started(inside, "status") as process:
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()


def test_a_plan_is_shown_and_written_and_its_strikes_are_kept(inside, shelf, run, tmp_path):
    run("add", shelf)
    path = tmp_path / "facts.jsonl"
    code, out, err = run("study", shelf, "--plan", "--to", path)
    assert code == 0
    assert "prop-0100.rst" in out
    assert "tokens of lessons" in out
    assert f"byheart study --facts {path}" in err
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    kept = [json.dumps(row) for row in rows if row["value"] != "Final"]
    path.write_text("\n".join(kept), encoding="utf-8")
    code, out, _ = run("study", shelf, "--facts", path)
    assert code == 0
    assert f"of {len(kept)} facts mastered" in out


def test_a_wrong_line_of_a_file_of_facts_is_named(inside, shelf, run, tmp_path):
    run("add", shelf)
    (tmp_path / "facts.jsonl").write_text("nonsense\n", encoding="utf-8")
    code, _, err = run("study", shelf, "--facts", tmp_path / "facts.jsonl")
    assert code == 2
    assert "facts.jsonl, line 1: no JSON" in err
    assert "hint: delete that line" in err


@pytest.mark.parametrize(
    "options", [("--to", "facts.jsonl"), ("--use", "1", "--plan"), ("--use", "1", "--minutes", "3")]
)
def test_options_of_study_that_do_not_go_together_are_refused(inside, run, options):
    code, _, err = run("study", *options)
    assert code == 2
    assert "error: " in err


def test_advice_on_a_new_library_says_what_to_do_and_what_is_not_known(run, inside, shelf):
    run("add", shelf)
    code, out, _ = run("advise", "--a-day", 100)
    assert code == 0
    assert "asked often" in out
    assert f"byheart study {shelf}" in " ".join(out.split())
    assert "byheart measure questions.jsonl" in out
    assert byheart.open(inside).status().core_documents == 0


def test_advice_is_carried_out_after_it_was_shown(run, inside, shelf):
    run("add", shelf)
    run("add", shelf / "prop-0100.rst", "--core")
    write_proposal(shelf, 0, status="Final")
    code, out, _ = run("advise", "--a-day", 100, "--apply")
    assert code == 0
    assert out.index("to do") < out.index("study 1 is in use")
    status = byheart.open(inside).status()
    assert (status.core_documents, status.unstudied_sources) == (12, [])
    again = run("advise", "--a-day", 100, "--apply")[1]
    assert "nothing: it is held as advised" in again
    assert "no study is due" in again


def test_advice_as_json_is_one_line(run, inside, shelf):
    run("add", shelf)
    advice = json.loads(run("advise", "--json")[1])
    assert advice["advised"][0]["way"] == "index only"
    assert len(advice["reference"]) == 12
    assert {"what", "remedy"} == set(advice["missing"][0])


def test_advice_on_an_empty_library_is_to_fill_it(run, inside):
    code, out, _ = run("advise")
    assert code == 0
    assert "byheart add FOLDER" in out


def test_wishes_that_cannot_be_met_are_wrong_usage(run, inside, shelf):
    run("add", shelf)
    (inside / "byheart.toml").write_text(
        'model = "memory"\nembedder = "memory"\nserver = "http://model.example/v1"\n', encoding="utf-8"
    )
    code, _, err = run("advise", "--offline")
    assert code == 2
    assert "--offline cannot be met" in err
    assert "hint: byheart advise without one of them" in err
