"""The learner's path in a browser: tasks tick themselves, a question is answered, notes stay, leave and come back."""

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from dashboard.locale import translate
from tools.browser import exceptions_shown, wait_until_idle

NOTE = "The history goes through a transformer; its mean is the user."


def settle(page: Page) -> None:
    wait_until_idle(page)
    assert not exceptions_shown(page)


def visit(page: Page, address: str) -> None:
    page.goto(address)
    settle(page)


def answer_quiz(page: Page) -> None:
    """Tries the four options of the page's quiz, two at a time, until one is right."""
    options = page.locator("[class*=st-key-quiz] [data-testid=stRadioOption]")
    again = page.get_by_role("button", name=translate("common.quiz.again", "en"))
    said = page.locator("[data-testid=stAlertContentSuccess], [data-testid=stAlertContentInfo]")
    for number in range(4):
        options.nth(number).click()
        expect(said).to_be_visible()
        settle(page)
        if page.get_by_test_id("stAlertContentSuccess").count():
            return
        if again.count():
            again.click()
            settle(page)
    raise AssertionError("no option was right")


def done_tasks(page: Page) -> str:
    """What the Study page says of the guide's tasks."""
    return page.get_by_test_id("stMain").get_by_text("of the guide's 17 tasks").inner_text()


def test_tasks_tick_themselves_once_they_were_done(app_url: str, page: Page) -> None:
    visit(page, f"{app_url}/?lang=en&user=17")
    answer_quiz(page)  # 3.4: the inference of retrieval
    page.locator(".st-key-navigation").get_by_role("link", name=translate("common.page.embeddings", "en")).click()
    page.wait_for_url(re.compile("/embeddings"))
    settle(page)
    answer_quiz(page)  # 2.7: hash-based embeddings
    page.locator(".st-key-navigation").get_by_role("link", name=translate("common.page.study", "en")).click()
    page.wait_for_url(re.compile("/study"))
    settle(page)
    page.get_by_role("radio", name=translate("study.view.tasks", "en")).click()
    settle(page)
    page.get_by_text(translate("guide.line.task.1.4.1", "en")).click()  # read the code: only the learner can know
    settle(page)
    page.get_by_role("radio", name=translate("study.view.path", "en")).click()
    settle(page)
    assert "done 3 of" in done_tasks(page)


def test_a_wrong_answer_gets_a_hint_and_the_right_one_counts(app_url: str, page: Page) -> None:
    visit(page, f"{app_url}/study?lang=en&view=check&question=mask_code")
    hint, success = (page.get_by_test_id(f"stAlertContent{kind}") for kind in ("Warning", "Success"))
    again = page.get_by_role("button", name=translate("study.check.again", "en"))
    option, give = page.get_by_test_id("stRadioOption").first, page.get_by_role("button", name="Answer", exact=True)
    for _ in range(30):  # wrong and then right is one of several ways that guessing goes
        option.click()
        give.click()
        expect(hint.or_(again)).to_be_visible()
        hinted = hint.is_visible()
        if hinted:
            assert "one more try" in hint.inner_text()
            option.click()
            give.click()
            expect(again).to_be_visible()
        if hinted and success.is_visible():
            break
        again.click()
        expect(option).to_be_visible()
    expect(page.get_by_test_id("stAlertContentSuccess")).to_contain_text("Right.")
    expect(page.get_by_test_id("stMain").get_by_text("Answered correctly")).to_contain_text("1 of 11 (11)")


def test_notes_survive_a_reload_and_travel_as_a_file(app_url: str, page: Page, stranger: Page, tmp_path: Path) -> None:
    visit(page, f"{app_url}/study?lang=en&view=notes")
    page.get_by_label(translate("study.note.user_tower", "en")).fill(NOTE)
    page.keyboard.press("Control+Enter")
    settle(page)
    page.reload()
    settle(page)
    expect(page.get_by_label(translate("study.note.user_tower", "en"))).to_have_value(NOTE)
    kept = tmp_path / "kept.json"
    with page.expect_download() as download:
        page.get_by_role("button", name=translate("study.files.json", "en")).click()
    download.value.save_as(kept)
    assert json.loads(kept.read_text(encoding="utf-8"))["notes"] == {"user_tower": NOTE}
    with page.expect_download() as download:
        page.get_by_role("button", name=translate("study.files.markdown", "en")).click()
    assert NOTE in Path(download.value.path()).read_text(encoding="utf-8")
    visit(stranger, f"{app_url}/study?lang=en&view=notes")
    expect(stranger.get_by_label(translate("study.note.user_tower", "en"))).to_have_value("")
    stranger.locator("input[type=file]").set_input_files(kept)
    settle(stranger)
    expect(stranger.get_by_label(translate("study.note.user_tower", "en"))).to_have_value(NOTE)
