"""The attention page's views, from scenes made by hand: what they draw and what they say."""

import numpy as np
import pytest

from dashboard.attention.measured import Batches, Leak, Shuffled, draw_orders
from dashboard.attention.scene import Feeds
from dashboard.attention.views import feeds, leak, looks, mask, reach, serving, slots, steps, weights
from dashboard.locale import t
from dashboard.reading import RANKER_TESTS
from dashboard.view import Chart, Table, Text, charts
from dashboard.weighting import of_preset
from phoenix.actions import ACTIONS, X_ACTIONS
from phoenix.analysis.influence import Influence
from phoenix.masks import MASK_VARIANTS, build_attention_mask, reachability
from tests.dashboard.attention.scenes import make_scene

X_2026 = of_preset("x_2026", actions=X_ACTIONS)


def blocks_of(view, kind) -> list:
    return [block for block in view.blocks if isinstance(block, kind)]


def equal_attention(mask: np.ndarray) -> np.ndarray:
    """[L = 2, H = 2, T, T]: equal weights over what the mask allows."""
    return np.broadcast_to(mask / mask.sum(axis=1, keepdims=True), (2, 2, *mask.shape))


@pytest.mark.parametrize("variant", MASK_VARIANTS)
def test_mask_is_drawn_and_its_meaning_said_first(variant):
    shown = mask.view(make_scene(variant))
    np.testing.assert_array_equal(shown.figure.data[0].z, build_attention_mask(3, 4, variant=variant))
    meaning = {"leaky": "looks isolated", "full": "12 of the mask's cells"}.get(variant, "nobody else can carry")
    assert meaning in shown.notices[0]
    assert f"**{12 if variant == 'full' else 0} of 12**" in shown.notices[1]
    assert build_attention_mask in shown.sources


def test_mask_says_how_deep_its_detour_is():
    detour = build_attention_mask(3, 4, variant="isolated").astype(np.uint8)
    detour[0, 4:], detour[4:, 0] = 1, 0  # from a candidate to the user, on to the history, on to the other candidates
    assert "2 layers deep" in mask.view(make_scene("leaky")).notices[0]
    assert "3 layers deep" in mask.view(make_scene("custom", mask=detour)).notices[0]


def test_differences_from_isolation_are_marked():
    names = [trace.name for trace in mask.view(make_scene("leaky")).figure.data]
    assert t("attention.cell.opened") in names
    assert t("attention.cell.closed") not in names


def test_steps_mark_the_line_and_say_what_it_closed():
    from dashboard.attention.making import watch

    scene = make_scene(steps=watch(3, 4, variant="isolated"))
    said = [steps.view(scene._replace(step=step)).notices[0] for step in range(3)]
    assert "8 × 8 = 64" in said[0]
    assert "12 from candidates to other candidates" in said[1]
    assert "16 from user and history to candidates" in said[2]
    shown = steps.view(scene._replace(step=1))
    assert RANKER_TESTS in shown.sources
    (code,) = [text for text in blocks_of(shown, Text) if text.style == "code"]
    assert [line[:1] for line in code.text.splitlines()] == [" ", "▶", " "]


def test_a_custom_mask_has_no_steps():
    (said,) = steps.view(make_scene("custom")).blocks
    assert said == Text(t("attention.steps.custom"), "info")


@pytest.mark.parametrize("variant", MASK_VARIANTS)
@pytest.mark.parametrize("depth", [1, 2, 4])
def test_reach_is_the_boolean_power_of_the_mask(variant, depth):
    shown = reach.view(make_scene(variant, depth=depth))
    expected = reachability(build_attention_mask(3, 4, variant=variant), 4)
    np.testing.assert_array_equal(shown.figure.data[0].z, expected[depth])
    (table,) = blocks_of(shown, Table)
    others = expected[1:, 4, 5:].sum(axis=1)
    assert table.frame[t("attention.reach.others")].tolist() == [f"{count} / 3" for count in others]


def influence(moves: np.ndarray) -> Influence:
    """One action moves by these amounts [n, n], at [i, j] candidate i when j is exchanged."""
    base = np.zeros((len(moves), len(ACTIONS)))
    replaced = np.zeros((len(moves), *base.shape))
    replaced[:, :, 0] = moves.T
    return Influence(base, replaced)


def test_leak_shows_who_moves_whom_and_names_the_largest_move():
    moves = np.zeros((4, 4))
    moves[2, 1], moves[0, 3] = 0.5, -0.25
    scene = make_scene("leaky", leak=Leak(influence(moves), 200))
    shown = leak.view(scene)
    expected = np.abs(moves)
    np.fill_diagonal(expected, np.nan)
    np.testing.assert_allclose(shown.figure.data[0].z, expected)
    assert "by **0.50** at most (candidate 3, when 2 is exchanged)" in shown.notices[0]
    assert "12 of 12 ordered pairs" in shown.notices[2]
    assert "2 moved" in shown.notices[2]
    assert shown.notices[-1] == t("attention.notice.unfair")


