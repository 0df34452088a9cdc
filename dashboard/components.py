"""Blocks that several pages are built from: heading, exercise, cards of users and posts."""

import html
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from dashboard import glossary, naming, people, presenting, resources, state, words
from dashboard.locale import listing, paragraph, t
from dashboard.quiz import quiz as quiz
from dashboard.warm_up import Progress

if TYPE_CHECKING:
    from phoenix.world import AnyWorld


_HANDLE = 40  # width of a handle on a card: ids of a log may be long


class Card(NamedTuple):
    """What a post's card shows; every text in the visitor's language.

    Attributes:
      place: position in the feed, from 1.
      handle: the author's.
      about: what is known of the post, such as its topic and age.
      text: the post itself; empty where posts have no text.
      score: final score, formatted.
      reasons: why it is there, one clause each.
    """

    place: int
    handle: str
    about: tuple[str, ...]
    text: str
    score: str
    reasons: list[str]


_RETRIEVAL_ALONE = ("journey", "attention", "user", "ranking")  # pages whose feeds the pipeline's stages do not make
_SPEAK_FOR_THEMSELVES = ("training",)  # pages whose first sentence depends on what the models are worth


def page_header(domain: str) -> None:
    """The page's question as title, and one sentence. `main` calls it for every page."""
    st.title(t(f"{domain}.question"), anchor=False)
    if domain not in _SPEAK_FOR_THEMSELVES:
        page_sentence(domain)


def page_sentence(domain: str) -> None:
    """What the page is about, in one sentence; in another one, whether its feeds are made without the pipeline."""
    if not presenting.is_on():
        said = [t(f"{domain}.sentence"), *([t("common.left_out")] if domain in _RETRIEVAL_ALONE else [])]
        st.markdown(glossary.explain([paragraph(said)])[0], unsafe_allow_html=True)


def wait_for_models() -> None:
    """While the server still compiles what a feed needs: what that is, and how far it has come."""
    place = st.empty()

    def show(progress: Progress | None) -> None:
        if progress is None:
            place.progress(0, text=t("common.loading"))
            return
        what = t(f"common.compiling.{progress.program}", count=progress.candidates)
        text = t("common.compiling", what=what, number=progress.number, total=progress.total)
        place.progress((progress.number - 1) / progress.total, text=text)

    resources.wait_until_ready(show)
    place.empty()


def exercise(markdown: str) -> "st.delta_generator.DeltaGenerator":
    """An exercise from the guide; returns its box, for a `quiz` or a button in it."""
    box = st.container(border=True)
    box.markdown(f"**{t('common.block.exercise')}**\n\n{markdown}")
    return box


def aside() -> "st.delta_generator.DeltaGenerator":
    """The place of a view's many controls: on a phone it stays in sight over the picture that they change."""
    return st.container(key=f"aside-{state.page()}")


def user_card(world: "AnyWorld", user_id: int) -> None:
    """Who a user is, as far as the world tells, and whether training ever saw them."""
    row = world.users.iloc[user_id]
    lines = []
    if world.knows("personas"):
        lines.append((t("common.user.persona"), naming.persona(row.persona)))
    if world.truth is not None:
        interests = people.split_interests(world.truth.interests[user_id])
        nothing = t("common.user.nothing")
        lines.append((t("common.user.likes"), listing(map(naming.topic, interests.liked[:4])) or nothing))
        lines.append((t("common.user.dislikes"), listing(map(naming.topic, interests.disliked[:3])) or nothing))
    else:
        after = len(world.afterwards(user_id).posts)
        lines.append((t("common.user.afterwards"), t("common.user.impressions", count=after)))
    lines.append((t("common.user.training"), t("common.user.held_out" if row.held_out else "common.user.trained")))
    terms = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>" for name, value in lines)
    handle = html.escape(words.snippet(str(row.handle), _HANDLE))
    st.html(f'<div class="px-user"><p class="px-handle">@{handle}</p><dl class="px-terms">{terms}</dl></div>')


def post_card(card: Card) -> str:
    """HTML of one post of a feed."""
    e = html.escape
    about = e(" · ".join(card.about))
    reasons = "".join(f"<li>{e(reason)}</li>" for reason in card.reasons)
    text = f'<p class="px-text">{e(card.text)}</p>' if card.text else ""
    return (
        f'<li class="px-card"><p class="px-head"><span class="px-place">{card.place}</span>'
        f'<span class="px-author">@{e(card.handle)}</span>'
        f'<span class="px-score">{e(card.score)}</span></p>'
        f'<p class="px-meta">{about}</p>'
        f'{text}<ul class="px-why">{reasons}</ul></li>'
    )


def feed_html(cards: list[Card]) -> str:
    """HTML of posts as cards, best first."""
    return f'<ol class="px-feed">{"".join(map(post_card, cards))}</ol>'


def feed(cards: list[Card]) -> None:
    """Posts as cards, best first, as one element."""
    st.html(feed_html(cards))
