"""What the Ranking page shows at one moment; each view's scene is a `Scene`, most with more in it.

Glossary: n candidates, A actions, N posts of the corpus, U users, K candidates of each, G settings of the weights.
"""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from dashboard import resources, state
from dashboard.feed import TOP, Candidates, ranks
from dashboard.locale import t
from dashboard.ranking import baseline, selection
from dashboard.ranking.weights import Nudge, nudge
from dashboard.weighting import Weighting

if TYPE_CHECKING:
    from phoenix.analysis.counterfactuals import LeaveOneOut
    from phoenix.analysis.relevance import Contest
    from phoenix.world import AnyWorld

DIFFERING = ("moved", "compare")  # views that show nothing while both sides are the same
EXAMINING = ("sensitivity", "why")  # views that look at one post on the weighted sum alone, chosen from a list


class Found(NamedTuple):
    """What was retrieved and ranked for a user: all that no weight changes.

    Attributes:
      user_id: whose candidates these are.
      post_ids, author_ids, followed: int, int and bool [n], in the order of retrieval.
      texts: of the n posts, in `language`.
      probabilities: [n, A].
      world: which posts, authors and users there are, and what is true of them.
      language: of the texts.
    """

    user_id: int
    post_ids: np.ndarray
    author_ids: np.ndarray
    followed: np.ndarray
    texts: list[str]
    probabilities: np.ndarray
    world: "AnyWorld"
    language: str

    def score(self, now: Weighting, *, selected: int = 0) -> Candidates:
        """The candidates under some weights and settings."""
        given = {"author_ids": self.author_ids, "followed": self.followed}
        stages = now.score(self.probabilities, **given)
        return Candidates(
            post_ids=self.post_ids,
            texts=self.texts,
            probabilities=self.probabilities,
            weights=now.vector,
            stages=stages,
            selected=selected,
            settings=now.settings,
            actions=now.actions,
            **given,
        )


def find(who: resources.Subject) -> Found:
    """Retrieves and ranks for somebody."""
    made, world, language = resources.recommend(who).result, resources.recommender().world, state.language()
    return Found(
        user_id=who.user_id,
        post_ids=made.ranking.post_ids,
        author_ids=made.author_ids,
        followed=made.followed,
        texts=world.post_text(made.ranking.post_ids, language),
        probabilities=made.ranking.probabilities,
        world=world,
        language=language,
    )


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Scene:
    """What all views are given.

    Attributes:
      candidates: of this user, under the present weights, one of them selected.
      baseline: name of what they are compared with, a preset or `pinned`.
      baseline_order: the order that it gives.
      user_id: whose candidates these are.
      world: which posts, authors and users there are, and what is true of them.
      language: of the texts.
      preset: where the weights started.
      nudge: the weight that was moved last, None if several were set at once.
    """

    candidates: Candidates
    baseline: str
    baseline_order: np.ndarray
    user_id: int
    world: "AnyWorld"
    language: str
    preset: str
    nudge: Nudge | None = None


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class BarsScene(Scene):
    """The ranking beside one post's probabilities.

    Attributes:
      scale: `log` or `linear`.
      true: the true probabilities of all candidates, [n, A]; None for not shown.
      log_only: by action, what a ranker trained on the log alone predicts of served posts, as a multiple of the truth;
        empty where nobody recorded it.
    """

    scale: str = "log"
    true: np.ndarray | None = None
    log_only: Mapping[str, float] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class HeatmapScene(Scene):
    """All candidates: colour is `absolute` or `relative`, rows `all` or `best`."""

    colour: str = "absolute"
    rows: str = "all"


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class CompareScene(Scene):
    """Two feeds: the other user's candidates under the same weights, and who that is; None compares weights.

    `edited` is whether the first user's history is not the real one, as the other's always is.
    """

    other: Candidates | None = None
    other_id: int = 0
    edited: bool = False


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class DatesScene(Scene):
    """A preset beside the present weights, and over how many users' feeds they were compared.

    Attributes:
      older: name of the preset.
      moved: how many of the users get other posts into their top under the present weights; None while nobody knows.
      users: how many were asked.
    """

    older: str
    moved: int | None = None
    users: int = 0


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class ContestScene(Scene):
    """One score or all actions: how both fare over a sample of users; None where no weight counts."""

    contest: "Contest | None" = None


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class RegretScene(Scene):
    """This user's feed judged by the truth about every post: [N, A]."""

    truth: np.ndarray


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class SweepScene(Scene):
    """Many users' feeds as a weight moves.

    Attributes:
      moved: `balance` or the action whose weight moves.
      counted: which actions are counted, a key of `sweeps.COUNTED`.
      values: [G], the weights or factors tried, ascending.
      counts: [G, U, A], true actions expected in each user's feed; None while nothing is known.
    """

    moved: str
    counted: str
    values: np.ndarray
    counts: np.ndarray | None


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class WhyScene(Scene):
    """One post and the history: an action or `score`, logits without each row, and without any ([A])."""

    of: str
    left_out: "LeaveOneOut"
    cold: np.ndarray


AnyScene = TypeVar("AnyScene", bound=Scene)


def extend(scene: Scene, kind: type[AnyScene], **more: Any) -> AnyScene:
    """The scene of one view: the common one and what only this view needs."""
    return kind(**{field.name: getattr(scene, field.name) for field in dataclasses.fields(Scene)}, **more)


def read(found: Found, now: Weighting, *, view: str) -> Scene:
    """What all views are given; draws the list of posts where a view looks at a single one.

    Args:
      found: the user's candidates.
      now: weights and settings.
      view: name of the view.
    """
    against = baseline.read(now, must_differ=view in DIFFERING)
    candidates = found.score(now)
    base = candidates.score(against.weights, against.settings)
    return Scene(
        candidates=candidates._replace(selected=_select(candidates, view)),
        baseline=against.name,
        baseline_order=base.order,
        user_id=found.user_id,
        world=found.world,
        language=found.language,
        preset=now.preset,
        nudge=nudge(now),
    )


def _select(candidates: Candidates, view: str) -> int:
    posts = candidates.post_ids
    if view not in EXAMINING:
        return selection.read(posts, suggested=int(candidates.stages.order[0]))
    order = weighted_order(candidates)
    names = selection.names(candidates, order)
    widget = {"label": t("ranking.post"), "help": t("ranking.post_help"), "names": names}
    if view == "sensitivity":  # a post just outside the top: there a weight decides
        return selection.read(posts, suggested=int(order[min(TOP, len(order) - 1)]), insists=True, **widget)
    return selection.read(posts, suggested=int(candidates.stages.order[0]), **widget)


def weighted_order(candidates: Candidates) -> np.ndarray:
    """Indices of the candidates by the weighted sum alone, best first; ties keep the order of retrieval."""
    return np.argsort(-candidates.stages.weighted, kind="stable")


def weighted_ranks(candidates: Candidates) -> np.ndarray:
    """Rank of each candidate by the weighted sum alone; int [n]."""
    return ranks(weighted_order(candidates))
