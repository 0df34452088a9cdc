"""A batch that several devices, or several hosts, share trains as it does on one device."""

import json
import socket
import subprocess
import sys
from contextlib import closing

import pytest

from tests.training import sharded


@pytest.fixture
def start(repository):
    """start("ranker", 8) → a process that trains on eight simulated devices."""
    running = []

    def begin(*arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.training.sharded", *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        running.append(subprocess.Popen(command, cwd=repository, text=True, **pipes))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def result(process: subprocess.Popen[str]) -> dict:
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    return json.loads(output[output.index("{") :])


def assert_alike(found: dict, alone: dict, *, devices: int) -> None:
    assert found["devices"] == devices
    assert found["losses"] == pytest.approx(alone["losses"], rel=1e-5)
    assert found["total"] == pytest.approx(alone["total"], rel=1e-5)
    assert found["gradients"] == pytest.approx(alone["gradients"], rel=1e-4)


@pytest.mark.slow
@pytest.mark.runs_optax
def test_eight_devices_train_the_ranker_as_one_does(start):
    eight = start("ranker", 8)
    alone = sharded.train(*sharded.ranker())
    assert_alike(result(eight), alone, devices=8)


@pytest.mark.slow
@pytest.mark.runs_optax
def test_two_hosts_of_two_devices_train_as_one_device_does(start):
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        meeting = f"127.0.0.1:{free.getsockname()[1]}"
    hosts = [start("linear", 2, meeting, 2, host) for host in range(2)]
    alone = sharded.train(*sharded.linear())
    for host in hosts:
        assert_alike(result(host), alone, devices=4)
