"""What an engineer does on the Ranking page: lock, type, reset, import, pin, compare, export, pass on a link."""

import json

import numpy as np
import pytest

from dashboard import navigation
from dashboard.locale import translate
from dashboard.ranking import export, panel
from dashboard.ranking.ranges import WEIGHT_RANGES
from dashboard.ranking.views import moved
from phoenix import weight_files
from phoenix.actions import ACTIONS, PRESETS, X_ACTIONS
from phoenix.scoring import RELEASE, score_feed
from tests.dashboard.ranking.driving import import_file, move, open_box, shown_weights, slider
from tests.dashboard.reading import words

USER = "17"
X_2026 = PRESETS["x_2026"].weights


def test_number_may_lie_beyond_the_slider(open_page, address):
    app = open_page("ranking", user=USER)
    open_box(app, "box")
    app.selectbox(key="ranking.tuned").select("reply").run()
    app.number_input(key="ranking.number").set_value(123.25).run()
    reply = slider(app, "reply")
    assert (reply.value, reply.max) == (123.25, 123.25)
    assert address(app, "w") == "reply:123.25"
    move(app, "reply", 7.0)
    assert slider(app, "reply").max == WEIGHT_RANGES["reply"].high
    assert app.number_input(key="ranking.number").value == 7.0


def test_detail_follows_the_slider_moved_last_and_resets_it_alone(open_page, address):
    app = open_page("ranking", user=USER)
    open_box(app, "box")
    move(app, "reply", 7.0)
    move(app, "report", -100.0)
    assert app.selectbox(key="ranking.tuned").value == "report"
    assert app.number_input(key="ranking.number").value == -100.0
    assert address(app, "w") == "reply:7,report:-100"
    app.button(key="ranking.reset_one").click().run()
    assert shown_weights(app) == X_2026 | {"reply": 7.0}
    assert address(app, "w") == "reply:7"
    assert app.button(key="ranking.reset_one").disabled


def test_locked_weight_survives_preset_reset_and_import(open_page):
    app = open_page("ranking", user=USER)
    open_box(app, "box")
    move(app, "reply", 7.0)
    app.button(key="ranking.lock").click().run()
    assert slider(app, "reply").disabled
    app.selectbox(key="preset").select("likes_only").run()
    assert shown_weights(app) == PRESETS["likes_only"].weights | {"reply": 7.0}
    app.button(key="ranking.reset").click().run()
    assert shown_weights(app)["reply"] == 7.0
    import_file(app, weight_files.to_json(PRESETS["x_2023"].weights).encode())
    assert shown_weights(app) == PRESETS["x_2023"].weights | {"reply": 7.0}
    app.button(key="ranking.lock").click().run()
    app.button(key="ranking.reset").click().run()
    assert shown_weights(app) == PRESETS["likes_only"].weights


def test_import_takes_all_weights(open_page):
    app = open_page("ranking", user=USER)
    chosen = dict(zip(ACTIONS, [*np.arange(11) / 2, -1, -2, -3, -1000], strict=True))
    import_file(app, json.dumps(chosen).encode())
    assert shown_weights(app) == chosen
    assert [message.value for message in app.success] == [translate("ranking.file.taken", "en")]


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"reply = 5", "JSON"),
        (json.dumps({**X_2026, "like": 1}).encode(), "`like`"),
        (json.dumps({**X_2026, "[log in](https://evil.example)": 1}).encode(), "`[log in](https://evil.example)`"),
        (json.dumps({**X_2026, "reply": "![x](https://evil.example/p)"}).encode(), '`"![x](https://evil.example/p)"`'),
        (json.dumps({**X_2026, "reply": float("nan")}).encode(), "reply"),
        (b"[" * 1_000_000, str(weight_files.MAX_BYTES)),
    ],
)
def test_bad_import_is_explained_and_changes_nothing(open_page, data, named):
    app = open_page("ranking", user=USER, w="reply:7")
    import_file(app, data)
    assert not app.exception
    assert shown_weights(app) == X_2026 | {"reply": 7.0}
    (error,) = app.error
    assert named in error.value
    assert error.value.startswith(translate("ranking.file.refused", "en", problem=""))
    assert "](https" not in error.value.replace("`[log in](https://evil.example)`", "").replace(
        '`"![x](https://evil.example/p)"`', ""
    )
    move(app, "reply", 8.0)
    assert not app.error


