"""Serving a world that comes from a log: 1 to 64 actions, any of them negative, no truth."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from phoenix import run_ranker, run_retrieval, storage, stored_world
from phoenix.actions import ActionSet
from phoenix.analysis.frontier import observe
from phoenix.checkpoint import ArtifactError
from phoenix.logged_actions import logged_actions
from phoenix.serving import Recommender, probes
from phoenix.storage import Artifacts, Model, load_artifacts, save_artifacts
from phoenix.world.logged import Entities, Impressions
from phoenix.world.logged import LoggedWorld as World
from phoenix.world.strings import Strings, pack_strings
from tests.logged import ACTIONS, POSTS, LoggedWorld, logged_artifacts

USER = 3


def actions(count: int, negative: int) -> ActionSet:
    signs = [1] * (count - negative) + [-1] * negative
    return logged_actions([f"a-{i}" for i in range(count)], signs=signs, rates=[0.1] * count)


SETS = {
    "ours": ACTIONS,
    "one": actions(1, 0),
    "one negative": actions(1, 1),
    "64, none negative": actions(64, 0),
    "64, all negative": actions(64, 64),
}


@pytest.fixture(scope="module", params=SETS)
def recommender(request) -> Recommender:
    return Recommender(logged_artifacts(LoggedWorld(SETS[request.param])))


def tiny_log(*, users: int, posts: int, rows: int) -> World:
    """A log of one action, always taken; each user met the first post `rows` times before the split and after it."""

    def strings(texts: list[str]) -> Strings:
        return Strings(*pack_strings(texts))

    impressions = Impressions(
        ends=np.arange(1, users + 1) * rows,
        posts=np.zeros(users * rows, np.int32),
        surfaces=np.zeros(users * rows, np.int8),
        actions=np.ones(users * rows, np.uint64),
    )
    entities = Entities(
        users=strings([f"u{i}" for i in range(users)]),
        posts=strings([f'=1+{i}, "é"\n' for i in range(posts)]),
        authors=strings(["somebody"]),
        author_of_post=np.zeros(posts, np.int32),
        topic_of_post=None,
        topics=strings([]),
        texts=None,
        first_ms=np.zeros(posts, np.int64),
        newcomers=np.zeros(users, bool),
        follows=np.zeros((0, 2), np.int32),
    )
    actions = logged_actions(["buy"], signs=[1], rates=[1.0])
    parts = {"entities": entities, "past": impressions, "later": impressions, "facts": {"split_ms": 5}}
    return World("tiny.csv", actions=actions, surfaces=["log"], known=["ages"], base_rates=[1.0], **parts)


def save(folder, artifacts: Artifacts) -> str:
    models = {
        "retrieval": Model(artifacts.retrieval_config, artifacts.retrieval),
        "ranker": Model(artifacts.ranker_config, artifacts.ranker),
    }
    return save_artifacts(folder, world=artifacts.world, history_len=12, **models, log=[])


@pytest.fixture
def known_kinds(monkeypatch):
    monkeypatch.setitem(stored_world.WORLDS, LoggedWorld.kind, LoggedWorld)


def test_every_array_has_a_column_for_each_action(recommender):
    count = len(recommender.actions)
    made = recommender.recommend(USER, k=50, top=10)
    assert tuple(made.history.columns) == ("post_id", "author_id", "surface", *recommender.actions.names)
    assert made.ranking.probabilities.shape == made.stages.contributions.shape == (50, count)
    np.testing.assert_allclose(made.weights, recommender.actions.resolve_weights())
    assert set(made.history["surface"]) <= set(recommender.world.surfaces)
    assert not made.followed.any()
    assert len(made.feed) == 10


def test_cached_and_dense_passes_agree(recommender):
    posts = np.arange(20)
    cached = recommender.rank(USER, posts).logits
    np.testing.assert_allclose(cached, recommender.rank(USER, posts, path="dense").logits, atol=1e-4)
    shuffled = recommender.rank(USER, posts[::-1], path="dense").logits[::-1]
    np.testing.assert_allclose(cached, shuffled, atol=1e-4)


def test_the_order_is_that_of_the_weighted_sums_for_every_preset(recommender):
    for preset in recommender.actions.presets:
        made = recommender.recommend(USER, preset, k=80, top=80)
        sums = expit(made.ranking.logits) @ recommender.actions.resolve_weights(preset)
        np.testing.assert_allclose(made.stages.weighted, sums, rtol=1e-4, atol=1e-6)


def test_histories_are_asked_about_in_this_worlds_columns(recommender):
    history = recommender.history(USER)
    name = recommender.actions.names[-1]
    changed = history.assign(**{name: 1 - history[name]})
    logits = probes.rank_histories(recommender, USER, post_ids=[1, 2], histories=[history, changed, history.head(0)])
    np.testing.assert_allclose(logits[0], recommender.rank(USER, [1, 2]).logits, atol=1e-4)
    assert (np.abs(logits[1:] - logits[0]).max(axis=(1, 2)) > 1e-4).all()
    with pytest.raises(ValueError, match=f"lacks the column {name}: expected post_id"):
        recommender.rank(USER, [1], history=history.drop(columns=name))
    with pytest.raises(ValueError, match="Unknown surface 'home' in the history: choose from feed, search"):
        recommender.rank(USER, [1], history=history.assign(surface="home"))


def test_a_surface_beyond_the_worlds_is_refused(recommender):
    given = {"post_ids": np.array([[1, 2]]), "surfaces": np.array([[0, 2]])}
    with pytest.raises(ValueError, match="Surfaces must be whole numbers from 0 to 1"):
        probes.predict_impressions(recommender, np.array([USER]), **given)


def test_every_program_compiles_for_this_many_actions():
    made = Recommender(logged_artifacts(history_len=3))
    made.engine.warm_up()
    assert made.rank(USER, [1, 2]).logits.shape == (2, 3)


@pytest.mark.parametrize(("users", "posts", "rows"), [(1, 1, 0), (1, 1, 2), (3, 2, 1)])
def test_the_smallest_logs_are_served_stored_and_loaded(tmp_path, users, posts, rows):
    artifacts = logged_artifacts(tiny_log(users=users, posts=posts, rows=rows))
    made = Recommender(artifacts)
    result = made.recommend(0, k=posts, top=posts)
    assert sorted(result.feed) == list(range(posts))
    assert len(result.history) == rows
    assert observe(made, [0]).true.shape == (bool(rows), rows, 1)
    save(tmp_path, artifacts)
    loaded = load_artifacts(tmp_path).world
    assert loaded.digest == artifacts.world.digest
    assert loaded.posts["handle"].tolist() == [f'=1+{i}, "é"\n' for i in range(posts)]


@pytest.mark.parametrize("name", SETS)
def test_stored_artifacts_come_back_the_same(tmp_path, known_kinds, name):
    artifacts = logged_artifacts(LoggedWorld(SETS[name]))
    run = save(tmp_path, artifacts)
    loaded = load_artifacts(tmp_path)
    assert loaded.run == run
    assert loaded.world.actions == SETS[name]
    assert loaded.world.digest == artifacts.world.digest
    assert (loaded.ranker_config, loaded.retrieval_config) == (artifacts.ranker_config, artifacts.retrieval_config)
    for ours, theirs in zip(loaded.histories, artifacts.histories, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_models_that_count_other_actions_are_not_stored(tmp_path):
    artifacts = logged_artifacts()._replace(world=LoggedWorld(SETS["one"]))
    with pytest.raises(ValueError, match="retrieval model cannot be stored: it counts 3 actions and 2 surfaces, the"):
        save(tmp_path, artifacts)


def test_models_that_count_other_actions_are_not_loaded(tmp_path, known_kinds, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(storage, "_misfit", lambda model, world: "")
        save(tmp_path, logged_artifacts()._replace(world=LoggedWorld(SETS["one"])))
    with pytest.raises(ArtifactError, match=r"does not fit: it counts 3 actions and 2 surfaces, the world has 1 and 2"):
        load_artifacts(tmp_path)


def test_weights_of_other_shapes_than_they_say_are_not_loaded(tmp_path, known_kinds, monkeypatch):
    artifacts = logged_artifacts()
    other = logged_artifacts(LoggedWorld(SETS["one"]))
    with monkeypatch.context() as patch:
        patch.setattr(storage, "_misfit", lambda model, world: "")
        save(tmp_path, artifacts._replace(ranker=other.ranker))
    with pytest.raises(
        ArtifactError, match=r"ranker.safetensors does not fit: its weights have the shapes .*\(1, 32\)"
    ):
        load_artifacts(tmp_path)


def test_a_kind_of_world_that_nobody_knows_is_refused(tmp_path):
    save(tmp_path, logged_artifacts())
    with pytest.raises(ArtifactError, match=r"it holds a world of kind 'toy', this version knows synthetic, logged"):
        load_artifacts(tmp_path)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_commands_show_what_a_log_knows(monkeypatch, capsys, language):
    made = Recommender(logged_artifacts())
    monkeypatch.setattr(Recommender, "load", lambda: made)
    for main in (run_retrieval.main, run_ranker.main):
        assert main(["--user", str(USER), "--k", "3", "--language", language]) == 0
        shown = capsys.readouterr()
        assert "u-24" in shown.out
        assert "toy.csv" in shown.out
        assert shown.err == ""
    assert {"en": "Click", "zh": "点击"}[language] in shown.out
    assert run_ranker.main(["--user", str(USER), "--json", "--weights", "target_only"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert all(list(row["probabilities"]) == ["click", "like", "hide"] for row in data["feed"])
    assert run_ranker.main(["--weights", "x_2026"]) == 2
    assert "Unknown weight preset 'x_2026': choose one of balanced, equal" in " ".join(capsys.readouterr().err.split())


def test_nobody_can_be_made_up_in_a_log(monkeypatch, capsys):
    made = Recommender(logged_artifacts())
    monkeypatch.setattr(Recommender, "load", lambda: made)
    assert run_ranker.main(["--user", str(USER), "--history", f"{USER},like1.2~fan~1"]) == 2
    assert "In a log nobody can be made up" in " ".join(capsys.readouterr().err.split())
    assert run_ranker.main(["--user", str(USER), "--history", f"{USER},-1,+7:like.hide", "--json"]) == 0
    edited = pd.concat([made.history(USER).iloc[1:], made.history(USER).head(1)])
    edited = edited.assign(post_id=[*edited["post_id"][:-1], 7])
    edited.iloc[-1, 1:] = [int(made.world.author_of_post[7]), "feed", 0, 1, 1]
    data = json.loads(capsys.readouterr().out)
    expected = made.recommend(USER, k=min(200, POSTS), top=6, history=edited.reset_index(drop=True))
    assert [row["post"] for row in data["feed"]] == expected.feed.tolist()
