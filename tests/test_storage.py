"""A folder of artifacts: round trip, and a sentence for every file that is damaged or belongs elsewhere."""

import dataclasses
import pathlib
import shutil

import numpy as np
import pytest

from phoenix.checkpoint import ArtifactError, digest_arrays, load_arrays, save_arrays, save_json
from phoenix.hashing import TableConfig
from phoenix.recsys_model import PhoenixConfig
from phoenix.recsys_retrieval_model import RetrievalConfig
from phoenix.storage import (
    SHIPPED,
    Artifacts,
    artifacts_folder,
    load_artifacts,
    save_metrics,
    save_model,
    save_world,
)
from phoenix.transformer import TransformerConfig
from phoenix.world import World
from phoenix.world.stream import SPLIT, histories_before

HISTORY = 6
TABLES = TableConfig(users=64, posts=128, authors=64)
TRANSFORMER = TransformerConfig(width=8, num_layers=1, num_q_heads=2, num_kv_heads=1, key_size=4)
RANKER = PhoenixConfig(HISTORY, TABLES, TRANSFORMER)
RETRIEVAL = RetrievalConfig(HISTORY, TABLES, TRANSFORMER)
FILES = ("world.safetensors", "retrieval.safetensors", "ranker.safetensors", "metrics.json", "training_log.json")


def generate(seed: int) -> World:
    return World.generate(seed=seed, num_posts=300, num_users=40, num_authors=100)


@pytest.fixture(scope="module")
def world() -> World:
    return generate(1)


@pytest.fixture(scope="module")
def params() -> dict:
    rng = np.random.default_rng(0)

    def draw(*shape: int) -> np.ndarray:
        return rng.standard_normal(shape).astype(np.float32)

    return {
        kind: {
            f"{kind}/~/hash_tables": {"users": draw(64, 8), "posts": draw(128, 8)},
            f"{kind}/~/linear": {"w": draw(8, 15), "b": draw(15)},
            f"{kind}/~/norm": {"scale": draw(8)},
        }
        for kind in ("retrieval", "ranker")
    }


def write(folder: pathlib.Path, world: World, params: dict) -> None:
    digest = save_world(folder, world, history_len=HISTORY)
    save_model(folder, "retrieval", params["retrieval"], RETRIEVAL, world_digest=digest)
    save_model(folder, "ranker", params["ranker"], RANKER, world_digest=digest)
    save_json(folder / "training_log.json", {"entries": [{"phase": "tables", "step": 1, "loss": 2.5}]})
    save_json(folder / "metrics.json", {})


@pytest.fixture(scope="module")
def original(tmp_path_factory, world, params) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("artifacts")
    write(folder, world, params)
    return folder


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory, params) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("elsewhere")
    write(folder, generate(2), params)
    return folder


@pytest.fixture
def folder(tmp_path, original) -> pathlib.Path:
    return pathlib.Path(shutil.copytree(original, tmp_path / "artifacts"))


def assert_refused(folder: pathlib.Path, file: str, reason: str) -> None:
    with pytest.raises(ArtifactError, match=reason) as caught:
        load_artifacts(folder)
    assert str(folder / file) in str(caught.value)
    assert "Restore the shipped files with `git checkout" in str(caught.value)
    assert "make train" in str(caught.value)


def test_everything_comes_back(original, world, params):
    loaded = load_artifacts(original)
    assert isinstance(loaded, Artifacts)
    assert digest_arrays(loaded.world.arrays()) == digest_arrays(world.arrays())
    assert loaded.world.config == world.config
    assert (loaded.ranker_config, loaded.retrieval_config) == (RANKER, RETRIEVAL)
    assert loaded.log == [{"phase": "tables", "step": 1, "loss": 2.5}]
    assert loaded.metrics == {}
    for kind in ("retrieval", "ranker"):
        stored, given = getattr(loaded, kind), params[kind]
        assert {(m, n) for m in stored for n in stored[m]} == {(m, n) for m in given for n in given[m]}
        for module, group in given.items():
            for name, leaf in group.items():
                # Tables are stored in half precision, everything else exactly.
                tolerance = 1e-3 if module.endswith("hash_tables") else 0
                np.testing.assert_allclose(stored[module][name], leaf, rtol=tolerance, atol=tolerance)
                assert stored[module][name].dtype == np.float32


def test_histories_are_those_at_the_split(original, world):
    expected = histories_before(world.stream, np.arange(40), moment=SPLIT, length=HISTORY)
    for stored, replayed in zip(load_artifacts(original).histories, expected, strict=True):
        np.testing.assert_array_equal(stored, replayed)
        assert stored.dtype == replayed.dtype


