"""Somebody outside, who asks a server whatever they like, as it is written: no browser tidies it."""

import asyncio
import contextlib
import http.client
import uuid

import websockets
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed

from benchmarks.visitor import Visitor, form
from tools.server import Server

# Runs in the server before anything else: whoever is asked outside this machine is noted, and not asked.
GUARD = """
import os, socket
real = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo
def note(host):
    if str(host) not in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "None", ""):
        with open(os.environ["ASKED"], "a") as file:
            file.write(f"{host}\\n")
        raise OSError("the internet was asked")
def connect(self, address):
    # connecting a datagram socket sends nothing: it says which address of this machine would be used
    note(address[0] if isinstance(address, tuple) and self.type != socket.SOCK_DGRAM else "")
    return real[0](self, address)
def connect_ex(self, address):
    note(address[0] if isinstance(address, tuple) else "")
    return real[1](self, address)
def getaddrinfo(host, *rest, **more):
    note(host.decode() if isinstance(host, bytes) else host)
    return real[2](host, *rest, **more)
socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo = connect, connect_ex, getaddrinfo
"""


def ask(server: Server, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, dict, bytes]:
    """One request as it is written: no client tidies its path."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)) as line:
        line.putrequest(method, path, skip_accept_encoding=True)
        for name, value in ({} if body is None else {"content-length": str(len(body))}).items() | headers.items():
            line.putheader(name.replace("_", "-"), value)
        line.endheaders()
        with contextlib.suppress(ConnectionError):  # refused by its length, before it was read
            line.send(body or b"")
        answer = line.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def connect(server: Server, **more) -> websockets.connect:
    address = f"ws://127.0.0.1:{server.port}/_stcore/stream"
    return websockets.connect(
        address, subprotocols=["streamlit"], max_size=None, open_timeout=20, close_timeout=0.2, **more
    )


async def first_session(socket) -> str:
    """Opens the Study page, which needs no models, and returns the session's id."""
    visitor = Visitor(socket)
    message = visitor._rerun()
    message.rerun_script.page_name = "study"
    await socket.send(message.SerializeToString())
    while True:
        answer = ForwardMsg.FromString(await asyncio.wait_for(socket.recv(), 60))
        if answer.WhichOneof("type") == "new_session":
            return answer.new_session.initialize.session_id


def put(server: Server, session: str, size: int, **headers: str) -> int:
    body, kind = form(b"x" * size)
    path = f"/_stcore/upload_file/{session}/{uuid.uuid4()}"
    return ask(server, "PUT", path, body, content_type=kind, **headers)[0]


async def end_of(socket, *sent: bytes | str) -> int:
    """Sends messages, receives all that is answered, and returns the code with which the server closes."""
    with contextlib.suppress(ConnectionClosed):
        for message in sent:
            await socket.send(message)
    try:
        while True:
            answer = await asyncio.wait_for(socket.recv(), 60)
            assert b"Traceback" not in answer
    except ConnectionClosed as closed:
        return closed.rcvd.code


async def texts(socket, language: str) -> set[str]:
    """All that a visitor's first page says in boxes."""
    message = Visitor(socket)._rerun()
    message.rerun_script.page_name, message.rerun_script.query_string = "study", f"lang={language}"
    await socket.send(message.SerializeToString())
    said = set()
    while True:
        answer = ForwardMsg.FromString(await asyncio.wait_for(socket.recv(), 60))
        if answer.WhichOneof("type") == "delta" and answer.delta.new_element.WhichOneof("type") == "alert":
            said.add(answer.delta.new_element.alert.body)
        elif answer.WhichOneof("type") == "script_finished":
            return said
