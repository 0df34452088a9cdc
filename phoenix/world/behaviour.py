"""What people do: the true P(action | user, post, surface), with separate causes for each action.

    logit P_a = intercept_a
              + affinity_a·f(interest of the user in the post's topic)
              + follow_a·[user follows the author]
              + quality_a·quality + controversy_a·controversy + taste_a·(user's taste · controversy)
              + fresh_a·(1 - 2·age/168 h)
              + format_a[format] + preference_a·(user's preference for the format)
              + surface_a[surface] + persona_a[persona] + habit_a(user)

f(x) = x for positive actions; negative actions have their own loading and react to dislike alone, f(x) = min(x, 0.3).
The coefficients are the rows of `LOADINGS` and the tables below it. The intercepts are solved so that the mean over
logged impressions meets `BASE_RATES`.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit

from phoenix.actions import ACTIONS, NUM_ACTIONS, POSITIVE_ACTIONS
from phoenix.checks import check_ids
from phoenix.world.catalog import Posts, Users

SURFACES = ("home", "search", "profile", "explore")
SURFACE_RATES = (0.70, 0.10, 0.05, 0.15)

# Mean of each action over the logged impressions.
BASE_RATES: dict[str, float] = dict(
    favorite=0.10,
    reply=0.030,
    retweet=0.030,
    quote=0.010,
    click=0.20,
    profile_click=0.040,
    video_view=0.10,
    photo_expand=0.070,
    share=0.015,
    dwell=0.32,
    follow_author=0.008,
    not_interested=0.0024,
    block_author=0.0006,
    mute_author=0.0006,
    report=0.00028,
)

LOADING_NAMES = ("affinity", "follow", "quality", "controversy", "taste", "fresh", "preference")
# fmt: off
LOADINGS: dict[str, tuple[float, ...]] = {
    #                affinity follow quality controversy taste fresh preference
    "favorite":       ( 2.2,  0.6,  0.55, -0.20,  0.10,  0.30,  0.6),
    "reply":          ( 1.9,  0.5,  0.25,  0.40,  0.45,  0.40,  0.2),
    "retweet":        ( 2.1,  0.4,  0.65,  0.10,  0.25,  0.30,  0.4),
    "quote":          ( 1.8,  0.2,  0.30,  0.55,  0.50,  0.20,  0.2),
    "click":          ( 1.8,  0.2,  0.35,  0.25,  0.15,  0.10,  0.5),
    "profile_click":  ( 1.7, -0.3,  0.45,  0.20,  0.10,  0.00,  0.2),
    "video_view":     ( 1.9,  0.2,  0.35,  0.10,  0.10,  0.05,  0.6),
    "photo_expand":   ( 1.8,  0.2,  0.35,  0.00,  0.00,  0.05,  0.6),
    "share":          ( 2.0,  0.1,  0.75, -0.10,  0.10,  0.10,  0.4),
    "dwell":          ( 1.9,  0.3,  0.45,  0.15,  0.20,  0.00,  0.7),
    "follow_author":  ( 2.1, -1.5,  0.70, -0.20,  0.10,  0.00,  0.2),
    "not_interested": (-2.5, -0.6, -0.45,  0.25, -0.35,  0.00, -0.5),
    "block_author":   (-2.0, -0.9, -0.40,  0.70, -0.50,  0.00, -0.2),
    "mute_author":    (-2.3, -0.2, -0.45,  0.45, -0.40,  0.10, -0.3),
    "report":         (-1.8, -0.6, -0.45,  0.95, -0.45,  0.10, -0.1),
}

#                                  text  photo  video  quote
FORMAT_EFFECTS: dict[str, tuple[float, ...]] = {
    "favorite":       (0.0,  0.30,  0.15, -0.20),
    "reply":          (0.25, -0.20, -0.20,  0.30),
    "retweet":        (0.0,  0.10,  0.25, -0.30),
    "quote":          (0.20, -0.20,  0.0,   0.30),
    "click":          (0.15, -0.10, -0.20,  0.30),
    "profile_click":  (0.0,  0.20,  0.10, -0.10),
    "video_view":     (-4.0, -4.0,  3.0,  -3.0),
    "photo_expand":   (-4.0,  3.0, -4.0,  -3.0),
    "share":          (0.0,  0.10,  0.35, -0.20),
    "dwell":          (0.10, -0.15,  0.40,  0.0),
    "follow_author":  (0.0,  0.15,  0.20, -0.20),
    "not_interested": (0.0, -0.10,  0.20,  0.15),
    "block_author":   (0.10, -0.20,  0.0,   0.20),
    "mute_author":    (0.0, -0.10,  0.10,  0.20),
    "report":         (0.0,  0.0,   0.30,  0.10),
}

# Deviations by persona; actions that are not named deviate by 0.
PERSONA_EFFECTS: dict[str, dict[str, float]] = {
    "reader": dict(dwell=0.6, click=0.4, reply=-0.6, quote=-0.5, retweet=-0.3, profile_click=0.2),
    "conversationalist": dict(reply=0.9, quote=0.6, click=0.2, profile_click=0.2, retweet=-0.2),
    "amplifier": dict(retweet=1.0, share=0.7, quote=0.2, favorite=0.2, dwell=-0.2),
    "critic": dict(
        quote=0.7, reply=0.4, favorite=-0.5, not_interested=0.6, block_author=0.5, mute_author=0.5, report=0.6
    ),
    "fan": dict(favorite=0.6, follow_author=0.6, photo_expand=0.3, video_view=0.2, report=-0.4, block_author=-0.3),
    "lurker": dict(
        dwell=0.2, favorite=-0.6, reply=-0.9, retweet=-0.8, quote=-0.8, share=-0.5, follow_author=-0.4, video_view=0.4
    ),
}

# Deviations by product surface; the home surface deviates by 0.
SURFACE_EFFECTS: dict[str, dict[str, float]] = {
    "home": {},
    "search": dict(click=0.5, dwell=-0.2, favorite=-0.3, profile_click=0.3, not_interested=-0.6),
    "profile": dict(follow_author=0.8, favorite=0.2, profile_click=-0.6, block_author=0.5, not_interested=-0.8),
    "explore": dict(video_view=0.3, photo_expand=0.2, reply=-0.4, not_interested=0.3, follow_author=0.3),
}
# fmt: on

DISLIKE_CEILING = 0.3


class Impressions(NamedTuple):
    """Who was shown what, where; integer arrays of one common shape [...]."""

    users: np.ndarray
    posts: np.ndarray
    surfaces: np.ndarray


def _table(rows: dict[str, dict[str, float]]) -> np.ndarray:
    return np.array([[row.get(action, 0.0) for action in ACTIONS] for row in rows.values()], np.float32)


_LOADING = {name: np.array([LOADINGS[a][i] for a in ACTIONS], np.float32) for i, name in enumerate(LOADING_NAMES)}
_FORMAT = np.array([FORMAT_EFFECTS[a] for a in ACTIONS], np.float32).T
_PERSONA = _table(PERSONA_EFFECTS)
_SURFACE = _table(SURFACE_EFFECTS)


def check_impressions(impressions: Impressions, *, num_users: int, num_posts: int) -> Impressions:
    """Returns impressions as int64 arrays if every id and surface exists, otherwise raises a ValueError."""
    users, posts, surfaces = impressions
    return Impressions(
        users=check_ids(users, kind="user", count=num_users),
        posts=check_ids(posts, kind="post", count=num_posts),
        surfaces=check_ids(surfaces, kind="surface", count=len(SURFACES)),
    )


def on_home(users: np.ndarray, posts: np.ndarray) -> Impressions:
    """The posts [U, n] of each user [U] on their home surface."""
    home = np.full(posts.shape, SURFACES.index("home"))
    return Impressions(np.broadcast_to(users[:, None], posts.shape), posts, home)


def follows_author(users: Users, *, user_ids: np.ndarray, author_ids: np.ndarray) -> np.ndarray:
    """Whether each user follows each author (arrays of one shape, or one user and any authors); bool."""
    followed = users.follows[check_ids(user_ids, kind="user", count=len(users.follows))]
    authors = np.asarray(author_ids)[..., None]
    return ((followed == authors) & (authors >= 0)).any(axis=-1)  # -1, padding, is nobody


def true_logits(impressions: Impressions, *, users: Users, posts: Posts, intercepts: np.ndarray) -> np.ndarray:
    """The logit of every action on every impression.

    Args:
      impressions: arrays of shape [...].
      users: all users.
      posts: all posts.
      intercepts: [A].

    Returns:
      float32 array [..., A].

    Raises:
      ValueError: an unknown user, post or surface.
    """
    sizes = dict(num_users=len(users.persona), num_posts=len(posts.author))
    user, post, surface = check_impressions(impressions, **sizes)
    fmt = posts.format[post]
    interest = users.interests[user, posts.topic[post]]
    controversy = posts.controversy[post]
    followed = follows_author(users, user_ids=user, author_ids=posts.author[post]).astype(np.float32)
    freshness = 1 - posts.age_hours[post] / 84
    preference = users.format_preference[user, fmt]
    causes = {
        "follow": followed,
        "quality": posts.quality[post],
        "controversy": controversy,
        "taste": users.taste[user] * controversy,
        "fresh": freshness,
        "preference": preference,
    }
    logits = (_FORMAT + intercepts.astype(np.float32))[fmt] + _SURFACE[surface] + (_PERSONA[users.persona[user]])
    logits += users.habit[user]
    for name, cause in causes.items():
        logits += cause[..., None] * _LOADING[name]
    positive = len(POSITIVE_ACTIONS)
    affinity = _LOADING["affinity"]
    logits[..., :positive] += interest[..., None] * affinity[:positive]
    logits[..., positive:] += np.minimum(interest, DISLIKE_CEILING)[..., None] * affinity[positive:]
    return logits


def solve_intercepts(impressions: Impressions, *, users: Users, posts: Posts) -> np.ndarray:
    """Intercepts for which the mean probability over these impressions meets `BASE_RATES`; float32 [A]."""
    logits = true_logits(impressions, users=users, posts=posts, intercepts=np.zeros(NUM_ACTIONS))
    logits = logits.reshape(-1, NUM_ACTIONS)
    target = np.array([BASE_RATES[a] for a in ACTIONS])
    intercepts = np.zeros(NUM_ACTIONS)
    low, high = np.full(NUM_ACTIONS, -20.0), np.full(NUM_ACTIONS, 20.0)
    for _ in range(40):
        intercepts = (low + high) / 2
        too_high = expit(logits + intercepts).mean(axis=0) > target
        high, low = np.where(too_high, intercepts, high), np.where(too_high, low, intercepts)
    return intercepts.astype(np.float32)
