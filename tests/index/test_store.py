"""Indexes on disk: found again, and never read when they are not what was written."""

import json
import os
import pathlib

import numpy as np
import pytest

from phoenix.index import (
    KINDS,
    FlatParameters,
    IndexFileError,
    IVFFlatParameters,
    StoppedError,
    build_index,
    default_parameters,
    digest_vectors,
    load_index,
    load_or_build,
    save_index,
    store,
)

PARAMETERS = IVFFlatParameters(nlist=16)


@pytest.fixture
def saved(tmp_path, clustered) -> pathlib.Path:
    load_or_build(clustered, PARAMETERS, folder=tmp_path)
    (path,) = tmp_path.iterdir()
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_comes_back_as_it_was(kind, tmp_path, clustered, questions):
    parameters = default_parameters(kind, size=len(clustered), dimension=16)
    index, digest, path = build_index(clustered, parameters), digest_vectors(clustered), tmp_path / "index"
    save_index(index, path, corpus_digest=digest)
    again = load_index(path, parameters, corpus_digest=digest)
    assert type(again) is type(index)
    assert (again.size, again.exact, again.memory_bytes) == (index.size, index.exact, index.memory_bytes)
    for found, expected in zip(again.search(questions, k=9), index.search(questions, k=9), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_an_index_is_built_once(tmp_path, clustered):
    first, second = (load_or_build(clustered, PARAMETERS, folder=tmp_path) for _ in range(2))
    assert (first.reused, second.reused) == (False, True)
    assert first.complaint is second.complaint is None


def test_a_flat_index_is_not_written(tmp_path, clustered):
    assert not load_or_build(clustered, FlatParameters(), folder=tmp_path).reused
    assert list(tmp_path.iterdir()) == []


def test_another_corpus_and_other_parameters_have_files_of_their_own(tmp_path, clustered):
    load_or_build(clustered, PARAMETERS, folder=tmp_path)
    assert not load_or_build(clustered, IVFFlatParameters(nlist=17), folder=tmp_path).reused
    assert not load_or_build(clustered[:-1], PARAMETERS, folder=tmp_path).reused
    assert len(list(tmp_path.iterdir())) == 3


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1],
        lambda data: flip(data, 1_000),
        lambda data: flip(data, len(data) - 100),
        lambda data: flip(data, len(data) - 1),
        lambda data: data.replace(b'"nlist": 16', b'"nlist": 17'),
    ],
    ids=["empty", "half", "last byte gone", "vectors", "description", "magic", "parameters"],
)
def test_a_damaged_file_is_refused_with_a_sentence_and_built_anew(damage, saved, tmp_path, clustered, questions):
    whole = saved.read_bytes()
    saved.write_bytes(damage(whole))
    with pytest.raises(IndexFileError, match=rf"{saved.name} .*build it again"):
        load_index(saved, PARAMETERS, corpus_digest=digest_vectors(clustered))
    stored = load_or_build(clustered, PARAMETERS, folder=tmp_path)
    assert not stored.reused
    assert saved.name in str(stored.complaint)
    assert stored.index.search(questions, k=1).ids.shape == (200, 1)
    assert load_or_build(clustered, PARAMETERS, folder=tmp_path).reused


def test_a_file_of_another_corpus_under_this_name_is_refused(saved, clustered):
    with pytest.raises(IndexFileError, match=r"another corpus, kind or version"):
        load_index(saved, PARAMETERS, corpus_digest=digest_vectors(clustered[:-1]))


def test_the_checksum_is_verified_before_faiss_reads(saved, clustered, monkeypatch):
    saved.write_bytes(flip(saved.read_bytes(), 1_000))
    monkeypatch.setattr(store.faiss, "read_index", lambda _: pytest.fail("an unverified file was read"))
    with pytest.raises(IndexFileError, match="checksum"):
        load_index(saved, PARAMETERS, corpus_digest=digest_vectors(clustered))


def test_a_stopped_build_leaves_no_file(tmp_path, clustered):
    with pytest.raises(StoppedError):
        load_or_build(clustered, PARAMETERS, folder=tmp_path, should_stop=lambda: True)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path, clustered):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert not load_or_build(clustered, PARAMETERS, folder=blocked / "indexes").reused


def test_what_stands_in_the_place_of_a_file_is_not_opened(tmp_path, clustered):
    load_or_build(clustered, PARAMETERS, folder=tmp_path)
    (path,) = tmp_path.iterdir()
    path.unlink()
    os.mkfifo(path)  # opening it would wait for ever
    assert not load_or_build(clustered, PARAMETERS, folder=tmp_path).reused
    assert load_or_build(clustered, PARAMETERS, folder=tmp_path).reused


def test_another_user_may_read_an_index(saved):
    assert saved.stat().st_mode & 0o777 == 0o644


def test_another_version_of_faiss_has_files_of_its_own(tmp_path, clustered, monkeypatch):
    load_or_build(clustered, PARAMETERS, folder=tmp_path)
    monkeypatch.setattr(store.faiss, "__version__", "0.0")
    assert not load_or_build(clustered, PARAMETERS, folder=tmp_path).reused
    assert len(list(tmp_path.iterdir())) == 2


def test_the_description_can_be_read_by_a_person(saved):
    data = saved.read_bytes()
    described = json.loads(data[data.rindex(b'{"format"') : data.rindex(b"}") + 1])
    assert (described["kind"], described["parameters"]) == ("ivf_flat", {"nlist": 16})
