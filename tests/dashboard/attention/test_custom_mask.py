"""A mask of the visitor's own: edited, pasted, linked."""

import numpy as np
import pytest

from dashboard.attention import custom
from dashboard.locale import translate
from phoenix.masks import build_attention_mask
from tests.dashboard.attention.test_page import USER, press, shown


def test_custom_mask_starts_from_the_variant_shown_before_and_is_edited(open_page):
    app = open_page("attention", user=str(USER), mask="leaky", s="3", c="2")
    app.segmented_control(key="attention.mask").select("custom").run()
    expected = build_attention_mask(3, 2, variant="leaky")
    np.testing.assert_array_equal(shown(app), expected)
    app.selectbox(key="attention.cell_row").select_index(4).run()
    app.selectbox(key="attention.cell_column").select_index(5).run()
    press(app, "attention.flip")
    expected[4, 5] = 1
    np.testing.assert_array_equal(shown(app), expected)
    press(app, "attention.block_close")
    expected[1:4, 4:] = 0
    np.testing.assert_array_equal(shown(app), expected)
    press(app, "attention.start_causal")
    np.testing.assert_array_equal(shown(app), build_attention_mask(3, 2, variant="causal"))


def test_custom_mask_is_kept_for_its_size_and_used_by_the_other_views(open_page):
    app = open_page("attention", user=str(USER), mask="custom", s="3", c="2")
    press(app, "attention.start_full")
    app.slider(key="attention.c").set_value(3).run()
    np.testing.assert_array_equal(shown(app), build_attention_mask(3, 3))
    app.slider(key="attention.c").set_value(2).run()
    np.testing.assert_array_equal(shown(app), build_attention_mask(3, 2, variant="full"))
    app.segmented_control(key="attention.view").select("leak").run()
    assert np.nanmin(shown(app)) > 0
    assert not app.exception


def cells_of(mask: np.ndarray, *, history: int) -> str:
    return custom.to_text(np.asarray(mask), history_len=history)


def test_edited_mask_stands_in_the_address_and_opens_elsewhere(open_page, address):
    app = open_page("attention", user=str(USER), mask="custom", s="3", c="2")
    assert address(app, "cells") == cells_of(build_attention_mask(3, 2), history=3)
    app.selectbox(key="attention.cell_row").select_index(4).run()
    app.selectbox(key="attention.cell_column").select_index(5).run()
    press(app, "attention.flip")
    edited = build_attention_mask(3, 2)
    edited[4, 5] = 1
    assert address(app, "cells") == cells_of(edited, history=3)
    for view in ("mask", "leak"):
        query = {name: address(app, name) for name in app.query_params} | {"view": view}
        elsewhere = open_page("attention", **query)
        assert not elsewhere.warning
        if view == "mask":
            np.testing.assert_array_equal(shown(elsewhere), edited)
        else:
            np.testing.assert_array_equal(shown(elsewhere) > 1e-4, [[False, True], [False, False]])


def test_only_a_custom_mask_stands_in_the_address(open_page, address):
    app = open_page("attention", user=str(USER), mask="custom", s="3", c="2")
    press(app, "attention.start_full")
    app.segmented_control(key="attention.mask").select("leaky").run()
    assert address(app, "cells") is None
    app.segmented_control(key="attention.mask").select("custom").run()
    assert address(app, "cells") == cells_of(build_attention_mask(3, 2, variant="full"), history=3)


@pytest.mark.parametrize(
    ("view", "given"),
    [
        ("mask", "3x2-"),
        ("reach", "3x2-AAAAAAA"),
        ("mask", "3x2-zzzzz"),
        ("reach", "8x6-" + "A" * 39),
        ("mask", "[x](https://example.org)"),
        ("reach", "9" * 400),
    ],
)
def test_forged_cells_get_a_sentence_that_stays(open_page, address, view, given):
    app = open_page("attention", user=str(USER), mask="custom", s="3", c="2", cells=given, view=view)
    assert not app.exception
    for _ in range(2):
        (warning,) = app.warning
        assert f"`{given[:60]}" in warning.value
        assert "S = 3 and C = 2" in warning.value
        app.run()
    assert address(app, "cells") == cells_of(build_attention_mask(3, 2), history=3)
    app.slider(key="attention.c").set_value(3).run()
    assert not app.warning