def test_no_leak_is_called_zero_to_its_decimals():
    said = leak.view(make_scene(leak=Leak(influence(np.full((4, 4), 4e-7)), 200))).notices
    assert "**zero to 6 decimals" in said[0]
    assert "none leads from one candidate to another" in said[1]


def test_largest_move_leaves_out_the_exchanged_candidate_itself():
    base = np.zeros((2, 3))
    replaced = np.array([[[9, 9, 9], [0, -0.5, 0.1]], [[0.2, 0, 0], [8, 8, 8]]], float)
    assert leak.largest_moves(Influence(base, replaced)).tolist() == [[0, 0.2], [0.5, 0]]


def test_the_weighted_score_is_that_of_the_sessions_weights():
    moves = np.zeros((2, 2))
    moves[1, 0] = 1.0  # in the logit of a favorite, from probability 0.5
    for weight in (1.0, 3.0):
        own = X_2026._replace(weights={**X_2026.weights, "favorite": weight})
        scene = make_scene("leaky", candidates=2, measure="score", weighting=own, leak=Leak(influence(moves), 9))
        shown = leak.view(scene).figure.data[0]
        assert shown.z[1, 0] == pytest.approx(weight * (1 / (1 + np.exp(-1)) - 0.5), rel=1e-5)
        assert t("attention.unit.own_score") in shown.colorbar.title.text
    published = make_scene("leaky", candidates=2, measure="score", leak=Leak(influence(moves), 9))
    assert t("attention.unit.score") in leak.view(published).figure.data[0].colorbar.title.text


@pytest.mark.parametrize("shown", [leak.view, slots.view])
def test_a_mask_that_cannot_be_cut_down_is_said_to_be_one(shown):
    cells = np.eye(44, dtype=np.uint8)
    cells[3] = np.eye(44)[-1]
    (said,) = shown(make_scene("custom", candidates=40, mask=cells)).blocks
    assert said.style == "warning"
    assert "row 4 of the custom mask has nothing left" in said.text


def test_feed_tells_where_each_post_stands_in_the_other():
    table = feeds.table(np.array([2, 0, 1]), np.array([0, 1, 2]), texts=["a", "b", "c"], other="X")
    assert table[t("attention.feeds.post")].tolist() == ["c", "a", "b"]
    assert table[t("attention.feeds.elsewhere", mask="X")].tolist() == ["3 ▼", "1 ▲", "2 ▲"]


def feed_scene(*orders: list[int], **changed):
    arrays = tuple(map(np.array, orders))
    return make_scene(feeds=Feeds(arrays, ["a", "b", "c"], 5), against="full", **changed)


def test_feeds_say_how_many_places_go_to_another_post():
    shown = feeds.view(feed_scene([2, 0, 1], [0, 2, 1]))
    assert "**another post stands in 2 of the first 3 places**" in shown.blocks[0].text
    assert "places are the same" in feeds.view(feed_scene([2, 0, 1], [2, 0, 1])).blocks[0].text


def test_feeds_say_whose_weights_made_them():
    own = X_2026._replace(weights={**X_2026.weights, "reply": 7.0})
    note = feeds.view(feed_scene([2, 0, 1], [0, 2, 1], weighting=own)).blocks[0]
    assert note.style == "info"
    assert "Ranking page" in note.text
    assert "Reply" in note.text


def shuffled(move: float) -> Shuffled:
    orders = draw_orders(0, 4)
    logits = np.zeros((len(orders), 4, len(ACTIONS)), np.float32)
    logits[1:, 0, 0] = move
    return Shuffled(logits, orders)


def test_shuffle_shows_numbers_and_places_before_and_after():
    shown = slots.view(make_scene(positions="slot", shuffled=shuffled(0.5)))
    _, before, after = shown.figure.data
    assert list(before.x) == [0, 0, 0, 0]
    assert list(after.x) == [0.5, 0, 0, 0]
    assert sorted(after.text) == ["1", "2", "3", "4"]
    assert after.text != before.text
    assert "up to **0.50**" in shown.notices[0]
    assert shown.notices[1] == t("attention.slots.unseen")
    assert "65, 66, 67, 68" in shown.notices[2]


def test_nothing_moves_where_positions_are_shared():
    said = slots.view(make_scene(shuffled=shuffled(0))).notices
    assert "exactly 0" in said[0]
    assert "at RoPE position 4," in said[1]


