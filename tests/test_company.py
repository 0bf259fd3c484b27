"""Two processes learn what one learns; when one is killed the other says so, and the next run goes on."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tiny import FACTS, make_tiny_model

pytestmark = pytest.mark.real

COMPANION = Path(__file__).with_name("companion.py")
SEVERAL = ("accelerate.commands.launch", "--multi_gpu", "--num_machines", "1", "--mixed_precision", "no")


def run(base: Path, folder: Path, method: str, *more: str, processes: int) -> subprocess.CompletedProcess[str]:
    """Trains in `folder` by so many processes, started as a user starts them."""
    folder.mkdir(exist_ok=True)
    launched = ("-m", *SEVERAL, "--dynamo_backend", "no", "--num_processes", str(processes)) if processes > 1 else ()
    command = [sys.executable, *launched, str(COMPANION), str(base), str(folder), method, *more]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=600)


def told(folder: Path) -> dict:
    return json.loads((folder / "told.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base")
    make_tiny_model("llama", folder)
    return folder


@pytest.mark.parametrize("method", ["full", "lora"])
def test_two_processes_learn_the_same_as_one(base, tmp_path, method):
    for processes in (1, 2):
        ran = run(base, tmp_path / str(processes), method, processes=processes)
        assert ran.returncode == 0, ran.stderr
    one, two = told(tmp_path / "1"), told(tmp_path / "2")
    assert len(one["mastered"]) == len(FACTS)
    assert (two["mastered"], two["tokens"], two["rounds"]) == (one["mastered"], one["tokens"], one["rounds"])
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
