"""The same candidates ranked twice."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ranking.figures import orders


def test_slopes_lead_each_candidate_from_its_first_rank_to_its_second():
    before, after = np.array([1, 2, 3, 4]), np.array([2, 1, 4, 3])
    movers = [orders.Labelled(1, "reply +1", "up"), orders.Labelled(2, "report -1", "down")]
    text = orders.OrdersText("relevance", "fifteen", "rank", "rises", "falls", "others", "top 2")
    chart = orders.two_orders(before, after, movers=movers, top=2, text=text)
    everyone, rise, fall = chart.data
    np.testing.assert_array_equal(np.reshape(everyone.y, (4, 3))[:, :2], np.column_stack([before, after]))
    assert list(rise.y) == [2, 1]
    assert list(fall.y) == [3, 4]
    assert rise.line.dash is None
    assert fall.line.dash == "dash"
    assert [rise.hovertext[0], fall.hovertext[0]] == ["up", "down"]
    assert chart.layout.shapes[0].y0 == 2.5
    assert {a.text for a in chart.layout.annotations} == {"reply +1", "report -1", "top 2"}
    assert chart.layout.yaxis.range[0] > chart.layout.yaxis.range[1]


@given(st.lists(st.floats(1, 200), max_size=6), st.just(9.0))
def test_labels_keep_apart_in_the_order_of_their_ranks(values, gap):
    placed = np.array(orders.spread(values, gap=gap, high=200))
    order = np.argsort(values, kind="stable")
    assert (np.diff(placed[order]) >= gap - 1e-9).all()
    if len(values) > 1 and np.diff(np.sort(values)).min() >= gap:
        np.testing.assert_allclose(placed, values)
