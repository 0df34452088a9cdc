"""Terms are explained where they occur first, and nothing else of a text is touched."""

import re

import pytest

from dashboard import glossary, locale, state


def plain(text: str) -> str:
    """A marked text without its buttons."""
    kept = re.sub(r"<span popover.*?</span>|</?button[^>]*>", "", text)
    return re.sub(r'<span class="px-together">(.*?)</span>', r"\1", kept)


def marked(text: str) -> list[str]:
    return re.findall(r"<button[^>]*>(.*?)</button>", text)


def test_a_term_is_explained_once_in_all_texts_and_not_where_it_is_known():
    texts = glossary.explain(["Logits and a softmax.", "A logit and the Softmax, calibrated."], known="Its sigmoid.")
    assert [marked(text) for text in texts] == [["Logits", "softmax"], ["calibrated"]]
    assert [plain(text) for text in texts] == ["Logits and a softmax.", "A logit and the Softmax, calibrated."]
    assert marked(glossary.explain(["A sigmoid."], known="Its sigmoid.")[0]) == []


def test_every_button_opens_a_meaning_of_its_own():
    text = glossary.explain(["Logits, softmax and RoPE."])[0]
    targets = re.findall('popovertarget="(.*?)"', text)
    assert len(set(targets)) == 3
    assert targets == re.findall('<span popover class="px-meaning" id="(.*?)"', text)


@pytest.mark.parametrize(
    "literal",
    ["`softmax`", "$softmax$", "$$softmax$$", "[softmax](https://x.y)", "“softmax and more”", "pre-softmaxed"],
)
def test_code_formulas_links_quotations_and_parts_of_words_stay(literal):
    assert glossary.explain([f"See {literal} there."]) == (f"See {literal} there.",)


def test_what_a_visitor_wrote_is_no_html():
    (text,) = glossary.explain(["A <img src=x onerror=alert(1)> “<b>” and `<i>`."])
    assert text == "A &lt;img src=x onerror=alert(1)> “&lt;b>” and `<i>`."


def test_bold_is_bold_beside_chinese_words_too():
    texts = ["**检索。**全部 `a**b**` **召回率**高。", "Two **bold** words, 2 ** 3."]
    first, second = glossary.explain(texts)
    assert plain(first) == "<strong>检索。</strong>全部 `a**b**` <strong>召回率</strong>高。"
    assert second == "Two <strong>bold</strong> words, 2 ** 3."


def test_chinese_terms_are_found_without_spaces(monkeypatch):
    monkeypatch.setattr(state, "language", lambda: "zh")
    (text,) = glossary.explain(["逻辑值经 sigmoid 变成概率；ANN 即近似最近邻。"])
    assert marked(text) == ["逻辑值", "sigmoid", "ANN"]


def test_punctuation_stays_with_the_term_that_it_belongs_to(monkeypatch):
    monkeypatch.setattr(state, "language", lambda: "zh")
    (text,) = glossary.explain(["均值（标准误）：逻辑值、sigmoid 和熵。"])
    together = re.findall(r'<span class="px-together">(.*?)<button[^>]*>(.*?)</button>(.*?)</span>', text)
    assert together == [("（", "标准误", "）："), ("", "逻辑值", "、"), ("", "熵", "。")]
    assert plain(text) == "均值（标准误）：逻辑值、sigmoid 和熵。"


@pytest.mark.parametrize("language", state.LANGUAGES)
def test_every_term_has_its_words_and_no_form_has_two_meanings(language):
    keys = {f"glossary.{name}.{part}" for name in glossary.TERMS for part in ("term", "forms", "text")}
    assert locale.catalogue(language, "glossary").keys() == keys | {"glossary.title"}
    forms = [
        form.lower()
        for name in glossary.TERMS
        for form in locale.translate(f"glossary.{name}.forms", language).split("|")
    ]
    assert len(set(forms)) == len(forms)
    assert len(glossary.TERMS) >= 30
