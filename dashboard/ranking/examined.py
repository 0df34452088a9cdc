"""The post under inspection, whole, above the views that look at one post alone."""

import html

from dashboard.locale import t, topic
from dashboard.ranking.scene import Scene
from dashboard.view import Html


def post_box(scene: Scene) -> Html:
    """Topic, format and text of the selected post in a box."""
    candidates = scene.candidates
    post = scene.world.posts.loc[candidates.post_ids[candidates.selected]]
    about = html.escape(f"{topic(post.topic)} · {t(f'common.format.{post.format}')}")
    text = html.escape(candidates.texts[candidates.selected])
    return Html(f'<div class="px-card"><p class="px-meta">{about}</p><p class="px-text">{text}</p></div>')
