import sys
import time

import pytest

from byheart import machine
from byheart.machine import Meter


def zone(folder, name, kind, used, largest=1_000_000):
    place = folder / name
    place.mkdir()
    for file, value in (("name", kind), ("energy_uj", used), ("max_energy_range_uj", largest)):
        (place / file).write_text(f"{value}\n", encoding="utf-8")
    return place


def test_energy_is_that_of_whole_packages_and_survives_a_counter_that_begins_again(tmp_path):
    first = zone(tmp_path, "intel-rapl:0", "package-0", 900_000)
    second = zone(tmp_path, "intel-rapl:1", "package-1", 100_000)
    part = zone(tmp_path, "intel-rapl:0:0", "core", 0)
    meter = Meter(tmp_path)
    (first / "energy_uj").write_text("200000", encoding="utf-8")
    (second / "energy_uj").write_text("600000", encoding="utf-8")
    (part / "energy_uj").write_text("999999", encoding="utf-8")
    assert meter.spent().joules == pytest.approx(0.3 + 0.5)


def test_a_machine_that_tells_no_energy_gives_none(tmp_path):
    assert Meter(tmp_path).spent().joules is None
    (tmp_path / "intel-rapl:0").mkdir()
    assert Meter(tmp_path).spent().joules is None


def test_a_whole_process_is_timed_with_what_it_took():
    program = (
        "import sys; held = b'x' * 60_000_000; sum(range(3_000_000)); sys.stderr.write('one\\nlast\\n'); sys.exit(3)"
    )
    whole = machine.run_whole([sys.executable, "-c", program], timeout=60)
    assert whole.code == 3
    assert whole.last_words == "last"
    assert whole.peak_bytes > 60_000_000
    assert 0 < whole.cpu_seconds <= whole.seconds * 2


def test_the_memory_of_a_process_is_not_that_of_the_one_that_started_it():
    held = b"x" * 200_000_000
    whole = machine.run_whole([sys.executable, "-c", "pass"], timeout=60)
    assert len(held) > whole.peak_bytes > 1_000_000


def test_a_process_that_does_not_end_is_ended(tmp_path):
    file = tmp_path / "ticks"
    file.touch()
    program = f"import time\nfor tick in range(600): time.sleep(0.05); open({str(file)!r}, 'a').write('.')"
    assert machine.run_whole([sys.executable, "-c", program], timeout=2).code < 0
    ticks = file.stat().st_size
    time.sleep(0.3)
    assert file.stat().st_size == ticks


def test_the_machine_is_described_without_a_name_of_its_own():
    import platform

    described = machine.described()
    assert described.processors >= 1
    assert described.packages["byheart"]
    assert platform.node() not in {described.system, described.processor}
