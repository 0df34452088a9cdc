"""Which rows of the history pulled a candidate in: the user's vector without each of them.

Glossary: S history rows.
"""

from typing import NamedTuple

import numpy as np

from dashboard import naming
from dashboard.locale import listing, t
from dashboard.retrieval.figures.origins import OriginText, origin_bars
from dashboard.retrieval.scene import CandidateScene
from dashboard.view import Block, Chart, Text
from dashboard.words import count, plain, signed, snippet
from phoenix.analysis.corpus import place_of

SHOWN = 12
_SNIPPET = 60


class Origin(NamedTuple):
    """One row of the history.

    Attributes:
      row: its place in the history, from 0, oldest first.
      topic: of its post.
      pull: cosine with the whole history minus cosine without this row; above 0 it pulled the candidate in.
    """

    row: int
    topic: int
    pull: float


class Pulled(NamedTuple):
    """What pulled a candidate in.

    Attributes:
      origins: all rows, strongest pull first.
      own: the candidate's topic.
      before: its place in the corpus, from 1.
      after: its place without the strongest row.
    """

    origins: list[Origin]
    own: int
    before: int
    after: int


def rank_origins(pulls: np.ndarray, topics: np.ndarray) -> list[Origin]:
    """All rows, from the strongest pull to the strongest push.

    Args:
      pulls: float [S].
      topics: int [S].
    """
    return [Origin(int(row), int(topics[row]), float(pulls[row])) for row in np.argsort(-pulls, kind="stable")]


def strongest(origins: list[Origin], count: int) -> list[Origin]:
    """The rows with the largest effect either way, in their order."""
    kept = {origin.row for origin in sorted(origins, key=lambda origin: -abs(origin.pull))[:count]}
    return [origin for origin in origins if origin.row in kept]


def trace(scene: CandidateScene) -> Pulled | None:
    """The rows behind the selected candidate; None without a history."""
    left_out = scene.left_out
    if left_out is None:
        return None
    topics = naming.kinds()
    pulls = (left_out.base - left_out.without) @ scene.corpus[scene.post]
    origins = rank_origins(pulls, topics[scene.history["post_id"].to_numpy()])
    before, after = (
        place_of(scene.post, scene.corpus @ vector) for vector in (left_out.base, left_out.without[origins[0].row])
    )
    return Pulled(origins, int(topics[scene.post]), before, after)


def blocks(scene: CandidateScene, pulled: Pulled | None) -> tuple[Block, ...]:
    """The bars of one candidate, under their title."""
    if pulled is None:
        return (Text(t("retrieval.origins.none"), "info"),)
    shown = strongest(pulled.origins, SHOWN)
    names, hovers = describe(scene, shown)
    text = OriginText(**{key: t(f"retrieval.origins.{key}") for key in OriginText._fields})
    chart = origin_bars(names, [origin.pull for origin in shown], hovers=hovers, text=text)
    alt = t("retrieval.origins.alt", count=len(shown), first=plain(hovers[0]), last=plain(hovers[-1]))
    title = t("retrieval.origins.title", count=len(shown), rows=count(len(pulled.origins)))
    return Text(title), Chart(chart, alt, "origins")


def describe(scene: CandidateScene, origins: list[Origin]) -> tuple[list[str], list[str]]:
    """Axis labels and hover texts."""
    rows = scene.history.iloc[[origin.row for origin in origins]]
    texts = scene.world.post_text(rows["post_id"].to_numpy(), scene.language)
    called, names, hovers = naming.actions(), [], []
    for origin, text, taken in zip(origins, texts, rows[list(scene.world.actions.names)].to_numpy() > 0, strict=True):
        actions = [called[i] for i in np.flatnonzero(taken)]
        row = {"number": origin.row + 1, "topic": naming.kind(origin.topic)}
        names.append(t("retrieval.origins.name", **row, actions=listing(actions[:2])))
        more = {"actions": listing(actions), "text": snippet(text, _SNIPPET), "pull": signed(origin.pull, 4)}
        hovers.append(t("retrieval.origins.hover", **row, **more))
    return names, hovers


def notices(pulled: Pulled | None) -> list[str]:
    """The strongest row, and what rows about the candidate's own topic do beside the others."""
    if pulled is None:
        return []
    first = pulled.origins[0]
    kept = pulled.before == pulled.after
    kind = "no_pull" if first.pull <= 0 else "kept_place" if kept else "pulled"
    row = {"number": first.row + 1, "topic": naming.kind(first.topic), "pull": signed(first.pull, 4)}
    places = {"before": count(pulled.before), "after": count(pulled.after)}
    return [t(f"retrieval.notice.{kind}", **row, **places), *_own_topic(pulled)]


def _own_topic(pulled: Pulled) -> list[str]:
    if pulled.own < 0:  # two posts without a topic have none in common
        return []
    own, rest = ([o.pull for o in pulled.origins if (o.topic == pulled.own) == same] for same in (True, False))
    name = naming.kind(pulled.own)
    if not own:
        return [t("retrieval.notice.other_topic", count=len(rest), topic=name)]
    if not rest:
        return []
    means = {"same": signed(np.mean(own), 4), "rest": signed(np.mean(rest), 4)}
    return [t("retrieval.notice.same_topic", count=len(own), topic=name, **means, rest_count=len(rest))]
