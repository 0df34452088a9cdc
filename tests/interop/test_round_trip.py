"""What goes out comes back bit by bit, in both directions, and what the other side cannot hold is said."""

import pathlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phoenix.checkpoint import flatten_params
from phoenix.environment import SHIPPED
from phoenix.forward import ranker_functions, retrieval_functions
from phoenix.hashing import TableConfig
from phoenix.interop import convert, files, folder
from phoenix.interop.__main__ import main
from phoenix.recsys_model import PhoenixConfig
from phoenix.recsys_retrieval_model import RetrievalConfig
from phoenix.storage import Model
from phoenix.transformer import TransformerConfig
from tests.interop.release_files import draw_tables, write_release
from tests.interop.release_network import Sizes, draw
from tests.models import random_batch, random_weights

NETWORK = TransformerConfig(width=16, num_layers=1, num_q_heads=2, num_kv_heads=1, key_size=6, widening=1.7)
TABLES = TableConfig(users=5, posts=9, authors=7)
CONFIGS = {
    "ranker": PhoenixConfig(history_len=12, tables=TABLES, transformer=NETWORK),
    "retrieval": RetrievalConfig(history_len=12, tables=TABLES, transformer=NETWORK),
    "plain": RetrievalConfig(history_len=12, tables=TABLES, transformer=NETWORK, user_tower="plain"),
}


def draw_model(config) -> Model:
    functions = ranker_functions(config) if isinstance(config, PhoenixConfig) else retrieval_functions(config)
    return Model(config, random_weights(functions.init, random_batch(0), seed=0))


def assert_same(found: Model, expected: Model) -> None:
    assert found.config == expected.config
    arrays, others = flatten_params(found.params), flatten_params(expected.params)
    assert arrays.keys() == others.keys()
    for name, array in arrays.items():
        assert array.dtype == np.float32
        assert (array.shape, array.tobytes()) == (others[name].shape, np.asarray(others[name]).tobytes()), name


def through_a_folder(model: Model, place: pathlib.Path) -> Model:
    folder.write(place, convert.to_release(model))
    return convert.from_release(folder.read(place).release)


@pytest.mark.parametrize("kind", CONFIGS)
def test_an_exported_model_comes_back_bit_by_bit(tmp_path, kind):
    model = draw_model(CONFIGS[kind])
    assert_same(through_a_folder(model, tmp_path), model)


@pytest.mark.parametrize("kind", ["ranker", "retrieval"])
def test_the_shipped_models_come_back_bit_by_bit(tmp_path, kind):
    model = files.load(SHIPPED, kind=kind)
    assert_same(through_a_folder(model, tmp_path), model)


@pytest.mark.parametrize("kind", ["ranker", "retrieval"])
def test_an_imported_release_goes_out_as_it_came_by_the_command(tmp_path, kind, capsys):
    source = write_release(tmp_path / "release", kind)
    assert main(["import", str(source), "--out", str(tmp_path / "model.safetensors")]) == 0
    assert main(["export", str(tmp_path / "model.safetensors"), "--out", str(tmp_path / "again")]) == 0
    said = capsys.readouterr().out
    assert "19 actions, 15 product surfaces" in said
    assert "under the mask causal and the positions slot, whatever" in said
    for name, expected in (("model_params.npz", draw(Sizes(), kind)), ("embedding_tables.npz", draw_tables(Sizes()))):
        with np.load(tmp_path / "again" / name, allow_pickle=False) as found:
            assert {key: found[key].tobytes() for key in found} == {k: v.tobytes() for k, v in expected.items()}
    assert not (tmp_path / "again" / "ours.npz").exists()


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_models_of_any_shape_come_back_bit_by_bit(data, tmp_path_factory):
    number = st.integers(1, 4)
    keys = data.draw(number)
    network = TransformerConfig(
        width=data.draw(st.integers(2, 12)),
        num_layers=data.draw(st.sampled_from([1, 2, 11])),
        num_q_heads=keys * data.draw(number),
        num_kv_heads=keys,
        key_size=2 * data.draw(number),
        widening=data.draw(st.floats(1, 5)),
        attn_output_multiplier=data.draw(st.floats(1e-6, 10)),
    )
    rows = st.integers(2, 9)
    tables = TableConfig(*data.draw(st.one_of(st.tuples(rows, rows, rows), st.just((1, 1, 1)))))
    made = {"ranker": PhoenixConfig, "plain": RetrievalConfig, "projected": RetrievalConfig}
    kind = data.draw(st.sampled_from(sorted(made)))
    config = made[kind](
        history_len=data.draw(st.integers(1, 200)),
        tables=tables,
        transformer=network,
        num_actions=data.draw(st.integers(1, 64)),
        num_surfaces=data.draw(st.integers(0, 20)),
        **({} if kind == "ranker" else {"user_tower": kind}),
    )
    model = fill(config, seed=data.draw(st.integers(0, 9)))
    assert_same(through_a_folder(model, tmp_path_factory.mktemp("release")), model)


def fill(config, *, seed: int) -> Model:
    """A model of a configuration with any numbers in it, without tracing the network."""
    rng = np.random.default_rng(seed)
    empty = convert.Release(config, {}, {}, {})
    shapes = convert.layout.shapes(config)
    arrays = {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    sizes = {"user_embeddings": config.tables.users, "item_embeddings": config.tables.posts}
    sizes["author_embeddings"] = config.tables.authors
    width = config.transformer.width
    tables = {n: rng.normal(size=(rows, width)).astype(np.float32) for n, rows in sizes.items() if rows > 1}
    beside = {
        ":".join(place): np.asarray(rng.normal(size=shape), np.float32)
        for place, shape in convert.layout.ours_alone(config).items()
    }
    return convert.from_release(empty._replace(arrays=arrays, tables=tables, beside=beside))


@pytest.mark.parametrize(
    ("kind", "reasons"),
    [
        ("ranker", ["The unembedding has a bias, from -"]),
        ("retrieval", ["The candidate tower's two maps have biases", "The user tower looks both ways"]),
    ],
)
def test_an_export_that_would_change_the_outputs_wants_to_be_told_so(tmp_path, capsys, kind, reasons):
    command = ["export", str(SHIPPED), "--model", kind, "--out", str(tmp_path / "release")]
    assert main(command) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert all(reason in said for reason in [*reasons, "With --beside"])
    assert not (tmp_path / "release").exists()
    assert main([*command, "--beside"]) == 0
    said = capsys.readouterr().out
    assert all(reason in said for reason in [*reasons, "It is in ours.npz"])
    assert (tmp_path / "release" / "ours.npz").exists()


def test_an_export_takes_away_what_an_earlier_one_left_beside(tmp_path):
    folder.write(tmp_path, convert.to_release(draw_model(CONFIGS["ranker"])))
    model = convert.from_release(folder.read(write_release(tmp_path / "other", tables=False)).release)
    assert_same(through_a_folder(model, tmp_path), model)
    assert not (tmp_path / "ours.npz").exists()
    assert not (tmp_path / "embedding_tables.npz").exists()
