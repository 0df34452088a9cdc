"""A learner's file: all of it comes back, and nothing forged or cut gets in."""

import json

import pytest

from dashboard import learner_file, notes
from dashboard.learner_file import Learner, LearnerFileError
from dashboard.notes import Pin
from dashboard.progress import Deed

LEARNER = Learner(
    deeds={"drew_mask": Deed("https://phoenix.example/attention?view=mask", "36 of 36"), "hand.task.1.4.1": None},
    notes={"user_tower": "读历史\n\n**and** <b>so on</b>", "gained": "🙂"},
    pins=[Pin("/ranking?view=moved", "Ranking · What moved", "ten posts")],
)


def test_what_is_saved_comes_back():
    assert learner_file.from_json(learner_file.to_json(LEARNER)) == LEARNER
    assert learner_file.from_json(learner_file.to_json(LEARNER).encode()) == LEARNER


def test_what_long_addresses_make_too_large_comes_back_but_for_what_there_is_no_room_for():
    edited = "https://phoenix.example/user?h=17,-" + "-".join(map(str, range(1, 64))) + "&w=" + "x" * 5_000
    deeds = {f"seen.user/{i}": Deed(edited, "读历史" * 200) for i in range(60)}
    pins = [Pin(f"{edited}&pin={i}", "User", "读历史" * 200) for i in range(notes.MOST_PINS)]
    for learner in (
        LEARNER._replace(deeds={"seen.user": deeds["seen.user/1"]}, pins=pins[:1]),
        Learner(deeds, {}, pins),
    ):
        back = learner_file.from_json(learner_file.to_json(learner).encode())
        assert back.deeds.keys() == learner.deeds.keys()
        assert back.notes == learner.notes
        assert back.pins[-1] == learner.pins[-1]


def changed(**parts) -> str:
    return json.dumps({**json.loads(learner_file.to_json(LEARNER)), **parts})


FORGED = {
    "nothing": ("", "format"),
    "cut": (learner_file.to_json(LEARNER)[:-20], "format"),
    "a pickle": (b"\x80\x04\x95\x1c\x00\x00\x00builtins\x94\x8c\x04eval", "format"),
    "no dictionary": ("[1, 2]", "format"),
    "nested": ("[" * 100_000, "format"),
    "another format": (changed(phoenix_explorer=2), "format"),
    "large": (changed(notes={"gained": "x" * 300_000}), "size"),
    "no notes": (changed(notes=None), "content"),
    "a strange field": (changed(notes={"__class__": "x"}), "content"),
    "a long note": (changed(notes={"gained": "x" * (notes.LONGEST + 1)}), "content"),
    "half a character in a note": (changed(notes={"gained": "\ud800"}), "content"),
    "half a character in a pin": (changed(pins=[["/\udfff", "t", "s"]]).encode(), "content"),
    "half a character as it stands": (changed().replace("ten posts", "\ud800"), "content"),
    "a number for a note": (changed(notes={"gained": 7}), "content"),
    "a script": (changed(done={"a": ["javascript:alert(1)", ""]}), "content"),
    "a link with a blank": (changed(pins=[["https://a b", "t", "s"]]), "content"),
    "a strange event": (changed(done={"<b>": ["/x", ""]}), "content"),
    "a short deed": (changed(done={"a": ["/x"]}), "content"),
    "many deeds": (changed(done={f"a{i}": None for i in range(1000)}), "content"),
    "many pins": (changed(pins=[["/x", "t", "s"]] * 1000), "content"),
    "a pin that is a text": (changed(pins=["abc"]), "content"),
}


@pytest.mark.parametrize(("text", "problem"), FORGED.values(), ids=FORGED)
def test_whatever_cannot_be_used_is_refused_by_name(text, problem):
    with pytest.raises(LearnerFileError) as caught:
        learner_file.from_json(text)
    assert caught.value.problem == problem
