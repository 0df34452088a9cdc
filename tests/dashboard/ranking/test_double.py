"""What twice a weight does, told of a sample whose numbers can be worked out by hand."""

import numpy as np
import pytest

from dashboard.ranking import double, measured
from phoenix.actions import ACTIONS, NUM_ACTIONS
from phoenix.analysis.frontier import Sample

LIKE, REPLY = ACTIONS.index("favorite"), ACTIONS.index("reply")


@pytest.fixture
def sample() -> Sample:
    """Four users, 21 posts each: 20 make the feed. Liked posts win, unless a reply weighs enough: then the last one."""
    predicted = np.full((4, 21, NUM_ACTIONS), 0.001, np.float32)
    predicted[:, :, LIKE] = 0.5
    predicted[:2, 20, LIKE], predicted[:2, 20, REPLY] = 0.25, 0.125  # two users have a post that is replied to
    predicted[2:, 20, LIKE] = 0.25
    true = predicted.copy()
    true[:2, :20, REPLY], true[:2, 20, REPLY] = 0.0625, 0.5
    true[2:, :, REPLY] = 0.0625
    return Sample(predicted, true)


def test_both_sentences_count_what_moves(sample):
    measured.counts.clear()
    measured.moved_tops.clear()
    weights = np.zeros(NUM_ACTIONS)
    weights[LIKE], weights[REPLY] = 1.0, 1.5  # 0.25 + 1.5 / 8 < 0.5 < 0.25 + 3 / 8
    said, promised = double.sentences(sample, weights, action="reply")
    measured.counts.clear()
    measured.moved_tops.clear()
    # Truly: 20 of 0.0625 for everybody; then for two users 19 of these and one of 0.5, on average + 17.5 %.
    assert said.startswith("**Weight of Reply, doubled**, 1.5 → 3: Reply +17.5%")
    assert "For **2** of 4 users" in said
    assert promised.startswith("That is the truth")


def test_of_an_action_that_never_happens_no_change_is_told(sample):
    measured.counts.clear()
    measured.moved_tops.clear()
    weights = np.zeros(NUM_ACTIONS)
    weights[LIKE], weights[REPLY] = 1.0, 1.5
    sample.true[...] = 0.0
    said = double.sentences(sample, weights, action="reply")
    measured.counts.clear()
    measured.moved_tops.clear()
    assert said == (
        "**Weight of Reply, doubled**, 1.5 → 3: nothing beyond doubt. For **2** of 4 users the first 10 posts"
        " are other ones.",
    )
