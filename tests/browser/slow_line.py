"""A line that delivers every byte late, in order: what a visitor far away has between browser and server."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from urllib.parse import urlsplit


class SlowLine:
    """A relay to a server.

    Attributes:
      url: its base URL.
      round_trip_seconds: from a request's last byte to the earliest possible answer; may be changed at any time.
    """

    def __init__(self, target: str):
        """A relay that is not slow yet; `target` is the server's base URL."""
        self.url, self.round_trip_seconds = "", 0.0
        self._target, self._stop = urlsplit(target), threading.Event()

    def serve(self, ready: threading.Event) -> None:
        """Listens on a free port until `stop`."""
        asyncio.run(self._serve(ready))

    def stop(self) -> None:
        """Ends `serve`."""
        self._stop.set()

    async def _serve(self, ready: threading.Event) -> None:
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        await asyncio.to_thread(self._stop.wait)
        server.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.CancelledError):
            far_reader, far_writer = await asyncio.open_connection(self._target.hostname, self._target.port)
            with closing(far_writer):
                await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))
        writer.close()

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        """Carries bytes one way; each piece waits for a moment of its own, not for the one before."""
        loop, pieces = asyncio.get_running_loop(), asyncio.Queue()

        async def deliver() -> None:
            with suppress(ConnectionError):
                while True:
                    moment, piece = await pieces.get()
                    await asyncio.sleep(max(0.0, moment - loop.time()))
                    if not piece:
                        break
                    target.write(piece)
                    await target.drain()
            target.close()

        delivery = asyncio.create_task(deliver())
        with suppress(ConnectionError):
            while piece := await source.read(65_536):
                pieces.put_nowait((loop.time() + self.round_trip_seconds / 2, piece))
        pieces.put_nowait((loop.time(), b""))
        await delivery


@contextmanager
def slow_line(url: str) -> Iterator[SlowLine]:
    """Yields a relay to the server at `url`."""
    line, ready = SlowLine(url), threading.Event()
    # A thread of its own: Playwright keeps an event loop alive in the caller's.
    serving = threading.Thread(target=line.serve, args=(ready,), daemon=True)
    serving.start()
    assert ready.wait(10)
    yield line
    line.stop()
    serving.join(timeout=10)