def test_what_became_of_an_import_stands_first_in_its_box(open_page):
    app = open_page("ranking", user=USER)
    import_file(app, b"[]")
    (box,) = [box for box in app.get("popover") if box.proto.popover.label == translate("ranking.detail", "en")]
    assert box.children[0].type == "error"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("problem", weight_files.SENTENCES)
def test_every_fault_of_an_import_has_a_sentence_with_the_same_details(language, problem):
    details = {name: f"<{name}>" for name in ("action", "actions", "given", "most", "line", "column")}
    sentence = translate(f"feed.unusable.{problem}", language, **details)
    for name, value in details.items():
        assert (value in sentence) == (f"{{{name}}}" in weight_files.SENTENCES[problem]), name


def test_link_restores_weights_stages_pin_and_view(open_page, made):
    query = {"w": "reply:7,report:-100", "stages": "offset:off", "pin": "likes_only~~", "baseline": "pinned"}
    app = open_page("ranking", user=USER, view="moved", **query)
    assert not app.warning
    assert shown_weights(app) == X_2026 | {"reply": 7.0, "report": -100.0}
    given = {"author_ids": made.author_ids, "followed": made.followed}
    settings = RELEASE._replace(use_offset=False)
    now = score_feed(
        made.ranking.probabilities, weights=shown_weights(app), settings=settings, **given, actions=X_ACTIONS
    ).order
    then = score_feed(made.ranking.probabilities, weights="likes_only", **given, actions=X_ACTIONS).order
    shown = app.dataframe[0].value
    assert shown["rank"].tolist() == list(range(1, 201))
    assert shown["before"].tolist() == (np.argsort(then) + 1)[now].tolist()
    assert f"{moved.agreement(now, baseline=then).tau:.3f}" in words(app)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("w", "reply:seven"),
        ("w", "x" * 5000),
        ("stages", "decay:9"),
        ("pin", "x_2030~~"),
        ("baseline", "pinned"),
        ("preset", "x_2030"),
    ],
)
def test_nonsense_in_the_address_gets_a_sentence_and_changes_nothing(open_page, language, name, value):
    app = open_page("ranking", lang=language, user=USER, **{name: value})
    assert not app.exception
    assert len(app.warning) == 1
    assert shown_weights(app) == X_2026


def test_pinned_ranking_stays_while_weights_move(open_page, address):
    app = open_page("ranking", user=USER, view="moved")
    assert address(app, "baseline") == "likes_only"
    move(app, "reply", 20.0)
    app.button(key="ranking.pin_now").click().run()
    assert app.selectbox(key="ranking.baseline").value == "pinned"
    assert address(app, "pin") == "x_2026~reply:20~"
    assert app.dataframe[0].value["move"].isna().all()
    app.button(key="ranking.reset").click().run()
    assert app.dataframe[0].value["move"].notna().any()
    app.selectbox(key="ranking.baseline").select("x_2026").run()
    assert app.dataframe[0].value["move"].isna().all()


def test_baseline_of_the_table_is_chosen_in_a_box_that_names_it(open_page):
    app = open_page("ranking", user=USER)
    assert any(translate("common.preset.x_2026", "en") in box.proto.popover.label for box in app.get("popover"))
    assert not [b for b in app.selectbox if b.key == "ranking.baseline"]
    open_box(app, "baseline_box")
    app.selectbox(key="ranking.baseline").select("likes_only").run()
    assert app.dataframe[0].value["move"].notna().any()


def test_preset_shows_where_it_comes_from(open_page):
    for name, preset in PRESETS.items():
        app = open_page("ranking", user=USER, preset=name)
        note = panel.preset_note(name)
        assert preset.published is None or preset.published[:4] in note
        assert app.selectbox(key="preset").help == note


