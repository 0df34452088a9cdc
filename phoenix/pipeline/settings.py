"""What can be switched and set in the pipeline, and what a world cannot tell its stages."""

import math
from typing import NamedTuple

from phoenix.checks import check_whole, is_real, shown
from phoenix.scoring import RELEASE, ScoreSettings
from phoenix.world import AnyWorld

BLOCKING = ("block_author", "mute_author")
METHODS = ("off", "dpp", "mmr")
EXPLORE_BY = ("random", "unfamiliar")
MOST_IN_NETWORK, MOST_POOL, MOST_WORDS, LONGEST_WORD = 800, 1_000, 100, 100
_SUGGESTED_HOURS = 120.0


class PipelineSettings(NamedTuple):
    """Switches and parameters; the defaults leave every stage out but retrieval, ranking and the score.

    Attributes:
      use_retrieval: whether what the index found are candidates.
      in_network: at most so many newest posts by followed authors are candidates too, 0 … `MOST_IN_NETWORK`.
      oldest_hours: posts that are older are taken out; None keeps all.
      drop_history, drop_served: whether posts are taken out that the user has acted on, or was shown in this session.
      drop_blocked: whether posts are taken out by authors on whom the history has one of the actions `blocking`.
      blocking: names of actions.
      muted_topics: topics whose posts are taken out.
      muted_words: words whose posts are taken out, in whichever language.
      diversity: one of `METHODS`.
      theta: 0 … 1, what relevance counts against diversity; 1 is relevance alone.
      pool: among how many of the best posts the diverse ones are chosen.
      explore: 0 … 1, the share of the feed's places that exploration fills.
      explore_by: one of `EXPLORE_BY`: with posts of the corpus drawn at random, or with those candidates that are
        least like anything in the history.
      score: the stages of the score.
    """

    use_retrieval: bool = True
    in_network: int = 0
    oldest_hours: float | None = None
    drop_history: bool = False
    drop_served: bool = False
    drop_blocked: bool = False
    blocking: tuple[str, ...] = BLOCKING
    muted_topics: tuple[int, ...] = ()
    muted_words: tuple[str, ...] = ()
    diversity: str = "off"
    theta: float = 0.65
    pool: int = 150
    explore: float = 0.0
    explore_by: str = "random"
    score: ScoreSettings = RELEASE


OFF = PipelineSettings()


def suggest_settings(world: AnyWorld) -> PipelineSettings:
    """Every stage that a world can carry, as the published system has them; nothing is muted, nothing explored.

    Posts of a log may be of any age: no limit is set for them.
    """
    return PipelineSettings(
        in_network=50,
        oldest_hours=_SUGGESTED_HOURS if world.truth is not None else None,
        drop_history=True,
        drop_served=True,
        drop_blocked=True,
        diversity="dpp",
    )


def lacking(world: AnyWorld) -> dict[str, str]:
    """What this world cannot tell, by the stage or setting that would need it; such a stage does nothing.

    Returns:
      Names of settings, and of stages of the published system that no world of ours can carry, each with why.
    """
    reasons = {
        "own_posts": "users write no posts here: authors are others",
        "quoted_twice": "a post does not say which post it quotes",
        "unfit": "no post is marked as deleted, as spam or as unfit for some readers",
        "replies_and_reposts": "every post is an original one",
        "mutual": "authors follow nobody here, so nobody follows back",
    }
    if not (world.knows("follows") and world.knows("ages")):
        reasons["in_network"] = "it is not known who follows whom, or how old posts are"
    if not world.knows("ages"):
        reasons["oldest_hours"] = "it is not known how old posts are"
    if not world.knows("authors"):
        reasons["drop_blocked"] = "it is not known who wrote a post"
    elif not set(BLOCKING) & set(world.actions.names):
        reasons["drop_blocked"] = "no action is known to block or mute an author: say which ones do"
    if world.topic_of_post is None:
        reasons["muted_topics"] = "no topics are known"
    if not world.knows("text"):
        reasons["muted_words"] = "posts have no text"
    return reasons


def check_settings(settings: PipelineSettings, *, world: AnyWorld) -> PipelineSettings:
    """Returns settings that can be used, otherwise raises a ValueError; those of the score `score_feed` checks itself.

    Raises:
      ValueError: a switch that is none, a parameter outside its range, an unknown topic, action or method.
    """
    if not isinstance(settings, PipelineSettings):
        raise ValueError(f"The pipeline's settings must be `PipelineSettings`, got {shown(settings)}.")
    for name in ("use_retrieval", "drop_history", "drop_served", "drop_blocked"):
        if not isinstance(getattr(settings, name), bool):
            raise ValueError(f"{name} must be True or False, got {shown(getattr(settings, name))}.")
    check_whole("in_network", settings.in_network, least=0, most=MOST_IN_NETWORK)
    check_whole("pool", settings.pool, least=1, most=MOST_POOL)
    hours = settings.oldest_hours
    if hours is not None and not (is_real(hours) and 0 <= hours < math.inf):
        raise ValueError(
            f"oldest_hours must be a number of at least 0, or None for posts of any age, got {shown(hours)}."
        )
    for name in ("theta", "explore"):
        if not is_real(getattr(settings, name)) or not 0 <= getattr(settings, name) <= 1:
            raise ValueError(f"{name} must lie between 0 and 1, got {shown(getattr(settings, name))}.")
    for name, choices in (("diversity", METHODS), ("explore_by", EXPLORE_BY)):
        if getattr(settings, name) not in choices:
            raise ValueError(f"{name} must be one of {', '.join(choices)}, got {shown(getattr(settings, name))}.")
    _check_muted(settings, world=world)
    return settings


def _check_muted(settings: PipelineSettings, *, world: AnyWorld) -> None:
    for name in settings.blocking:
        if name not in (*BLOCKING, *world.actions.names):
            raise ValueError(f"There is no action {shown(name)}: the actions are {', '.join(world.actions.names)}.")
    topics = len(world.topic_names("en"))
    for topic in settings.muted_topics:
        check_whole("A muted topic", topic, least=0, most=max(topics - 1, 0))
    if len(settings.muted_words) > MOST_WORDS:
        raise ValueError(f"At most {MOST_WORDS} words can be muted, got {len(settings.muted_words)}.")
    for word in settings.muted_words:
        if not isinstance(word, str) or not word.strip() or len(word) > LONGEST_WORD:
            raise ValueError(f"A muted word has 1 to {LONGEST_WORD} characters, not only spaces, got {shown(word)}.")
