"""Numbers in words: rounded as they stand, exact where that is promised, with a true minus and narrow spaces."""

import ast
import doctest
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard import locale, state, words

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted({*ROOT.glob("dashboard/**/*.py"), *ROOT.glob("pages/**/*.py")} - {Path(words.__file__)})
SPACE = words.NARROW_SPACE
finite = st.floats(allow_nan=False, allow_infinity=False)


def read(text: str) -> float:
    """The number behind a text of `dashboard.words`."""
    mantissa, _, power = text.replace(SPACE, "").replace(words.MINUS, "-").partition("×10")
    plain = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(f"{mantissa}e{plain}" if power else mantissa)


def test_examples_in_the_docstrings_hold():
    result = doctest.testmod(words)
    assert result.attempted > 10
    assert result.failed == 0


@given(finite)
def test_a_number_as_short_as_it_is_exact_is_exact(value):
    assert read(words.number(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234567, f"1{SPACE}234{SPACE}567"), (12.3456789, "12.3456789"), (0.1, "0.1"), (1e300, "1×10³⁰⁰"), (-0.0, "0")],
)
def test_a_number_is_no_longer_than_it_must_be(value, text):
    assert words.number(value).replace(f"{words.MINUS}0", "0") == text


@given(finite, st.integers(1, 6))
def test_significant_digits_are_within_half_of_the_last_one(value, count):
    for shown in (words.significant(value, count), words.digits(value, count)):
        assert read(shown) == pytest.approx(value, rel=0.51 * 10.0 ** (1 - count), abs=0)


@given(st.floats(-1e4, 1e4).filter(lambda value: abs(value) > 1e-9), st.integers(1, 5))
@example(0.0999, 2)
@example(0.0009999, 3)
@example(-9.96, 2)
def test_significant_digits_are_those_of_the_number_in_place_and_size(value, count):
    rounded = float(f"{value:.{count - 1}e}") if abs(value) < 10**count - 0.5 else round(value)
    for text in (words.significant(value, count), words.digits(value, count), words.change(value, count)):
        assert read(text) == pytest.approx(rounded, rel=1e-12)


@given(st.floats(-1e6, 1e6), st.integers(0, 6))
def test_decimals_are_as_many_as_asked_for(value, places):
    text = words.decimal(value, places)
    assert len(text.partition(".")[2]) == places
    assert read(text) == pytest.approx(value, abs=0.51 * 10.0**-places)


@given(finite)
def test_no_number_holds_a_hyphen_or_a_comma(value):
    for shown in (words.number, words.digits, words.significant, words.scientific, words.change, words.score):
        assert not set("-,eE") & set(shown(value))


@pytest.mark.parametrize("zero", [0.0, -0.0, -0.004, 0.004])
def test_what_rounds_to_zero_has_no_sign(zero):
    assert words.signed(zero) == words.decimal(zero, 2) == "0.00"


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0%"), (0.24, "24%"), (0.06, "6.0%"), (0.0035, "0.35%"), (0.00021, "0.021%"), (1, "100%"),
     (12.34, f"1{SPACE}234%"), (0.998, "99.8%"), (0.9996, "99.96%"), (0.9999999999, "100%"), (0.994, "99%"),
     (-0.123, "−12%")],
)  # fmt: skip
def test_percentages_keep_two_digits_and_call_nothing_less_than_all_100_percent(share, text):
    assert words.percent(share) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0004, f"0.40{SPACE}ms"), (0.0214, f"21{SPACE}ms"), (1.0, f"1.0{SPACE}s"), (10.4, f"10{SPACE}s")],
)
def test_durations_change_their_unit(seconds, text):
    assert words.duration(seconds) == text


@pytest.mark.parametrize(
    ("text", "width", "cut"), [("one  two\nthree", 20, "one two three"), ("两层推荐系统", 7, "两层…")]
)
def test_a_snippet_is_one_line_and_no_wider_than_asked_for(text, width, cut):
    assert words.snippet(text, width) == cut


@pytest.fixture
def chinese(monkeypatch):
    monkeypatch.setitem(words._asked, "language", lambda: "zh")


@pytest.mark.parametrize(
    ("number", "text"),
    [(9_000, f"9{SPACE}000"), (10_000, "1 万"), (12_000, "1.2 万"), (12_345, f"12{SPACE}345"), (100_000, "10 万"),
     (-1_000_000, "−100 万"), (123_456_000, f"12{SPACE}345.6 万"), (200_000_000, "2 亿"), (0, "0")],
)  # fmt: skip
def test_round_numbers_are_counted_in_tens_of_thousands_in_chinese(chinese, number, text):
    assert words.count(number) == text


def test_units_dates_and_hover_texts_follow_the_language(chinese):
    assert [words.duration(0.0214), words.duration(2.7)] == [f"21{SPACE}毫秒", f"2.7{SPACE}秒"]
    assert words.day("2026-08-12") == "2026 年 8 月 12 日"
    assert words.day("2023") == "2023 年"
    assert words.plain("一<br>二") == "一；二"


def formats_a_number(node: ast.AST) -> bool:
    """Whether a piece of code writes a number by a format of its own, or repairs its minus."""
    if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
        return bool(re.search("[,_eEfFgGn%]", ast.unparse(node.format_spec)[2:-1]))
    return isinstance(node, ast.Constant) and node.value in ("\u2212", "\u202f")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_numbers_are_written_by_this_module_alone(path):
    own = [node.lineno for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if formats_a_number(node)]
    assert own == []


@pytest.mark.parametrize("language", state.LANGUAGES)
@pytest.mark.parametrize("domain", locale.domains("en"))
def test_texts_leave_the_format_of_numbers_to_it(domain, language):
    """Browsers format what stands in `%{…}`; LaTeX has braces of its own."""
    for key, forms in locale.catalogue(language, domain).items():
        own = [text for text in forms if re.search(r"(?<!%)\{[a-z_]+:[^{}]+\}", text)]
        assert own == [] or key.endswith("maths"), key


def test_half_a_character_is_quoted_as_one_would_spell_it():
    assert words.quoted("a\ud800b") == r"`a\ud800b`"
