"""Posts and handles made from ids: a million posts need no stored text.

A post is written in three steps, every choice addressed by the post's id through `phoenix.hashing.mix`:

1. A voice, given the format and the tone (controversy below -0.6 gentle, above 0.6 argumentative, else
   plain): an anecdote, a tip, a beginner's question, a complaint, a line of news, an opinion, a reply to
   somebody's words …
2. A phrase of that topic, a full clause or a noun phrase that somebody who knows the topic would write, and a
   frame around it, or none. Frames name a subject of the topic here and there.
3. Perhaps a closing remark; then the manner of the writer: contractions, all lower case, no full stop, an
   exclamation mark. Remarks are dropped or added until the length is within `LENGTH_BOUNDS`.

English and Chinese share every index, so both speak of the same thing, but each phrase was written in its own
language (only closing remarks may differ in number, for the sake of length).

The phrases lie in `phrases/*.json`, one file for each group of topics, and `frames.json`. Conventions there:

* Every phrase is a pair [English, Chinese]; a subject in the plural has a third entry "plural"; a debate is
  [opinion, Chinese, reply, Chinese].
* `[two/three]` offers alternatives, the same number in both languages, of which the same one is taken.
* In frames `{x}` and `{y}` are phrases, `{s}` a subject, in capitals at the start of a sentence, `{len}` a
  video's length; `<is/are>` agrees with the subject. Frames are grouped by voice, then by tone: "any"
  serves all tones, "bare" is the phrase without a frame.
"""

import functools
import itertools
import json
import re
from collections.abc import Callable, Sequence
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from phoenix.hashing import mix
from phoenix.world.topics import GROUPS, LANGUAGES, NUM_TOPICS, TOPICS

POST_FORMATS = ("text", "photo", "video", "quote")
HANDLE_KINDS = ("user", "author")
# Fewest and most characters of a post.
LENGTH_BOUNDS = {"en": (60, 200), "zh": (25, 90)}
# Beyond ± this much controversy the tone is argumentative or gentle.
TONE_THRESHOLD = 0.6

