"""Both languages have the same texts, and the code asks for no text that does not exist."""

import ast
import re
from pathlib import Path

import pytest

from dashboard import locale, navigation, state

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [ROOT / "app.py", *sorted(ROOT.glob("dashboard/**/*.py")), *sorted(ROOT.glob("pages/**/*.py"))]
DOMAINS = locale.domains("en")
PLACEHOLDER = re.compile(r"(?<!\{)\{([a-z_]+)(?::[^{}]*)?\}")


KINDS = (".imported", ".by_author")  # endings of texts for other worlds, see `dashboard.locale.t`


def plain(key: str) -> str:
    """The key of the text that stands for all worlds for which there is no other."""
    return next((key.removesuffix(kind) for kind in KINDS if key.endswith(kind)), key)


def takes_values(key: str) -> bool:
    """Texts with LaTeX in them take no values; see `dashboard.locale`."""
    return not key.endswith("maths")


def asked_keys(path: Path) -> list[str]:
    """Patterns of all keys that a file asks for with t(…) or translate(…); placeholders match anything."""
    patterns = []
    for node in ast.walk(ast.parse(path.read_text())):
        named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if not (named and node.func.id in ("t", "translate") and node.args):
            continue
        for part in ast.walk(node.args[0]):
            if isinstance(part, ast.JoinedStr):
                pieces = [re.escape(p.value) if isinstance(p, ast.Constant) else ".+" for p in part.values]
                patterns.append("".join(pieces))
            elif isinstance(part, ast.Constant) and isinstance(part.value, str) and "." in part.value:
                inside = any(
                    part in ast.walk(joined) for joined in ast.walk(node.args[0]) if isinstance(joined, ast.JoinedStr)
                )
                if not inside:
                    patterns.append(re.escape(part.value))
    return patterns


def test_both_languages_have_the_same_domains():
    assert locale.domains("en") == locale.domains("zh")
    assert set(state.LANGUAGES) == {
        path.name for path in (ROOT / "dashboard" / "locale").iterdir() if path.is_dir() and path.name != "__pycache__"
    }


@pytest.mark.parametrize("domain", DOMAINS)
def test_both_languages_have_the_same_keys_placeholders_and_no_empty_text(domain):
    english, chinese = (locale.catalogue(language, domain) for language in ("en", "zh"))
    assert english.keys() == chinese.keys()
    for key, forms in english.items():
        assert key.startswith(f"{domain}.")
        assert all(text.strip() for text in forms + chinese[key]), key
        if takes_values(plain(key)):
            assert {name for text in forms for name in PLACEHOLDER.findall(text)} == {
                name for text in chinese[key] for name in PLACEHOLDER.findall(text)
            }, key


@pytest.mark.parametrize("domain", DOMAINS)
def test_texts_for_kinds_of_worlds_stand_in_for_others_and_take_no_more_than_these(domain):
    known = locale.catalogue("en", domain)
    for key in [key for key in known if key != plain(key) and takes_values(plain(key))]:
        taken, given = (
            {name for text in known[one] for name in PLACEHOLDER.findall(text)} for one in (key, plain(key))
        )
        assert taken <= given, key


@pytest.mark.parametrize("domain", DOMAINS)
def test_texts_with_plural_forms_count_something(domain):
    assert all(len(forms) == 1 for forms in locale.catalogue("zh", domain).values())
    for key, forms in locale.catalogue("en", domain).items():
        assert len(forms) == 1 or (len(forms) == 2 and "{count}" in forms[1]), key


def test_count_chooses_between_one_and_many(monkeypatch):
    forms = {"common.x": ("one post", "{count} posts")}
    monkeypatch.setattr(locale, "catalogue", lambda language, domain: forms)
    assert locale.translate("common.x", "en", count=1) == "one post"
    assert locale.translate("common.x", "en", count="1\u202f000") == "1\u202f000 posts"
    assert locale.translate("common.x", "en", count=0) == "0 posts"
    with pytest.raises(KeyError):
        locale.translate("common.x", "en")


def test_a_list_is_joined_as_its_language_joins_it(monkeypatch):
    monkeypatch.setattr(state, "language", lambda: "zh")
    assert locale.listing(["甲", "乙", "丙"]) == "甲、乙、丙"
    assert locale.listing(["甲、乙", "丙"], parts=True) == "甲、乙；丙"
    monkeypatch.setattr(state, "language", lambda: "en")
    assert locale.listing(f"{{{name}}}" for name in "abc") == "{a}, {b}, {c}"
    assert locale.listing([]) == ""


def test_no_space_stands_between_chinese_words_that_meet_in_a_text(monkeypatch):
    forms = {"common.x": ("前 {count} 条，{name} 与 {other}",)}
    monkeypatch.setattr(locale, "catalogue", lambda language, domain: forms)
    assert locale.translate("common.x", "zh", count="10 万", name="帖子", other="B") == "前 10 万条，帖子与 B"
    assert locale.translate("common.x", "zh", count=5, name="A", other="B") == "前 5 条，A 与 B"


@pytest.mark.parametrize("domain", DOMAINS)
def test_no_chinese_text_is_slanted(domain):
    """`*…*` would slant it; quotation marks or bold do not."""
    outside = re.compile(r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|\*\*", re.DOTALL)
    for key, forms in locale.catalogue("zh", domain).items():
        assert not [text for text in forms if re.search(r"\*\S[^*\n]*\*", outside.sub("", text))], key


@pytest.mark.parametrize("domain", DOMAINS)
def test_chinese_texts_are_chinese(domain):
    """A text without Chinese characters is a name, a symbol, or forgotten; many terms of the glossary are names."""
    bare = re.compile(r"[`*$].*?[`*$]|\{[^{}]*\}|<[^<>]*>")
    for key, (text,) in locale.catalogue("zh", domain).items():
        words = re.findall(r"[A-Za-z]{3,}", bare.sub("", text))
        name = key.startswith("glossary.") and not key.endswith(".text")
        assert name or re.search("[\u4e00-\u9fff]", text) or len(words) < 2, key


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_key_in_the_code_exists(path):
    known = [key for domain in DOMAINS for key in locale.catalogue("en", domain)]
    for pattern in asked_keys(path):
        assert any(re.fullmatch(pattern, key) for key in known), pattern


def test_every_page_has_title_question_and_sentence():
    for section, names in navigation.SECTIONS.items():
        for language in state.LANGUAGES:
            locale.translate(f"common.section.{section}", language)
            for name in names:
                for key in (f"common.page.{name}", f"{name}.question", f"{name}.sentence"):
                    assert locale.translate(key, language)


@pytest.mark.parametrize("language", state.LANGUAGES)
def test_quotes_within_quotes_are_single_ones(language):
    said = locale.translate("embeddings.forced.post", language, post=7, topic="chess", text="“So true”: a post")
    assert "“‘So true’: a post”" in said


def test_translate_fills_placeholders_only_when_given_values():
    assert "{" not in locale.translate("common.age.hours", "en", count=3)
    assert r"\frac{1}{1 + e^{-z_a}}" in locale.translate("overview.maths", "zh")


def test_unknown_key_is_an_error():
    with pytest.raises(KeyError):
        locale.translate("common.no_such_text", "en")


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("dashboard/locale/*/*.po")), ids=lambda path: "/".join(path.parts[-2:])
)
def test_no_key_is_translated_twice(path):
    keys = re.findall(r'^msgid "(.+)"$', path.read_text(encoding="utf-8"), re.MULTILINE)
    assert [key for key in keys if keys.count(key) > 1] == []
