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
        assert all(text.strip() for text in forms + chinese[key])
        if takes_values(key):
            (placeholders,) = {frozenset(PLACEHOLDER.findall(text)) for text in forms[-1:] + chinese[key]}
            assert all(placeholders - {"n"} <= set(PLACEHOLDER.findall(text)) for text in forms), key


@pytest.mark.parametrize("domain", DOMAINS)
def test_chinese_texts_are_chinese(domain):
    """A text without Chinese characters is a name, a symbol, or forgotten."""
    bare = re.compile(r"[`*$].*?[`*$]|\{[^{}]*\}|<[^<>]*>")
    for key, forms in locale.catalogue("zh", domain).items():
        for text in forms:
            words = re.findall(r"[A-Za-z]{3,}", bare.sub("", text))
            assert re.search("[\u4e00-\u9fff]", text) or len(words) < 2, key


@pytest.mark.parametrize("domain", DOMAINS)
def test_texts_that_count_have_a_form_for_each_plural_of_their_language(domain):
    english, chinese = (locale.catalogue(language, domain) for language in ("en", "zh"))
    counting = [key for key, forms in english.items() if takes_values(key) and "{n}" in forms[-1]]
    assert counting == [key for key, forms in english.items() if len(forms) > 1]
    for key in counting:
        assert len(english[key]) == 2
        assert len(chinese[key]) == 1


ROWS = {
    "en": ['msgstr[0] "{n} row of {of}"', 'msgstr[1] "{n} rows of {of}"'],
    "zh": ['msgstr[0] "{of} 的 {n} 行"'],
}


@pytest.fixture
def rows(tmp_path, monkeypatch):
    """A catalogue `x` in both languages, with one text that counts."""
    for language, forms in ROWS.items():
        (tmp_path / language).mkdir()
        head = ['msgid ""', f'msgstr "Language: {language}\\n"', "", 'msgid "x.rows"', 'msgid_plural "x.rows"']
        (tmp_path / language / "x.po").write_text("\n".join([*head, *forms, ""]), encoding="utf-8")
    monkeypatch.setattr(locale, "_FOLDER", tmp_path)
    yield
    locale.catalogue.cache_clear()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["0 rows of A", "1 row of A", "1\u202f234 rows of A"]),
        ("zh", ["A 的 0 行", "A 的 1 行", "A 的 1\u202f234 行"]),
    ],
)
def test_a_text_that_counts_takes_the_plural_form_of_its_language(rows, language, said):
    assert [locale.translate("x.rows", language, n, of="A") for n in (0, 1, 1234)] == said


def test_a_text_that_counts_asks_for_its_number(rows):
    with pytest.raises(ValueError, match="plural"):
        locale.translate("x.rows", "en", of="A")


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
