"""The scripts of the pages, compressed once, for browsers on other machines.

Streamlit hands them out as they are, eight megabytes for a first visit, and leaves it to a proxy to compress them: to
do so for every request anew would cost the server too much. A class that arrives at once over one radio has no proxy,
and the scripts never change: each is compressed when it is first asked for, and kept. A browser on this machine, or a
proxy, which may do better, gets them as before.
"""

import asyncio
import gzip
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.latest import keep_latest

_KINDS = {"js": "text/javascript", "css": "text/css"}
_HERE = ("127.0.0.1", "::1")
_FOR_GOOD = "public, immutable, max-age=31536000"  # their names change with their content


@cache
def scripts() -> dict[str, Path]:
    """The end of a script's address → its file."""
    folder = Path(st.__file__).parent / "static" / "static"
    return {f"/static/{kind}/{file.name}": file for kind in _KINDS for file in (folder / kind).glob(f"*.{kind}")}


@keep_latest(1_000)
def compressed(file: Path) -> bytes:
    """A file's content by gzip."""
    return gzip.compress(file.read_bytes(), compresslevel=6, mtime=0)


class Lighter:
    """An ASGI middleware that answers for the scripts where that saves something."""

    def __init__(self, app: ASGIApp):
        """Wraps an app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, or hands on."""
        file = _asked_for(scope)
        if file is None:
            await self._app(scope, receive, send)
            return
        body = await asyncio.to_thread(compressed, file)
        headers = {"content-encoding": "gzip", "vary": "accept-encoding", "cache-control": _FOR_GOOD}
        await Response(body, media_type=_KINDS[file.suffix[1:]], headers=headers)(scope, receive, send)


def _asked_for(scope: Scope) -> Path | None:
    """The script that a browser on another machine wants, if it takes gzip and does not ask for a part."""
    if scope["type"] != "http" or scope["method"] != "GET" or (scope.get("client") or _HERE)[0] in _HERE:
        return None
    headers, path = Headers(scope=scope), scope["path"]
    if "gzip" not in headers.get("accept-encoding", "") or "range" in headers:
        return None
    return scripts().get(path[path.rfind("/static/") :])
