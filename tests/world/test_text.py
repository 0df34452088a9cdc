"""Posts and handles: same ids, same words; grammar, length and variety in both languages."""

import json
import re
import string
from importlib import resources

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phoenix.world.text import POST_FORMATS, post_text
from phoenix.world.topics import (
    GROUPS,
    LANGUAGES,
    NUM_TOPICS,
    TOPICS,
    TOPICS_PER_GROUP,
    topic_name,
)
from phoenix.world.writing import LENGTH_BOUNDS

SECTIONS = {
    "subjects": 16, "claims": 8, "tips": 6, "stories": 7, "questions": 6, "gripes": 6, "news": 4,
    "debates": 6, "photos": 9, "videos": 8,
}  # fmt: skip
SAMPLE_SIZE = 20_000
# Texts of posts 1 (astronomy) and 2 (chess): if these change, so does every post of the shipped world.
KNOWN_ENGLISH = [
    "The valley observatory opens its doors to the public every Friday this month. Sketching at the eyepiece "
    "teaches you to see more than any camera does.",
    "Somebody in the comments put it better than I could: “Nobody ever lost a game by looking twice at the checks.”",
]
KNOWN_CHINESE = [
    "山谷天文台这个月每周五对公众开放。在目镜边画素描，比拍照更能练眼力。",
    "评论区有人说得比我好：“多看两眼将军，从来没人因此输过。”",
]


def draw_posts(count, *, seed=0, topic=None):
    """Random arguments of `post_text`, without the language."""
    rng = np.random.default_rng(seed)
    return {
        "post_ids": np.arange(count) + 1_000 * seed,
        "topics": rng.integers(0, NUM_TOPICS, count) if topic is None else np.full(count, topic),
        "formats": np.array(POST_FORMATS)[rng.choice(4, count, p=[0.45, 0.25, 0.18, 0.12])],
        "controversy": rng.normal(size=count),
    }


def write_posts(arguments, language):
    ids = arguments["post_ids"]
    others = {name: value for name, value in arguments.items() if name != "post_ids"}
    return post_text(ids, **others, language=language)


