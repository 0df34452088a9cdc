"""Find the user whose feed teaches what the guide says: the one whom dashboard and commands show at first.

    python -m tools.choose_user [--users N]

What a good first user has to show, and what each point is measured in:

    fifteen   fifteen weighted actions make a truly better feed than one relevance (2.4): by how much of what the best
              possible feed of the same candidates gains over chance
    unmet     no post near the top that the user has met before: place of the first such post in the order
    ranking   ranking is not retrieval again (1.1): how many of the feed's posts were not among retrieval's first
    reply     a weight matters: how many posts enter the top 10 when the reply's weight is doubled
    likes     so do presets: how many posts of the top 10 are others when only likes count

Each is divided by what is plenty, and the least of these decides: whoever leads has room to spare in every point, so
that the choice outlives a new training. Held-out users and those with few interests are left aside.
Prints the best; the first is `DEFAULT_USER` in phoenix/defaults.py.
"""

import argparse
from typing import NamedTuple

import numpy as np

from phoenix.actions import ACTIONS, DEFAULT_PRESET, X_ACTIONS, resolve_weights
from phoenix.analysis.frontier import draw_users
from phoenix.analysis.regret import best_posts, feed_value
from phoenix.analysis.relevance import any_positive
from phoenix.scoring import score_feed
from phoenix.serving import Recommender

PLENTY = {"fifteen": 0.25, "unmet": 60.0, "ranking": 16.0, "reply": 3.0, "likes": 6.0}
FEED, TOP, SHOWN = 20, 10, 12
LEAST_LIKED, LEAST_DISLIKED = 3, 2  # topics


class Lessons(NamedTuple):
    """What a user's feed shows; see the module."""

    fifteen: float
    unmet: float
    ranking: float
    reply: float
    likes: float

    @property
    def worth(self) -> list[float]:
        """All points as shares of what is plenty, the least first: that one decides, then the next."""
        return sorted(getattr(self, name) / plenty for name, plenty in PLENTY.items())


def measure(recommender: Recommender, user: int) -> Lessons:
    """What the feed of a user shows under the published weights."""
    made = recommender.recommend(user, top=FEED)
    posts, weights = made.retrieval.post_ids, resolve_weights(DEFAULT_PRESET)
    order = made.stages.order

    def top(changed: np.ndarray) -> set[int]:
        given = {"author_ids": made.author_ids, "followed": made.followed}
        stages = score_feed(made.ranking.probabilities, weights=changed, **given, actions=X_ACTIONS)
        return set(stages.order[:TOP].tolist())

    doubled = weights.copy()
    doubled[ACTIONS.index("reply")] *= 2
    met = np.isin(posts[order], recommender.history(user)["post_id"])
    return Lessons(
        fifteen=_fifteen(recommender, user, made.ranking.probabilities, posts, weights),
        unmet=float(np.argmax(met) + 1 if met.any() else len(posts)),
        ranking=float((order[:FEED] >= FEED).sum()),
        reply=float(TOP - len(top(weights) & top(doubled))),
        likes=float(TOP - len(top(weights) & top(resolve_weights("likes_only")))),
    )


def _fifteen(
    recommender: Recommender, user: int, probabilities: np.ndarray, posts: np.ndarray, weights: np.ndarray
) -> float:
    true = recommender.world.true_probabilities(user, posts) @ weights
    everyone, p = np.arange(len(posts)), probabilities.astype(float)
    shares = [
        feed_value(true, feed=best_posts(everyone, scores)).recovered
        for scores in (p @ weights, any_positive(p, actions=X_ACTIONS))
    ]
    return -1.0 if None in shares else shares[0] - shares[1]


def has_tastes(recommender: Recommender, user: int) -> bool:
    """Whether training has seen the user, and there are topics to like and to dislike."""
    interests, row = recommender.world.interests[user], recommender.world.users.loc[user]
    return not row.held_out and (interests > 0).sum() >= LEAST_LIKED and (interests < 0).sum() >= LEAST_DISLIKED


def main() -> None:
    """Measures a sample of users and prints the best."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=800, help="how many users are looked at (default: 800)")
    count, recommender = parser.parse_args().users, Recommender.load()
    users = [int(user) for user in draw_users(recommender.world.num_users, count=count)]
    found = {user: measure(recommender, user) for user in users if has_tastes(recommender, user)}
    best = sorted(found, key=lambda user: found[user].worth, reverse=True)[:SHOWN]
    print(f"{'user':>6} {'worth':>6} " + " ".join(f"{name:>8}" for name in Lessons._fields) + "  handle")
    for user in best:
        values = " ".join(f"{value:8.2f}" for value in found[user])
        print(f"{user:6d} {found[user].worth[0]:6.2f} {values}  @{recommender.world.users['handle'].loc[user]}")


if __name__ == "__main__":
    main()
