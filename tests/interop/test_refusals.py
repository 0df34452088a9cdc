"""Releases that are damaged, forged or of another network get a sentence that names what is wrong."""

import json
import pathlib
import pickle
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phoenix.checkpoint import ArtifactError
from phoenix.interop import folder
from phoenix.interop.__main__ import main
from tests.interop.release_files import draw_tables, write_release
from tests.interop.release_network import Sizes, draw

QUERY = "transformer/decoder_layer_1/multi_head_attention/query/w"
GATE = "transformer/decoder_layer_0/linear/w"


def assert_refused(source: pathlib.Path, *reasons: str, tables: pathlib.Path | None = None) -> None:
    with pytest.raises(ArtifactError) as caught:
        folder.read(source, tables=tables)
    text = str(caught.value)
    assert all(reason in text for reason in reasons), text
    assert text.endswith(".")
    assert len(text) < 1000


@pytest.mark.parametrize(
    ("arrays", "reasons"),
    [
        ({QUERY: None}, [f"There is no array {QUERY}"]),
        ({name: None for name in draw(Sizes(), "ranker") if "layer_1/" in name and "rms" not in name}, ["and 4 more"]),
        ({"transformer/decoder_layer_0/rms_norm_4/scale": np.ones(24)}, ["no place for the array", "rms_norm_4"]),
        ({"transformer/decoder_layer_3/linear/w": np.ones((24, 32))}, ["no place for", "decoder_layer_3/linear/w"]),
        ({GATE: np.ones((24, 33))}, [f"{GATE} has shape (24, 33)", "must be (24, 32)"]),
        ({"phoenix_model/proj_mat_3": np.ones((168, 24))}, ["proj_mat_3 has shape (168, 24)", "(144, 24)"]),
        ({"phoenix_model/unembeddings": np.ones((24, 15))}, ["unembeddings has shape (24, 15)", "(24, 19)"]),
        ({"phoenix_model/rms_norm/scale": np.ones((24, 1))}, ["rms_norm/scale has shape (24, 1)", "1 dimensions"]),
        ({GATE: np.zeros((0, 32))}, [f"{GATE} has shape (0, 32)", "none of them 0"]),
        ({GATE: np.full((24, 32), np.nan)}, [f"{GATE} holds numbers that are not finite"]),
        ({GATE: np.full((24, 32), 1e300)}, [f"{GATE} holds numbers that are not finite"]),
        ({GATE: np.ones((24, 32), int)}, [f"'{GATE}' is of type int64"]),
        (
            {"phoenix_model/continuous_unembeddings": np.ones((24, 8))},
            ["continuous_unembeddings belong to", "May 2026"],
        ),
        ({"phoenix_retrieval_model/proj_mat_1": np.ones((48, 24))}, ["should begin with transformer/ and with one of"]),
    ],
)
def test_wrong_arrays_are_named(tmp_path, arrays, reasons):
    assert_refused(write_release(tmp_path, arrays=arrays), str(tmp_path / "model_params.npz"), *reasons)


@pytest.mark.parametrize(
    ("config", "reasons"),
    [
        ({"num_q_heads": None, "key_size": None}, ["names neither key_size nor num_q_heads"]),
        ({"num_q_heads": 3}, ["num_q_heads must be a multiple of num_kv_heads, got 3 and 2"]),
        ({"num_q_heads": "4"}, ["num_q_heads in config.json must be a whole number", "'4'"]),
        ({"num_q_heads": True}, ["num_q_heads in config.json", "True"]),
        ({"num_layers": 10**9}, ["num_layers is 1000000000 in config.json, there are arrays of 2"]),
        ({"num_layers": 3}, ["num_layers is 3"]),
        ({"key_size": 3, "num_q_heads": 8}, ["rotary positions need an even one"]),
        ({"emb_size": 32}, ["rms_norm/scale has shape (24,)", "(32,)"]),
        ({"num_actions": 15}, ["action_projection has shape (19, 24)", "(15, 24)"]),
        ({"product_surface_vocab_size": 5}, ["product_surface_embedding_table has shape (16, 24)"]),
        ({"widening_factor": 4}, [f"{GATE} has shape (24, 32)", "(24, 64)"]),
        ({"widening_factor": 1e308}, ["widening_factor in config.json must be a number above 0"]),
        ({"attn_output_multiplier": 0}, ["attn_output_multiplier in config.json must be a number above 0, got 0"]),
        ({"num_item_hashes": 3}, ["num_item_hashes is 3 in config.json: our networks have 2 hashes"]),
        ({"right_anchored_rope": True}, ["right_anchored_rope is True", "no rotary positions that count from"]),
        ({"user_vocab_size": 99}, ["user_vocab_size is 99 in config.json, the table of users has 11 rows"]),
        ({"model": {"key_size": 8}}, ["key_size is 6 in config.json, and 8 in its model"]),
        ({"model": [1]}, ["model in config.json must be an object, got [1]"]),
        ({"history_seq_len": 0}, ["history_seq_len in config.json", "got 0"]),
    ],
)
def test_a_configuration_that_contradicts_the_arrays_is_refused(tmp_path, config, reasons):
    assert_refused(write_release(tmp_path, **config), *reasons)


