"""Settings of the later stages, in the address and as they score."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.stages import PARAMETERS, from_text, to_text
from phoenix.scoring import RELEASE, ScoreSettings


def test_release_leaves_the_address_silent():
    assert to_text(RELEASE) == ""


def test_text_names_what_differs():
    settings = RELEASE._replace(use_offset=False, decay=0.3)
    assert to_text(settings) == "offset:off,decay:0.3"
    assert from_text("offset:off,decay:0.3") == settings
    assert from_text("network:0.5") == RELEASE._replace(network=0.5)


TINY = 5.5480848484468205e-170  # takes all the digits that a number can


@example(
    ScoreSettings(
        False,
        False,
        False,
        offset_at_zero=True,
        offset=0.6098938973656834,
        **dict.fromkeys(("decay", "floor", "network", "mutual"), TINY),
    )
)
@given(
    st.builds(
        ScoreSettings,
        use_offset=st.booleans(),
        use_diversity=st.booleans(),
        use_network=st.booleans(),
        offset_at_zero=st.booleans(),
        **{name: st.floats(low, high) for name, (low, high) in PARAMETERS.items()},
    )
)
def test_text_is_read_as_it_was_written(settings):
    text = to_text(settings)
    assert (from_text(text) if text else RELEASE) == settings


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "decay:2",
        "decay:nan",
        "offset:0",
        "decay:off",
        "decay:on",
        "offset_at_zero:off",
        "network:",
        "network:0.5,",
        "x" * 300,
    ],
)
def test_nonsense_is_refused(text):
    assert from_text(text) is None
