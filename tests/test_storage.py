"""A folder of artifacts: round trip, and a sentence for every file that is damaged or belongs elsewhere."""

import dataclasses
import pathlib
import shutil

import jax
import numpy as np
import pytest

from phoenix import environment, storage
from phoenix.checkpoint import ArtifactError, digest_arrays, load_arrays, load_json, save_arrays, save_sealed_json
from phoenix.data.log import make_world, read_log
from phoenix.environment import SHIPPED
from phoenix.forward import ranker_functions
from phoenix.recsys_model import PhoenixConfig
from phoenix.storage import Artifacts, load_artifacts, save_metrics
from phoenix.transformer import TransformerConfig
from phoenix.world import World
from phoenix.world.stream import SPLIT, histories_before
from tests.imported import draw_import
from tests.logged import save_logged
from tests.models import random_batch
from tests.runs import FILES, HISTORY, LOG, RANKER, RETRIEVAL, TABLES, TRANSFORMER, draw_params, generate, write


@pytest.fixture(scope="module")
def world() -> World:
    return generate(1)


@pytest.fixture(scope="module")
def params() -> dict:
    return draw_params(0)


@pytest.fixture(scope="module")
def original(tmp_path_factory, world, params) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("artifacts")
    write(folder, world, params)
    return folder


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory, world) -> pathlib.Path:
    """Another run in the same world."""
    folder = tmp_path_factory.mktemp("elsewhere")
    write(folder, world, draw_params(1))
    return folder


@pytest.fixture
def folder(tmp_path, original) -> pathlib.Path:
    return pathlib.Path(shutil.copytree(original, tmp_path / "artifacts"))


def assert_refused(folder: pathlib.Path, file: str, reason: str) -> None:
    with pytest.raises(ArtifactError, match=reason) as caught:
        load_artifacts(folder)
    assert str(folder / file) in str(caught.value)
    assert str(caught.value).count("Write the folder again with `python -m phoenix.train --out") == 1


def test_everything_comes_back(original, world, params):
    loaded = load_artifacts(original)
    assert isinstance(loaded, Artifacts)
    assert digest_arrays(loaded.world.arrays()) == digest_arrays(world.arrays())
    assert loaded.world.config == world.config
    assert (loaded.ranker_config, loaded.retrieval_config) == (RANKER, RETRIEVAL)
    assert loaded.log == LOG
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


def test_every_file_carries_the_run_that_made_it(original, world, params, tmp_path):
    run = load_artifacts(original).run
    assert len(run) == 32
    for name in FILES[:3]:
        _, metadata = load_arrays(original / name)
        assert metadata["run"] == run
    for name in FILES[3:]:
        assert load_json(original / name)["run"] == run
    assert write(tmp_path / "again", world, params) == run
    other = {**params, "ranker": draw_params(2)["ranker"]}
    assert write(tmp_path / "ranker", world, other) != run
    assert write(tmp_path / "world", generate(2), params) != run


def test_weights_carry_configuration_and_versions(original):
    _, metadata = load_arrays(original / "ranker.safetensors")
    assert metadata["kind"] == "ranker"
    assert metadata["config"] == dataclasses.asdict(RANKER)
    assert set(metadata["versions"]) >= {"jax", "dm-haiku", "numpy"}


def test_metrics_are_stored_in_one_file_and_the_models_stay_as_they_are(folder):
    before = {name: (folder / name).read_bytes() for name in FILES}
    metrics = {"users": 3, "ranker": {"auc": 0.75}, "retrieval": {"gain": 0.5}}
    save_metrics(folder, metrics, run=load_artifacts(folder).run)
    assert load_artifacts(folder).metrics == metrics
    after = {name: (folder / name).read_bytes() for name in FILES}
    assert [name for name in FILES if after[name] != before[name]] == ["metrics.json"]


def test_logs_that_call_an_action_differently_are_different_runs(tmp_path):
    runs = set()
    for name in ("hide", "dislike", "hide"):
        actions = [{"name": "click", "sign": 1}, {"name": "like", "sign": 1}, {"name": name, "sign": -1}]
        log = read_log(draw_import(tmp_path / str(len(runs)) / name, names=actions))
        runs.add(load_artifacts(save_logged(tmp_path / name, make_world(log, history_len=12))).run)
    assert len(runs) == 2


def test_the_folder_may_be_given_as_text(original):
    assert load_artifacts(str(original)).run == load_artifacts(original).run
    for wrong in (5, b"x", ["a"]):
        with pytest.raises(ValueError, match="The artifacts must be the path of a folder, got"):
            load_artifacts(wrong)


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_refused(folder, file):
    (folder / file).unlink()
    assert_refused(folder, file, "does not exist")


