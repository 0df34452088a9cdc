"""The score by hand: what stands on the screen is enough to work it out again."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ranking.views import score
from phoenix.actions import ACTIONS, PRESETS
from phoenix.scoring import RELEASE, ScoreSettings

POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def number(text: str) -> float:
    """A number as it is displayed."""
    return float(text.replace("\u2212", "-"))


def recompute(rows: list[score.HandRow]) -> list[float]:
    """What a reader with a pocket calculator gets: each line from its formula, with nothing but displayed text."""
    total = 0.0
    for row in rows[: len(ACTIONS)]:
        percent, weight = row.formula.split("% × ")
        total += number(percent) / 100 * number(weight)
    results = [total]
    for row in rows[len(ACTIONS) + 1 :]:
        formula = row.formula.replace("\u2212", "-").replace("×", "*").replace("÷", "/")
        formula = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda power: f"**{power[0].translate(POWERS)}", formula)
        assert re.fullmatch(r"[-+*/() .\de]+", formula) or formula == "off"
        results.append(number(rows[len(ACTIONS) + len(results) - 1].result) if formula == "off" else eval(formula))
    return results


def assert_recomputable(candidates) -> None:
    rows = score.hand_rows(candidates)
    results = recompute(rows)
    shown = [number(row.result) for row in rows[len(ACTIONS) :]]
    coarse = 2e-5 * max(np.abs(candidates.stages.contributions[candidates.selected]).max(), 1e-9)
    assert results[0] == pytest.approx(shown[0], abs=coarse)
    assert results[1:] == pytest.approx(shown[1:], rel=2e-5)
    assert shown[-1] == pytest.approx(candidates.stages.final[candidates.selected], rel=1e-5)


@given(
    seed=st.integers(0, 10_000),
    preset=st.sampled_from(sorted(PRESETS)),
    selected=st.integers(0, 7),
    settings=st.builds(
        ScoreSettings,
        use_offset=st.booleans(),
        use_diversity=st.booleans(),
        use_network=st.booleans(),
        offset=st.sampled_from([0.001, 0.1]),
        decay=st.sampled_from([0.0, 0.3, 1.0]),
        floor=st.sampled_from([0.0, 0.25]),
        network=st.sampled_from([0.0, 0.75]),
        mutual=st.just(0.0),  # no world tells who follows back
    ),
)
def test_score_can_be_recomputed_from_the_displayed_text(make_candidates, seed, preset, selected, settings):
    rng = np.random.default_rng(seed)
    probabilities = rng.beta(0.3, 3, (8, len(ACTIONS)))
    candidates = make_candidates(
        probabilities,
        weights=preset,
        selected=selected,
        settings=settings,
        authors=rng.integers(0, 3, 8),
        followed=rng.random(8) < 0.5,
    )
    assert_recomputable(candidates)


def test_rows_of_the_sum_by_hand(make_candidates, table):
    # 50 % · 1 + 2 % · 5 - 20 % · 4 = -0.2; W = 10, N = 4; (-0.2 + 4) / 10 · 0.001 = 0.00038; not followed: · 0.75.
    weights = {"favorite": 1, "reply": 5, "report": -4}
    probabilities = table(favorite=[0.5], reply=[0.02], report=[0.2])
    rows = score.hand_rows(make_candidates(probabilities, weights=weights, followed=[False]))
    assert rows[0] == ("Favorite", "50% × 1", "0.5")
    assert rows[ACTIONS.index("report")] == ("Report", "20% × −4", "−0.8")
    assert rows[-4:] == [
        ("Weighted sum", "∑", "−0.2"),
        ("Offset", "(−0.2 + 4) ÷ 10 × 0.001", "0.00038"),
        ("Author diversity", "0.00038 × ((1 − 0.25) × 0.5⁰ + 0.25)", "0.00038"),
        ("Out of network", "0.00038 × 0.75", "0.000285"),
    ]


def test_effect_of_a_stage_is_measured_against_the_candidates_without_it(make_candidates, table):
    probabilities = table(favorite=np.linspace(0.9, 0.1, 12))
    candidates = make_candidates(probabilities, weights="likes_only", selected=0, followed=[False] + [True] * 11)
    # 0.75 · 0.901 = 0.676 falls behind 0.827, 0.755 and 0.682 but stays in the top 10.
    assert score.effect(candidates, "network") == (
        "Rank of this post: **4**; without this stage **1**. New in the top 10 because of it: **0**."
    )
    off = candidates._replace(settings=RELEASE._replace(use_network=False))
    assert score.effect(off, "network").startswith("Switched off")


def test_sum_table_escapes_what_it_is_given():
    assert "<td>&lt;b&gt;</td>" in score.sum_table([score.HandRow("<b>", "1", "2")])


def test_what_the_offset_at_zero_does_is_said(scene_for):
    assert "some weight is not zero" in score.effect_at_zero(scene_for().candidates)
    without = scene_for({}).candidates
    assert "every score is 0, as in the published code" in score.effect_at_zero(without)
    added = without._replace(settings=without.settings._replace(offset_at_zero=True))
    assert "every score is 0.001" in score.effect_at_zero(added)


def test_no_number_of_the_table_may_break_inside():
    row = score.HandRow("Reply", "0.001% × 5", "0.00005")
    (cells,) = re.findall(r"<tbody><tr>(.*?)</tr></tbody>", score.sum_table([row]))
    assert re.findall(r'<span style="white-space: nowrap">([^<]*)</span>', cells) == ["0.001%", "×", "5", "0.00005"]
