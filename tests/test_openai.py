"""An OpenAI-compatible server that is down, slow, or sends garbage gives our error, on time, with its remedy."""

import json
import socket
import threading
import time
from contextlib import contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy
import pytest

from byheart import parts
from byheart.backends.openai import OpenAI, OpenAIEmbedder
from byheart.errors import ModelUnavailable

RIGHT = {
    "choices": [
        {
            "message": {"content": " 3.10\n"},
            "finish_reason": "stop",
            "logprobs": {
                "content": [
                    {
                        "token": "3.10",
                        "logprob": -0.25,
                        "top_logprobs": [{"token": "3.10", "logprob": -0.25}, {"token": "3", "logprob": -1.75}],
                    }
                ]
            },
        }
    ],
    "usage": {"prompt_tokens": 21},
}


@contextmanager
def serving(behave):
    """A server on the loopback interface that answers each POST by `behave(handler)`; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            behave(self)

        def log_message(self, *_): ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answering(body, status=200):
    def behave(handler):
        handler.rfile.read(int(handler.headers["Content-Length"]))
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(payload)))
        handler.end_headers()
        handler.wfile.write(payload)

    return behave


def test_where_nobody_asks_how_sure_it_is_no_log_probabilities_are_wanted():
    sent = []

    def behave(handler):
        sent.append(json.loads(handler.rfile.read(int(handler.headers["Content-Length"]))))
        payload = json.dumps(
            {"choices": [{"message": {"content": "3.10"}}], "usage": {"completion_tokens": 3}}
        ).encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(payload)))
        handler.end_headers()
        handler.wfile.write(payload)

    with serving(behave) as address:
        client = OpenAI(address, needs_logprobs=False)
        draft = client.complete("?", tokens=8, timeout=5)
        client.close()
    assert (draft.text, len(draft.tokens)) == ("3.10", 3)
    assert "logprobs" not in sent[0]


def ask(address, *, timeout=5.0, model=""):
    client = OpenAI(address, model)
    try:
        return client.complete("Which version?", tokens=8, timeout=timeout)
    finally:
        client.close()


@pytest.mark.parametrize("option", ["--judge", "--baseline", "--teacher"])
@pytest.mark.parametrize("answer", [None, (404, {}), (400, {}), (200, b"?")])
def test_a_server_that_an_option_names_is_spoken_of_by_that_option(option, answer):
    with serving(answering(answer[1], answer[0])) if answer else nullcontext("http://127.0.0.1:9/v1") as address:
        model = parts.served(f"{address}#mine", option=option)
        with pytest.raises(ModelUnavailable) as raised:
            model.complete("?", tokens=8, timeout=5)
        model.close()
    assert option in raised.value.hint
    assert "byheart.toml" not in raised.value.hint


def test_a_server_of_embeddings_is_spoken_of_as_the_embedder():
    with pytest.raises(ModelUnavailable) as raised:
        OpenAIEmbedder("http://127.0.0.1:9/v1").embed(["one"])
    assert "embedder" in raised.value.hint


def refused(address, **options):
    with pytest.raises(ModelUnavailable) as raised:
        ask(address, **options)
    assert raised.value.hint
    return str(raised.value), raised.value.hint


def without(*path):
    """RIGHT, less the entry at `path`."""
    broken = json.loads(json.dumps(RIGHT))
    entry = broken
    for step in path[:-1]:
        entry = entry[step]
    del entry[path[-1]]
    return broken


def test_an_answer_comes_with_its_tokens_and_margins():
    with serving(answering(RIGHT)) as address:
        draft = ask(address)
    assert (draft.text, draft.tokens_in, draft.is_complete) == ("3.10", 21, True)
    assert [(token.text, token.logprob, token.margin) for token in draft.tokens] == [("3.10", -0.25, 1.5)]


def test_the_request_is_greedy_bounded_and_asks_for_the_runner_up():
    seen = {}

    def behave(handler):
        seen.update(json.loads(handler.rfile.read(int(handler.headers["Content-Length"]))), path=handler.path)
        handler.send_error(500)

    with serving(behave) as address:
        refused(address, model="smollm2")
    assert seen["path"] == "/v1/chat/completions"
    assert (seen["model"], seen["temperature"], seen["max_tokens"], seen["top_logprobs"]) == ("smollm2", 0, 8, 2)


def test_a_server_that_is_down_is_named_with_the_remedy():
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    said, hint = refused(address)
    assert address in said
    assert "start the server" in hint


@pytest.mark.parametrize(
    "body",
    [
        b"<html>hello</html>",
        b"",
        b"[]",
        b"null",
        b"\xff\xfe",
        {},
        {"choices": []},
        {"choices": "none"},
        without("choices", 0, "message"),
        without("choices", 0, "logprobs", "content", 0, "logprob"),
        {"choices": [RIGHT["choices"][0] | {"logprobs": {"content": "garbage"}}]},
        RIGHT | {"usage": {"prompt_tokens": "many"}},
    ],
)
def test_garbage_is_our_error_and_says_what_to_check(body):
    with serving(answering(body)) as address:
        said, hint = refused(address)
    assert "something else" in said
    assert "/v1" in hint


def test_a_server_without_log_probabilities_is_refused_by_that_name():
    with serving(answering(without("choices", 0, "logprobs"))) as address:
        said, _ = refused(address)
    assert "no log-probabilities" in said


@pytest.mark.parametrize(
    ("status", "told"),
    [(401, "BYHEART_API_KEY"), (403, "BYHEART_API_KEY"), (404, "server_model"), (302, "/v1"), (400, "server_model")],
)
def test_a_refusal_carries_its_remedy(status, told):
    with serving(answering({"error": {"message": "no"}}, status)) as address:
        said, hint = refused(address)
    assert str(status) in said
    assert told in hint


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_in_trouble_is_quoted(status):
    with serving(answering({"error": {"message": "out of memory"}}, status)) as address:
        said, _ = refused(address)
    assert "out of memory" in said


def test_the_key_is_sent_but_never_shown(monkeypatch):
    monkeypatch.setenv("BYHEART_API_KEY", "sk-very-secret")
    seen = []

    def behave(handler):
        seen.append(handler.headers["Authorization"])
        answering({"error": {"message": "bad key sk-very-secret"}}, 500)(handler)

    with serving(behave) as address:
        said, hint = refused(address)
    assert seen == ["Bearer sk-very-secret"]
    assert "secret" not in said + hint


# Far longer than the client waits, on a busy machine too.
_LONG = 3.0


def drip(handler, block, seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            handler.wfile.write(block)
            handler.wfile.flush()
        except OSError:
            return
        time.sleep(0.02)


def stall(handler):
    time.sleep(_LONG)


def drip_header(handler):
    drip(handler, b"H", _LONG)


def drip_body(handler):
    handler.send_response(200)
    handler.end_headers()
    drip(handler, b" ", _LONG)


@pytest.mark.parametrize("behave", [stall, drip_header, drip_body])
def test_the_time_limit_holds_whatever_the_server_does(behave):
    with serving(behave) as address:
        started = time.monotonic()
        said, hint = refused(address, timeout=0.15)
        took = time.monotonic() - started
    assert took < _LONG
    assert "within 0.15 s" in said
    assert "timeout" in hint


def test_a_connection_that_breaks_off_is_our_error():
    def behave(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"{")

    with serving(behave) as address:
        said, _ = refused(address)
    assert "broke off" in said


@pytest.mark.parametrize("address", ["http://", "http://[", "http://no.such.host.invalid/v1"])
def test_an_address_that_leads_nowhere_is_our_error(address):
    refused(address)


def test_embeddings_come_in_the_order_asked_and_of_length_one():
    rows = {"data": [{"index": 1, "embedding": [0.0, 2.0]}, {"index": 0, "embedding": [3.0, 4.0]}]}
    with serving(answering(rows)) as address:
        embedder = OpenAIEmbedder(f"{address}#nomic")
        vectors = embedder.embed(["one", "two"])
        assert embedder.name == f"{address}#nomic"
        embedder.close()
    numpy.testing.assert_allclose(vectors, [[0.6, 0.8], [0.0, 1.0]], rtol=1e-6)
    assert vectors.dtype == numpy.float32


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"index": 0, "embedding": [1.0]}],
        [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 2.0]}],
        [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [0.0]}],
        [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": ["x"]}],
        [{"embedding": [1.0]}, {"embedding": [1.0]}],
    ],
)
def test_embeddings_of_another_shape_are_garbage(rows):
    with serving(answering({"data": rows})) as address:
        embedder = OpenAIEmbedder(address)
        with pytest.raises(ModelUnavailable):
            embedder.embed(["one", "two"])
        embedder.close()
