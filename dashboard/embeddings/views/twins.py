"""Two ids in the trained table: what they share, what tells them apart, and what an unseen id gets."""

import html

import numpy as np

from dashboard import naming
from dashboard.embeddings.figures.rows import RowsText, embedding_rows
from dashboard.embeddings.scene import Scene, Twins
from dashboard.locale import listing, t
from dashboard.posts import Post
from dashboard.view import Chart, Html, Text, View
from dashboard.words import count, decimal, snippet
from phoenix.embedding import block_candidate_reduce, block_user_reduce
from phoenix.hashing import hash_ids
from phoenix.serving.probes import table_rows

_SNIPPET = 90  # width in characters


def view(scene: Scene) -> View:
    """Both posts, their rows, and what to notice."""
    twins = scene.twins
    ran = {"maths": t("embeddings.maths"), "sources": (hash_ids, table_rows, block_user_reduce, block_candidate_reduce)}
    if twins is None:
        return View(blocks=(Text(t("embeddings.twins.none"), "info"),), **ran)
    width = twins.vectors.shape[1] // 2
    chart = embedding_rows(
        twins.vectors,
        [_title(post, name) for post, name in zip(twins.posts, twins.names, strict=True)],
        parts=[t("embeddings.heat.part", number=number, width=width) for number in (1, 2)],
        text=RowsText(*(t(f"embeddings.heat.{key}") for key in ("dimension", "row", "value", "hover"))),
    )
    buckets = listing((listing(map(str, pair)) for pair in twins.buckets), parts=True)
    alt = t("embeddings.heat.alt", one=twins.names[0], other=twins.names[1], buckets=buckets)
    return View(blocks=(Html(cards(twins)), Chart(chart, alt=alt, key="twins_rows")), notices=notices(twins), **ran)


def _title(post: Post | None, name: str) -> str:
    return t("embeddings.twins.unseen" if post is None else "embeddings.twins.post", post=name)


def cards(twins: Twins) -> str:
    """HTML: both posts with their rows, shared ones marked."""
    parts = []
    for post, called, buckets in zip(twins.posts, twins.names, twins.buckets, strict=True):
        meta = t("embeddings.twins.never_trained") if post is None else post.topic or f"@{post.handle}"
        said = t("embeddings.twins.nothing_known") if post is None else _text(post)
        title, meta, said = map(html.escape, (_title(post, called), meta, said))
        text = f'<p class="px-text">{said}</p>' if said else ""
        parts.append(
            f'<li class="px-card"><p class="px-head"><span class="px-author">{title}</span></p>'
            f'<p class="px-meta">{meta}</p>{text}'
            f'<ul class="px-why">{_rows(twins, buckets)}</ul></li>'
        )
    return f'<ol class="px-feed">{"".join(parts)}</ol>'


def _text(post: Post) -> str:
    """What the post says; nothing where posts have no text, since the card names it anyway."""
    return snippet(post.text, _SNIPPET) if naming.world().knows("text") else ""


def _rows(twins: Twins, buckets: np.ndarray) -> str:
    items = []
    for number, (bucket, same) in enumerate(zip(buckets, twins.buckets[0] == twins.buckets[1], strict=True), start=1):
        key = "embeddings.twins.row_shared" if same else "embeddings.twins.row"
        said = html.escape(t(key, number=number, bucket=count(int(bucket))))
        items.append(f'<li class="px-same">{said}</li>' if same else f"<li>{said}</li>")
    return "".join(items)


def notices(twins: Twins) -> tuple[str, ...]:
    """What tells the two apart, who else uses their rows, and whether topics or authors have anything to do with it."""
    shared = twins.buckets[0] == twins.buckets[1]
    one, other = twins.vectors.astype(float)
    cosine = float(one @ other / max(np.linalg.norm(one) * np.linalg.norm(other), 1e-12))
    said = []
    if shared.all():
        said.append(t("embeddings.notice.inseparable", one=twins.names[0], other=twins.names[1]))
    elif shared.any():
        number = int(np.flatnonzero(shared)[0]) + 1
        said.append(t("embeddings.notice.told_apart", number=number, cosine=decimal(cosine, 2)))
    if twins.posts[0] is None:
        first, second = twins.users[0]
        key = "embeddings.notice.unseen" if first + second else "embeddings.notice.unseen_fresh"
        said.append(t(key, post=twins.names[0], first=first, second=second))
    elif not shared.all():
        used = int(twins.users[0][np.flatnonzero(shared)[0]]) if shared.any() else 0
        said.append(t("embeddings.notice.compromise", used=used))
    return (*said, *_unlike(twins))


def _unlike(twins: Twins) -> list[str]:
    """Whether the two have more in common than a row: topics, or authors where a topic is not known; if anything is."""
    if None in twins.posts:
        return []
    one, other = twins.posts
    world = naming.world()
    if world.topic_of_post is not None and (world.topic_of_post[list(twins.ids)] >= 0).all():
        key = "embeddings.notice.same_topic" if one.topic == other.topic else "embeddings.notice.other_topics"
        return [t(key, one=one.topic, other=other.topic)]
    if not world.knows("authors"):
        return []
    key = "embeddings.notice.same_author" if one.handle == other.handle else "embeddings.notice.other_authors"
    return [t(key, one=f"@{one.handle}", other=f"@{other.handle}")]
