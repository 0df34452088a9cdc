"""The page that the server hands out: in its head a script, in its headers the length that it then has."""

import asyncio
import re
from pathlib import Path

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from dashboard.arrival import Arrival, script

PAGE = "<!DOCTYPE html><html><head><title>页面</title></head><body><head></body></html>"


async def _page(_request: Request) -> Response:
    return HTMLResponse(
        PAGE, headers={"etag": '"of-the-file"', "last-modified": "yesterday", "cache-control": "no-cache"}
    )


async def _text(_request: Request) -> Response:
    return PlainTextResponse("<head>")


async def _headless(_request: Request) -> Response:
    return HTMLResponse("<p>x</p>")


async def _gone(_request: Request) -> Response:
    return HTMLResponse(PAGE, status_code=404)


ROUTES = [Route(f"/{one.__name__}", one) for one in (_page, _text, _headless, _gone)]
# As Streamlit does it, what is inside is compressed for whoever takes that.
APP = Arrival(Starlette(routes=ROUTES, middleware=[Middleware(GZipMiddleware, minimum_size=1)]))
BROWSER = [(b"accept", b"text/html,*/*;q=0.8"), (b"accept-encoding", b"gzip, br")]


def ask(path: str, method: str = "GET") -> tuple[dict[str, str], bytes]:
    """The headers and the body of an answer."""
    messages = []

    async def run() -> None:
        async def receive() -> dict:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict) -> None:
            messages.append(message)

        await APP(
            {"type": "http", "method": method, "path": path, "headers": BROWSER, "query_string": b""}, receive, send
        )

    asyncio.run(run())
    headers = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
    return headers, b"".join(message.get("body", b"") for message in messages[1:])


def test_a_page_has_the_script_once_before_all_else_and_says_how_long_it_is() -> None:
    headers, body = ask("/_page")
    assert body == PAGE.encode().replace(b"<head>", b"<head>" + script(), 1)
    assert int(headers["content-length"]) == len(body)
    assert headers["cache-control"] == "no-cache"
    assert "etag" not in headers
    assert "last-modified" not in headers


def test_the_charts_code_is_asked_for_where_streamlit_keeps_it() -> None:
    (name,) = re.findall(rb'import\("\./static/js/([^"]+)"\)', script())
    own = Path(st.__file__).parent / "static" / "static" / "js"
    assert (own / name.decode()).is_file()
    assert any(name in file.read_bytes() for file in own.glob("index.*.js")), "Streamlit's script loads another file"


@pytest.mark.parametrize(
    ("path", "method"), [("/_text", "GET"), ("/_headless", "GET"), ("/_gone", "GET"), ("/_page", "HEAD")]
)
def test_what_is_no_page_passes_unchanged(path: str, method: str) -> None:
    headers, body = ask(path, method)
    assert script() not in body
    if method == "GET":
        assert int(headers["content-length"]) == len(body)