def read_phrases(name):
    return json.loads(resources.files("phoenix.world").joinpath("phrases", f"{name}.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def samples():
    arguments = draw_posts(SAMPLE_SIZE)
    return {language: write_posts(arguments, language) for language in LANGUAGES}


@pytest.fixture(scope="module")
def phrases_by_topic():
    return {key: sections for group in GROUPS for key, sections in read_phrases(group.key).items()}


def test_topics_stand_in_groups_of_five():
    assert NUM_TOPICS == len(GROUPS) * TOPICS_PER_GROUP == 30
    assert [topic.group for topic in TOPICS] == [i // TOPICS_PER_GROUP for i in range(NUM_TOPICS)]


def test_topics_have_distinct_names_and_a_controversy():
    for language in LANGUAGES:
        assert len({topic_name(i, language) for i in range(NUM_TOPICS)}) == NUM_TOPICS
    assert len({group.english for group in GROUPS}) == len({group.chinese for group in GROUPS}) == len(GROUPS)
    assert all(-1 <= topic.controversy <= 1 for topic in TOPICS)
    assert topic_name(0, "en") == "Astronomy"
    assert topic_name(0, "zh") == "天文观星"


@pytest.mark.parametrize(("topic", "language"), [(-1, "en"), (NUM_TOPICS, "en"), (1.5, "en"), (True, "en"), (0, "fr")])
def test_topic_name_rejects_what_does_not_exist(topic, language):
    with pytest.raises(ValueError, match=r"Unknown (topic|language)"):
        topic_name(topic, language)


def test_same_posts_give_same_text_whatever_stands_beside_them():
    arguments = draw_posts(300)
    shuffled = np.random.default_rng(1).permutation(300)
    for language in LANGUAGES:
        texts = write_posts(arguments, language)
        assert texts == write_posts(arguments, language)
        other_order = write_posts({name: value[shuffled] for name, value in arguments.items()}, language)
        assert other_order == [texts[i] for i in shuffled]


def test_known_posts_keep_their_text():
    arguments = {
        "post_ids": [1, 2],
        "topics": [0, 15],
        "formats": ["text", "quote"],
        "controversy": [0.0, 1.0],
    }
    assert write_posts(arguments, "en") == KNOWN_ENGLISH
    assert write_posts(arguments, "zh") == KNOWN_CHINESE


@settings(max_examples=200, deadline=None)
@given(
    post_id=st.integers(0, 2**62),
    topic=st.integers(0, NUM_TOPICS - 1),
    format_=st.sampled_from(POST_FORMATS),
    controversy=st.floats(-5, 5),
    language=st.sampled_from(LANGUAGES),
)
def test_any_post_is_within_its_bounds(post_id, topic, format_, controversy, language):
    [text] = post_text([post_id], topics=[topic], formats=[format_], controversy=[controversy], language=language)
    shortest, longest = LENGTH_BOUNDS[language]
    assert shortest <= len(text) <= longest


@pytest.mark.parametrize("language", LANGUAGES)
def test_sampled_posts_are_within_their_bounds(samples, language):
    lengths = np.array([len(text) for text in samples[language]])
    shortest, longest = LENGTH_BOUNDS[language]
    assert shortest <= lengths.min()
    assert lengths.max() <= longest


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_slot_stays_unfilled(samples, language):
    assert not [text for text in samples[language] if re.search(r"[{}\[\]<>|]", text)]


def test_no_posts_give_no_texts():
    assert post_text([], topics=[], formats=[], controversy=[], language="en") == []


def test_english_articles_fit_their_nouns(samples):
    # Vowels that sound like "you" or "won", and silent h, are the exceptions.
    wrong_a = re.compile(r"\ba (?!(?:one|once|uni|use|usu|eu)\w*)[aeiou]", re.IGNORECASE)
    wrong_an = re.compile(r"\ban (?!(?:hour|hon|heir)\w*)[bcdfghjklmnpqrstvwxyz]", re.IGNORECASE)
    assert not [text for text in samples["en"] if wrong_a.search(text) or wrong_an.search(text)]


def test_english_punctuation_is_clean(samples):
    wrong = re.compile(r"  | [,.;:?!]|[,;:][,.;:?!]|\.\.|[?!]\.|[?!][?!]|\s$|^\s|\"|'")
    assert not [text for text in samples["en"] if wrong.search(text)]
    assert not [text for text in samples["en"] if re.search(r"[\u3000-\u9fff\uff00-\uffef]", text)]


def test_english_sentences_begin_with_a_capital_unless_all_is_lower_case(samples):
    for text in samples["en"]:
        if text != text.lower():
            assert not re.search(r"[.?!]”? [a-z]", text), text
            assert not text[0].islower(), text


def test_english_repeats_no_word(samples):
    assert not [text for text in samples["en"] if re.search(r"\b([a-z]+) \1\b", text)]


def test_chinese_has_chinese_punctuation_only(samples):
    wrong = re.compile(r"[,.;:?!()\"'\s]|，，|。。|，。|：，|：：|？。|。？|！。")
    assert not [text for text in samples["zh"] if wrong.search(text)]


def test_quotation_marks_are_paired(samples):
    for language in LANGUAGES:
        for text in samples[language]:
            assert text.count("“") == text.count("”"), text


def test_video_posts_state_their_length_in_the_same_numbers():
    arguments = draw_posts(4_000) | {"formats": np.full(4_000, "video")}
    stated = 0
    for english, chinese in zip(*(write_posts(arguments, language) for language in LANGUAGES), strict=True):
        match = re.search(r"\b(\d+) (seconds|minutes)", english)
        if match:
            stated += 1
            assert match[1] + ("秒" if match[2] == "seconds" else "分钟") in chinese
    assert stated > 1_000


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", range(NUM_TOPICS))
def test_two_hundred_posts_of_a_topic_hardly_repeat(language, topic):
    assert len(set(write_posts(draw_posts(200, seed=3, topic=topic), language))) >= 190


@pytest.mark.parametrize("language", LANGUAGES)
def test_many_posts_hardly_repeat(samples, language):
    assert len(set(samples[language])) >= 0.97 * SAMPLE_SIZE


@pytest.mark.parametrize("language", LANGUAGES)
def test_twenty_posts_of_a_topic_begin_in_different_ways(language):
    beginnings = {"en": 14, "zh": 5}[language]
    for topic in range(NUM_TOPICS):
        texts = write_posts(draw_posts(20, seed=5, topic=topic), language)
        assert len({text[:beginnings].lower() for text in texts}) >= 14


def test_only_contested_posts_argue_and_only_gentle_ones_wish_good_night():
    def share(controversy, words):
        arguments = draw_posts(3_000) | {"controversy": np.full(3_000, controversy)}
        return np.mean([bool(re.search(words, text)) for text in write_posts(arguments, "en")])

    argument = r"Prove me wrong|Fight me|Not sorry|Unpopular opinion|Change my mind|I said what I said"
    gentleness = r"Sleep well|kettle|gentle evening|No rush|Thank you|Tell me yours"
    assert share(1.5, argument) > 0.03
    assert share(-1.5, argument) == share(0.0, argument) == 0
    assert share(-1.5, gentleness) > 0.03
    assert share(1.5, gentleness) < 0.005


def test_every_quote_quotes():
    arguments = draw_posts(2_000) | {"formats": np.full(2_000, "quote")}
    for language in LANGUAGES:
        assert all("“" in text and "”" in text for text in write_posts(arguments, language))


def test_every_topic_has_its_own_phrases_in_both_languages(phrases_by_topic):
    assert list(phrases_by_topic) == [topic.key for topic in TOPICS]
    for sections in phrases_by_topic.values():
        assert {name: len(entries) for name, entries in sections.items()} == SECTIONS


def test_phrases_are_pairs_with_the_same_alternatives(phrases_by_topic):
    def alternatives(text):
        return [len(group.split("/")) for group in re.findall(r"\[(.*?)\]", text)]

    for sections in phrases_by_topic.values():
        for name, entries in sections.items():
            for entry in entries:
                assert len(entry) == 4 if name == "debates" else len(entry) == 2 or entry[2:] == ["plural"]
                assert alternatives(entry[0]) == alternatives(entry[1]), entry
                assert all(text == text.strip() and text for text in entry)


def test_subjects_and_phrases_are_not_shared_between_topics(phrases_by_topic):
    for column in range(2):
        seen = [e[column] for sections in phrases_by_topic.values() for entries in sections.values() for e in entries]
        assert len(set(seen)) == len(seen)


def test_frames_have_the_same_slots_in_both_languages():
    def slots(text):
        return {name.lower() for _, name, _, _ in string.Formatter().parse(text) if name}

    for by_tone in read_phrases("frames").values():
        for english, chinese in (pair for pairs in by_tone.values() for pair in pairs):
            assert slots(english) == slots(chinese), english


@pytest.mark.parametrize(
    "wrong",
    [
        {"post_ids": [-1]},
        {"post_ids": [1.9]},
        {"topics": [0.5]},
        {"topics": [NUM_TOPICS]},
        {"topics": [0, 1]},
        {"formats": ["poem"]},
        {"controversy": [np.nan]},
        {"language": "fr"},
    ],
)
def test_post_text_says_what_is_wrong(wrong):
    arguments = {
        "post_ids": [1],
        "topics": [0],
        "formats": ["text"],
        "controversy": [0.0],
        "language": "en",
    } | wrong
    ids = arguments.pop("post_ids")
    with pytest.raises(ValueError, match=r"expected|must"):
        post_text(ids, **arguments)
