"""Imported models compute what the release's networks compute."""

import dataclasses
import pathlib
import re

import jax
import numpy as np
import pytest

from phoenix.batch import RecsysBatch
from phoenix.forward import ranker_functions, retrieval_functions
from phoenix.interop import convert, folder
from phoenix.interop.embeddings import Embeddings, fill_in
from phoenix.storage import Model
from tests.interop import release_network
from tests.interop.release_files import draw_features, draw_hashes, draw_tables, look_up, release_input, write_release
from tests.interop.release_network import Sizes

LENGTHS = (7, 3, 0)
# The sizes of the release's own example are wide heads in a narrow model; the other one shares its key heads.
SIZES = [
    Sizes(),
    Sizes(emb_size=32, key_size=64, num_q_heads=2, num_kv_heads=2, num_actions=3, product_surface_vocab_size=2),
    Sizes(num_q_heads=1, num_kv_heads=1, key_size=10, widening_factor=4.0, attn_output_multiplier=2.0, num_actions=1),
]


def load(path: pathlib.Path) -> Model:
    return convert.from_release(folder.read(path).release)


def logits(model: Model, batch: RecsysBatch, mask: str = "causal", positions: str = "slot") -> np.ndarray:
    dense = jax.jit(ranker_functions(model.config).dense, static_argnames=("mask", "positions"))
    return np.asarray(dense(model.params, batch, mask=mask, positions=positions).logits)


@pytest.mark.parametrize("sizes", SIZES)
def test_logits_are_those_of_the_release(tmp_path, sizes):
    model = load(write_release(tmp_path, sizes=sizes))
    hashes, features = draw_hashes(sizes, lengths=LENGTHS), draw_features(sizes, rows=len(LENGTHS))
    embeddings = look_up(draw_tables(sizes), hashes)
    params = release_network.draw(sizes, "ranker")
    expected = release_network.logits(params, sizes, release_input(hashes, features, embeddings))
    found = logits(model, RecsysBatch(**hashes, **features))
    assert found.shape == (len(LENGTHS), sizes.candidate_seq_len, sizes.num_actions)
    assert np.abs(expected).max() > 1
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_logits_are_those_of_the_release_where_embeddings_are_passed_in(tmp_path):
    """Its examples pass embeddings of hash 0 that are not zero, and authors of hash 0 beside posts that are there."""
    sizes = SIZES[0]
    model = load(write_release(tmp_path, sizes=sizes, tables=False))
    hashes, features = draw_hashes(sizes, lengths=LENGTHS), draw_features(sizes, rows=len(LENGTHS))
    hashes["history_author_hashes"][0, :3] = 0
    hashes["candidate_post_hashes"][:, :, 1] = 0
    rng = np.random.default_rng(5)
    drawn = {
        name: rng.normal(size=array.shape).astype(np.float32)
        for name, array in look_up(draw_tables(sizes), hashes).items()
    }
    params = release_network.draw(sizes, "ranker")
    expected = release_network.logits(params, sizes, release_input(hashes, features, drawn))
    found = logits(*fill_in(model, RecsysBatch(**hashes, **features), Embeddings(**drawn)))
    np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize("sizes", SIZES)
def test_both_towers_are_those_of_the_release(tmp_path, sizes):
    model = load(write_release(tmp_path, "retrieval", sizes=sizes))
    hashes, features = draw_hashes(sizes, lengths=LENGTHS), draw_features(sizes, rows=len(LENGTHS))
    given = release_input(hashes, features, look_up(draw_tables(sizes), hashes))
    params = release_network.draw(sizes, "retrieval")
    found = jax.jit(retrieval_functions(model.config).forward)(model.params, RecsysBatch(**hashes, **features))
    np.testing.assert_allclose(found.users, release_network.users(params, sizes, given), atol=1e-5)
    np.testing.assert_allclose(found.candidates, release_network.candidates(params, given), atol=1e-5)


@pytest.mark.parametrize("page", ["interop.md", "interop.zh.md"])
def test_the_code_of_the_page_runs(repository, tmp_path, monkeypatch, page):
    sizes = SIZES[0]
    write_release(tmp_path / "release" / "ranker", sizes=sizes)
    hashes, features = draw_hashes(sizes, lengths=LENGTHS), draw_features(sizes, rows=len(LENGTHS))
    given = look_up(draw_tables(sizes), hashes)
    names = {"batch": RecsysBatch(**hashes, **features), "embeddings": Embeddings(**given)}
    monkeypatch.chdir(tmp_path)
    code = re.search(r"```python\n(.*?)```", (repository / "docs" / page).read_text(encoding="utf-8"), re.DOTALL)[1]
    exec(code, names)
    expected = release_network.logits(
        release_network.draw(sizes, "ranker"), sizes, release_input(hashes, features, given)
    )
    np.testing.assert_allclose(names["logits"], expected, atol=1e-4)


def test_the_mask_and_the_positions_matter(tmp_path):
    """What the tests above would say of another mask, or of positions that count valid tokens."""
    sizes = SIZES[0]
    model = load(write_release(tmp_path, sizes=sizes))
    batch = RecsysBatch(**draw_hashes(sizes, lengths=LENGTHS), **draw_features(sizes, rows=len(LENGTHS)))
    for mask, positions in (("isolated", "slot"), ("causal", "shared")):
        assert np.abs(logits(model, batch) - logits(model, batch, mask, positions)).max() > 1e-2


def test_embeddings_that_do_not_fit_are_refused(tmp_path):
    sizes = SIZES[0]
    model = load(write_release(tmp_path, sizes=sizes, tables=False))
    hashes, features = draw_hashes(sizes, lengths=LENGTHS), draw_features(sizes, rows=len(LENGTHS))
    embeddings = Embeddings(**look_up(draw_tables(sizes), hashes))
    batch = RecsysBatch(**hashes, **features)
    with pytest.raises(ValueError, match=r"users have shape \(3, 2, 7\), expected \(3, 2, 24\)"):
        fill_in(model, batch, embeddings._replace(users=embeddings.users[..., :7]))
    batch.user_hashes[1, 0] = 0
    with pytest.raises(ValueError, match="need a user in each row"):
        fill_in(model, batch, embeddings)


def test_an_unknown_user_tower_is_refused(tmp_path):
    config = dataclasses.replace(load(write_release(tmp_path, "retrieval")).config, user_tower="leaning")
    with pytest.raises(ValueError, match="Unknown user tower 'leaning': choose one of projected, plain"):
        retrieval_functions(config).forward({}, None)
