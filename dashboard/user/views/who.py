"""Who this is: true interests, follows and persona beside what the history shows of them."""

import numpy as np

from dashboard import naming, people, words
from dashboard.locale import listing, paragraph, t
from dashboard.user import happened
from dashboard.user.figures.profile import Profile, ProfileText, profile_panels
from dashboard.user.scene import WhoScene
from dashboard.view import Chart, View
from phoenix.actions import ACTIONS, NEGATIVE_ACTIONS
from phoenix.world.stream import Stream, histories_before
from phoenix.world.topics import NUM_TOPICS

_OFTEN = 2  # rows of the history that make a topic worth a line of its own
_RARE = 5  # rows below which a share says nothing


def view(scene: WhoScene) -> View:
    """Three panels by topic: what is true, whom the user follows, what the models get to see."""
    if scene.world.truth is None:
        return happened.view(scene)
    shown = topics(scene)
    full = profile(scene)
    others = np.setdiff1d(np.arange(NUM_TOPICS), shown)
    drawn = Profile(
        *(np.append(column[shown], np.nan if i == 0 else column[others].sum()) for i, column in enumerate(full))
    )
    names = [*map(naming.topic, shown), t("user.who.others", count=len(others))]
    hovers = [_hover(name, *values) for name, *values in zip(names, *drawn, strict=True)]
    keys = ("interest", "follows", "history", "followed", "others", "negative")
    labels = {key: t(f"user.who.{'rest' if key == 'others' else key}", count=len(scene.history)) for key in keys}
    axes = tuple(t(f"user.who.axis.{panel}") for panel in ("interest", "follows", "history"))
    figure = profile_panels(names, drawn, text=ProfileText(**labels, hovers=hovers, axes=axes))
    return View(
        blocks=(Chart(figure, t("user.who.alt", rows=" ".join(hovers)), "user.profile"),),
        notices=tuple(notices(scene, full)),
        maths=t("user.who.maths"),
        sources=(histories_before, Stream),
    )


def profile(scene: WhoScene) -> Profile:
    """Interests, follows and rows of the history for every topic."""
    world, history = scene.world.truth, scene.history
    by_topic = world.topic_of_post[history["post_id"].to_numpy()]
    negative = history[list(NEGATIVE_ACTIONS)].to_numpy().any(axis=1)
    followed = np.isin(history["author_id"].to_numpy(), world.followed(scene.user_id))

    def count(rows: np.ndarray) -> np.ndarray:
        return np.bincount(by_topic[rows], minlength=NUM_TOPICS).astype(float)

    written = world.author_columns.topic[world.followed(scene.user_id)]
    return Profile(
        interests=world.interests[scene.user_id].astype(float),
        follows=np.bincount(written, minlength=NUM_TOPICS).astype(float),
        followed=count(followed & ~negative),
        others=count(~followed & ~negative),
        negative=count(negative),
    )


def topics(scene: WhoScene) -> np.ndarray:
    """The topics worth a line, the most liked first: liked, followed, clearly disliked, or often in the history."""
    full = profile(scene)
    rows = full.followed + full.others + full.negative
    liked = people.split_interests(full.interests)
    wanted = (rows >= _OFTEN) | (full.follows > 0) | np.isin(np.arange(NUM_TOPICS), liked.disliked[:3])
    wanted[people.strong_interests(full.interests)] = True
    return np.flatnonzero(wanted)[np.argsort(-full.interests[wanted], kind="stable")]


def notices(scene: WhoScene, full: Profile) -> list[str]:
    """What to notice: how much of the truth the history shows, what it misses, whose posts it holds, the persona."""
    if scene.history.empty:
        return [t("user.notice.no_history")]
    return [_seen(scene, full), *_missed(scene, full), _authors(scene), *_persona(scene)]


def _seen(scene: WhoScene, full: Profile) -> str:
    liked = people.strong_interests(full.interests)
    rows = full.followed + full.others + full.negative
    share = float(np.isin(scene.world.topic_of_post, liked).mean())
    named = {"names": listing([naming.topic(number) for number in liked]), "count": len(scene.history)}
    said = {"seen": words.percent(rows[liked].sum() / rows.sum()), "corpus": words.percent(share)}
    return t(f"user.notice.seen{'.edited' if scene.edited else ''}", **named, **said)


def _missed(scene: WhoScene, full: Profile) -> list[str]:
    """A liked topic of which the history holds least; of a real one also a topic not liked of which it holds most."""
    rows = full.followed + full.others + full.negative
    least = min(
        people.strong_interests(full.interests), key=lambda number: rows[number] / full.interests[number], default=None
    )
    cold = np.where(full.interests > 0, -1, rows)
    most, said = int(cold.argmax()), []
    if least is not None:
        said.append(t("user.notice.least", name=naming.topic(least), count=words.count(rows[least])))
    if cold[most] > 0 and not scene.edited:
        values = {"name": naming.topic(most), "interest": words.signed(full.interests[most])}
        said.append(t("user.notice.most", count=int(cold[most]), **values))
    return [paragraph(said)] if said else []


def _authors(scene: WhoScene) -> str:
    follows, world = scene.world.followed(scene.user_id), scene.world
    share = float(np.isin(scene.history["author_id"], follows).mean())
    overall = float(np.isin(world.author_of_post, follows).mean())
    met = scene.history["author_id"].nunique()
    return t(
        "user.notice.authors",
        follows=len(follows),
        share=words.percent(share),
        overall=words.percent(overall),
        authors=met,
        count=len(scene.history),
    )


def _persona(scene: WhoScene) -> list[str]:
    """The action that this history holds most often in relation to all histories; an edited one says nothing of it."""
    if scene.edited:
        return []
    taken = scene.history[list(ACTIONS)].to_numpy().sum(axis=0)
    ratio = np.where(taken >= _RARE, taken / len(scene.history) / scene.usual, 0)
    action = int(ratio.argmax())
    share, usual = words.percent(taken[action] / len(scene.history)), words.percent(float(scene.usual[action]))
    if ratio[action] <= 1 or share == usual:
        return []
    persona = naming.persona(scene.world.users["persona"].loc[scene.user_id])
    return [t("user.notice.persona", persona=persona, action=naming.action(ACTIONS[action]), share=share, usual=usual)]


def _hover(name: str, interest: float, follows: float, followed: float, others: float, negative: float) -> str:
    counts = {"follows": follows, "followed": followed, "others": others, "negative": negative}
    said = {key: words.count(value) for key, value in counts.items()}
    if np.isnan(interest):
        return t("user.who.hover.others", name=name, **said)
    return t("user.who.hover", name=name, interest=words.signed(interest), **said)
