"""Stored arrays come back as they were; anything else is refused with a sentence, and nothing is unpickled."""

import json
import os
import pathlib
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as hnp

from phoenix import checkpoint
from phoenix.checkpoint import (
    ArtifactError,
    digest_arrays,
    flatten_params,
    load_arrays,
    load_json,
    mismatch,
    read_header,
    refusing,
    save_arrays,
    sweep_temporary,
    unflatten_params,
    write_atomically,
)
from phoenix.checks import Sentence

ARRAYS = {
    "matrix": np.arange(12, dtype=np.float32).reshape(3, 4),
    "half": np.array([0.5, -1.25], np.float16),
    "scalar": np.array(7, np.int32),
    "flags": np.array([[True, False]]),
    "nothing": np.zeros((0, 3), np.int64),
}
METADATA = {"kind": "test", "number": 3, "nested": {"text": "文字", "list": [1, 2.5, None]}}


class CreatesFile:
    """Unpickling it creates a file."""

    def __init__(self, path: pathlib.Path):
        self.path = path

    def __reduce__(self):
        return pathlib.Path.touch, (self.path,)


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "folder" / "arrays.safetensors"
    save_arrays(path, ARRAYS, METADATA)
    return path


def assert_refused(path: pathlib.Path, reason: str) -> None:
    with pytest.raises(ArtifactError, match=reason) as caught:
        load_arrays(path)
    assert str(path) in str(caught.value)


def test_arrays_and_metadata_come_back_as_they_were(path):
    arrays, metadata = load_arrays(path)
    assert metadata == METADATA
    assert set(arrays) == set(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)
        assert (arrays[name].dtype, arrays[name].shape) == (array.dtype, array.shape)


@given(array=hnp.arrays(hnp.floating_dtypes(sizes=(16, 32, 64), endianness="="), hnp.array_shapes(min_dims=0)))
def test_any_float_array_comes_back(tmp_path_factory, array):
    path = tmp_path_factory.mktemp("any") / "a.safetensors"
    save_arrays(path, {"a": array}, {})
    np.testing.assert_array_equal(load_arrays(path)[0]["a"], array)


def test_a_transposed_array_comes_back_in_its_own_order(tmp_path):
    save_arrays(tmp_path / "t", {"t": ARRAYS["matrix"].T}, {})
    np.testing.assert_array_equal(load_arrays(tmp_path / "t")[0]["t"], ARRAYS["matrix"].T)


def test_a_missing_file_is_refused(tmp_path):
    assert_refused(tmp_path / "absent.safetensors", "does not exist")


@pytest.mark.parametrize("kept", [0, 4, 60, -1])
def test_a_truncated_file_is_refused(path, kept):
    path.write_bytes(path.read_bytes()[:kept])
    assert_refused(path, "is truncated or not a safetensors file")


def test_a_longer_file_is_refused(path):
    path.write_bytes(path.read_bytes() + b"more")
    assert_refused(path, "is truncated or not a safetensors file")


def test_a_flipped_bit_in_the_tensors_is_refused(path):
    data = bytearray(path.read_bytes())
    data[-30] ^= 1
    path.write_bytes(data)
    assert_refused(path, "has been changed since it was written")


def test_every_flipped_byte_is_refused(path):
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        data = bytearray(whole)
        data[place] ^= 0x20
        path.write_bytes(data)
        try:
            arrays, metadata = load_arrays(path)
        except ArtifactError:
            continue
        # What was flipped was a blank between the header and the tensors.
        assert digest_arrays(arrays) == digest_arrays(ARRAYS)
        assert metadata == METADATA


def test_edited_metadata_are_refused(path):
    data = path.read_bytes()
    assert data.count(rb"\"number\": 3") == 1
    path.write_bytes(data.replace(rb"\"number\": 3", rb"\"number\": 4"))
    assert_refused(path, "has been changed since it was written")


def test_a_safetensors_file_that_we_did_not_write_is_refused(tmp_path):
    from safetensors.numpy import save_file

    save_file({"matrix": ARRAYS["matrix"]}, tmp_path / "foreign.safetensors")
    assert_refused(tmp_path / "foreign.safetensors", "its digest does not match")


def test_a_header_tells_metadata_and_shapes_without_reading_an_array(path, monkeypatch):
    monkeypatch.setattr(checkpoint, "safe_open", lambda *_, **__: pytest.fail("arrays were opened"))
    header = read_header(path)
    assert header.metadata == METADATA
    assert header.shapes == {name: array.shape for name, array in ARRAYS.items()}
    assert header.nbytes == sum(array.nbytes for array in ARRAYS.values())


@pytest.mark.parametrize("length", [0, 2**31, 2**62, 2**64 - 1])
def test_a_header_of_impossible_length_is_refused_before_it_is_read(path, length):
    data = path.read_bytes()
    path.write_bytes(length.to_bytes(8, "little") + data[8:])
    assert_refused(path, "is truncated or not a safetensors file")


def test_a_file_larger_than_its_header_says_is_refused_before_its_arrays_are_read(path, monkeypatch):
    monkeypatch.setattr(checkpoint, "safe_open", lambda *_, **__: pytest.fail("arrays were opened"))
    with path.open("ab") as file:
        file.truncate(2**40)  # sparse: nothing is written
    assert_refused(path, f"its header describes [0-9]+ bytes, it has {2**40}")


