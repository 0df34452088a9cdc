"""A visitor without a browser: speaks the protocol of Streamlit's websocket as its browser client does.

Widgets are known by their keys, which end their ids. Like the browser, a visitor sends the state of every widget with
each interaction, names the fragment that the widget belongs to, and is served when the script has finished.
"""

import asyncio
import contextlib
import http.client
import time
import uuid
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

import websockets
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

ANSWER_SECONDS = 60
_EDGE = "phoenix"
_HEAD = f'--{_EDGE}\r\nContent-Disposition: form-data; name="f"; filename="f.json"\r\n\r\n'.encode()


class Widget(NamedTuple):
    """A widget on the page: its kind, description and fragment ("" = the whole script)."""

    kind: str
    proto: Any
    fragment: str


class Answer(NamedTuple):
    """What one run of the script sent.

    Attributes:
      seconds: from the request to the end of the script.
      texts: bodies of all HTML and Markdown elements.
      charts: how many charts were drawn.
      exceptions: what went wrong, in the page's words.
      received_bytes: size of all messages.
    """

    seconds: float
    texts: list[str]
    charts: int
    exceptions: list[str]
    received_bytes: int


def form(body: bytes) -> tuple[bytes, str]:
    """A form with one file in it, as a browser uploads it, and its content type."""
    return _HEAD + body + f"\r\n--{_EDGE}--\r\n".encode(), f"multipart/form-data; boundary={_EDGE}"


class Visitor:
    """One session; use `connect`, and `close` in the end."""

    def __init__(self, socket: websockets.ClientConnection):
        """Prefer `connect`."""
        self.widgets: dict[str, Widget] = {}
        self._socket = socket
        self._pages: dict[str, str] = {}
        self._states: dict[str, WidgetState] = {}
        self._page = self._query = self._session = ""

    @classmethod
    async def connect(cls, port: int) -> "Visitor":
        """Opens a session with the server at a port of the loopback address."""
        address = f"ws://127.0.0.1:{port}/_stcore/stream"
        return cls(await websockets.connect(address, subprotocols=["streamlit"], max_size=None, open_timeout=60))

    async def close(self) -> None:
        """Leaves."""
        await self._socket.close()

    async def open(self, page: str, query: str = "") -> Answer:
        """Opens a page by its address, as a link does."""
        self.widgets.clear()
        self._query = query
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_name = page
        return await self._ask(message)

    async def switch(self, page: str) -> Answer:
        """Goes to another page by the navigation."""
        self.widgets.clear()
        message = self._rerun()
        message.rerun_script.page_script_hash = self._pages[page]
        return await self._ask(message)

    async def set(self, key: str, value: float) -> Answer:
        """Moves a slider or fills in a number, which stands in the address, as the browser writes it there."""
        widget = self.widgets[key]
        state = self._states[widget.proto.id] = WidgetState(id=widget.proto.id)
        if widget.kind == "slider":
            state.double_array_value.data.append(value)
        else:
            state.double_value = value
            self._query = urlencode({**dict(parse_qsl(self._query)), key: value})
        message = self._rerun()
        message.rerun_script.fragment_id = widget.fragment
        return await self._ask(message)

    def upload(self, body: bytes) -> int:
        """Uploads a file, as the page's field does; returns the answer's status. It waits: call it in a thread."""
        host, port = self._socket.remote_address[:2]
        with contextlib.closing(http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)) as line:
            line.request("GET", "/_stcore/health")
            answer = line.getresponse()
            answer.read()
            cookie = (answer.getheader("set-cookie") or "").split(";")[0]
            written, kind = form(body)
            headers = {"cookie": cookie, "x-xsrftoken": cookie.partition("=")[2], "content-type": kind}
            line.request("PUT", f"/_stcore/upload_file/{self._session}/{uuid.uuid4()}", written, headers)
            return line.getresponse().status

    def _rerun(self) -> BackMsg:
        message = BackMsg()
        script = message.rerun_script
        script.query_string, script.page_script_hash = self._query, self._page
        here = {widget.proto.id for widget in self.widgets.values()}
        script.widget_states.widgets.extend(state for name, state in self._states.items() if name in here)
        return message

    async def _ask(self, message: BackMsg) -> Answer:
        begun, texts, exceptions, charts, size = time.perf_counter(), [], [], 0, 0
        await self._socket.send(message.SerializeToString())
        while True:
            raw = await asyncio.wait_for(self._socket.recv(), ANSWER_SECONDS)
            size += len(raw)
            answer = ForwardMsg.FromString(raw)
            kind = answer.WhichOneof("type")
            if kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
                element = answer.delta.new_element
                name = element.WhichOneof("type")
                if name in ("html", "markdown"):
                    texts.append(getattr(element, name).body)
                elif name == "exception":
                    exceptions.append(element.exception.message)
                elif name == "alert" and element.alert.format == Alert.ERROR:
                    exceptions.append(element.alert.body)
                elif name == "plotly_chart":
                    charts += 1
                elif name in ("slider", "number_input"):
                    self._meet(name, getattr(element, name), answer.delta.fragment_id)
            elif kind == "new_session":
                self._session = answer.new_session.initialize.session_id or self._session
            elif kind == "navigation":
                self._pages = {page.url_pathname: page.page_script_hash for page in answer.navigation.app_pages}
                self._page = answer.navigation.page_script_hash
            elif kind == "page_info_changed":
                self._query = answer.page_info_changed.query_string
            elif kind == "script_finished" and answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return Answer(time.perf_counter() - begun, texts, charts, exceptions, size)

    def _meet(self, kind: str, proto: Any, fragment: str) -> None:
        """Notes a widget and, where the script sets it, its value."""
        self.widgets[proto.id.rpartition("-")[2]] = Widget(kind, proto, fragment)
        if kind == "slider" and (proto.set_value or proto.id not in self._states):
            state = self._states[proto.id] = WidgetState(id=proto.id)
            state.double_array_value.data.extend(proto.value if proto.set_value else proto.default)
        elif kind == "number_input" and (proto.set_value or proto.id not in self._states):
            state = self._states[proto.id] = WidgetState(id=proto.id)
            state.double_value = proto.value if proto.set_value else proto.default
