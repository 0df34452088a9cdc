"""What the Overview page says, computed from one recommendation: steps, reasons, observations."""

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dashboard import components, people, words
from dashboard.locale import listing, t, topic
from phoenix.actions import ACTIONS

if TYPE_CHECKING:
    from phoenix.serving import Recommendation
    from phoenix.world import World

STAGES = ("history", "encode_user", "search", "rank", "score")


class Step(NamedTuple):
    """One step of the funnel.

    Attributes:
      name: `corpus`, `retrieved`, `ranked` or `feed`.
      count: posts left after it.
      seconds: what it took, None if the work was done in advance.
    """

    name: str
    count: int
    seconds: float | None


class Why(NamedTuple):
    """The numbers behind one post's place in the feed.

    Attributes:
      post_id: the post.
      place: place in the feed, from 1.
      retrieval_place: place among the retrieved, from 1.
      topic: its topic.
      history_count: posts in the user's history about that topic.
      history_length: posts in the history.
      followed: whether the user follows the author.
      action: the action that lifts it most above the average candidate.
      probability: of that action.
      ratio: that probability over its mean over the candidates.
      lift: that action's contribution to the score minus its mean over the candidates.
      diversity: factor for an author's repeats, 1 for the first post.
      score: the final score.
    """

    post_id: int
    place: int
    retrieval_place: int
    topic: int
    history_count: int
    history_length: int
    followed: bool
    action: str
    probability: float
    ratio: float
    lift: float
    diversity: float
    score: float


def steps(made: "Recommendation", *, corpus: int) -> list[Step]:
    """The funnel: how many posts are left after each step, and what the step took."""
    seconds = made.seconds
    retrieved = len(made.retrieval.post_ids)
    finding = seconds["history"] + seconds["encode_user"] + seconds["search"]
    return [
        Step("corpus", corpus, None),
        Step("retrieved", retrieved, finding),
        Step("ranked", retrieved, seconds["rank"]),
        Step("feed", len(made.feed), seconds["score"]),
    ]


def reasons(made: "Recommendation", world: "World") -> list[Why]:
    """Why each post of the feed is there, best first."""
    rows = {int(post): row for row, post in enumerate(made.ranking.post_ids)}
    place_in_retrieval = {int(post): place for place, post in enumerate(made.retrieval.post_ids, start=1)}
    topics = world.posts["topic"].to_numpy()
    history_topics = Counter(topics[made.history["post_id"].to_numpy()].tolist())
    probabilities, contributions = made.ranking.probabilities, made.stages.contributions
    mean_probability, lifts = probabilities.mean(axis=0), contributions - contributions.mean(axis=0)
    found = []
    for place, post in enumerate(made.feed.tolist(), start=1):
        row = rows[post]
        before_diversity = made.stages.offset[row]
        action = int(np.argmax(lifts[row]))
        found.append(
            Why(
                post_id=post,
                place=place,
                retrieval_place=place_in_retrieval[post],
                topic=int(topics[post]),
                history_count=history_topics[int(topics[post])],
                history_length=len(made.history),
                followed=bool(made.followed[row]),
                action=ACTIONS[action],
                probability=float(probabilities[row, action]),
                ratio=float(probabilities[row, action] / mean_probability[action]),
                lift=float(lifts[row, action]),
                diversity=float(made.stages.diversity[row] / before_diversity) if before_diversity else 1.0,
                score=float(made.stages.final[row]),
            )
        )
    return found


def cards(whys: list[Why], world: "World", *, language: str) -> list[components.Card]:
    """The feed as cards, in the visitor's language."""
    ids = [why.post_id for why in whys]
    posts, texts = world.posts.loc[ids], world.post_text(ids, language)
    handles = world.authors["handle"].loc[posts["author_id"]]
    return [
        components.Card(
            place=why.place,
            handle=handle,
            topic=topic(why.topic),
            form=t(f"common.format.{post.format}"),
            age=words.age(post.age_hours),
            text=text,
            score=t("overview.card.score", score=words.score(why.score)),
            reasons=_clauses(why),
        )
        for why, post, text, handle in zip(whys, posts.itertuples(), texts, handles, strict=True)
    ]