def test_a_configuration_may_be_nested_or_say_no_more_than_the_arrays_do_not_tell(tmp_path):
    plain = folder.read(write_release(tmp_path / "plain"))
    assert plain.notes == ()
    sizes = Sizes()._asdict()
    model = {name: sizes[name] for name in ("emb_size", "key_size", "num_q_heads", "num_kv_heads", "widening_factor")}
    nested = write_release(tmp_path / "nested", **dict.fromkeys(model), model=model, hash_config={"num_user_hashes": 2})
    assert folder.read(nested).release.config == plain.release.config
    least = write_release(tmp_path / "least")
    (least / "config.json").write_text(json.dumps({"num_q_heads": 4, "history_seq_len": 7}))
    read = folder.read(least)
    assert read.release.config == plain.release.config
    assert read.notes == ("config.json names no attn_output_multiplier: 0.125, as in the release's scripts.",)


@pytest.mark.parametrize("shape", [(), (1,)])
def test_a_temperature_is_left_out_and_that_is_said(tmp_path, shape):
    read = folder.read(write_release(tmp_path, "retrieval", arrays={"~/log_temperature": np.zeros(shape, np.float32)}))
    assert read.notes == ("~/log_temperature is left out: it serves training alone.",)


def test_tables_may_lie_in_the_first_file_or_elsewhere(tmp_path):
    tables = draw_tables(Sizes())
    expected = folder.read(write_release(tmp_path / "plain")).release
    inside = write_release(tmp_path / "inside", tables=False, arrays=tables)
    np.savez(tmp_path / "elsewhere.npz", **tables)
    bare = write_release(tmp_path / "bare", tables=False)
    for read in (folder.read(inside / "model_params.npz"), folder.read(bare, tables=tmp_path / "elsewhere.npz")):
        assert read.release.config == expected.config
        assert all((read.release.tables[name] == tables[name]).all() for name in tables)
    assert folder.read(bare).release.tables == {}


def test_tables_that_do_not_fit_are_refused(tmp_path):
    release, file = write_release(tmp_path / "release", tables=False), tmp_path / "tables.npz"
    tables = draw_tables(Sizes())
    for changed, reason in (
        (tables | {"item_embeddings": np.ones((5, 23))}, "item_embeddings has shape (5, 23)"),
        (
            tables | {"item_embeddings": np.ones((1, 24))},
            "item_embeddings has shape (1, 24), expected two rows or more",
        ),
        (tables | {"more": np.ones(3)}, "expected the tables user_embeddings, item_embeddings, author_embeddings, got"),
        ({"user_embeddings": tables["user_embeddings"]}, "got user_embeddings"),
    ):
        np.savez(file, **changed)
        assert_refused(release, reason, tables=file)
    assert_refused(release, "does not exist", tables=tmp_path / "nowhere.npz")


class Bomb:
    """Unpickling it creates a file."""

    def __init__(self, path: pathlib.Path):
        self.path = path

    def __reduce__(self):
        return pathlib.Path.touch, (self.path,)


def test_nothing_is_unpickled(tmp_path):
    release, victim = write_release(tmp_path / "release"), tmp_path / "victim"
    array = np.empty((24, 32), object)
    array[:] = Bomb(victim)
    write_release(release, arrays={GATE: array})
    assert_refused(release, f"'{GATE}' holds Python objects")
    (release / "model_params.npz").write_bytes(pickle.dumps(Bomb(victim)))
    assert_refused(release, "cannot be used", "not a zip file")
    with zipfile.ZipFile(release / "model_params.npz", "w") as archive:
        archive.writestr(f"{GATE}.npy", pickle.dumps(Bomb(victim)))
    assert_refused(release, "cannot be used")
    assert not victim.exists()