_TONES = ("gentle", "plain", "argue")
# How often a post of a format and tone has a voice, in per cent.
_VOICES = {
    "text": {
        "gentle": {"story": 22, "claim": 20, "tip": 17, "question": 16, "praise": 14, "news": 7, "gripe": 4},
        "plain": {
            "story": 17, "claim": 15, "tip": 14, "question": 16, "praise": 12, "gripe": 13, "news": 8,
            "rebut": 5,
        },
        "argue": {
            "hot": 25, "rebut": 15, "claim": 16, "gripe": 17, "question": 7, "tip": 7, "praise": 7, "news": 3,
            "story": 3,
        },
    },
    "photo": {tone: {"photo": 70, "photo_claim": 30} for tone in _TONES},
    "video": {tone: {"video": 60, "video_timed": 40} for tone in _TONES},
    "quote": {
        "gentle": {"quote_agree": 45, "quote_story": 30, "quote_question": 25},
        "plain": {
            "quote_agree": 30, "quote_counter": 35, "quote_story": 15, "quote_question": 12, "quote_gripe": 8,
        },
        "argue": {"quote_counter": 65, "quote_agree": 20, "quote_gripe": 15},
    },
}  # fmt: skip
# Where a voice's phrase {x} comes from; those of debates also have a reply {y}.
_SECTION = {
    "claim": "claims", "hot": "debates", "rebut": "debates", "story": "stories", "tip": "tips",
    "question": "questions", "gripe": "gripes", "news": "news", "praise": "claims", "photo": "photos",
    "photo_claim": "photos", "video": "videos", "video_timed": "videos", "quote_agree": "advice",
    "quote_story": "stories", "quote_question": "questions", "quote_counter": "debates",
    "quote_gripe": "gripes",
}  # fmt: skip
# How often a voice's phrase stands alone, without a frame, in per cent.
_BARE = {"claim": 40, "hot": 35, "story": 45, "tip": 40, "question": 40, "gripe": 40, "news": 45, "photo": 20}
# What follows: nothing, a closing remark, a mention of another subject, or a second phrase; in per cent.
_CLOSINGS = {
    "claim": {"none": 32, "tail_opinion": 35, "tail_subject": 8, "tips": 25},
    "hot": {"none": 35, "tail_opinion": 50, "tail_subject": 15},
    "rebut": {"none": 65, "tail_opinion": 35},
    "story": {"none": 32, "tail_story": 38, "tail_subject": 8, "claims": 22},
    "tip": {"none": 32, "tail_opinion": 38, "tail_subject": 5, "claims": 25},
    "question": {"none": 30, "tail_question": 48, "tail_question_subject": 22},
    "gripe": {"none": 35, "tail_story": 40, "tail_subject": 10, "claims": 15},
    "news": {"none": 45, "tail_subject": 10, "claims": 45},
    "praise": {"none": 60, "tips": 10, "claims": 30},
    "photo": {"none": 30, "tail_media": 45, "tail_subject": 7, "claims": 10, "tips": 8},
    "photo_claim": {"none": 65, "tail_media": 35},
    "video": {"none": 35, "tail_media": 45, "tail_subject": 8, "claims": 7, "tips": 5},
    "video_timed": {"none": 40, "tail_media": 40, "claims": 10, "tips": 10},
    "quote_agree": {"none": 60, "tail_opinion": 30, "tail_subject": 10},
    "quote_story": {"none": 55, "tail_story": 30, "tail_subject": 5, "claims": 10},
    "quote_question": {"none": 60, "tail_question_subject": 40},
    "quote_counter": {"none": 60, "tail_opinion": 40},
    "quote_gripe": {"none": 50, "tail_story": 35, "claims": 15},
}
_SECOND_PHRASES = ("claims", "tips")
# What is added, in this order, to a post that is too short.
_FILLERS = {
    "claim": ("tail_opinion", "tips", "tail_subject"),
    "hot": ("tail_opinion", "tail_subject", "claims"),
    "rebut": ("tail_opinion", "claims"),
    "story": ("tail_story", "claims", "tail_subject"),
    "tip": ("tail_opinion", "claims", "tail_subject"),
    "question": ("tail_question", "tail_question_subject", "tail_question"),
    "gripe": ("tail_story", "claims", "tail_subject"),
    "news": ("claims", "tail_subject"),
    "praise": ("claims", "tips"),
    "photo": ("tail_media", "claims", "tail_subject"),
    "photo_claim": ("tail_media", "tips"),
    "video": ("tail_media", "claims", "tail_subject"),
    "video_timed": ("tail_media", "claims", "tail_subject"),
    "quote_agree": ("tail_opinion", "tail_subject"),
    "quote_story": ("tail_story", "claims"),
    "quote_question": ("tail_question", "tail_question"),
    "quote_counter": ("tail_opinion", "tail_subject"),
    "quote_gripe": ("tail_story", "claims"),
}
# How many writers contract "do not" to "don't", in per cent.
_CASUAL = 80
# Independent random numbers for each post.
_NUM_DRAWS = 13
_TEXT_STREAM = 71


class _Phrase(NamedTuple):
    """One wording of a phrase."""

    text: str
    reply: str = ""  # debates: what the other side says
    plural: bool = False  # subjects: takes a plural verb
    tells_time: bool = False  # speaks of seconds or minutes itself


# A phrase in all its wordings.
_Wordings = list[_Phrase]


class _Kit(NamedTuple):
    """Everything to write posts with in one language."""

    topics: tuple[dict[str, list[_Wordings]], ...]  # topic → section → phrases
    frames: dict[tuple[str, str], list[str]]  # (voice, tone) → frames
    last_resort: dict[str, str]  # voice → its shortest frame
    finish: Callable[[str, str, int], str]  # (text, tone, draw) → with the ending that the writer prefers
    full_stop: str
    joiner: str  # between sentences
    duration: tuple[str, str]  # seconds, minutes
    shortest: int  # bounds, with room for what `finish` takes away or adds
    longest: int


class _Choice(NamedTuple):
    """What a post is made of, the same in every language."""

    voice: str
    tone: str
    main: _Phrase
    claim: _Phrase
    tip: _Phrase
    subject: _Phrase


