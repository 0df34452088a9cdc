"""The line under every view's title: which section of the guide it answers, and the way along the path."""

import streamlit as st

from dashboard import navigation, notes, pictures, progress, state
from dashboard.guide import table
from dashboard.guide.places import Place
from dashboard.locale import t
from dashboard.notes import Pin

_ARROWS = {"before": "arrow_back", "after": "arrow_forward"}


def show(view: str = "") -> None:
    """Draws the line; call it right under the choice of the view, where that is drawn anew when the view changes.

    Args:
      view: the view that is shown, empty on a page that has one only.
    """
    here = table.position(state.page(), view)
    if here is None:
        return
    progress.done(seen(here.stop.place))
    said = t(
        "guide.signpost",
        section=here.stop.section,
        number=here.number,
        lesson=t(f"guide.lesson.{here.lesson.name}"),
        place=here.place,
        count=len(here.lesson.stops),
    )
    with st.container(key="signpost", horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(said, width="content")
        for way, stop in (("before", here.before), ("after", here.after)):
            if stop is not None:
                _step(way, stop.place)
        pin = dict(help=t("study.pin.add"), on_click=_pin, args=(here.stop.place.full_title,))
        st.button("", key=f"pin-{view}", icon=":material/push_pin:", type="tertiary", **pin)
    pictures.begin()


def _pin(title: str) -> None:
    notes.pin(Pin(state.link(), title, pictures.said()))


def seen(place: Place) -> str:
    """The event of having had a view before one's eyes."""
    return progress.SEEN + "/".join(filter(None, place.spot))


def _step(way: str, place: Place) -> None:
    label = place.title if place.page == state.page() else place.full_title
    with st.container(key=f"signpost-{way}", width="content"):
        navigation.go(place.page, place.query, label=label, icon=_ARROWS[way])