def test_weights_carry_configuration_hashes_metrics_and_versions(original, world):
    arrays, metadata = load_arrays(original / "ranker.safetensors")
    assert metadata["kind"] == "ranker"
    assert metadata["config"] == dataclasses.asdict(RANKER)
    assert metadata["world_digest"] == digest_arrays(world.arrays())
    assert metadata["weights_digest"] == digest_arrays(arrays)
    assert set(metadata["versions"]) >= {"jax", "dm-haiku", "numpy"}


def test_metrics_are_stored_beside_the_weights_and_in_them(folder):
    before, _ = load_arrays(folder / "ranker.safetensors")
    save_metrics(folder, {"users": 3, "ranker": {"auc": 0.75}, "retrieval": {"gain": 0.5}})
    loaded = load_artifacts(folder)
    assert loaded.metrics["users"] == 3
    after, metadata = load_arrays(folder / "ranker.safetensors")
    assert metadata["metrics"] == {"auc": 0.75}
    assert load_arrays(folder / "retrieval.safetensors")[1]["metrics"] == {"gain": 0.5}
    assert digest_arrays(after) == digest_arrays(before)


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_refused(folder, file):
    (folder / file).unlink()
    assert_refused(folder, file, "does not exist|is missing")


@pytest.mark.parametrize("file", FILES)
def test_a_truncated_file_is_refused(folder, file):
    data = (folder / file).read_bytes()
    (folder / file).write_bytes(data[: len(data) // 2 if len(data) > 5 else 1])
    assert_refused(folder, file, "truncated or not a safetensors file|missing or not JSON")


@pytest.mark.parametrize("file", FILES[:3])
def test_a_flipped_byte_is_refused(folder, file):
    data = bytearray((folder / file).read_bytes())
    data[-100] ^= 0x40
    (folder / file).write_bytes(data)
    assert_refused(folder, file, "has been changed since it was written")


@pytest.mark.parametrize("file", FILES[1:3])
def test_edited_metadata_are_refused(folder, file):
    data = (folder / file).read_bytes()
    edited = data.replace(rb"\"num_layers\": 1", rb"\"num_layers\": 2")
    assert edited != data
    (folder / file).write_bytes(edited)
    assert_refused(folder, file, "has been changed since it was written")


@pytest.mark.parametrize(("file", "other"), [(FILES[0], FILES[1]), (FILES[1], FILES[2]), (FILES[2], FILES[1])])
def test_a_file_of_another_kind_is_refused(folder, file, other):
    shutil.copy(folder / other, folder / file)
    found, wanted = other.split(".")[0], file.split(".")[0]
    assert_refused(folder, file, f"it holds a {found}, expected a {wanted}")


def test_a_file_of_unknown_kind_is_refused(folder):
    save_arrays(folder / "ranker.safetensors", {"a": np.zeros(2)}, {})
    assert_refused(folder, "ranker.safetensors", "it holds a file of unknown kind, expected a ranker")


@pytest.mark.parametrize("kind", ["retrieval", "ranker"])
def test_a_model_of_another_world_is_refused(folder, elsewhere, kind):
    shutil.copy(elsewhere / f"{kind}.safetensors", folder / f"{kind}.safetensors")
    assert_refused(folder, f"{kind}.safetensors", "trained in another world")


def test_another_world_than_the_models_is_refused(folder, elsewhere):
    shutil.copy(elsewhere / "world.safetensors", folder / "world.safetensors")
    assert_refused(folder, "retrieval.safetensors", "trained in another world")


def test_another_format_is_refused(folder):
    arrays, metadata = load_arrays(folder / "world.safetensors")
    save_arrays(folder / "world.safetensors", arrays, {**metadata, "format": 99})
    assert_refused(folder, "world.safetensors", "it has format 99, this version reads format 1")


@pytest.mark.parametrize("value", [{}, {"entries": 5}])
def test_a_training_log_without_entries_is_refused(folder, value):
    save_json(folder / "training_log.json", value)
    assert_refused(folder, "training_log.json", "entries")


def test_the_folder_comes_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(tmp_path))
    assert artifacts_folder() == tmp_path
    monkeypatch.setenv("PHOENIX_ARTIFACTS", "")
    assert artifacts_folder() == SHIPPED


def test_the_shipped_world_is_the_one_that_the_code_generates():
    shipped = load_artifacts(SHIPPED).world
    config = shipped.config
    again = World.generate(seed=config.seed, num_posts=500, num_users=50, num_authors=config.num_authors)
    for name in ("author_columns", "post_columns", "user_columns"):
        for column, generated in zip(getattr(shipped, name), getattr(again, name), strict=True):
            np.testing.assert_allclose(column[: len(generated)], generated, rtol=1e-5, atol=1e-6)


def test_the_shipped_files_fit_into_40_megabytes():
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= 40e6
