"""The Embeddings page: collisions are counted, rows are the trained table's, forced collisions run on the model."""

import numpy as np
import pytest

from dashboard.embeddings.exercise import COUNT, TABLES
from dashboard.locale import translate
from phoenix.analysis.collisions import expected_collisions, measured_collisions
from phoenix.analysis.counterfactuals import FORCED, force_collision
from phoenix.hashing import hash_ids
from phoenix.serving import probes
from tests.dashboard.reading import assert_said_until_a_change, decode, spec, words

USER = 17
VIEWS = ("collisions", "twins", "forced", "padding")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_in_each_language(open_page, language, view):
    app = open_page("embeddings", lang=language, user=str(USER), view=view)
    assert not app.exception
    assert not app.warning
    assert len(app.get("plotly_chart")) == 1
    assert translate("common.block.notice", language) in [heading.value for heading in app.subheader]


def test_curves_are_theory_and_measurement_of_this_choice(open_page):
    app = open_page("embeddings", user=str(USER), hashes="2", bits="11", entity="user")
    *lines, found, none, _ = spec(app)["data"]
    assert len(lines) >= 2
    for hashes, line in enumerate(lines, start=1):
        shares = [
            expected_collisions(10_000, num_buckets=int(m), num_hashes=hashes).everywhere for m in decode(line["x"])
        ]
        np.testing.assert_allclose(decode(line["y"]), shares, rtol=1e-9)
    sizes = decode(found["x"]).astype(int)
    assert sizes.size
    measured = [measured_collisions(np.arange(10_000), kind="user", num_buckets=m, num_hashes=2) for m in sizes]
    np.testing.assert_allclose(decode(found["y"]), [shares.everywhere for shares in measured])
    assert sizes.size + decode(none["x"]).size == 9


def test_nearly_every_post_shares_a_row_of_the_trained_table(open_page):
    assert "**99.8%** of the posts" in words(open_page("embeddings", user=str(USER)))


def test_pair_is_one_of_those_that_exist(open_page):
    app = open_page("embeddings", user=str(USER), view="twins", twins="both", pair="20")
    (warning,) = app.warning
    assert "`20`" in warning.value
    assert app.slider(key="embeddings.pair").max == 2


@pytest.mark.parametrize(("twins", "same"), [("one", [True, False]), ("both", [True, True])])
def test_twins_are_real_rows_of_the_trained_table(open_page, recommender, twins, same):
    app = open_page("embeddings", user=str(USER), view="twins", twins=twins)
    (cells,) = spec(app)["data"]
    ids = [int(name.removeprefix("Post ")) for name in cells["y"]]
    buckets = hash_ids(ids, kind="post", num_buckets=recommender.config.tables.posts)
    rows = probes.table_rows(recommender, "posts", buckets=buckets, stored=True).reshape(2, -1)
    np.testing.assert_allclose(decode(cells["z"]), rows, atol=1e-6)
    assert (buckets[0] == buckets[1]).tolist() == same
    halves = rows.reshape(2, 2, -1)
    assert [bool((halves[0, f] == halves[1, f]).all()) for f in range(2)] == same


def test_unseen_id_gets_rows_that_others_have_trained(open_page, recommender):
    app = open_page("embeddings", user=str(USER), view="twins", twins="unseen", pair="3")
    unseen = recommender.world.num_posts + 2
    buckets = hash_ids([unseen], kind="post", num_buckets=recommender.config.tables.posts)
    (cells,) = spec(app)["data"]
    np.testing.assert_allclose(
        decode(cells["z"])[0], probes.table_rows(recommender, "posts", buckets=buckets).ravel(), atol=1e-6
    )
    assert f"{unseen}" in words(app)


@pytest.mark.parametrize("shared", FORCED[1:])
def test_forced_collision_is_the_models_answer(open_page, recommender, shared):
    app = open_page("embeddings", user=str(USER), view="forced", shared=shared, a="2", b="7")
    found = recommender.retrieve(USER, k=200).post_ids
    post, other = int(found[1]), int(found[6])
    moved = force_collision(recommender, USER, post=post, other=other)
    _, own, theirs, forced = spec(app)["data"]
    np.testing.assert_allclose(decode(own["x"]), 100 * moved[0], atol=1e-5)
    np.testing.assert_allclose(decode(forced["x"]), 100 * moved[FORCED.index(shared)], atol=1e-5)
    np.testing.assert_allclose(decode(theirs["x"]), 100 * recommender.rank(USER, [other]).probabilities[0], atol=1e-4)
    assert ("nothing of A is left" in words(app)) == (shared == "author")


def test_collision_with_itself_says_so(open_page):
    app = open_page("embeddings", user=str(USER), view="forced", a="5", b="5")
    assert "A and B are the same post" in words(app)


def test_padding_is_drawn_as_zeros(open_page, recommender):
    app = open_page("embeddings", user=str(USER), view="padding")
    stored, read, other, other_read = decode(spec(app)["data"][0]["z"])
    np.testing.assert_allclose(stored, probes.table_rows(recommender, "posts", buckets=[0], stored=True)[0], atol=1e-6)
    np.testing.assert_array_equal(read, 0)
    np.testing.assert_array_equal(other, other_read)
    assert np.abs(stored).max() > 0


@pytest.mark.parametrize(
    ("name", "given", "view"),
    [("entity", "topic", "collisions"), ("hashes", "5", "collisions"), ("bits", "99", "collisions"),
     ("twins", "three", "twins"), ("pair", "0", "twins"), ("shared", "all", "forced"), ("a", "x", "forced")],
)  # fmt: skip
def test_unusable_address_gets_a_sentence_that_stays(open_page, name, given, view):
    app = open_page("embeddings", user=str(USER), view=view, **{name: given})
    assert not app.exception
    assert_said_until_a_change(app, given)


@pytest.mark.parametrize("opener", ["open_page", "open_log"])
def test_quiz_is_answered_by_counting_and_has_one_answer(request, opener):
    left = {
        name: measured_collisions(np.arange(COUNT), kind="post", num_buckets=rows, num_hashes=hashes).everywhere
        for name, (hashes, rows) in TABLES.items()
    }
    assert len(set(left.values())) == len(left)
    app = request.getfixturevalue(opener)("embeddings")
    app.radio(key="quiz_hashes").set_value(min(left, key=left.get)).run()
    assert app.success
