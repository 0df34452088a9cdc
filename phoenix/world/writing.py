"""One post from phrases, frames and random numbers; `phoenix.world.text` says how."""

import functools
import itertools
import json
import re
from collections.abc import Callable
from importlib import resources
from typing import NamedTuple

from phoenix.world.topics import GROUPS, LANGUAGES, TOPICS
from phoenix.world.voices import BARE, FILLERS, SECOND_PHRASES, SECTION, TONES, wheel

# Fewest and most characters of a post.
LENGTH_BOUNDS = {"en": (60, 200), "zh": (25, 90)}


class _Phrase(NamedTuple):
    """One wording of a phrase."""

    text: str
    reply: str = ""  # debates: what the other side says
    plural: bool = False  # subjects: takes a plural verb
    tells_time: bool = False  # speaks of seconds or minutes itself


# A phrase in all its wordings.
_Wordings = list[_Phrase]


class Kit(NamedTuple):
    """Everything to write posts with in one language."""

    topics: tuple[dict[str, list[_Wordings]], ...]  # topic → section → phrases
    frames: dict[tuple[str, str], list[str]]  # (voice, tone) → frames
    last_resort: dict[str, str]  # voice → its shortest frame
    finish: Callable[..., str]  # (text, *, tone, draw) → with the ending that the writer prefers
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


def write(kit: Kit, draws: list[int], *, topic: int, format_: str, tone: str) -> str:
    """One post; `draws` are twelve independent random numbers."""
    phrases = kit.topics[topic]
    voice = wheel("voice", format_, tone)[draws[0] % 100]
    main = _pick(phrases[SECTION[voice]], draw=draws[1], wording_draw=draws[2])
    if voice == "video_timed" and main.tells_time:
        voice = "video"
    claim = _pick(phrases["claims"], draw=draws[3], wording_draw=draws[4])
    tip = _pick(phrases["tips"], draw=draws[3] >> 8, wording_draw=draws[4] >> 8)
    subjects = phrases["subjects"]
    subject, other = subjects[draws[5] % len(subjects)][0], subjects[(draws[5] + 1) % len(subjects)][0]
    choice = _Choice(voice, tone, main, claim, tip, subject)
    text = _frame(kit, choice, draws=draws[6:9])
    text = _close(kit, choice._replace(subject=other), text=text, draws=draws[9:11])
    return kit.finish(text, tone=tone, draw=draws[11])


def _pick(phrases: list[_Wordings], *, draw: int, wording_draw: int) -> _Phrase:
    wordings = phrases[draw % len(phrases)]
    return wordings[wording_draw % len(wordings)]


def _frame(kit: Kit, choice: _Choice, *, draws: list[int]) -> str:
    if draws[0] % 100 >= BARE.get(choice.voice, 0):
        frames = kit.frames[choice.voice, choice.tone]
        text = _fill(kit, choice, frame=frames[draws[1] % len(frames)], duration_draw=draws[2])
        if len(text) <= kit.longest:
            return text
    return _fill(kit, choice, frame=kit.last_resort[choice.voice])


def _fill(kit: Kit, choice: _Choice, *, frame: str, duration_draw: int = 0) -> str:
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


def _close(kit: Kit, choice: _Choice, *, text: str, draws: list[int]) -> str:
    """Adds what follows, where it fits; and more while the post is too short."""
    follows = wheel("closing", choice.voice)[draws[0] % 100]
    for turn, kind in enumerate((follows, *FILLERS[choice.voice])):
        if turn and len(text) >= kit.shortest:
            break
        said_already = turn and kind == follows and kind in SECOND_PHRASES
        if kind == "none" or said_already:
            continue
        longer = text + kit.joiner + _remark(kit, choice, kind=kind, draw=draws[1] + turn)
        text = longer if len(longer) <= kit.longest else text
    return text


def _remark(kit: Kit, choice: _Choice, *, kind: str, draw: int) -> str:
    if kind in SECOND_PHRASES:
        phrase = choice.claim if kind == "claims" else choice.tip
        return _capitalise(phrase.text) + kit.full_stop
    frames = kit.frames[kind, choice.tone]
    return _fill(kit, choice, frame=frames[draw % len(frames)])


def _duration(kit: Kit, draw: int) -> str:
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


def _finish_english(text: str, *, tone: str, draw: int) -> str:
    ending = draw % 100
    if ending < 9:
        return text.lower().removesuffix(".")
    if ending < 15 and text.endswith("."):
        return text[:-1] + ("…" if tone == "gentle" else "!")
    if ending < 22:
        return text.removesuffix(".")
    return text


def _finish_chinese(text: str, *, tone: str, draw: int) -> str:
    ending = draw % 100
    if ending < 25:
        return text.removesuffix("。")
    if ending < 34 and text.endswith("。"):
        return text[:-1] + ("～" if tone == "gentle" else "！")
    if ending < 38 and text.endswith("。"):
        return text[:-1] + "……"
    return text


def read_phrases(name: str) -> dict:
    """One of the files in phrases/."""
    return json.loads(resources.files("phoenix.world").joinpath("phrases", f"{name}.json").read_text("utf-8"))


@functools.cache
def load_kit(language: str, *, casual: bool) -> Kit:
    """The kit of a language; casual writers contract "do not" to "don't"."""
    column = LANGUAGES.index(language)
    polish = _contract if casual and language == "en" else str
    raw = {key: sections for group in GROUPS for key, sections in read_phrases(group.key).items()}
    topics = tuple(
        {
            name: [_word(entry, column=column, polish=polish) for entry in entries]
            for name, entries in _with_advice(raw[topic.key]).items()
        }
        for topic in TOPICS
    )
    frames, last_resort = _load_frames(column, polish)
    shortest, longest = LENGTH_BOUNDS[language]
    return Kit(
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
    for voice, by_tone in read_phrases("frames").items():
        texts = {tone: [polish(pair[column]) for pair in pairs] for tone, pairs in by_tone.items()}
        for tone in TONES:
            frames[voice, tone] = texts.get("any", []) + texts.get(tone, [])
        candidates = texts.get("bare") or list(itertools.chain.from_iterable(texts.values()))
        last_resort[voice] = min(candidates, key=len)
    return frames, last_resort


def _word(entry: list[str], *, column: int, polish: Callable[[str], str]) -> _Wordings:
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
