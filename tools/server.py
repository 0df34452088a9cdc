"""A Streamlit server in a process of its own, on a free port of the loopback address."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TextIO

ROOT = Path(__file__).resolve().parent.parent


class Server(NamedTuple):
    """A running server: where it listens, its process, and what it has printed."""

    port: int
    process: subprocess.Popen
    log: TextIO

    @property
    def url(self) -> str:
        """Its address for a browser."""
        return f"http://127.0.0.1:{self.port}"

    def memory_bytes(self) -> int:
        """Resident memory of the process; Linux only."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError(f"Process {self.process.pid} has no resident memory: it has ended.")


@contextlib.contextmanager
def start(
    script: str = "app.py", *, env: Mapping[str, str] | None = None, address: str = "127.0.0.1"
) -> Iterator[Server]:
    """Starts `streamlit run script`, yields at once (see `wait_until_healthy`), and stops it in the end.

    Args:
      script: path of the app, absolute or from the repository's root.
      env: environment variables in addition to the present ones (PHOENIX_ARTIFACTS, …).
      address: where it listens.
    """
    port = free_port()
    options = {"server.port": port, "server.address": address, "server.headless": "true"}
    flags = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", script, *flags],
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield Server(port, process, log)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_healthy(server: Server, *, seconds: float = 240) -> None:
    """Returns when the server's health check answers `ok`.

    Raises:
      RuntimeError: the server ended, or was not healthy in time; the message ends with what it printed.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5) as answer:
            if answer.read() == b"ok":  # an unknown path answers 200 too, with a page
                return
        time.sleep(0.02)
    status = server.process.poll()
    what = f"was not healthy after {seconds:.0f} s" if status is None else f"ended with exit status {status}"
    server.log.seek(0)
    raise RuntimeError(f"The server {what}. It printed:\n{server.log.read()[-4000:]}")


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