def test_weights_are_drawn_where_the_mask_allows_and_add_up_in_words():
    scene = make_scene(attention=equal_attention(make_scene().mask), head=1)
    shown = weights.view(scene)
    cells = shown.figure.data[0].z
    np.testing.assert_allclose(cells[4, [0, 1, 2, 3, 4]], 1 / 5)
    assert np.isnan(cells[scene.mask == 0]).all()
    assert "**20%** of their attention to the user, **60%** to the history" in shown.notices[0]
    assert "over 5.0 positions with equal weight, out of 5 allowed" in shown.notices[1]
    assert t("attention.notice.mean") not in shown.notices
    assert t("attention.notice.mean") in weights.view(scene._replace(head=None)).notices
    assert not blocks_of(shown, Text)


@pytest.mark.parametrize("given", [{"variant": "leaky"}, {"positions": "slot"}])
def test_weights_under_another_mask_than_that_of_training_say_so(given):
    scene = make_scene(**given)
    (said,) = blocks_of(weights.view(scene._replace(attention=equal_attention(scene.mask))), Text)
    assert "the model was trained with “Isolated” and “Shared position”" in said.text


def test_looks_order_posts_by_weight_beside_what_leaving_them_out_does():
    attention = equal_attention(make_scene().mask).copy()
    attention[..., 4, 1:4] = [0.1, 0.3, 0.2]
    shown = looks.view(make_scene(attention=attention, effects=np.array([0.5, -0.01, 0.02])))
    _, cards, honest, *_ = shown.blocks
    parts = cards.html.split('<li class="px-card">')[1:]
    assert ["the text of post 1" in parts[0], "the text of post 2" in parts[1], "the text of post 0" in parts[2]]
    assert "Its effect: −0.0100, place 3 of 3 by size." in parts[0]
    assert "**−1.00**" in honest.text


def test_a_candidate_that_sees_no_history_is_said_to_see_none():
    cells = make_scene().mask.copy()
    cells[4:, 1:4] = 0
    scene = make_scene("custom", mask=cells, attention=equal_attention(cells), effects=np.zeros(3))
    assert looks.view(scene).blocks[0] == Text(t("attention.looks.nothing", number=1), "info")


def test_without_history_only_the_heads_are_shown():
    cells = build_attention_mask(0, 2)
    scene = make_scene(history=0, candidates=2, attention=equal_attention(cells), effects=np.zeros(0))
    caption, table = looks.view(scene).blocks
    assert caption.text == t("attention.heads.caption")
    assert table.frame[t("attention.heads.user")].tolist() == ["50%"] * 4


def test_rank_correlation_compares_weights_with_the_size_of_effects():
    assert looks.rank_correlation(np.array([0.1, 0.2, 0.7]), np.array([0.01, -0.5, 2])) == pytest.approx(1)
    assert looks.rank_correlation(np.array([0.1, 0.2, 0.7]), np.array([-3, 0.5, 0.1])) == pytest.approx(-1)
    assert looks.rank_correlation(np.array([0.1, 0.9]), np.array([1.0, 2.0])) is None
    assert looks.rank_correlation(np.array([0.5, 0.5, 0.5]), np.array([1.0, 2.0, 3.0])) is None


def test_serving_says_under_which_masks_a_score_may_be_kept():
    logits = np.zeros((len(MASK_VARIANTS), 3, len(ACTIONS)))
    logits[MASK_VARIANTS.index("full"), 2, 0] = -0.25
    shown = serving.view(make_scene(batches=Batches(logits, (1, 8, 200))))
    among_eight, among_many = shown.figure.data
    assert list(among_eight.text) == ["0"] * 4
    assert list(among_many.text) == ["0", "0", "0", "0.25"]
    assert shown.notices[0] == t("attention.serving.cache", masks="Isolated, Causal, Leaky (sketch)")
    assert "**Full**" in shown.notices[-1]
    assert "**0.25**" in shown.notices[-1]
    (table,) = blocks_of(shown, Table)
    assert table.frame.iloc[3, 1:].tolist() == ["0.00000", "0.00000", "−0.25000"]


def test_every_chart_tells_its_content_in_words():
    attention = equal_attention(make_scene().mask)
    made = [
        mask.view(make_scene()),
        reach.view(make_scene()),
        leak.view(make_scene(leak=Leak(influence(np.eye(4)), 200))),
        slots.view(make_scene(shuffled=shuffled(0))),
        weights.view(make_scene(attention=attention)),
        serving.view(make_scene(batches=Batches(np.zeros((4, 3, 15)), (1, 8, 200)))),
    ]
    for view in made:
        (chart,) = charts(view.blocks)
        assert isinstance(chart, Chart)
        assert len(chart.alt) > 60
        assert view.maths
        assert view.sources