def test_what_moved_names_the_pairs_that_the_last_move_swapped(open_page):
    app = open_page("ranking", user=USER, view="moved")
    assert translate("ranking.notice.no_nudge", "en") in words(app)
    move(app, "reply", 20.0)
    assert "**Reply**, 5 → 20, was moved last and swapped" in words(app)


def test_stage_can_be_switched_off_and_parameters_changed(open_page, address):
    app = open_page("ranking", user=USER, view="score")
    assert address(app, "stages") is None
    app.toggle(key="ranking.use_diversity").set_value(False).run()
    app.number_input(key="ranking.stage_network").set_value(0.5).run()
    assert address(app, "stages") == "diversity:off,network:0.5"
    assert app.number_input(key="ranking.stage_decay").disabled
    app.segmented_control(key="ranking.view").select("ranking").run()
    note = translate("ranking.stages.changed", "en", stages="diversity:off,network:0.5")
    assert note in [caption.value for caption in app.caption]
    app.segmented_control(key="ranking.view").select("score").run()
    app.button(key="ranking.restore_stages").click().run()
    assert app.toggle(key="ranking.use_diversity").value
    assert app.number_input(key="ranking.stage_network").value == RELEASE.network
    assert address(app, "stages") is None


def test_two_users_are_compared_under_the_same_weights(open_page, recommender):
    app = open_page("ranking", user=USER, view="compare", against="user", other="23")
    assert not app.exception
    handles = recommender.world.users["handle"]
    lists = [block.value for block in app.get("html") if '<ol class="px-list"' in block.value]
    assert [handles.loc[int(user)] in block for user, block in zip((USER, "23"), lists, strict=True)] == [True, True]
    app = open_page("ranking", user=USER, view="compare", against="user", other="nobody")
    assert not app.exception
    assert "`nobody`" in app.warning[0].value


def test_export_offers_csv_picture_and_link(open_page):
    app = open_page("ranking", user=USER, w="reply:7", view="moved")
    assert not app.get("download_button")
    open_box(app, "export")
    assert not app.exception
    assert {button.key for button in app.get("download_button")} == {"ranking.export_csv", "ranking.export_html"}
    assert any("w=reply:7" in code.value and "view=moved" in code.value for code in app.code)
    assert translate("ranking.link.attention", "en") in [link.label for link in app.get("page_link")]


def test_csv_holds_the_ranking(make_scene, table):
    scene = make_scene(table(favorite=[0.1, 0.5], report=[0.1, 0.0]), texts=["a, “b”", "好"])
    lines = export.to_csv(scene).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("rank,post_id,author_id,followed,score,weighted_sum,after_offset,after_diversity,p_fav")
    assert len(lines) == 3
    assert lines[1].startswith("1,101,1,True,0.251,0.25,0.251,0.251,0.5,")
    assert lines[1].endswith(",好")
    assert lines[2].endswith(',"a, “b”"')


def test_exported_picture_needs_no_network():
    import plotly.graph_objects as go

    page = export.to_html(go.Figure(go.Bar(x=[3], name="only")), paper="#abcdef").decode()
    assert "#abcdef" in page
    assert "only" in page
    assert "<script src=" not in page
    assert len(page) > 1_000_000


def test_weights_and_language_stay_on_the_way_to_every_page(open_page, address):
    given = {"lang": "zh", "user": USER, "w": "reply:7", "preset": "discovery", "stages": "decay:0.1"}
    app = open_page("ranking", **given)
    for page in ("overview", "retrieval", "ranking", "journey", "attention", "embeddings", "performance"):
        app.switch_page(str(navigation.script(page).relative_to(navigation.PAGES.parent))).run()
        assert not app.exception, page
        assert {name: address(app, name) for name in given} == given, page


def test_links_to_other_pages_carry_user_post_and_weights(open_page, address):
    app = open_page("ranking", user=USER, w="reply:7")
    open_box(app, "export")
    queries = {link.label: link.proto.query_string for link in app.get("page_link")}
    journey = queries[translate("ranking.link.journey", "en")]
    for part in (f"user={USER}", f"post={address(app, 'post')}", "w=reply"):
        assert part in journey
