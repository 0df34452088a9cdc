"""What several pages say about a score, by hand."""

import pytest

from dashboard import score
from phoenix.scoring import RELEASE, ScoreSettings


def test_repeats_count_better_posts_of_the_same_author(make_candidates, table):
    probabilities = table(favorite=[0.1, 0.4, 0.3, 0.2])
    for selected, count in ((0, 2), (1, 0), (2, 0), (3, 1)):
        candidates = make_candidates(probabilities, weights="likes_only", selected=selected, authors=[7, 7, 8, 7])
        assert score.repeats(candidates) == count


def test_why_offset_works_the_raised_score_out(make_candidates, table):
    # 0.5 - 4 · 0.2 = -0.3. Without the offset · 0.75 = -0.225. With it (-0.3 + 4) / 5 · 0.001 = 0.00074, then
    # · 0.75 = 0.000555.
    probabilities = table(favorite=[0.5, 0.5], report=[0.2, 0.0])
    candidates = make_candidates(probabilities, weights={"favorite": 1, "report": -4})
    for settings in (RELEASE, RELEASE._replace(use_offset=False)):
        sentence = score.why_offset(candidates._replace(settings=settings))
        assert "The weighted sum of 1 candidate is below 0" in sentence
        for shown in ("**−0.3**", "−0.225: **higher**", "it is 0.00074", "makes it 0.000555"):
            assert shown in sentence
    assert "no candidate's weighted sum" in score.why_offset(make_candidates(probabilities, weights="likes_only"))


def test_score_steps_add_up(make_candidates, table):
    candidates = make_candidates(table(favorite=[0.5], report=[0.001]))
    steps = score.score_steps(candidates)
    assert steps.probabilities @ steps.weights == pytest.approx(steps.weighted)
    assert steps.final == pytest.approx(steps.weighted + 0.001)


def test_settings_reach_the_score(make_candidates, table):
    probabilities = table(favorite=[0.4, 0.3])
    candidates = make_candidates(probabilities, weights="likes_only", authors=[7, 7], followed=[True, False])
    bare = candidates.score("likes_only", ScoreSettings(use_offset=False, use_diversity=False, use_network=False))
    assert bare.final.tolist() == pytest.approx([0.4, 0.3])
    other = candidates.score("likes_only", RELEASE._replace(offset=0.1, decay=0.0, floor=0.5, network=0.2))
    assert other.final.tolist() == pytest.approx([0.5, 0.4 * 0.5 * 0.2])