def _clauses(why: Why) -> list[str]:
    interest = "history" if why.history_count else "new"
    clauses = [
        t(
            f"overview.why.{interest}",
            topic=topic(why.topic),
            count=why.history_count,
            total=why.history_length,
        ),
        t(
            "overview.why.action",
            action=t(f"common.action.{why.action}"),
            probability=words.percent(why.probability),
            ratio=words.times(why.ratio),
            lift=words.signed(why.lift, 3),
        ),
        t("overview.why.followed" if why.followed else "overview.why.not_followed"),
    ]
    if why.diversity < 0.995:
        clauses.append(t("overview.why.repeat", factor=why.diversity))
    clauses.append(t("overview.why.places", retrieval=why.retrieval_place, place=why.place))
    return clauses


def timing(made: "Recommendation", *, from_cache: bool) -> str:
    """One sentence: seconds per stage, and whether they were measured just now."""
    parts = [
        t(
            "overview.time.part",
            stage=t(f"overview.stage.{stage}"),
            time=words.milliseconds(made.seconds[stage]),
        )
        for stage in STAGES
    ]
    total = words.milliseconds(sum(made.seconds[stage] for stage in STAGES))
    when = t("overview.time.cached" if from_cache else "overview.time.fresh")
    return t("overview.time.sentence", total=total, parts=listing(parts), when=when)


def whole_corpus(made: "Recommendation", *, corpus: int) -> tuple[dict[str, str], str]:
    """The guesses and the explanation of the exercise: how long ranking the whole corpus would take.

    Each candidate attends to user, history and itself, so the time grows with the number of candidates.
    """
    kept, seconds = len(made.retrieval.post_ids), made.seconds["rank"]
    ratio = corpus / kept
    guesses = {"same": 1.0, "root": ratio**0.5, "linear": ratio}
    names = {
        guess: t(f"overview.quiz.{guess}", time=words.duration(seconds * factor), ratio=words.count(factor))
        for guess, factor in guesses.items()
    }
    explanation = t(
        "overview.quiz.why",
        ratio=words.count(ratio),
        kept=kept,
        measured=words.duration(seconds),
        time=words.duration(seconds * ratio),
    )
    return names, explanation


def observations(made: "Recommendation", whys: list[Why], world: "World") -> list[str]:
    """What to notice, from the numbers of this recommendation."""
    corpus, kept, top = len(world.posts), len(made.retrieval.post_ids), len(whys)
    said = [
        t(
            "overview.notice.funnel",
            corpus=words.count(corpus),
            kept=kept,
            one_in=words.count(corpus / kept),
            top=top,
        )
    ]
    stayed = sum(why.retrieval_place <= top for why in whys)
    deepest = max(whys, key=lambda why: why.retrieval_place)
    said.append(
        t(
            "overview.notice.reorder",
            stayed=stayed,
            top=top,
            deepest=deepest.retrieval_place,
            place=deepest.place,
        )
    )
    favourite = people.split_interests(world.interests[made.user_id]).liked[:3]
    about = sum(why.topic in favourite for why in whys)
    share = float(np.isin(world.posts["topic"].to_numpy(), favourite).mean())
    if favourite:
        names = listing([topic(number) for number in favourite])
        said.append(t("overview.notice.interests", about=about, top=top, names=names, share=words.percent(share)))
    action, times = Counter(why.action for why in whys).most_common(1)[0]
    weight = float(made.weights[ACTIONS.index(action)])
    said.append(
        t(
            "overview.notice.action" if weight >= 0 else "overview.notice.absence",
            action=t(f"common.action.{action}"),
            times=times,
            top=top,
            weight=words.number(weight),
        )
    )
    slowest = max(STAGES, key=made.seconds.get)
    total = sum(made.seconds[stage] for stage in STAGES)
    said.append(
        t(
            "overview.notice.slowest",
            stage=t(f"overview.stage.{slowest}"),
            share=words.percent(made.seconds[slowest] / total),
            total=words.milliseconds(total),
        )
    )
    return said