def post_text(
    post_ids: ArrayLike, *, topics: ArrayLike, formats: Sequence[str], controversy: ArrayLike, language: str
) -> list[str]:
    """Writes posts; the same arguments give the same text on every machine.

    Args:
      post_ids: non-negative integers, shape [n].
      topics: topic of each post, [n], 0 … NUM_TOPICS - 1.
      formats: format of each post, [n], each one of `POST_FORMATS`.
      controversy: how contested each post is, [n], about standard normal; sets the tone.
      language: "en" or "zh".

    Returns:
      n texts, each within `LENGTH_BOUNDS[language]` characters.

    Raises:
      ValueError: arguments of different lengths, or values outside of the above.
    """
    ids, topic_of = np.asarray(post_ids, np.int64), np.asarray(topics, np.int64)
    format_of, contested = np.asarray(formats, dtype=str), np.asarray(controversy, np.float64)
    _check(ids, topic_of, format_of, contested, language)
    if not ids.size:
        return []
    formal, casual = (_load_kit(language, casual=casual) for casual in (False, True))
    tones = np.digitize(contested, (-TONE_THRESHOLD, TONE_THRESHOLD)).tolist()
    draws = (mix(_TEXT_STREAM, ids[:, None], np.arange(_NUM_DRAWS)) >> np.uint64(32)).tolist()
    columns = zip(topic_of.tolist(), format_of.tolist(), tones, draws, strict=True)
    return [
        _write(casual if draw[0] % 100 < _CASUAL else formal, topic, format_, _TONES[tone], draw[1:])
        for topic, format_, tone, draw in columns
    ]


def handle(entity_ids: ArrayLike, *, kind: str) -> list[str]:
    """Names accounts: "quiet_heron" for users, "harbour.letters" for authors.

    A bijection between ids and names: a number is added only when all pairs of words are used up (from id
    16 384 on for users, 8 192 for authors).

    Args:
      entity_ids: non-negative integers, shape [n].
      kind: "user" or "author".

    Returns:
      n handles in lower-case ASCII, unique within their kind.

    Raises:
      ValueError: another kind, or a negative id.
    """
    if kind not in HANDLE_KINDS:
        raise ValueError(f"Unknown kind of handle {kind!r}: expected one of {', '.join(HANDLE_KINDS)}.")
    ids = np.asarray(entity_ids, np.int64)
    if (ids < 0).any():
        raise ValueError(f"Ids must not be negative, got {ids.min()}.")
    first, second, joint = _load_handle_words()[kind]
    block, index = np.divmod(ids, len(first) * len(second))
    pair = _permute(index, bits=(len(first) * len(second)).bit_length() - 1, offset=block)
    left, right = np.divmod(pair, len(second))
    return [
        f"{first[a]}{joint}{second[b]}{number + 1 if number else ''}"
        for a, b, number in zip(left.tolist(), right.tolist(), block.tolist(), strict=True)
    ]


