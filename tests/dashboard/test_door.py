"""An outsider at the door of a running server: foreign pages, files, floods, rubbish. It asks the internet nothing."""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from benchmarks.visitor import Visitor
from dashboard import door, pace
from dashboard.locale import translate
from tests.dashboard.outsider import GUARD, ask, connect, end_of, first_session, put, texts
from tests.dashboard.patience import until
from tools.server import Server, start, wait_until_healthy

PLACES = 4
OUTSIDE = (
    "/app.py",
    "/.streamlit/config.toml",
    "/dashboard/main.py",
    "/pyproject.toml",
    "/.git/config",
    "/../../../../etc/passwd",
    "/..%2f..%2f..%2fetc%2fpasswd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/..\\..\\etc\\passwd",
    "/etc/passwd%00.png",
    "//etc/passwd",
    "/file:///etc/passwd",
    "/static/../../etc/passwd",
    "/static/%2e%2e%2f%2e%2e%2fserver.py",
    "/app/static/../app.py",
    "/media/../../etc/passwd",
    "/component/x/../../../etc/passwd",
    "/_stcore/../../../etc/passwd",
    "/_stcore/bidi-components/x/../../../../etc/passwd",
    "/_stcore/script-health-check",
)


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> Path:
    """A file with a line for every time the server asked outside this machine."""
    return tmp_path_factory.mktemp("asked") / "hosts"


@pytest.fixture(scope="module")
def server(asked, repository) -> Iterator[Server]:
    """A server that listens on all addresses, as in a classroom."""
    (asked.parent / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    env = {"PYTHONPATH": f"{asked.parent}:{repository}", "ASKED": str(asked), "PHOENIX_PLACES": str(PLACES)}
    with start(env=env, address="0.0.0.0") as started:
        wait_until_healthy(started)
        yield started


# What is asked of the internet, and whether it is ready


def test_ready_is_said_in_the_body_once_the_models_are_there(server):
    until(lambda: ask(server, "GET", "/ready")[0] == 200, seconds=240)
    status, headers, body = ask(server, "GET", "/ready")
    assert (status, body) == (200, b"ready")
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://127.0.0.1:1", "https://localhost", "file://", "http://[", "x" * 999],
)
def test_a_page_of_another_origin_gets_no_websocket(server, origin):
    async def attempt() -> int:
        with pytest.raises(InvalidStatus) as refusal:
            await connect(server, additional_headers={"Origin": origin})
        return refusal.value.response.status_code

    assert asyncio.run(attempt()) == 403


def test_a_page_of_this_server_gets_one(server):
    async def attempt() -> None:
        await (await connect(server, origin=f"http://127.0.0.1:{server.port}")).close()

    asyncio.run(attempt())


# Files and paths


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_file_of_this_machine_is_served(server, path):
    status, headers, body = ask(server, "GET", path)
    assert b"root:" not in body
    assert b"import " not in body[:2000]
    assert status in (301, 307, 400, 403, 404) or (
        status == 200 and body.lstrip().startswith((b"<!doctype html", b"<!--"))
    )
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/interact", "/_stcore/agent/openapi.json"])
def test_what_visitors_do_not_need_is_not_there(server, path):
    assert ask(server, "GET", path)[0] == 404
    assert ask(server, "POST", path, b"{}")[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "RUBBISH"])
def test_other_methods_are_refused(server, method):
    assert ask(server, method, "/", b"x" if method == "POST" else None)[0] in (400, 403, 404, 405)


def test_a_browser_is_told_what_it_may_do(server):
    for path in ("/", "/_stcore/health", "/ready", "/_stcore/metrics"):
        headers = ask(server, "GET", path)[1]
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["referrer-policy"] == "same-origin"
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert policy["connect-src"] == policy["default-src"] == "'self'"
        assert policy["object-src"] == "'none'"
        assert "access-control-allow-origin" not in headers


# Uploads


