"""The door: what every request passes before Streamlit sees it. Visitors of a public server are strangers.

Design, an ASGI middleware around the whole app:
* a page of another origin opens no websocket. Streamlit would compare the origin with the server's outer address, which
  it asks the internet for, inside the event loop: ten such pages stop everybody for twenty seconds;
* uploads are as small as what the pages read (weights, a learner's notes), for each file and for each session;
* what nobody needs who only looks is not there: statistics and the interface for agents;
* a server has places. Who comes when all are taken is marked, and is told so by the page (`dashboard.main`); far beyond
  that a connection is refused, because even a refusal in words costs a session;
* a visitor sends at the pace of hands, and binary; whoever does not is hung up on. A browser connects again by itself;
* a browser is told what it may do with a page: nothing from elsewhere is loaded, no other site frames it;
* `GET /ready` says in its body whether the models are there, so that a proxy sends nobody who would have to wait.
"""

import ipaddress
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config, net_util
from streamlit.web.server import server_util

from dashboard.pace import Pace

MOST_UPLOAD_BYTES = 300_000  # a learner's file may have 200 000; the form around it a few hundred
MOST_SESSION_BYTES = 5 * MOST_UPLOAD_BYTES
MARK = "x-phoenix-place"  # a header that only the door writes
_SESSIONS = 512  # whose uploads are remembered
_TEXT, _FLOOD = 1003, 1008  # codes with which a websocket is closed
_CLOSED = ("_stcore/metrics", "_stcore/agent/")

Full = Literal["server", "network"]


class Rules(NamedTuple):
    """How many visitors there may be, and who may frame the pages.

    Attributes:
      places: visitors at once; as many again are told that there is no place.
      places_of_address: how many of them from one network address; a loopback address is a proxy or the owner.
      frames: other origins whose pages may frame this one.
    """

    places: int
    places_of_address: int
    frames: tuple[str, ...] = ()


