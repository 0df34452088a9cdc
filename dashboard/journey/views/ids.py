"""The first step: ids become bucket numbers."""

import numpy as np
import plotly.graph_objects as go

from dashboard import naming, words
from dashboard.figures import vectors as figures
from dashboard.journey.scene import BATCH, Scene
from dashboard.journey.step import step
from dashboard.locale import listing, t
from dashboard.view import Chart, View
from phoenix.analysis.journey import Journey, Lookup
from phoenix.hashing import hash_ids


def view(scene: Scene) -> View:
    """Where the journey's ids stand in their tables, and who shares a row with them."""
    journey, surfaces = scene.journey, scene.world.surfaces
    found = (journey.user, journey.post, journey.author)
    alt = t("journey.ids.alt", rows=" ".join(map(_buckets, found)).replace("**", ""))
    return step(
        "ids",
        scene,
        chart=Chart(_figure(found), alt=alt, key="journey_ids"),
        shapes=_shapes(journey),
        notices=[
            _buckets(journey.post) + " " + t("journey.ids.notice.padding"),
            *[_sharing(lookup, scene) for lookup in (journey.post, journey.author, journey.user)],
            t("journey.ids.notice.pairs", pairs=words.count(scene.identical_posts), count=_size("post", scene)),
            t("journey.ids.notice.surface", rows=1 + len(surfaces), surface=naming.surface(surfaces[0])),
        ],
        sources=(hash_ids,),
    )


def _figure(found: tuple[Lookup, ...]) -> go.Figure:
    text = figures.TableText(
        hashes=[t("journey.hash", number=number) for number in (1, 2)],
        axis=t("journey.axis.bucket"),
        hover=t("journey.ids.hover"),
    )
    return figures.bucket_tables([_table(lookup) for lookup in found], text=text)


def _shapes(journey: Journey) -> list[str]:
    hashes, count = len(journey.post.buckets), len(journey.post_ids)
    return [
        t("journey.shape.user_ids", shape=f"[B, {hashes}] = [{BATCH}, {hashes}]"),
        t("journey.shape.post_ids", shape=f"[B, C, {hashes}] = [{BATCH}, {count}, {hashes}]"),
        t("journey.shape.author_ids", shape=f"[B, C, {hashes}] = [{BATCH}, {count}, {hashes}]"),
        t("journey.shape.surface_ids", shape=f"[B, C] = [{BATCH}, {count}]"),
    ]


def _table(lookup: Lookup) -> figures.Table:
    names, buckets = [_name(lookup.kind, lookup.entity)], [lookup.buckets]
    if len(lookup.sharing):
        example = _example(lookup)
        names.append(_name(lookup.kind, int(lookup.sharing[example])))
        buckets.append(lookup.sharing_buckets[example])
    return figures.Table(
        title=t(f"journey.table.{lookup.kind}", rows=words.count(lookup.num_buckets)),
        num_buckets=lookup.num_buckets,
        names=names,
        buckets=np.array(buckets),
    )


def _name(kind: str, entity: int) -> str:
    return t(f"journey.kind.{kind}", id=entity)


def _subject(lookup: Lookup) -> str:
    """An id's name where it begins a sentence."""
    name = _name(lookup.kind, lookup.entity)
    return name[:1].upper() + name[1:]


def _size(kind: str, scene: Scene) -> str:
    return words.count(scene.world.count(kind))


def _example(lookup: Lookup) -> int:
    """Index of one that shares a bucket, if possible only one of them."""
    shared = np.isin(lookup.sharing_buckets, lookup.buckets).sum(axis=1)
    return int(shared.argmin())


def _buckets(lookup: Lookup) -> str:
    first, second = (words.count(bucket) for bucket in lookup.buckets)
    rows = words.count(lookup.num_buckets)
    return t("journey.ids.buckets", name=_subject(lookup), first=first, second=second, rows=rows)


def _sharing(lookup: Lookup, scene: Scene) -> str:
    """Who else reads one of the two rows, and whether anybody reads both."""
    values = {
        "name": _subject(lookup),
        "kind": t(f"journey.kinds.{lookup.kind}"),
        "count": _size(lookup.kind, scene),
    }
    if not len(lookup.sharing):
        return t("journey.ids.notice.alone", **values)
    if lookup.twins:
        return t("journey.ids.notice.twins", **values, sharing=len(lookup.sharing), twins=lookup.twins)
    example = _example(lookup)
    buckets = lookup.sharing_buckets[example]
    shared = np.isin(buckets, lookup.buckets)
    return t(
        "journey.ids.notice.sharing",
        **values,
        sharing=len(lookup.sharing),
        example=_name(lookup.kind, int(lookup.sharing[example])),
        bucket=words.count(buckets[shared][0]),
        others=listing([words.count(bucket) for bucket in buckets[~shared]]) or t("journey.ids.none"),
    )
