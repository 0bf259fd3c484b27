"""Two processes learn what one learns; when one is killed the other says so, and the next run goes on."""

import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import byheart
from byheart.errors import TrainingFailed
from byheart.settings import FILE
from tiny import FACTS, make_tiny_model

pytestmark = pytest.mark.real

COMPANION = Path(__file__).with_name("companion.py")
SEVERAL = (
    *("accelerate.commands.launch", "--multi_gpu", "--num_machines", "1", "--main_process_port", "0"),
    *("--mixed_precision", "no", "--dynamo_backend", "no"),
)


def run(base: Path, folder: Path, method: str, *more: str, processes: int) -> subprocess.CompletedProcess[str]:
    """Trains in `folder` by so many processes, started as a user starts them."""
    folder.mkdir(exist_ok=True)
    return launched(str(COMPANION), str(base), str(folder), method, *more, processes=processes)


def launched(*program: str, processes: int) -> subprocess.CompletedProcess[str]:
    launcher = ("-m", *SEVERAL, "--num_processes", str(processes)) if processes > 1 else ()
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    command = [sys.executable, *launcher, *program]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=600)


def told(folder: Path) -> dict:
    return json.loads((folder / "told.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base")
    make_tiny_model("llama", folder)
    return folder


def test_the_command_line_studies_in_two_processes(base, home, shelf):
    (home / FILE).write_text(
        f'model = "{base}"\nembedder = "memory"\nmethod = "lora"\nkeep_adapter = true\nminutes = 0.1\nthreads = 1\n',
        encoding="utf-8",
    )
    with byheart.open(home) as library:
        library.add([shelf])
    ran = launched("-m", "byheart", "-C", str(home), "study", str(shelf), processes=2)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("study 1 is in use: ")
    assert (home / "studies" / "1" / "adapter" / "adapter_model.safetensors").is_file()
    with byheart.open(home) as library:
        assert [record.number for record in library.ledger.studies.all()] == [1]


@pytest.mark.parametrize("method", ["full", "lora"])
def test_two_processes_learn_the_same_as_one(base, tmp_path, method):
    for processes in (1, 2):
        ran = run(base, tmp_path / str(processes), method, processes=processes)
        assert ran.returncode == 0, ran.stderr
    one, two = told(tmp_path / "1"), told(tmp_path / "2")
    assert len(one["mastered"]) == len(FACTS)
    assert (two["mastered"], two["rounds"]) == (one["mastered"], one["rounds"])
    # What the lessons of a step begin with is computed once in each process.
    assert one["tokens"] < two["tokens"] < 1.5 * one["tokens"]
    losses = [[loss for _, loss in made["losses"] if not math.isnan(loss)] for made in (one, two)]
    assert losses[1] == pytest.approx(losses[0], rel=1e-3)


def test_when_one_is_killed_the_other_says_so_and_the_next_run_goes_on(base, tmp_path):
    ran = run(base, tmp_path / "study", "lora", "2", processes=2)
    assert ran.returncode != 0
    assert "another process of this training has ended" in ran.stderr
    assert list((tmp_path / "study").glob("checkpoint-*/*.pt"))
    assert not (tmp_path / "study" / "told.json").exists()
    ran = run(base, tmp_path / "study", "lora", processes=2)
    assert ran.returncode == 0, ran.stderr
    gone_on = told(tmp_path / "study")
    assert len(gone_on["mastered"]) == len(FACTS)
    assert gone_on["losses"][0][0] >= 1


def test_a_process_that_knows_it_is_alone_is_not_interrupted_while_it_says_so():
    # Loaded by the tests that are marked real alone: torch comes with it.
    from byheart.backends import company

    before = signal.signal(signal.SIGTERM, company._left_alone)
    try:
        with pytest.raises(TrainingFailed, match="another process of this training has ended"):
            signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