class Door:
    """Lets visitors in, or not."""

    def __init__(self, app: ASGIApp, *, rules: Rules, readiness: Callable[[], str]):
        """Wraps an app.

        Args:
          app: what is behind the door.
          rules: see `Rules`.
          readiness: "ready" once a feed can be made at once, else why not.
        """
        self._app, self._rules, self._readiness = app, rules, readiness
        self._headers = _headers(rules.frames)
        self._inside: Counter[str] = Counter()  # address → open connections
        self._uploads: OrderedDict[str, dict[str, int]] = OrderedDict()  # session → file → bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, refuses, or hands on."""
        if scope["type"] == "http":
            await self._answer(scope, receive, self._with_headers(send))
        elif scope["type"] == "websocket":
            await self._admit(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = _path(scope)
        if path == "ready":
            said = self._readiness()
            answer = PlainTextResponse(said, 200 if said == "ready" else 503, {"cache-control": "no-store"})
            await answer(scope, receive, send)
        elif path.startswith(_CLOSED):
            await PlainTextResponse("Not found", 404)(scope, receive, send)
        elif path.startswith("_stcore/upload_file/"):
            await self._take_upload(scope, receive, send, path)
        else:
            await self._app(scope, receive, send)

    async def _take_upload(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        _, _, session, file = (*path.split("/", 3), "", "")[:4]
        if scope["method"] == "DELETE":
            self._uploads.get(session, {}).pop(file, None)
        if scope["method"] != "PUT":
            await self._app(scope, receive, send)
            return
        size = Headers(scope=scope).get("content-length", "")
        if not size.isascii() or not size.isdigit():
            await PlainTextResponse("Say how long the file is.", 411)(scope, receive, send)
        elif int(size) > MOST_UPLOAD_BYTES:
            await PlainTextResponse(f"A file has at most {MOST_UPLOAD_BYTES} bytes.", 413)(scope, receive, send)
        elif sum(self._uploads.get(session, {}).values()) + int(size) > MOST_SESSION_BYTES:
            await PlainTextResponse("This session has uploaded enough.", 429)(scope, receive, send)
        else:
            await self._app(scope, receive, self._noting(send, session, file, int(size)))

    def _noting(self, send: Send, session: str, file: str, size: int) -> Send:
        async def note(message: Message) -> None:
            if message.get("status") == 204:  # taken
                self._uploads.setdefault(session, {})[file] = size
                self._uploads.move_to_end(session)
                if len(self._uploads) > _SESSIONS:
                    self._uploads.popitem(last=False)
            await send(message)

        return note

    def _with_headers(self, send: Send) -> Send:
        async def head(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        return head

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = (scope.get("client") or ("", 0))[0]
        if not is_own_origin(Headers(scope=scope)) or self._inside.total() >= 2 * self._rules.places:
            await receive()
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: 403
            return
        headers = [pair for pair in scope["headers"] if pair[0] not in (MARK.encode(), b"origin")]
        full = self._full(address)
        marks = [(MARK.encode(), full.encode())] if full else []
        self._inside[address] += 1
        line = Line(receive, send)
        try:
            await self._app({**scope, "headers": headers + marks}, line.receive, line.send)
        finally:
            self._inside -= Counter({address: 1})

    def _full(self, address: str) -> Full | None:
        if self._inside.total() >= self._rules.places:
            return "server"
        many = self._inside[address] >= self._rules.places_of_address
        return "network" if many and not _is_loopback(address) else None


class Line:
    """A visitor's websocket: binary messages, no more than hands can make."""

    def __init__(self, receive: Receive, send: Send, clock: Callable[[], float] = time.monotonic):
        """Wraps the two ends that an ASGI app is given."""
        self._receive, self._send, self._pace, self._closed = receive, send, Pace(clock), False

    async def receive(self) -> Message:
        """The next message. A flood ends the connection, and so does a text, which Streamlit does not speak."""
        message = await self._receive()
        if message["type"] != "websocket.receive":
            return message
        code = _TEXT if message.get("bytes") is None else _FLOOD if not self._pace.take() else None
        if code is None:
            return message
        await self.send({"type": "websocket.close", "code": code})
        return {"type": "websocket.disconnect", "code": code}

    async def send(self, message: Message) -> None:
        """Sends, unless the connection has ended; that it has is for `receive` to say, once."""
        if self._closed:
            return
        self._closed = message["type"] == "websocket.close"
        try:
            await self._send(message)
        except OSError:  # the visitor has left
            self._closed = True


def is_own_origin(headers: Mapping[str, str]) -> bool:
    """Whether a websocket is asked for by a page of this server, or of an origin that the owner has named.

    What is no browser says no origin and is let in: it has no visitor's cookies either.
    """
    origin = headers.get("origin")
    if origin is None or not config.get_option("server.enableCORS"):
        return True
    named = {one.strip() for one in config.get_option("server.corsAllowedOrigins")}
    return origin in named or origin.partition("://")[2] == headers.get("host", "/")


def ask_nobody() -> None:
    """Keeps Streamlit from asking the internet for this machine's outer address, whatever it wants it for."""
    net_util.get_external_ip = lambda: None


def addresses() -> list[str]:
    """Where a browser finds this server. Streamlit's own list, for which it asks the internet, is turned off."""
    address = config.get_option("server.address") or "0.0.0.0"
    hosts = [server_util.get_display_address(address)]
    if hosts[0] != address:  # it listens on all addresses; the inner one is known without sending anything
        hosts.append(net_util.get_internal_ip())
    return [server_util.get_url(host) for host in hosts if host]


def _path(scope: Scope) -> str:
    """The path below the base path, without a slash at its beginning."""
    base = (config.get_option("server.baseUrlPath") or "").strip("/")
    return scope["path"].removeprefix(f"/{base}").lstrip("/")


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:  # a Unix socket, a test
        return True


def _headers(frames: tuple[str, ...]) -> dict[str, str]:
    """What a browser is told. Streamlit's pages write scripts and styles into themselves, so these stay allowed."""
    policy = {
        "default-src": "'self'",
        "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": " ".join(("'self'", *frames)),
    }
    headers = {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "referrer-policy": "same-origin",  # the address says what a visitor looks at
        "x-content-type-options": "nosniff",
    }
    return headers if frames else {**headers, "x-frame-options": "SAMEORIGIN"}