def test_uploads_are_small_for_each_file_and_each_session(server):
    cookie = ask(server, "GET", "/_stcore/health")[1]["set-cookie"].split(";")[0]
    own = {"cookie": cookie, "x_xsrftoken": cookie.partition("=")[2]}

    async def attempt() -> None:
        async with connect(server) as socket:
            session = await first_session(socket)
            sizes = (1_000, 10**6, *[250_000] * 7)
            statuses = [await asyncio.to_thread(put, server, session, size, **own) for size in sizes]
            assert statuses == [204, 413, *[204] * 5, 429, 429]
            assert await asyncio.to_thread(put, server, session, 1_000) == 403  # without the token of this server
            assert await asyncio.to_thread(put, server, "nobody", 1_000, **own) == 400

    asyncio.run(attempt())
    path = "/_stcore/upload_file/any/one"
    assert ask(server, "PUT", path, **own)[0] == 411
    assert ask(server, "PUT", path, content_length="-1", **own)[0] in (400, 411)
    assert ask(server, "PUT", path, content_length=str(10**12), **own)[0] == 413


# Messages


@pytest.mark.parametrize("sent", ["text", json.dumps({"rerun": True}), b"\xff" * 100, b"\x00" * (4 * 10**6 + 1)])
def test_rubbish_ends_the_connection_and_says_nothing(server, sent):
    async def attempt() -> None:
        async with connect(server) as socket:
            assert await end_of(socket, sent) in (1002, 1003, 1009)

    asyncio.run(attempt())


def test_a_flood_is_hung_up_on_and_others_are_served(server):
    async def attempt() -> None:
        async with connect(server) as socket:
            message = Visitor(socket)._rerun()
            message.rerun_script.page_name = "study"
            assert await end_of(socket, *[message.SerializeToString()] * 20_000) == 1008
            assert (await asyncio.to_thread(ask, server, "GET", "/_stcore/health"))[2] == b"ok"

    asyncio.run(attempt())


def test_a_burst_passes_and_then_the_pace_of_hands(clock):
    bucket = pace.Pace(clock)
    assert all(bucket.take() for _ in range(pace.BURST))
    assert not bucket.take()
    clock.now += 2.5 / pace.PER_SECOND
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    clock.now += 1e6
    assert [bucket.take() for _ in range(pace.BURST + 1)] == [True] * pace.BURST + [False]


# Places


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_finds_no_place_is_told_so_and_far_beyond_that_nobody_is_let_in(server, language):
    async def attempt() -> None:
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(PLACES):
                await stack.enter_async_context(connect(server, additional_headers={door.MARK: "server"}))
            late = await stack.enter_async_context(connect(server))
            assert translate("common.full.server", language, count=PLACES) in await texts(late, language)
            for _ in range(PLACES - 1):
                await stack.enter_async_context(connect(server))
            with pytest.raises(InvalidStatus):
                await connect(server)
        async with connect(server) as socket:
            assert not await texts(socket, language) & {translate("common.full.server", language, count=PLACES)}

    asyncio.run(attempt())


def test_one_network_may_be_kept_from_taking_all_places():
    def full(address: str, inside: int) -> str | None:
        made = door.Door(None, rules=door.Rules(places=9, places_of_address=2), readiness=lambda: "ready")
        made._inside.update({address: inside})
        return made._full(address)

    assert [full("192.0.2.1", inside) for inside in (1, 2, 9)] == [None, "network", "server"]
    assert full("127.0.0.1", 8) is None  # a proxy, or the owner


# What all of that has left behind; keep these last


def test_nothing_was_asked_of_the_internet(server, asked):
    assert not asked.exists(), asked.read_text(encoding="utf-8")


def test_the_log_holds_no_address_and_no_trace_of_what_visitors_sent(server):
    server.log.seek(0)
    log = server.log.read()
    server.log.seek(0, 2)
    assert "127.0.0.1:" not in log.replace(f"127.0.0.1:{server.port}", "")
    assert "lang=" not in log
    assert "/_stcore/stream" not in log
    assert log.count("Traceback") <= 1  # Streamlit's, of the one frame that is no message
