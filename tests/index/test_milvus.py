"""Milvus as a back end: what goes wrong between here and there. The contract suite runs on it as on every kind."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from phoenix.index import IndexUnavailableError, MilvusIndex, MilvusParameters, StoppedError, open_index
from phoenix.index import milvus as backend

if os.environ.get("PHOENIX_REQUIRE_MILVUS") != "1":
    pytest.importorskip("pymilvus", reason="pymilvus, an optional extra, is not installed")

AWAY = MilvusParameters("http://someone:secret@127.0.0.1:1", timeout_seconds=1, attempts=2, backoff_seconds=0.01)


@pytest.fixture
def file(tmp_path) -> str:
    return str(tmp_path / "vectors.db")


@pytest.fixture
def uploads(monkeypatch) -> list[int]:
    """First ids of the batches that are uploaded."""
    seen: list[int] = []
    ask = MilvusIndex._ask

    def spy(self, what, method, **arguments):
        if what == "upload to":
            seen.append(arguments["data"][0]["id"])
        return ask(self, what, method, **arguments)

    monkeypatch.setattr(MilvusIndex, "_ask", spy)
    return seen


def test_a_server_that_is_away_is_named_without_its_password(clustered):
    with pytest.raises(
        IndexUnavailableError, match=r"Milvus at http://127\.0\.0\.1:1 could not connect, tried 2 times"
    ) as e:
        MilvusIndex(clustered, AWAY)
    assert "secret" not in str(e.value)
    assert "PHOENIX_INDEX_URI" in str(e.value)


def test_requests_are_tried_again_after_growing_pauses(monkeypatch):
    pauses: list[float] = []
    monkeypatch.setattr(backend.time, "sleep", pauses.append)
    answers = iter([OSError("one"), OSError("two"), OSError("three"), "done"])

    def action() -> str:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    assert backend._try(action, what="answer", parameters=MilvusParameters("x.db")) == "done"
    assert pauses == [0.25, 0.5, 1.0]


def test_a_collection_of_another_dimension_is_refused(file, clustered):
    MilvusIndex(clustered[:50], MilvusParameters(file), corpus_digest="a").close()
    with pytest.raises(IndexUnavailableError, match=r"holds vectors of 16 dimensions, expected 8"):
        MilvusIndex(clustered[:50, :8], MilvusParameters(file), corpus_digest="a")


def test_vectors_are_uploaded_once(file, clustered, questions, uploads):
    parameters = MilvusParameters(file, batch=1_000)
    first = MilvusIndex(clustered, parameters)
    expected = first.search(questions, k=5).ids
    first.close()
    assert uploads == [0, 1_000, 2_000, 3_000]
    second = MilvusIndex(clustered, parameters)
    assert len(uploads) == 4
    np.testing.assert_array_equal(second.search(questions, k=5).ids, expected)
    second.close()


def test_an_upload_that_was_cut_off_goes_on(file, clustered, questions, uploads):
    parameters = MilvusParameters(file, batch=1_000)
    with pytest.raises(StoppedError, match="2 of 4"):
        MilvusIndex(clustered, parameters, should_stop=lambda: len(uploads) == 2)
    del uploads[:]
    index = MilvusIndex(clustered, parameters)
    assert uploads == [2_000, 3_000]
    expected = np.argsort(-questions @ clustered.T, axis=1)[:, :3]
    np.testing.assert_array_equal(index.search(questions, k=3).ids, expected)
    index.close()


def test_more_results_than_milvus_gives_are_refused(file):
    index = MilvusIndex(np.eye(2), MilvusParameters(file))
    index._size = 20_000
    with pytest.raises(ValueError, match="k must be at most 16384"):
        index.search(np.eye(2), k=16_385)
    index.close()


def test_a_local_file_and_its_folder_are_made(tmp_path, clustered):
    local = open_index(clustered[:50], uri=str(tmp_path / "new" / "vectors.db"))
    assert isinstance(local, MilvusIndex)
    assert (tmp_path / "new" / "vectors.db").exists()
    local.close()


def test_a_folder_that_cannot_be_made_is_named_with_its_variable(tmp_path, clustered):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(IndexUnavailableError, match=r"The folder of the index.*cannot be made.*PHOENIX_INDEX_URI"):
        MilvusIndex(clustered[:50], MilvusParameters(str(tmp_path / "file" / "x" / "vectors.db")))


HOLD_LOCK = """
import fcntl, sys
file = open(sys.argv[1])
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_file_that_another_process_has_open_is_said_to_be_so(file, clustered):
    from milvus_lite.server_manager import server_manager_instance

    parameters = MilvusParameters(file, attempts=2, backoff_seconds=0.01)
    index = MilvusIndex(clustered[:50], parameters)
    index.close()
    server_manager_instance.release_server(file)
    command = [sys.executable, "-c", HOLD_LOCK, str(pathlib.Path(file) / "LOCK")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(IndexUnavailableError, match=r"is open in another process.*PHOENIX_INDEX_URI"):
            MilvusIndex(clustered[:50], parameters)
        other.stdin.close()
    MilvusIndex(clustered[:50], parameters).close()


@pytest.mark.parametrize("error", [OSError("gone"), TypeError("odd"), RuntimeError("closed")])
def test_whatever_a_search_raises_the_index_is_unavailable(file, clustered, questions, monkeypatch, error):
    index = MilvusIndex(clustered[:50], MilvusParameters(file, attempts=2, backoff_seconds=0))

    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(index._client, "search", fail)
    with pytest.raises(IndexUnavailableError, match=rf"could not search.*\({error}\).*PHOENIX_INDEX_URI") as caught:
        index.search(questions, k=3)
    assert f"tried {2 if isinstance(error, OSError) else 1} times" in str(caught.value)
    index.close()
