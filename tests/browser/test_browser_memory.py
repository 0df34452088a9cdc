"""What the browser keeps: all that any of its tabs has added, and of each thing the word that came last."""

import json

import pytest
from playwright.sync_api import Page

from dashboard import browser_memory, learner_file, notes
from dashboard.locale import translate
from tools.browser import exceptions_shown, wait_until_idle

KEPT = "() => JSON.parse(localStorage.getItem('phoenix-explorer'))"
# The script against a storage of its own, run after run; gives what is kept in the end and what was handed over.
RUNS = """
([script, kept, runs]) => {
  const store = kept === null ? {} : { "phoenix-explorer": JSON.stringify(kept) }, handed = [];
  const storage = { getItem: (key) => store[key] ?? null, setItem: (key, value) => (store[key] = value) };
  const run = new Function("localStorage", script.replace("export default function", "return function"))(storage);
  for (const data of runs) run({ data, setTriggerValue: (_name, value) => handed.push(JSON.parse(value)) });
  return { kept: JSON.parse(store["phoenix-explorer"]), handed };
}
"""


@pytest.fixture
def keep(page: Page):
    """Runs the script for some tabs in turn; gives the record that is kept then."""

    def run(*runs: dict, kept: dict | None = None) -> dict:
        return page.evaluate(RUNS, [browser_memory._SCRIPT, kept, list(runs)])["kept"]["record"]

    return run


def tab(session: str, when: dict[str, float], *, pins: str = "", **parts: dict) -> dict:
    """What a tab that has read the storage sends; its pins are letters."""
    shown = [[f"/{letter}", letter, ""] for letter in pins]
    record = json.dumps({"phoenix_explorer": 1, "done": {}, "notes": {}, **parts, "pins": shown})
    most = {"most": notes.MOST_PINS, "bytes": learner_file.MOST_BYTES}
    return {"session": session, "loaded": True, "wanted": True, "record": record, "when": when, **most}


def titles(record: dict) -> str:
    return "".join(pin[1] for pin in record["pins"])


def test_a_pin_of_another_tab_stays_and_one_that_was_taken_away_stays_away(keep):
    a, b = tab("A", {"pins./p": 1}, pins="p"), tab("B", {"pins./q": 2}, pins="pq")
    assert titles(keep(a, b, a)) == "pq"
    away = tab("A", {"pins./p": 3}, pins="")
    assert titles(keep(a, b, away)) == titles(keep(a, b, away, b)) == titles(keep(a, away, b)) == "q"
    again = tab("B", {"pins./q": 2, "pins./p": 4}, pins="qp")
    assert titles(keep(a, b, away, again, away)) == "qp"


def test_of_a_note_and_of_a_tick_the_later_word_is_kept(keep):
    a = tab(
        "A", {"notes.open": 1, "done.hand.x": 1}, notes={"open": "old", "gained": "then"}, done={"hand.x": ["/", ""]}
    )
    b = tab("B", {"notes.open": 2, "done.hand.x": 2}, notes={"open": "new", "gained": "then"}, done={"hand.x": None})
    for record in (keep(a, b, a), keep(b, a, b)):
        assert record["notes"]["open"] == "new"
        assert record["done"] == {"hand.x": None}


def test_what_was_kept_without_times_is_read_and_stays(keep):
    kept = {"session": "before", "record": {"phoenix_explorer": 1, "done": {"x": ["/", ""]}, "notes": {"open": "mine"}}}
    kept["record"]["pins"] = [["/p", "p", ""]]
    record = keep(tab("A", {"notes.gained": 1}, notes={"gained": "now"}), kept=kept)
    assert record["notes"] == {"open": "mine", "gained": "now"}
    assert record["done"] == {"x": ["/", ""]}
    assert titles(record) == "p"


def test_tabs_together_keep_no_more_pins_than_can_be_read_back(keep):
    letters = [chr(ord("a") + i) for i in range(notes.MOST_PINS + 1)]
    runs = [tab(letter, {f"pins./{letter}": i + 1}, pins=letter) for i, letter in enumerate(letters)]
    assert titles(keep(*runs)) == "".join(letters[1:])


def test_what_tabs_hold_together_can_be_read_back(keep):
    runs = []
    for session in "ab":
        done = {f"hand.{session}{i}": [f"/user?h={'x' * 20_000}", "said"] for i in range(8)}
        runs.append(tab(session, dict.fromkeys((f"done.{name}" for name in done), 1), done=done))
    learner = learner_file.from_json(json.dumps(keep(*runs)))
    assert len(learner.deeds) == 16
    assert {deed.link for deed in learner.deeds.values()} == {"/user"}


def test_a_view_is_kept_as_soon_as_it_is_pinned(app_url: str, page: Page) -> None:
    page.goto(f"{app_url}/retrieval?lang=en&user=17")
    wait_until_idle(page)
    assert page.evaluate(KEPT)["record"]["pins"] == []
    page.get_by_role("button", name="push_pin").click()
    wait_until_idle(page)
    assert translate("common.page.retrieval", "en") in page.evaluate(KEPT)["record"]["pins"][0][1]
    page.get_by_text(translate("retrieval.views.topics", "en"), exact=True).first.click()
    wait_until_idle(page)
    page.get_by_role("button", name="push_pin").click()
    wait_until_idle(page)
    assert not exceptions_shown(page)
    first, second = page.evaluate(KEPT)["record"]["pins"]
    assert first[0] != second[0]