def test_what_is_no_file_is_refused_without_opening_it(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        assert_refused(path, "is not a file")
        with pytest.raises(ArtifactError, match="is not a file"):
            load_json(path)


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_an_impossible_name_is_refused(tmp_path, name):
    with pytest.raises(ArtifactError, match="cannot be read"):
        load_arrays(tmp_path / name)


def test_a_folder_that_may_not_be_entered_is_refused(tmp_path, monkeypatch):
    def forbid(self, **_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(pathlib.Path, "stat", forbid)
    assert_refused(tmp_path / "a.safetensors", r"cannot be read \(Permission denied\)")


def test_what_killed_writers_left_is_swept_after_a_while(path):
    old, new, other = (
        path.parent / name for name in (f".{path.name}.a.tmp", f".{path.name}.b.tmp", ".x.safetensors.c.tmp")
    )
    for file in (old, new, other):
        file.write_bytes(b"half")
    for file in (old, other):
        os.utime(file, (0, 0))
    write_atomically(path, b"new")
    assert [file.exists() for file in (old, new, other)] == [False, True, True]
    sweep_temporary(path.parent)
    assert [file.exists() for file in (old, new, other)] == [False, True, False]
    assert path.read_bytes() == b"new"


def test_a_written_file_may_be_read_by_others(path):
    assert path.stat().st_mode & 0o777 == 0o644


def test_nothing_is_unpickled(tmp_path):
    created, path = tmp_path / "created", tmp_path / "evil.safetensors"
    path.write_bytes(pickle.dumps(CreatesFile(created)))
    assert_refused(path, "not a safetensors file")
    assert not created.exists()
    pickle.loads(path.read_bytes())
    assert created.exists(), "the file would have done harm"


def test_a_failed_write_leaves_the_old_file_and_no_other(path, monkeypatch):
    def fail(*_: object) -> None:
        raise OSError("no space left")

    before = path.read_bytes()
    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space left"):
        write_atomically(path, b"new")
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_the_new_content_is_complete_before_it_takes_the_name(path, monkeypatch):
    seen = {}
    replace = os.replace

    def look(source: str, target: pathlib.Path) -> None:
        seen["old"], seen["new"] = pathlib.Path(target).read_bytes(), pathlib.Path(source).read_bytes()
        replace(source, target)

    before = path.read_bytes()
    monkeypatch.setattr(os, "replace", look)
    write_atomically(path, b"new content")
    assert seen == {"old": before, "new": b"new content"}
    assert path.read_bytes() == b"new content"


def test_the_digest_sees_names_types_shapes_and_values_but_not_the_order():
    base = {"a": np.zeros(4, np.float32), "b": np.ones(2, np.float32)}
    changed = [
        {"c": base["a"], "b": base["b"]},
        {**base, "a": np.zeros(4, np.int32)},
        {**base, "a": np.zeros((2, 2), np.float32)},
        {**base, "a": np.array([0, 0, 0, 1], np.float32)},
        {"a": base["a"]},
    ]
    digests = {digest_arrays(arrays) for arrays in (base, *changed)}
    assert len(digests) == 6
    assert digest_arrays(dict(reversed(base.items()))) == digest_arrays(base)


def test_mismatch_names_the_file_and_what_is_wrong(tmp_path):
    assert str(mismatch(tmp_path / "x", "it is blue")) == f"{tmp_path / 'x'} does not fit: it is blue."


@pytest.mark.parametrize(
    "error", [KeyError("x"), TypeError("x"), AttributeError("x"), RecursionError("x"), MemoryError(), OSError(5, "x")]
)
def test_whatever_goes_wrong_is_one_kind_of_error_with_its_remedy(tmp_path, error):
    with (
        pytest.raises(ArtifactError, match=rf"{type(error).__name__}.*\. Do this\.$") as caught,
        refusing(tmp_path, remedy=Sentence("Do this.")),
    ):
        raise error
    assert str(tmp_path) in str(caught.value)
    with (
        pytest.raises(ArtifactError, match=r"^It is blue\. Do this\.$"),
        refusing(tmp_path, remedy=Sentence("Do this.")),
    ):
        raise ArtifactError("It is blue.")
    with pytest.raises(KeyboardInterrupt), refusing(tmp_path):
        raise KeyboardInterrupt


def test_parameters_flatten_and_come_back():
    params = {"model/~/linear": {"w": ARRAYS["matrix"], "b": ARRAYS["half"]}, "norm": {"scale": ARRAYS["scalar"]}}
    flat = flatten_params(params)
    assert set(flat) == {"model/~/linear:w", "model/~/linear:b", "norm:scale"}
    again = unflatten_params(flat)
    assert {module: set(group) for module, group in again.items()} == {
        module: set(group) for module, group in params.items()
    }
    assert again["model/~/linear"]["w"] is flat["model/~/linear:w"]


def test_the_library_never_imports_pickle(repository):
    sources = [path.read_text(encoding="utf-8") for path in (repository / "phoenix").rglob("*.py")]
    assert len(sources) > 20
    assert not any("pickle" in text.replace("unpickled", "") for text in sources)


@pytest.mark.parametrize("own", [[], "text", None, {"metadata": "[]"}, {"metadata": "7"}, {"metadata": 7}])
def test_a_file_that_describes_itself_in_another_way_is_refused(tmp_path, own):
    header = json.dumps({"__metadata__": own}).encode()
    (tmp_path / "forged").write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises(ArtifactError):
        read_header(tmp_path / "forged")


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path):
    with pytest.raises(IsADirectoryError) as refused:
        save_arrays(tmp_path, ARRAYS, METADATA)
    assert refused.value.filename == str(tmp_path)
