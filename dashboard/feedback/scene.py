"""What the views of the Feedback page are about: refreshes under two policies, reproducible by a seed.

A `read…` function draws a view's controls and asks for what it shows. Where the world is a log nobody can answer a
feed that was never shown: a scene without lives says so.
"""

import dataclasses
from typing import TYPE_CHECKING

import streamlit as st

from dashboard import controls, naming, resources, state
from dashboard.feedback import measured, policies
from dashboard.feedback.measured import Life, Wanted
from dashboard.feedback.policies import Chosen
from dashboard.locale import t

if TYPE_CHECKING:
    from phoenix.world import AnyWorld

AT_ONCE, MOST = 10, 30
HIGHEST_SEED = 9_999


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Scene:
    """Two policies in a world.

    Attributes:
      world: the world.
      language: of the texts.
      seed: of the user's luck and of exploration.
      chosen: the policies A and B.
    """

    world: "AnyWorld"
    language: str
    seed: int
    chosen: tuple[Chosen, Chosen]

    @property
    def names(self) -> tuple[str, str]:
        """What the policies are called in a legend."""
        return t("feedback.policy.a"), t("feedback.policy.b")


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class RefreshScene(Scene):
    """One user under both.

    Attributes:
      user: whose feeds they are.
      lives: under A and under B; None in a log.
      wanted: what would have been best all along; None in a log.
    """

    user: int
    lives: tuple[Life, Life] | None
    wanted: Wanted | None

    @property
    def requests(self) -> int:
        """How many feeds are shown."""
        return len(self.lives[0].feeds) if self.lives else 0


def read_refreshes() -> RefreshScene:
    """The policies, the seed, how many refreshes; and the user who lives through them."""
    world, who = naming.world(), resources.subject()
    common = {"world": world, "language": state.language(), "user": who.user_id}
    chosen = policies.read()
    if world.truth is None:
        return RefreshScene(**common, seed=0, chosen=chosen, lives=None, wanted=None)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        requests = _read_requests()
        seed = read_seed()
    blocks = -(-requests // AT_ONCE)
    with st.spinner(t("common.computing")):
        asked = {"seed": seed, "requests": blocks * AT_ONCE}
        lives = tuple(measured.life(who, policy, **asked).first(requests) for policy in chosen)
        wanted = measured.wanted(who.user_id)
    return RefreshScene(**common, seed=seed, chosen=chosen, lives=lives, wanted=wanted)


def read_seed() -> int:
    """Which of many possible lives."""
    return controls.number(
        "seed",
        low=0,
        high=HIGHEST_SEED,
        default=0,
        label=t("feedback.seed"),
        kind="field",
        help=t("feedback.seed_help"),
        width=130,
    )


def _read_requests() -> int:
    now = controls.number("refreshes", low=1, high=MOST, default=AT_ONCE, label="", kind="hidden")
    _button("again", to=now + 1, disabled=now >= MOST, type="primary")
    _button("ten", to=min(now + AT_ONCE, MOST), disabled=now >= MOST)
    _button("start", to=1, disabled=now == 1)
    return now


def _button(name: str, *, to: int, disabled: bool, **look: str) -> None:
    key = controls.key(f"button.{name}")
    icon = {"again": ":material/refresh:", "ten": ":material/fast_forward:", "start": ":material/replay:"}[name]
    label = t(f"feedback.button.{name}", count=AT_ONCE)
    st.button(label, key=key, icon=icon, disabled=disabled, on_click=_show, args=(to,), **look)


def _show(requests: int) -> None:
    controls.put("refreshes", requests)
