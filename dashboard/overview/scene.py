"""What the Overview page shows: one feed, made by the pipeline with the session's settings and weighting.

Every view's scene holds a `Scene`, some with more beside it. A `read…` function draws the controls of a view and asks
for what it shows.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import streamlit as st

from dashboard import controls, navigation, pipeline, resources, state, waiting, weighting
from dashboard.locale import t
from dashboard.overview import measured
from dashboard.overview.reasons import Why, reasons
from dashboard.weighting import Weighting
from phoenix.pipeline import OFF, SOURCES, PipelineSettings

if TYPE_CHECKING:
    from phoenix.analysis.variety import Variety
    from phoenix.serving import Recommendation
    from phoenix.world import World

TOP = resources.TOP
_MOST_SHOWN = 5  # feeds
FILTERS = ("oldest_hours", "drop_history", "drop_served", "drop_blocked", "muted_topics", "muted_words", "enough")


class Scene(NamedTuple):
    """One feed and how it came about.

    Attributes:
      made: the feed, with every stage.
      from_cache: whether its seconds are those of an earlier call.
      whys: why each of its posts is there, best first.
      weighting: the weights and settings that made it.
      world: for names, texts and true interests.
      language: of the texts.
      settings: of the pipeline.
      shown: how many feeds were shown before this one.
    """

    made: "Recommendation"
    from_cache: bool
    whys: list[Why]
    weighting: Weighting
    world: "World"
    language: str
    settings: PipelineSettings = OFF
    shown: int = 0

    @property
    def corpus(self) -> int:
        """Posts of the corpus."""
        return self.world.num_posts

    @property
    def ranked(self) -> int:
        """Candidates that the ranker was asked about."""
        return len(self.made.ranking.post_ids)

    @property
    def found(self) -> int:
        """Candidates that the sources brought."""
        return self.ranked + sum(len(step.gone) for step in self.made.steps)

    @property
    def steps(self) -> list["Step"]:
        """The funnel: what is left after each step."""
        return steps(self.made, corpus=self.corpus, found=self.found)


class Step(NamedTuple):
    """One step of the funnel.

    Attributes:
      name: `corpus`, `retrieved` or `candidates`, `filtered`, `ranked` or `feed`.
      count: posts left after it.
      seconds: what it took, None if the work was done in advance.
    """

    name: str
    count: int
    seconds: float | None


class SourceScene(NamedTuple):
    """Where the feed comes from.

    Attributes:
      base: the feed.
      worth: what each post shown is truly worth; None in a log.
      alone: source → mean true worth of the feed that it makes alone, those that are on; empty in a log.
    """

    base: Scene
    worth: np.ndarray | None
    alone: dict[str, float]


class FilterScene(NamedTuple):
    """What the filters take out.

    Attributes:
      base: the feed.
      chosen: the filter whose posts are listed.
      unfiltered: the feed that every filter lets pass.
    """

    base: Scene
    chosen: str
    unfiltered: "Recommendation"


class DiversityScene(NamedTuple):
    """The feed beside the one that score alone makes.

    Attributes:
      base: the feed.
      plain: the same without diversity.
      similarities: mean cosine of the posts of both, theirs first.
      worths: mean true worth of a post of both; None in a log.
      curves: method → how varied feeds are at each of `thetas`, arrays [U, G]; None while that is being measured.
      thetas: [G].
      users: over how many users the curves are averaged; 0 for this one alone.
    """

    base: Scene
    plain: "Recommendation"
    similarities: tuple[float, float]
    worths: tuple[float, float] | None
    curves: "dict[str, Variety] | None"
    thetas: np.ndarray
    users: int


def steps(made: "Recommendation", *, corpus: int, found: int) -> list[Step]:
    """The funnel: how many posts are left after each step, and what the step took."""
    seconds, ranked = made.seconds, len(made.ranking.post_ids)
    finding = seconds["history"] + seconds["encode_user"] + seconds["search"]
    others = sum(seconds.get(source, 0.0) for source in SOURCES)
    several = any(step.stage in SOURCES[1:] for step in made.steps)
    filtering = [seconds[name] for name in FILTERS if name in seconds]
    ordering = sum(seconds.get(name, 0.0) for name in ("score", "diversity", "explore"))
    return [
        Step("corpus", corpus, None),
        Step("candidates" if several else "retrieved", found, finding + others),
        *([Step("filtered", ranked, sum(filtering))] if filtering else []),
        Step("ranked", ranked, seconds["rank"]),
        Step("feed", len(made.feed), ordering),
    ]


def read() -> Scene:
    """The feed of the session's user."""
    chosen, world = weighting.read(), resources.recommender().world
    settings = pipeline.read(chosen.settings)
    with st.spinner(t("common.computing")):
        shown = pick_shown(kind="hidden")
        made, from_cache = measured.feed(resources.subject(), settings, weighting=chosen, shown=shown)
    return Scene(
        made=made,
        from_cache=from_cache,
        whys=reasons(made, world),
        weighting=chosen,
        world=world,
        language=state.language(),
        settings=settings,
        shown=shown,
    )


