"""What the attention page shows at a moment: a user, some history, some candidates, a mask, and what was measured.

read(view, …) -> Scene    draws the page's controls and asks `measured` what the view needs
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import streamlit as st

from dashboard import resources, state, weighting
from dashboard.attention import choices, editor, measured, measures
from dashboard.attention.choices import CUSTOM
from dashboard.attention.making import Step, watch
from dashboard.attention.measured import Batches, Leak, Pass, Shuffled
from dashboard.attention.positions import name_positions, tick_names
from dashboard.locale import t
from dashboard.posts import Post, describe
from dashboard.resources import Subject
from dashboard.weighting import Weighting
from phoenix.actions import ActionSet
from phoenix.masks import build_attention_mask, empty_rows

if TYPE_CHECKING:
    import pandas as pd
    from streamlit.delta_generator import DeltaGenerator

MEASURED = 32  # candidates at most where each is exchanged or shuffled
_GRIDS = ("mask", "steps", "reach", "weights")
_RUN_THE_MODEL = ("leak", "slots", "weights", "serving")
_LIST_POSTS = ("reach", "weights", "serving")


class Feeds(NamedTuple):
    """The same user's feed under the scene's mask and another one.

    Attributes:
      orders: indices of all candidates, best first, under either mask.
      texts: of all candidates.
      history_len: rows of the history behind them.
    """

    orders: tuple[np.ndarray, np.ndarray]
    texts: Sequence[str]
    history_len: int


class Scene(NamedTuple):
    """What the page is about; what stands after the weighting belongs to single views.

    Attributes:
      user_id: whose history it is.
      history: the S newest impressions of the user's history, oldest first, as `Recommender.history` gives them.
      past, candidates: the posts of the history and the C candidates.
      interest: index of the candidate of interest, which stands in the address as `post`.
      variant, positions: names of the mask, possibly `CUSTOM`, and of the position scheme.
      mask: uint8 [T, T].
      layers, padded: of the trained ranker: L, and the length to which it pads histories.
      weighting: how probabilities become a feed.
      drawn: indices of the positions that are drawn.
      measure: which number of a candidate is watched, of `measures.measures`.
      steps, step: the lines that build the mask, and which of them is shown.
      depth: layers that information travels through.
      shuffle: which shuffles of the candidates are shown.
      against: name of the mask under which the feed is compared.
      leak, shuffled: measured on `limited`; None if the mask cannot be cut down to that.
      feeds: under both masks.
      attention: weights [L, H, T, T].
      layer, head: which of them are shown; a head of None is the mean over all.
      effects: [S], what each history post adds to the measure of the candidate of interest.
      batches: the candidate of interest in batches.
    """

    user_id: int
    history: "pd.DataFrame"
    past: tuple[Post, ...]
    candidates: tuple[Post, ...]
    interest: int
    variant: str
    positions: str
    mask: np.ndarray
    layers: int
    padded: int
    weighting: Weighting
    measure: str
    drawn: np.ndarray = np.arange(0)
    steps: Sequence[Step] = ()
    step: int = 0
    depth: int = 2
    shuffle: int = 0
    against: str = "full"
    leak: Leak | None = None
    feeds: Feeds | None = None
    shuffled: Shuffled | None = None
    attention: np.ndarray | None = None
    layer: int = 0
    head: int | None = None
    effects: np.ndarray | None = None
    batches: Batches | None = None

    @property
    def actions(self) -> ActionSet:
        """The actions of the world."""
        return self.weighting.actions

    @property
    def context(self) -> int:
        """1 + S."""
        return 1 + len(self.history)

    @property
    def post_ids(self) -> tuple[int, ...]:
        """Ids of the candidates."""
        return tuple(post.post_id for post in self.candidates)

    @property
    def names(self) -> list[str]:
        """All T positions in words."""
        return name_positions(self.past, self.candidates, history=self.history)

    @property
    def ticks(self) -> list[str]:
        """All T positions in short."""
        return tick_names(len(self.history), len(self.candidates))

    @property
    def run(self) -> Pass:
        """The pass through the ranker that the scene is about."""
        return Pass(self.user_id, self.post_ids, self.history, self.mask, self.positions)

    @property
    def unit(self) -> str:
        """What the watched numbers are, with their unit."""
        return measures.unit(self.measure, own_weights=self.weighting.changed)

    @property
    def shown_attention(self) -> np.ndarray:
        """The weights [T, T] of the shown layer and head."""
        layer = self.attention[self.layer]
        return layer.mean(axis=0) if self.head is None else layer[self.head]

    def numbers(self, logits: np.ndarray) -> np.ndarray:
        """The watched numbers [...] of logits [..., A]."""
        return measures.read(logits, self.measure, actions=self.actions, weights=self.weighting.vector)

    def limited(self) -> "Scene":
        """The scene with at most `MEASURED` candidates, the candidate of interest among them."""
        if len(self.candidates) <= MEASURED:
            return self
        kept = np.arange(MEASURED)
        if self.interest >= MEASURED:
            kept[-1] = self.interest
        rows = np.r_[np.arange(self.context), self.context + kept]
        return self._replace(
            candidates=tuple(self.candidates[i] for i in kept),
            interest=int(np.flatnonzero(kept == self.interest)[0]),
            mask=self.mask[np.ix_(rows, rows)],
        )


def choose_posts(retrieved: np.ndarray, count: int, *, interest: int) -> tuple[int, ...]:
    """The best retrieved posts; one of interest that is not among them takes the last place.

    Args:
      retrieved: post ids, best first.
      count: C.
      interest: a retrieved post.
    """
    posts = [int(post) for post in retrieved[:count]]
    if interest not in posts:
        posts[-1] = int(interest)
    return tuple(posts)


def read(view: str, *, who: Subject, beside: "DeltaGenerator", below: "DeltaGenerator") -> Scene:
    """Draws the controls of a view and asks the ranker what it shows.

    Args:
      view: which of the page's views.
      who: whose history it is.
      beside: where the controls go.
      below: where those go that belong to what stands under the picture.
    """
    retrieved = resources.retrieve(who, k=choices.MOST_CANDIDATES).result.post_ids
    with beside:
        scene = _choose_base(view, who=who, retrieved=retrieved)
        scene = scene._replace(**_choose(view, scene))
    with below:
        scene = scene._replace(**_choose_below(view, scene))
    if view not in _RUN_THE_MODEL:
        return scene
    with st.spinner(t("common.computing")):
        return scene._replace(**_measure(view, scene, retrieved=retrieved))


def _choose_base(view: str, *, who: Subject, retrieved: np.ndarray) -> Scene:
    """Mask, positions, sizes and posts."""
    weights, recommender = weighting.read(), resources.recommender()
    variant = choices.variant(view)
    positions = choices.positions(shown=view in _RUN_THE_MODEL)
    past, count = choices.sizes()
    history = resources.history(who).tail(past)
    if len(history) < past:
        st.caption(t("attention.short_history", rows=len(history)))
    post = choices.post(retrieved.tolist(), said_here=view not in _LIST_POSTS)
    # Where all that were retrieved can be measured, one stays to exchange the others for.
    most = len(retrieved) - (len(retrieved) <= MEASURED)
    posts = choose_posts(retrieved, min(count, most), interest=post)
    size = {"history_len": len(history), "candidate_len": len(posts)}
    return Scene(
        user_id=who.user_id,
        history=history,
        past=describe(history["post_id"].to_numpy(), recommender.world),
        candidates=describe(posts, recommender.world),
        interest=posts.index(post),
        variant=variant,
        positions=positions,
        mask=choices.mask(variant, **size, said_here=view != "mask"),
        layers=recommender.config.transformer.num_layers,
        padded=recommender.config.history_len,
        weighting=weights,
        measure=weights.actions.target_name,
    )


def _choose(view: str, scene: Scene) -> dict[str, object]:
    """What this view lets the visitor choose beside its picture."""
    chosen: dict[str, object] = {}
    if view == "reach":
        chosen["depth"] = choices.depth(scene.layers)
    if view == "weights":
        config = resources.recommender().config.transformer
        chosen["layer"], chosen["head"] = choices.layer_and_head(config.num_layers, config.num_q_heads)
    if view in ("reach", "serving"):
        _choose_interest(scene)
    if view in ("leak", "slots", "serving"):
        chosen["measure"] = choices.measure()
    if view == "slots":
        chosen["shuffle"] = choices.shuffle()
    if view in _GRIDS:
        chosen["drawn"] = choices.drawn(scene.context, len(scene.mask))
    if view == "steps" and scene.variant != CUSTOM:
        chosen["steps"] = watch(len(scene.history), len(scene.candidates), variant=scene.variant)
        chosen["step"] = choices.step(len(chosen["steps"]))
    if view == "mask" and scene.variant == CUSTOM:
        editor.panel(scene.mask, history_len=len(scene.history), ticks=scene.ticks)
    return chosen


def _choose_below(view: str, scene: Scene) -> dict[str, object]:
    """What it lets the visitor choose for the part under its picture."""
    if view == "leak":
        st.subheader(t("attention.feeds.title"), anchor=False)
        return {"against": choices.other_mask(scene.variant)}
    if view == "weights" and scene.context > 1:
        st.subheader(t("attention.looks.title"), anchor=False)
        left, right = st.columns(2, gap="large")
        with left:
            _choose_interest(scene)
        with right:
            return {"measure": choices.measure()}
    return {}


def _choose_interest(scene: Scene) -> None:
    """A list of the candidates; the chosen one is the scene's from the next run on, which follows at once."""
    names = dict(zip(scene.post_ids, scene.names[scene.context :], strict=True))
    choices.post((scene.post_ids[scene.interest], *names), names=names)


