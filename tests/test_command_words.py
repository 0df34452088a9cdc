"""The commands say what the pages say."""

import string

import pytest

from dashboard.locale import translate
from phoenix.actions import ACTIONS
from phoenix.command_words import LANGUAGES, WORDS, say
from phoenix.world.catalog import FORMATS, PERSONAS

KINDS = {"action": ACTIONS, "format": FORMATS, "persona": PERSONAS}


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_those_of_the_pages(kind):
    for name in KINDS[kind]:
        assert say(f"{kind}.{name}", "en") == name
        assert say(f"{kind}.{name}", "zh") == translate(f"common.{kind}.{name}", "zh")


@pytest.mark.parametrize("key", WORDS)
def test_both_languages_take_the_same_values(key):
    fields = [[(name, spec) for _, name, spec, _ in string.Formatter().parse(text) if name] for text in WORDS[key]]
    assert len(fields) == len(LANGUAGES)
    assert sorted(fields[0]) == sorted(fields[1])
