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
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from phoenix.checks import check_integers, shown
from phoenix.hashing import mix
from phoenix.world.topics import LANGUAGES, NUM_TOPICS
from phoenix.world.voices import TONES
from phoenix.world.writing import load_kit, read_phrases, write

POST_FORMATS = ("text", "photo", "video", "quote")
HANDLE_KINDS = ("user", "author")
# Beyond ± this much controversy the tone is argumentative or gentle.
TONE_THRESHOLD = 0.6
# How many writers contract "do not" to "don't", in per cent.
_CASUAL = 80
# Independent random numbers for each post.
_NUM_DRAWS = 13
_TEXT_STREAM = 71


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
    if language not in LANGUAGES:
        raise ValueError(f"Unknown language {shown(language)}: expected one of {', '.join(LANGUAGES)}.")
    ids, topic_of = (check_integers(value, what=what) for value, what in ((post_ids, "Post ids"), (topics, "Topics")))
    format_of, contested = np.asarray(formats, dtype=str), np.asarray(controversy, np.float64)
    _check_shapes(ids, topic_of, format_of, contested)
    _check_values(ids, topics=topic_of, formats=format_of, controversy=contested)
    if not ids.size:
        return []
    formal, casual = (load_kit(language, casual=casual) for casual in (False, True))
    tones = np.digitize(contested, (-TONE_THRESHOLD, TONE_THRESHOLD)).tolist()
    draws = (mix(_TEXT_STREAM, ids[:, None], np.arange(_NUM_DRAWS)) >> np.uint64(32)).tolist()
    columns = zip(topic_of.tolist(), format_of.tolist(), tones, draws, strict=True)
    return [
        write(casual if draw[0] % 100 < _CASUAL else formal, draw[1:], topic=topic, format_=format_, tone=TONES[tone])
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
        raise ValueError(f"Unknown kind of handle {shown(kind)}: expected one of {', '.join(HANDLE_KINDS)}.")
    ids = check_integers(entity_ids, what="Ids").astype(np.int64)
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
    for multiplier in (0x9E35, 0x6C8D):  # odd, hence invertible modulo a power of two.
        state = (state * multiplier) & mask
        state ^= state >> (bits // 2)
    return state


def _check_shapes(*columns: np.ndarray) -> None:
    shapes = [column.shape for column in columns]
    if len(shapes[0]) != 1 or len(set(shapes)) > 1:
        raise ValueError(
            "post_ids, topics, formats and controversy must be four lists of equal length, got the shapes "
            f"{', '.join(map(str, shapes))}."
        )


def _check_values(ids: np.ndarray, *, topics: np.ndarray, formats: np.ndarray, controversy: np.ndarray) -> None:
    if (ids < 0).any():
        raise ValueError(f"Post ids must not be negative, got {ids.min()}.")
    if ((topics < 0) | (topics >= NUM_TOPICS)).any():
        raise ValueError(f"Topics must lie within 0 … {NUM_TOPICS - 1}, got {topics.min()} … {topics.max()}.")
    if not np.isfinite(controversy).all():
        raise ValueError("Controversy must be finite, got NaN or infinity.")
    unknown = sorted(set(formats.tolist()) - set(POST_FORMATS))
    if unknown:
        raise ValueError(f"Unknown format {shown(unknown[0])}: expected {', '.join(POST_FORMATS)}.")


@functools.cache
def _load_handle_words() -> dict[str, tuple[list[str], list[str], str]]:
    words = read_phrases("handles")
    return {
        "user": (words["adjectives"], words["creatures_and_things"], "_"),
        "author": (words["places"], words["publications"], "."),
    }
