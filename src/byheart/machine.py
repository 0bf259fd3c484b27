"""The machine that answers were measured on: what it is, and what an answer takes of it.

Gives a description without names of people or hosts, and meters for seconds, processor seconds and energy. Energy is
read from the processor's own counters (RAPL) where the machine lets them be read, and else not at all: estimating it
is left to `costs`.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from byheart.settings import processors

_POWERCAP = Path("/sys/class/powercap")

# Those whose version can change a figure.
_PACKAGES = (
    "byheart",
    "xllamacpp",
    "chromadb",
    "onnxruntime",
    "numpy",
    "torch",
    "transformers",
    "sentence-transformers",
)


@dataclass(frozen=True, slots=True)
class Machine:
    """What answered: `load` is how many processes wanted a processor when the measuring began, on average."""

    system: str
    processor: str
    processors: int
    memory_bytes: int | None
    load: float | None
    python: str
    packages: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Spent:
    """What was used between two moments; `joules` None where the machine does not tell."""

    seconds: float
    cpu_seconds: float
    joules: float | None


@dataclass(frozen=True, slots=True)
class Whole:
    """What a whole process took, from its start to its end; None where the system does not tell.

    `last_words` is the last line it wrote to stderr.
    """

    code: int
    seconds: float
    cpu_seconds: float | None
    peak_bytes: int | None
    last_words: str


def described() -> Machine:
    """This machine, now."""
    return Machine(
        f"{platform.system()} {platform.machine()}",
        _processor(),
        processors(),
        _memory(),
        os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        platform.python_version(),
        {name: found for name in _PACKAGES if (found := _version(name))},
    )


class Meter:
    """Counts from its making on; `spent` can be asked again and again."""

    def __init__(self, powercap: Path = _POWERCAP) -> None:
        self._zones = _zones(powercap)
        self._energy = [_counter(zone, "energy_uj") for zone in self._zones]
        self._cpu = time.process_time()
        self._begun = time.perf_counter()

    def spent(self) -> Spent:
        """What this process used since, and what the whole machine used of energy."""
        seconds = time.perf_counter() - self._begun
        return Spent(seconds, time.process_time() - self._cpu, self._joules())

    def _joules(self) -> float | None:
        if not self._zones:
            return None
        used = 0
        for zone, before in zip(self._zones, self._energy, strict=True):
            # The counter begins again at nought after its largest value.
            after, largest = _counter(zone, "energy_uj"), _counter(zone, "max_energy_range_uj")
            used += after - before if after >= before else after + largest - before
        return used / 1e6


def run_whole(command: Sequence[str], *, timeout: float) -> Whole:
    """Runs `command` as a process of its own, without input, and kills it after `timeout` seconds."""
    with tempfile.TemporaryDirectory(prefix="byheart-") as temporary:
        told, errors = Path(temporary) / "told.json", Path(temporary) / "errors.txt"
        with errors.open("wb") as stream:
            watched = subprocess.Popen(
                (sys.executable, "-S", "-c", _WATCH, str(told), *command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stream,
                start_new_session=True,
            )
            try:
                watched.wait(timeout)
            except BaseException as error:
                os.killpg(watched.pid, signal.SIGKILL)
                watched.wait()
                if not isinstance(error, subprocess.TimeoutExpired):
                    raise
        lines = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        last_words = lines[-1] if lines else ""
        if not told.is_file():
            return Whole(watched.returncode, timeout, None, None, last_words or f"ended after {timeout:g} s")
        return Whole(**json.loads(told.read_text(encoding="utf-8")), last_words=last_words)


# Between us and the process that is measured: what is started by a large process counts that one's memory as its own.
_WATCH = """
import json, subprocess, sys, time
begun = time.perf_counter()
code = subprocess.call(sys.argv[2:])
told = {"code": code, "seconds": time.perf_counter() - begun, "cpu_seconds": None, "peak_bytes": None}
try:
    import resource
except ImportError:
    pass
else:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    told["cpu_seconds"] = used.ru_utime + used.ru_stime
    told["peak_bytes"] = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
open(sys.argv[1], "w").write(json.dumps(told))
"""


def _processor() -> str:
    """The processor's own name, as far as the system tells it."""
    described = Path("/proc/cpuinfo")
    if described.is_file():
        for line in described.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() in ("model name", "Model"):
                return value.strip()
    return platform.processor() or "unknown"


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _zones(powercap: Path) -> list[Path]:
    """The counters of whole processor packages that may be read: those of parts are in them already."""
    found = []
    for zone in sorted(powercap.glob("*:*")):
        try:
            is_package = (zone / "name").read_text(encoding="utf-8").startswith("package")
            _counter(zone, "energy_uj"), _counter(zone, "max_energy_range_uj")
        except (OSError, ValueError):
            continue
        if is_package:
            found.append(zone)
    return found


def _counter(zone: Path, name: str) -> int:
    return int((zone / name).read_text(encoding="utf-8"))