@pytest.mark.parametrize("file", FILES)
def test_a_truncated_file_is_refused(folder, file):
    data = (folder / file).read_bytes()
    (folder / file).write_bytes(data[: len(data) // 2 if len(data) > 5 else 1])
    assert_refused(folder, file, "truncated or not a safetensors file|is not JSON")


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


@pytest.mark.parametrize("file", FILES)
def test_a_file_of_another_run_is_refused(folder, elsewhere, file):
    shutil.copy(elsewhere / file, folder / file)
    if file == "world.safetensors":  # the same world: what differs is the run that it says it belongs to
        assert_refused(folder, "retrieval.safetensors", "it is of run .*, world.safetensors is of run")
    else:
        assert_refused(folder, file, "it is of run .*, world.safetensors is of run")


def change(folder: pathlib.Path, kind: str, *, metadata: dict | None = None, arrays: dict | None = None) -> None:
    """Writes a file again, well sealed, with other contents."""
    path = folder / f"{kind}.safetensors"
    old_arrays, old = load_arrays(path)
    save_arrays(path, {**old_arrays, **(arrays or {})}, {**old, **(metadata or {})})


def test_another_format_is_refused(folder):
    change(folder, "world", metadata={"format": 1})
    assert_refused(folder, "world.safetensors", "it has format 1, this version reads format 2")


@pytest.mark.parametrize("kind", ["world", "retrieval", "ranker"])
@pytest.mark.parametrize("config", [None, {}, {"dropout": 0.1}, [1], "x"])
def test_a_configuration_of_another_version_is_refused(folder, kind, config):
    change(folder, kind, metadata={"config": config})
    assert_refused(folder, f"{kind}.safetensors", "cannot be used|does not fit")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    ("kind", "name"),
    [("ranker", "ranker/~/unembedding:w"), ("retrieval", "retrieval/~/hash_tables:posts"), ("world", "post.quality")],
)
def test_numbers_that_are_not_finite_are_refused(folder, kind, name, value):
    array = load_arrays(folder / f"{kind}.safetensors")[0][name].copy()
    array.flat[3] = value
    change(folder, kind, arrays={name: array})
    assert_refused(folder, f"{kind}.safetensors", f"{name} holds numbers that are not finite")


def test_tables_of_another_size_than_the_configuration_says_are_refused(folder):
    change(folder, "retrieval", arrays={"retrieval/~/hash_tables:posts": np.zeros((64, 8), np.float16)})
    assert_refused(folder, "retrieval.safetensors", r"its tables have the shapes .*\(64, 8\).*\(128, 8\)")


@pytest.mark.parametrize("kind", ["world", "ranker"])
def test_a_file_far_larger_than_its_configuration_explains_is_refused_before_it_is_read(folder, kind, monkeypatch):
    change(folder, kind, arrays={"ballast": np.zeros(2**22, np.float32)})
    monkeypatch.setattr(storage, "load_arrays", lambda _: pytest.fail("the arrays were read"))
    assert_refused(folder, f"{kind}.safetensors", "bytes, its configuration explains at most")


def test_the_largest_networks_fit_into_what_their_configuration_explains():
    for transformer in (TRANSFORMER, TransformerConfig(), TransformerConfig(width=128, num_layers=4, num_q_heads=8)):
        config = PhoenixConfig(HISTORY, TABLES, transformer)
        shapes = jax.eval_shape(ranker_functions(config).init, jax.random.key(0), random_batch(0))
        most = storage._most_bytes("ranker", dataclasses.asdict(config))
        assert sum(leaf.size for leaf in jax.tree.leaves(shapes)) * 4 <= most


@pytest.mark.parametrize("column", ["history.posts", "user.interests", "intercepts"])
def test_a_world_without_one_of_its_columns_is_refused(folder, column):
    arrays, metadata = load_arrays(folder / "world.safetensors")
    save_arrays(folder / "world.safetensors", {k: v for k, v in arrays.items() if k != column}, metadata)
    assert_refused(folder, "world.safetensors", f"cannot be used .*{column}")


def test_edited_numbers_are_refused(folder):
    for file, old, new in (("metrics.json", "0.75", "0.999"), ("training_log.json", "2.5", "0.5")):
        save_metrics(folder, {"auc": 0.75}, run=load_artifacts(folder).run)
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new))
        assert_refused(folder, file, "has been changed since it was written")
        (folder / file).write_text(text)


@pytest.mark.parametrize("fault", [KeyError("x"), RecursionError("x"), MemoryError(), OSError(24, "too many files")])
def test_whatever_goes_wrong_inside_is_the_same_kind_of_error(folder, monkeypatch, fault):
    def fail(*_):
        raise fault

    monkeypatch.setattr(storage, "load_arrays", fail)
    with pytest.raises(ArtifactError, match=f"{folder}.*{type(fault).__name__}.*Write the folder again"):
        load_artifacts(folder)


def test_the_remedy_fits_where_the_files_come_from(monkeypatch, tmp_path):
    def remedy(folder=None) -> str:
        with pytest.raises(ArtifactError) as caught:
            load_artifacts(folder)
        return str(caught.value)

    assert f"python -m phoenix.train --out {tmp_path}`, or name another" in remedy(tmp_path)
    save_sealed_json(tmp_path / "log" / "log.json", {})
    assert f"python -m phoenix.train --log {tmp_path}/log --out {tmp_path}/models`, or" in remedy(tmp_path / "models")
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(tmp_path))
    assert "PHOENIX_ARTIFACTS names this folder" in remedy()
    monkeypatch.delenv("PHOENIX_ARTIFACTS")
    for module in (storage, environment):
        monkeypatch.setattr(module, "SHIPPED", tmp_path / "phoenix" / "artifacts")
    assert remedy().endswith("Install the package again: these files are part of it.")
    (tmp_path / ".git").mkdir()
    assert "git checkout -- phoenix/artifacts" in remedy()


@pytest.mark.parametrize("value", [{}, {"entries": 5}])
def test_a_training_log_without_entries_is_refused(folder, value):
    save_sealed_json(folder / "training_log.json", value | {"run": load_artifacts(folder).run})
    assert_refused(folder, "training_log.json", "entries")


def test_the_shipped_world_is_the_one_that_the_code_generates():
    shipped = load_artifacts(SHIPPED).world
    config = shipped.config
    again = World.generate(seed=config.seed, num_posts=500, num_users=50, num_authors=config.num_authors)
    for name in ("author_columns", "post_columns", "user_columns"):
        for column, generated in zip(getattr(shipped, name), getattr(again, name), strict=True):
            np.testing.assert_allclose(column[: len(generated)], generated, rtol=1e-5, atol=1e-6)


def test_the_shipped_files_fit_into_40_megabytes():
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= 40e6