def pick_shown(*, kind: str = "field") -> int:
    """How many feeds were shown before the one on this page; the sentence about an unusable number stands with it."""
    look = {"help": t("overview.shown_help"), "said_here": kind == "hidden"}
    return controls.number("shown", low=0, high=_MOST_SHOWN, default=0, label=t("overview.shown"), kind=kind, **look)


def _made_with(base: Scene, settings: PipelineSettings) -> "Recommendation":
    """The same user's feed at the same moment, under other settings."""
    return measured.feed(resources.subject(), settings, weighting=base.weighting, shown=base.shown).result


def whole(base: Scene) -> Scene:
    """The scene of a view that needs no more."""
    return base


def read_sources(base: Scene) -> SourceScene:
    """What each source brings, and what it would bring alone."""
    who, now = resources.subject(), base.weighting
    worth = measured.worth(who.user_id, base.made.feed, weighting=now)
    return SourceScene(base, worth, _alone(base) if worth is not None else {})


def _alone(base: Scene) -> dict[str, float]:
    settings = base.settings._replace(explore=0.0)
    if not (settings.use_retrieval and settings.in_network):
        return {}
    one_by_one = {
        "retrieval": settings._replace(in_network=0),
        "in_network": settings._replace(use_retrieval=False),
    }
    means = {}
    for source, alone in one_by_one.items():
        made = _made_with(base, alone)
        if len(made.feed):
            means[source] = float(measured.worth(made.user_id, made.feed, weighting=base.weighting).mean())
    return means


def read_filters(base: Scene) -> FilterScene:
    """What the filters take out, the filter whose posts are listed, and what would be without any."""
    return FilterScene(base, pick_filter(kind="hidden"), _made_with(base, pass_all(base.settings)))


def pass_all(settings: PipelineSettings) -> PipelineSettings:
    """The same settings with every filter off."""
    switches = dict(drop_history=False, drop_served=False, drop_blocked=False)
    return settings._replace(oldest_hours=None, muted_topics=(), muted_words=(), **switches)


def pick_filter(*, kind: str = "list") -> str:
    """The choice of the filter whose posts are listed; the sentence about an unusable one stands where it is drawn."""
    label = t("overview.filters.chosen")
    given = dict(default="drop_history", label=label, names="overview.filters", said_here=kind != "hidden")
    look = {} if kind == "hidden" else {"width": 320}
    return controls.choice("filter", FILTERS, kind=kind, **given, **look)


def lead_to_feedback() -> None:
    """The way to where a session goes on and on."""
    navigation.link("feedback", label=t("overview.filters.feedback"))


def choose_filter(stage: object) -> None:
    """Lists the posts of the stage on whose bar the visitor has clicked."""
    if stage in FILTERS:
        controls.put("filter", str(stage))


def read_diversity(base: Scene) -> DiversityScene:
    """The feed without diversity, and the curves over θ: of this user, or averaged over a sample."""
    from phoenix.pipeline.diversity import intra_list_similarity

    plain = _made_with(base, base.settings._replace(diversity="off"))
    feeds, vectors = (base.made.feed, plain.feed), resources.recommender().corpus_embeddings
    worths = [measured.worth(plain.user_id, posts, weighting=base.weighting) for posts in feeds]
    known = base.world.truth is not None and all(map(len, feeds))
    curves, users = _curves(base, plain)
    return DiversityScene(
        base,
        plain,
        similarities=tuple(intra_list_similarity(vectors[posts]) for posts in feeds),
        worths=tuple(float(worth.mean()) for worth in worths) if known else None,
        curves=curves,
        thetas=np.array(measured.THETAS),
        users=users,
    )


def _curves(base: Scene, plain: "Recommendation") -> "tuple[dict[str, Variety] | None, int]":
    options, label = ("user", "sample"), t("overview.variety.over")
    names = {
        "user": t("overview.variety.over.user"),
        "sample": t("overview.variety.over.sample", count=measured.SAMPLE),
    }
    if base.world.truth is None:  # what feeds are worth, nobody knows
        options = options[:1]
    look = {"kind": "segments" if len(options) > 1 else "hidden", "label": label, "names": names}
    if controls.choice("over", options, default=options[0], **look) == "user":
        made = measured.curves(plain, base.settings, weighting=base.weighting)
        return {method: one._make(values[None] for values in one) for method, one in made.items()}, 0
    request = measured.sample_curves(base.settings, weighting=base.weighting)
    return waiting.result(request, texts="overview.variety"), measured.SAMPLE