def _permute(index: np.ndarray, *, bits: int, offset: np.ndarray) -> np.ndarray:
    """A fixed permutation of 0 … 2**bits - 1, so that neighbouring ids have unlike names."""
    mask = (1 << bits) - 1
    state = (index + 7919 * (offset + 1)) & mask
    for multiplier in (0x9E35, 0x6C8D):  # Odd, hence invertible modulo a power of two.
        state = (state * multiplier) & mask
        state ^= state >> (bits // 2)
    return state


def _check(ids: np.ndarray, topics: np.ndarray, formats: np.ndarray, controversy: np.ndarray, language: str) -> None:
    if language not in LANGUAGES:
        raise ValueError(f"Unknown language {language!r}: expected one of {', '.join(LANGUAGES)}.")
    shapes = [column.shape for column in (ids, topics, formats, controversy)]
    if ids.ndim != 1 or len(set(shapes)) > 1:
        raise ValueError(
            "post_ids, topics, formats and controversy must be four lists of equal length, got the shapes "
            f"{', '.join(map(str, shapes))}."
        )
    if (ids < 0).any():
        raise ValueError(f"Post ids must not be negative, got {ids.min()}.")
    if ((topics < 0) | (topics >= NUM_TOPICS)).any():
        raise ValueError(f"Topics must lie within 0 … {NUM_TOPICS - 1}, got {topics.min()} … {topics.max()}.")
    if not np.isfinite(controversy).all():
        raise ValueError("Controversy must be finite, got NaN or infinity.")
    unknown = set(formats.tolist()) - set(POST_FORMATS)
    if unknown:
        raise ValueError(f"Unknown formats {sorted(unknown)}: expected {', '.join(POST_FORMATS)}.")


def _write(kit: _Kit, topic: int, format_: str, tone: str, draws: list[int]) -> str:
    phrases = kit.topics[topic]
    voice = _wheel("voice", format_, tone)[draws[0] % 100]
    main = _pick(phrases[_SECTION[voice]], draws[1], draws[2])
    if voice == "video_timed" and main.tells_time:
        voice = "video"
    claim = _pick(phrases["claims"], draws[3], draws[4])
    tip = _pick(phrases["tips"], draws[3] >> 8, draws[4] >> 8)
    subjects = phrases["subjects"]
    subject, other = subjects[draws[5] % len(subjects)][0], subjects[(draws[5] + 1) % len(subjects)][0]
    choice = _Choice(voice, tone, main, claim, tip, subject)
    text = _frame(kit, choice, draws[6:9])
    text = _close(kit, choice._replace(subject=other), text, draws[9:11])
    return kit.finish(text, tone, draws[11])


@functools.cache
def _wheel(name: str, *keys: str) -> tuple[str, ...]:
    """A table of percentages as a hundred entries to pick from."""
    table = {"voice": _VOICES, "closing": _CLOSINGS}[name]
    for key in keys:
        table = table[key]
    return tuple(itertools.chain.from_iterable([entry] * rate for entry, rate in table.items()))


def _pick(phrases: list[_Wordings], draw: int, wording_draw: int) -> _Phrase:
    wordings = phrases[draw % len(phrases)]
    return wordings[wording_draw % len(wordings)]


def _frame(kit: _Kit, choice: _Choice, draws: list[int]) -> str:
    if draws[0] % 100 >= _BARE.get(choice.voice, 0):
        frames = kit.frames[choice.voice, choice.tone]
        text = _fill(kit, frames[draws[1] % len(frames)], choice, duration_draw=draws[2])
        if len(text) <= kit.longest:
            return text
    return _fill(kit, kit.last_resort[choice.voice], choice)


def _fill(kit: _Kit, frame: str, choice: _Choice, *, duration_draw: int = 0) -> str:
    """Puts the phrases into a frame."""
    main, subject = choice.main.text, choice.subject
    second = choice.claim.text if choice.voice == "photo_claim" else choice.main.reply
    if "“" in frame:
        main = main.replace("“", "‘").replace("”", "’")
    if "<" in frame:
        frame = re.sub(r"<([^/>]*)/([^>]*)>", r"\2" if subject.plural else r"\1", frame)
    return frame.format(
        x=main,
        X=_capitalise(main),
        y=second,
        Y=_capitalise(second),
        s=subject.text,
        S=_capitalise(subject.text),
        len=_duration(kit, duration_draw),
    )


def _close(kit: _Kit, choice: _Choice, text: str, draws: list[int]) -> str:
    """Adds what follows, where it fits; and more while the post is too short."""
    follows = _wheel("closing", choice.voice)[draws[0] % 100]
    for turn, kind in enumerate((follows, *_FILLERS[choice.voice])):
        if turn and len(text) >= kit.shortest:
            break
        said_already = turn and kind == follows and kind in _SECOND_PHRASES
        if kind == "none" or said_already:
            continue
        longer = text + kit.joiner + _remark(kit, choice, kind, draws[1] + turn)
        text = longer if len(longer) <= kit.longest else text
    return text


def _remark(kit: _Kit, choice: _Choice, kind: str, draw: int) -> str:
    if kind in _SECOND_PHRASES:
        phrase = choice.claim if kind == "claims" else choice.tip
        return _capitalise(phrase.text) + kit.full_stop
    frames = kit.frames[kind, choice.tone]
    return _fill(kit, frames[draw % len(frames)], choice)


def _duration(kit: _Kit, draw: int) -> str:
    """A length of video: 15 to 59 seconds or 2 to 9 minutes."""
    number, unit = (15 + draw // 2 % 45, 0) if draw % 2 else (2 + draw // 2 % 8, 1)
    return kit.duration[unit].format(number)


def _capitalise(text: str) -> str:
    first = 1 if text[:1] in "“‘" else 0
    return text[: first + 1].upper() + text[first + 1 :]


# "do not" → "don't" and the like, in this order.
_CONTRACTIONS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\b([Cc])annot\b", r"\1an’t"),
        (r"\b([Ww])ill not\b", r"\1on’t"),
        (r"\b([Dd]o|[Dd]oes|[Dd]id|[Ii]s|[Aa]re|[Ww]as|[Ww]ere|[Hh]as|[Hh]ave|[Hh]ad) not\b", r"\1n’t"),
        (r"\bI am (?=\w)", "I’m "),
        (r"\bI will (?=\w)", "I’ll "),
        (r"\bI have (?=(been|read|heard|never|done|stopped|already)\b)", "I’ve "),
        (r"\b([Ii]t|[Tt]hat|[Tt]here) is (?=\w)", r"\1’s "),
        (r"\b([Yy]ou|[Ww]e|[Tt]hey) are (?=\w)", r"\1’re "),
        (r"\bLet us\b", "Let’s"),
    )
)


