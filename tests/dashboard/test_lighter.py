"""Streamlit's scripts, compressed for browsers on other machines."""

import asyncio
import gzip

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from dashboard import lighter
from dashboard.lighter import Lighter, scripts

APP = Lighter(Starlette(routes=[Route("/{path:path}", lambda _: PlainTextResponse("inside"), methods=["GET", "HEAD"])]))
NAME = next(name for name in scripts() if "/index." in name and name.endswith(".js"))
GZIP = {"accept-encoding": "gzip, br"}


def ask(path: str, client: str = "192.0.2.7", method: str = "GET", **headers: str) -> tuple[dict[str, str], bytes]:
    """The headers and the body of an answer."""
    messages = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        messages.append(message)

    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": pairs}
    asyncio.run(APP({**scope, "client": (client, 5)}, receive, send))
    answered = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
    return answered, b"".join(message.get("body", b"") for message in messages[1:])


@pytest.mark.parametrize("below", ["", "/phoenix"])
def test_a_script_arrives_whole_and_in_a_third_of_its_size(below: str) -> None:
    headers, body = ask(below + NAME, **GZIP)
    content = scripts()[NAME].read_bytes()
    assert gzip.decompress(body) == content
    assert int(headers["content-length"]) == len(body) < len(content) / 3
    assert headers["content-encoding"] == "gzip"
    assert headers["content-type"].startswith("text/javascript")
    assert "immutable" in headers["cache-control"]


def test_it_is_compressed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = ask(NAME, **GZIP)
    monkeypatch.setattr(lighter.gzip, "compress", lambda *_, **__: pytest.fail("once more"))
    assert ask(NAME, **GZIP) == first


@pytest.mark.parametrize(
    "asked",
    [
        {"path": NAME, "client": "127.0.0.1", **GZIP},
        {"path": NAME, "client": "::1", **GZIP},
        {"path": NAME},
        {"path": NAME, "accept-encoding": "br"},
        {"path": NAME, "range": "bytes=0-99", **GZIP},
        {"path": NAME, "method": "HEAD", **GZIP},
        {"path": "/static/js/../../../secret.js", **GZIP},
        {"path": "/static/js/none.js", **GZIP},
        {"path": "/ranking", **GZIP},
    ],
)
def test_all_else_is_handed_on(asked: dict[str, str]) -> None:
    headers, body = ask(**asked)
    assert "content-encoding" not in headers
    assert body == b"inside"
