"""What every vector store keeps to: the one in RAM, Chroma in a folder, Chroma as a server."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx
import numpy
import pytest

from byheart.backends.memory.store import MemoryStore
from byheart.errors import StoreUnavailable

COLLECTION = "contract"


@pytest.fixture(params=["memory", *(pytest.param(kind, marks=pytest.mark.real) for kind in ("folder", "server"))])
def store(request, tmp_path):
    if request.param == "memory":
        made = MemoryStore()
    elif request.param == "folder":
        made = chroma(tmp_path / "index", create=True)
    else:
        made = chroma(request.getfixturevalue("server"), create=True, empty=True, collection=COLLECTION)
    yield made
    made.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with chroma_server(tmp_path_factory.mktemp("server")) as address:
        yield address


def chroma(place, **options):
    from byheart.backends.chroma import Chroma

    return Chroma(place, **options)


@contextmanager
def chroma_server(folder):
    """A real Chroma server on the loopback interface; gives its address."""
    port = free_port()
    program = shutil.which("chroma", path=os.path.dirname(sys.executable))  # noqa: PTH120
    process = subprocess.Popen(
        [program, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, process)
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(address, process):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, "the Chroma server ended"
        try:
            if httpx.get(f"{address}/api/v2/heartbeat", timeout=1).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("the Chroma server does not answer")


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def unit(*rows):
    vectors = numpy.array(rows, numpy.float32)
    return vectors / numpy.linalg.norm(vectors, axis=1, keepdims=True)


EAST, NORTH, NORTH_EAST, WEST = unit([1, 0, 0], [0, 1, 0], [1, 1, 0], [-1, 0, 0])


def test_a_new_store_holds_nothing_and_finds_nothing(store):
    assert store.count() == 0
    assert list(store.nearest(EAST, 3)) == []


def test_the_nearest_come_first_with_their_cosine(store):
    store.put(["west", "north", "north-east", "east"], numpy.stack([WEST, NORTH, NORTH_EAST, EAST]))
    found = store.nearest(EAST, 4)
    assert [passage for passage, _ in found] == ["east", "north-east", "north", "west"]
    assert [cosine for _, cosine in found] == pytest.approx([1, 0.5**0.5, 0, -1], abs=1e-5)


def test_at_most_k_are_given(store):
    store.put(["east", "north"], numpy.stack([EAST, NORTH]))
    assert [passage for passage, _ in store.nearest(EAST, 1)] == ["east"]
    assert len(store.nearest(EAST, 10)) == 2


def test_putting_an_id_twice_keeps_one_with_the_newer_vector(store):
    store.put(["a"], numpy.stack([EAST]))
    store.put(["a"], numpy.stack([NORTH]))
    assert store.count() == 1
    assert store.nearest(NORTH, 1)[0] == ("a", pytest.approx(1, abs=1e-5))


def test_what_is_dropped_is_not_found(store):
    store.put(["a", "b"], numpy.stack([EAST, NORTH]))
    store.drop(["a"])
    assert store.count() == 1
    assert [passage for passage, _ in store.nearest(EAST, 2)] == ["b"]


def test_dropping_what_is_not_there_changes_nothing(store):
    store.put(["a"], numpy.stack([EAST]))
    store.drop(["b"])
    assert store.count() == 1


def test_putting_and_dropping_nothing_is_allowed(store):
    store.put([], numpy.zeros((0, 3), numpy.float32))
    store.drop([])
    assert store.count() == 0


def test_more_than_one_batch_of_the_store_is_taken(store):
    many = 6000
    vectors = numpy.random.default_rng(0).normal(size=(many, 8)).astype(numpy.float32)
    vectors /= numpy.linalg.norm(vectors, axis=1, keepdims=True)
    ids = [str(number) for number in range(many)]
    store.put(ids, vectors)
    assert store.count() == many
    assert store.nearest(vectors[17], 1)[0][0] == "17"
    store.drop(ids[:-1])
    assert store.count() == 1


# ── Chroma alone: what a store in RAM cannot show ──


@pytest.mark.real
def test_a_folder_keeps_what_was_put_for_the_next_process(tmp_path):
    first = chroma(tmp_path / "index", create=True)
    first.put(["a"], numpy.stack([EAST]))
    first.close()
    second = chroma(tmp_path / "index", create=False)
    assert second.nearest(EAST, 1)[0][0] == "a"
    second.close()


@pytest.mark.real
def test_an_absent_folder_is_refused_with_the_remedy_and_not_made(tmp_path):
    with pytest.raises(StoreUnavailable) as raised:
        chroma(tmp_path / "index", create=False)
    assert "--repair" in raised.value.hint
    assert not (tmp_path / "index").exists()


@pytest.mark.real
def test_a_damaged_folder_is_refused_with_the_remedy_and_can_be_made_anew(tmp_path):
    chroma(tmp_path / "index", create=True).close()
    (tmp_path / "index" / "chroma.sqlite3").write_bytes(b"not a database" * 1000)
    for create in (False, True):
        with pytest.raises(StoreUnavailable) as raised:
            chroma(tmp_path / "index", create=create)
        assert "--repair" in raised.value.hint


@pytest.mark.real
def test_a_store_that_is_emptied_forgets_what_it_held(tmp_path):
    first = chroma(tmp_path / "index", create=True)
    first.put(["a"], numpy.stack([EAST]))
    first.close()
    emptied = chroma(tmp_path / "index", create=True, empty=True)
    assert emptied.count() == 0
    emptied.close()


@pytest.mark.real
def test_libraries_on_one_server_do_not_see_each_other(server):
    one = chroma(server, create=True, empty=True, collection="one-library")
    other = chroma(server, create=True, empty=True, collection="other-library")
    one.put(["a"], numpy.stack([EAST]))
    assert (one.count(), other.count()) == (1, 0)
    one.close()
    other.close()


@pytest.mark.real
def test_a_library_that_a_server_does_not_hold_is_refused_with_the_remedy(server):
    with pytest.raises(StoreUnavailable) as raised:
        chroma(server, create=False, collection="never-made")
    assert "--repair" in raised.value.hint


@pytest.mark.real
def test_a_server_that_is_down_is_named_with_the_remedy():
    address = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(StoreUnavailable, match=address) as raised:
        chroma(address, create=True)
    assert "byheart.toml" in raised.value.hint


@pytest.mark.real
def test_a_server_that_says_nothing_is_given_up():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(StoreUnavailable):
            chroma(f"http://127.0.0.1:{silent.getsockname()[1]}", create=True, timeout=0.2)


@pytest.mark.real
def test_a_server_that_goes_away_is_named_when_it_is_asked(tmp_path):
    with chroma_server(tmp_path) as address:
        opened = chroma(address, create=True)
    with pytest.raises(StoreUnavailable, match=address):
        opened.nearest(EAST, 1)
    opened.close()
