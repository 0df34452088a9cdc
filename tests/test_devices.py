"""What JAX computes on is chosen by one argument, or by PHOENIX_DEVICE."""

import json
import os
import subprocess
import sys

import jax
import pytest

from phoenix import devices, environment, run_ranker, train


def test_what_is_found_is_named():
    assert devices.use() == devices.use("cpu")
    assert jax.local_devices()[0].device_kind in devices.use()


def test_a_device_that_is_not_there_is_refused_in_a_sentence(monkeypatch, capsys):
    monkeypatch.setenv("XLA_PYTHON_CLIENT_PREALLOCATE", "")
    assert run_ranker.main(["--device", "gpu"]) == 2
    assert "JAX computes on cpu here and knows no gpu. Leave --device" in capsys.readouterr().err
    monkeypatch.setenv("PHOENIX_DEVICE", "tpu")
    with pytest.raises(ValueError, match="knows no tpu"):
        devices.use()


def test_a_device_that_nobody_knows_is_refused_in_a_sentence(monkeypatch):
    monkeypatch.setenv("PHOENIX_DEVICE", "quantum")
    with pytest.raises(ValueError, match="PHOENIX_DEVICE is one of cpu, gpu, tpu; it is 'quantum'"):
        environment.device()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--hosts", "2"], "several hosts need --coordinator"),
        (["--coordinator", "here:1", "--hosts", "2", "--host", "2"], "several hosts need --coordinator"),
        (["--coordinator", "here:1"], "several hosts need --coordinator"),
        (["--log", "l", "--out", "o", "--coordinator", "here:1", "--hosts", "2"], "--log trains on one host"),
    ],
)
def test_hosts_that_do_not_add_up_are_refused(options, sentence, capsys):
    with pytest.raises(SystemExit):
        train.parse_arguments(options)
    assert sentence in capsys.readouterr().err


def test_a_gpu_ranks_as_the_processor_does(repository):
    without = {name: value for name, value in os.environ.items() if name != "JAX_PLATFORMS"}

    def feed(device: str) -> list[int]:
        command = [sys.executable, "-m", "phoenix.run_ranker", "--json", "--device", device]
        run = subprocess.run(command, cwd=repository, env=without, capture_output=True, text=True, check=False)
        if "knows no gpu" in run.stderr:
            pytest.skip(run.stderr)
        return [row["post"] for row in json.loads(run.stdout)["feed"]]

    assert feed("gpu") == feed("cpu")
