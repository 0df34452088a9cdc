"""How posts are built: which voices a format and a tone have, what a voice says, what may follow; in per cent.

See `phoenix.world.text` for what becomes of it.
"""

import functools
import itertools

TONES = ("gentle", "plain", "argue")
# How often a post of a format and tone has a voice, in per cent.
VOICES = {
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
    "photo": {tone: {"photo": 70, "photo_claim": 30} for tone in TONES},
    "video": {tone: {"video": 60, "video_timed": 40} for tone in TONES},
    "quote": {
        "gentle": {"quote_agree": 45, "quote_story": 30, "quote_question": 25},
        "plain": {
            "quote_agree": 30, "quote_counter": 35, "quote_story": 15, "quote_question": 12, "quote_gripe": 8,
        },
        "argue": {"quote_counter": 65, "quote_agree": 20, "quote_gripe": 15},
    },
}  # fmt: skip
# Where a voice's phrase {x} comes from; those of debates also have a reply {y}.
SECTION = {
    "claim": "claims", "hot": "debates", "rebut": "debates", "story": "stories", "tip": "tips",
    "question": "questions", "gripe": "gripes", "news": "news", "praise": "claims", "photo": "photos",
    "photo_claim": "photos", "video": "videos", "video_timed": "videos", "quote_agree": "advice",
    "quote_story": "stories", "quote_question": "questions", "quote_counter": "debates",
    "quote_gripe": "gripes",
}  # fmt: skip
# How often a voice's phrase stands alone, without a frame, in per cent.
BARE = {"claim": 40, "hot": 35, "story": 45, "tip": 40, "question": 40, "gripe": 40, "news": 45, "photo": 20}
# What follows: nothing, a closing remark, a mention of another subject, or a second phrase; in per cent.
CLOSINGS = {
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
SECOND_PHRASES = ("claims", "tips")
# What is added, in this order, to a post that is too short.
FILLERS = {
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


@functools.cache
def wheel(name: str, *keys: str) -> tuple[str, ...]:
    """A table of percentages as a hundred entries to pick from; name is "voice" or "closing"."""
    table = {"voice": VOICES, "closing": CLOSINGS}[name]
    for key in keys:
        table = table[key]
    return tuple(itertools.chain.from_iterable([entry] * rate for entry, rate in table.items()))