def _measure(view: str, scene: Scene, *, retrieved: np.ndarray) -> dict[str, object]:
    """What the ranker answers to this view."""
    small = scene.limited()
    able = not empty_rows(small.mask).size
    if view == "leak":
        leak = measured.leak(small.run, retrieved=retrieved) if able else None
        return {"leak": leak, "feeds": _feeds(scene, retrieved=retrieved)}
    if view == "slots":
        return {"shuffled": measured.shuffled(small.run, number=scene.shuffle) if able else None}
    if view == "serving":
        return {"batches": measured.in_batches(scene.run, place=scene.interest, retrieved=retrieved)}
    base, without = measured.without_each(scene.run, scene.post_ids[scene.interest])
    return {
        "attention": measured.attention(scene.run),
        "effects": scene.numbers(base) - scene.numbers(without),
    }


def _feeds(scene: Scene, *, retrieved: np.ndarray) -> Feeds:
    """From all that was retrieved and the whole history; a custom mask exists for the scene's positions alone."""
    world, posts, history, mask = resources.recommender().world, scene.post_ids, scene.history, scene.mask
    if scene.variant != CUSTOM:
        posts, history = tuple(map(int, retrieved)), resources.history(resources.subject())
        mask = build_attention_mask(len(history), len(posts), variant=scene.variant)
    run = Pass(scene.user_id, posts, history, mask, scene.positions)
    other = run._replace(mask=build_attention_mask(len(history), len(posts), variant=scene.against))
    orders = tuple(measured.feed_order(each, scene.weighting) for each in (run, other))
    return Feeds(orders, world.post_text(np.array(posts), state.language()), len(history))