def _contract(text: str) -> str:
    for pattern, replacement in _CONTRACTIONS:
        text = pattern.sub(replacement, text)
    return text


def _finish_english(text: str, tone: str, draw: int) -> str:
    ending = draw % 100
    if ending < 9:
        return text.lower().removesuffix(".")
    if ending < 15 and text.endswith("."):
        return text[:-1] + ("…" if tone == "gentle" else "!")
    if ending < 22:
        return text.removesuffix(".")
    return text


def _finish_chinese(text: str, tone: str, draw: int) -> str:
    ending = draw % 100
    if ending < 25:
        return text.removesuffix("。")
    if ending < 34 and text.endswith("。"):
        return text[:-1] + ("～" if tone == "gentle" else "！")
    if ending < 38 and text.endswith("。"):
        return text[:-1] + "……"
    return text


def _read(name: str) -> dict:
    return json.loads(resources.files("phoenix.world").joinpath("phrases", f"{name}.json").read_text("utf-8"))


@functools.cache
def _load_kit(language: str, *, casual: bool) -> _Kit:
    column = LANGUAGES.index(language)
    polish = _contract if casual and language == "en" else str
    raw = {key: sections for group in GROUPS for key, sections in _read(group.key).items()}
    topics = tuple(
        {
            name: [_word(entry, column, polish) for entry in entries]
            for name, entries in _with_advice(raw[topic.key]).items()
        }
        for topic in TOPICS
    )
    frames, last_resort = _load_frames(column, polish)
    shortest, longest = LENGTH_BOUNDS[language]
    return _Kit(
        topics=topics,
        frames=frames,
        last_resort=last_resort,
        finish=_finish_english if language == "en" else _finish_chinese,
        full_stop="." if language == "en" else "。",
        joiner=" " if language == "en" else "",
        duration=("{} seconds", "{} minutes") if language == "en" else ("{}秒", "{}分钟"),
        shortest=shortest + 1,
        longest=longest - 1,
    )


def _with_advice(sections: dict[str, list]) -> dict[str, list]:
    return sections | {"advice": sections["claims"] + sections["tips"]}


def _load_frames(column: int, polish: Callable[[str], str]) -> tuple[dict[tuple[str, str], list[str]], dict[str, str]]:
    frames, last_resort = {}, {}
    for voice, by_tone in _read("frames").items():
        texts = {tone: [polish(pair[column]) for pair in pairs] for tone, pairs in by_tone.items()}
        for tone in _TONES:
            frames[voice, tone] = texts.get("any", []) + texts.get(tone, [])
        candidates = texts.get("bare") or list(itertools.chain.from_iterable(texts.values()))
        last_resort[voice] = min(candidates, key=len)
    return frames, last_resort


def _word(entry: list[str], column: int, polish: Callable[[str], str]) -> _Wordings:
    """All wordings of a phrase as it stands in the file, see the module's docstring."""
    plural = entry[2:] == ["plural"]
    reply = polish(entry[2 + column]) if len(entry) == 4 else ""
    tells_time = re.search(r"second|minute", entry[0]) is not None
    return [
        _Phrase(polish(text).replace("'", "’"), reply.replace("'", "’"), plural, tells_time)
        for text in _expand(entry[column])
    ]


def _expand(text: str) -> list[str]:
    """`[a/b] c` → `a c`, `b c`."""
    parts = [part.split("/") if i % 2 else [part] for i, part in enumerate(re.split(r"\[(.*?)\]", text))]
    return ["".join(choice) for choice in itertools.product(*parts)]


@functools.cache
def _load_handle_words() -> dict[str, tuple[list[str], list[str], str]]:
    words = _read("handles")
    return {
        "user": (words["adjectives"], words["creatures_and_things"], "_"),
        "author": (words["places"], words["publications"], "."),
    }
