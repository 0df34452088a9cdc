"""An arrival is one step of the browser's history, however much of the address the page then writes out.

A page completes its address as it opens: language, post, whatever a default depends on. Streamlit makes every such
change a step of its own, so that Back would first take the visitor to the page on which they already are. Until
they click or type there, a change is the page's own and replaces the step. Going to another page is two changes, of
the path and of what stands behind it, in either order: together they are one step. The page that the server hands out
says so in its head, before Streamlit's script, because no element of a page is there early enough.

The head also has the code of the charts, by far the largest, loaded and run while a page waits for the models, or once
it stands: Streamlit's own script asks for it no sooner than the first chart has come, and then it takes a second.
"""

import functools

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.lighter import scripts

_HEAD = b"<head>"
_CHARTS = """
    <script>{
      const look = setInterval(() => {
        const waits = document.querySelector("[data-testid=stProgress], [data-test-script-state=notRunning]");
        if (!waits || !document.querySelector("h1")) return;
        clearInterval(look);
        import(".%s").catch(() => {});
      }, 100);
    }</script>"""
_STEPS = b"""
    <script>{
      let used = false, stepped = false;
      for (const event of ["pointerdown", "keydown", "click", "input"]) {
        addEventListener(event, () => ([used, stepped] = [true, false]), { capture: true, passive: true });
      }
      addEventListener("popstate", () => (used = false));
      history.pushState = function (state, title, address) {
        const leaves = new URL(address ?? "", location).pathname !== location.pathname;
        const step = used && !(leaves && stepped);
        History.prototype[step ? "pushState" : "replaceState"].call(this, state, title, address);
        [used, stepped] = [used && !leaves, step];
      };
    }</script>"""


@functools.cache
def script() -> bytes:
    """What the head gets; nothing about charts if this Streamlit keeps their code elsewhere."""
    charts = (name for name in scripts() if name.startswith("/static/js/PlotlyChart."))
    return _STEPS + "".join(_CHARTS % name for name in charts).encode()


class Arrival:
    """An ASGI middleware that writes `script()` into the head of the app's page."""

    def __init__(self, app: ASGIApp):
        """Wraps an app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands on; what a browser asks for as a page is changed on its way back."""
        if _asks_for_a_page(scope):
            # Streamlit would compress the page, which is small, before it comes back here.
            plain = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
            await self._app({**scope, "headers": plain}, receive, _Page(send).send)
        else:
            await self._app(scope, receive, send)


def _asks_for_a_page(scope: Scope) -> bool:
    got = scope["type"] == "http" and scope["method"] == "GET"
    return got and "text/html" in Headers(scope=scope).get("accept", "")


class _Page:
    """The messages of one answer. The head of a page waits for its body, whose length it states."""

    def __init__(self, send: Send):
        self._send, self._start = send, None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200 and _is_page(message):
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            message = _with_script(start, message)
            await self._send(start)
        await self._send(message)


def _is_page(start: Message) -> bool:
    return MutableHeaders(scope=start).get("content-type", "").startswith("text/html")


def _with_script(start: Message, first: Message) -> Message:
    """The first piece of a page with the script in it; the head `start` is changed in place."""
    body = first.get("body", b"")
    if _HEAD not in body:
        return first
    headers = MutableHeaders(scope=start)
    headers["content-length"] = str(int(headers["content-length"]) + len(script()))
    for validator in ("etag", "last-modified"):  # they are those of Streamlit's file, which is another
        del headers[validator]
    return {**first, "body": body.replace(_HEAD, _HEAD + script(), 1)}