def test_mask_too_large_for_a_link_says_so_and_stays_in_the_session(open_page, address):
    app = open_page("attention", user=str(USER), mask="custom", s="8", c="120")
    said = translate("attention.custom.too_large", "en", total=129, most=custom.LINKED_POSITIONS)
    assert said in [caption.value for caption in app.caption]
    press(app, "attention.start_full")
    assert address(app, "cells") is None
    app.segmented_control(key="attention.view").select("reach").run()
    assert said in [caption.value for caption in app.caption]
    app.segmented_control(key="attention.view").select("mask").run()
    assert (shown(app) == 1).all()


def test_view_of_the_leak_opens_on_a_mask_that_leaks_and_the_address_says_so(open_page, address):
    app = open_page("attention", user=str(USER), view="leak", c="4")
    assert np.nanmin(shown(app)) > 1e-5  # rounding is ten times smaller
    assert address(app, "mask") == "leaky"
    walked = open_page("attention", user=str(USER), c="4")
    assert address(walked, "mask") is None
    walked.segmented_control(key="attention.view").select("leak").run()
    assert address(walked, "mask") == "leaky"
    walked.segmented_control(key="attention.mask").select("isolated").run()
    assert np.nanmax(shown(walked)) < 1e-4
    walked.segmented_control(key="attention.view").select("reach").run()
    walked.segmented_control(key="attention.view").select("leak").run()
    assert address(walked, "mask") == "isolated"


@pytest.mark.parametrize("pasted", ["11\n11", "[[1,1,0,0],[1,1,0,0],[1,1,1,0],[1,1,0,1]]"])
def test_paste_box_stays_open_after_a_paste(open_page, pasted):
    app = open_page("attention", user=str(USER), mask="custom", s="2", c="2")
    title = translate("attention.custom.paste_title", "en")
    assert [box.proto.expanded for box in app.expander if box.label == title] == [False]
    app.text_area(key="attention.paste").set_value(pasted)
    press(app, "attention.apply")
    assert [box.proto.expanded for box in app.expander if box.label == title] == [True]


PASTES = {
    "letters": "110000\n1100a0\n111000\n111100\n111010\n111101",
    "size": "11\n11",
    "empty": "110000\n110000\n000000\n111100\n111010\n111101",
    "nothing": "",
}


@pytest.mark.parametrize(("paste", "language"), list(zip(PASTES, ["en", "zh", "zh", "en"], strict=True)))
def test_unusable_paste_gets_a_sentence_and_the_last_good_mask_stays(open_page, language, paste):
    app = open_page("attention", user=str(USER), lang=language, mask="custom", s="3", c="2")
    good = build_attention_mask(3, 2, variant="full")
    app.text_area(key="attention.paste").set_value("\n".join("".join(map(str, row)) for row in good))
    press(app, "attention.apply")
    np.testing.assert_array_equal(shown(app), good)
    app.text_area(key="attention.paste").set_value(PASTES[paste])
    press(app, "attention.apply")
    with pytest.raises(custom.MaskProblemError) as caught:
        custom.parse(PASTES[paste], total=6)
    problem = caught.value.problem
    assert [w.value for w in app.warning] == [translate(problem.key, language, **problem.values)]
    np.testing.assert_array_equal(shown(app), good)
    press(app, "attention.start_isolated")
    assert not app.warning


def test_emptying_a_row_is_refused_with_a_sentence(open_page):
    app = open_page("attention", user=str(USER), mask="custom", s="3", c="2")
    app.text_area(key="attention.paste").set_value("\n".join("".join(map(str, row)) for row in np.eye(6, dtype=int)))
    press(app, "attention.apply")
    press(app, "attention.flip")
    assert "Row 1 would be empty" in app.warning[0].value
    np.testing.assert_array_equal(shown(app), np.eye(6))


def test_custom_mask_that_cannot_be_cut_down_gets_a_sentence(open_page):
    app = open_page("attention", user=str(USER), mask="custom", s="2", c="40", view="mask")
    total = 43
    only_last = np.eye(total, dtype=int)
    only_last[3] = np.eye(total, dtype=int)[-1]
    app.text_area(key="attention.paste").set_value("\n".join(" ".join(map(str, row)) for row in only_last))
    press(app, "attention.apply")
    for view in ("leak", "slots"):
        app.segmented_control(key="attention.view").select(view).run()
        assert not app.exception
        assert "row 4 of the custom mask has nothing left" in app.warning[0].value