def header(shape: str, descr: str = "<f4") -> bytes:
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (header("(1000000000000, 1000)"), "does not fit into its"),
        (header("(-1, 4)"), "does not fit into its"),
        (header("(2, 2)") + bytes(15), "does not fit into its"),
        (header("(2, 2)") + bytes(17), "does not fit into its"),
        (header("(2, 2)", "|O"), "holds Python objects"),
        (header("(2, 2)", "|V2") + bytes(8), "is of type"),
        (header("(2, 2)").replace(b"\x01\x00", b"\x09\x00", 1) + bytes(16), "format (9, 0)"),
        (header("(" * 50), "cannot be used"),
        (b"", "cannot be used"),
        (b"\x93NUMPY", "cannot be used"),
    ],
)
def test_forged_arrays_are_refused_before_they_are_read(tmp_path, content, reason):
    release = write_release(tmp_path)
    with zipfile.ZipFile(release / "model_params.npz", "a") as archive:
        archive.writestr("phoenix_model/forged.npy", content)
    assert_refused(release, reason)


def test_forged_archives_are_refused(tmp_path):
    path = write_release(tmp_path) / "model_params.npz"
    whole = path.read_bytes()
    for keep in (0, 1, 21, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:keep])
        assert_refused(tmp_path, "cannot be used")
    for place in (len(whole) // 3, len(whole) // 2):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert_refused(tmp_path, "cannot be used", "Bad CRC-32")
    path.write_bytes(whole)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"{GATE}.npy", header("(24, 32)") + bytes(24 * 32 * 4))
    assert_refused(tmp_path, f"the entry '{GATE}.npy' occurs twice")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../readme.txt", "no array")
    assert_refused(tmp_path, "the entry '../../readme.txt' is not an array")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_file_with_wrong_bytes_is_read_as_it_was_or_refused(data, tmp_path_factory):
    release = write_release(tmp_path_factory.mktemp("release"), sizes=Sizes(num_layers=1, emb_size=8))
    expected = folder.read(release).release
    path = release / data.draw(st.sampled_from(["model_params.npz", "embedding_tables.npz", "config.json"]))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        # Half of the time in the directory at the end of an archive.
        place = data.draw(st.one_of(st.integers(0, len(content) - 1), st.integers(len(content) // 2, len(content) - 1)))
        content[place] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        found = folder.read(release).release
    except ArtifactError:
        return
    assert {name: array.tobytes() for name, array in found.arrays.items()} == {
        name: array.tobytes() for name, array in expected.arrays.items()
    }


def test_an_archive_that_unpacks_to_far_more_than_it_is_holds_no_weights(tmp_path, monkeypatch):
    monkeypatch.setattr(folder.arrays, "_LARGE", 2**16)
    path = write_release(tmp_path) / "model_params.npz"
    np.savez_compressed(path, **draw(Sizes(), "ranker") | {GATE: np.zeros((2**12, 2**12), np.float32)})
    assert_refused(tmp_path, "no weights do")


def test_the_command_says_in_a_sentence_what_is_missing(tmp_path, capsys):
    for source, reason in (
        (tmp_path / "nowhere", "does not exist"),
        (tmp_path, "model_params.npz does not exist"),
        (write_release(tmp_path / "torn", arrays={QUERY: None}), f"There is no array {QUERY}"),
    ):
        assert main(["import", str(source), "--out", str(tmp_path / "model.safetensors")]) == 2
        assert reason in " ".join(capsys.readouterr().err.split())
    (write_release(tmp_path / "bare") / "config.json").unlink()
    assert main(["import", str(tmp_path / "bare"), "--out", str(tmp_path / "model.safetensors")]) == 2
    assert "config.json does not exist" in " ".join(capsys.readouterr().err.split())
    assert main(["export", str(tmp_path / "nothing"), "--out", str(tmp_path / "out")]) == 2
    assert "nothing does not exist" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "model.safetensors").exists()


def test_what_lies_beside_must_fit(tmp_path):
    release = write_release(tmp_path)
    np.savez(release / "ours.npz", **{"phoenix_model/~/unembedding:b": np.ones(5)})
    assert_refused(release, str(release / "ours.npz"), "unembedding:b has shape (5,)", "(19,)")
    np.savez(release / "ours.npz", **{"phoenix_model/~/unembedding:b": np.ones(19), "other:b": np.ones(5)})
    assert_refused(release, "no place for the array other:b")


def test_a_folder_in_the_place_of_the_tables_is_not_said_to_be_missing(tmp_path):
    source = write_release(tmp_path)
    assert_refused(source, f"{tmp_path} is not a file", tables=tmp_path)
