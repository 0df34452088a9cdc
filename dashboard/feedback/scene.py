"""What the views of the Feedback page are about: refreshes under two policies, reproducible by a seed.

A `read…` function draws a view's controls and asks for what it shows. Where the world is a log nobody can answer a
feed that was never shown: a scene without lives says so.
"""

import dataclasses
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard import controls, naming, resources, state, waiting
from dashboard.feedback import first_hour, measured, panel, policies, sampling
from dashboard.feedback.measured import Life
from dashboard.feedback.policies import Chosen
from dashboard.locale import t

if TYPE_CHECKING:
    from phoenix.analysis.feedback import Course, Yardstick
    from phoenix.analysis.first_hour import FirstHour
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
    wanted: "Yardstick | None"

    @property
    def requests(self) -> int:
        """How many feeds are shown."""
        return len(self.lives[0].feeds) if self.lives else 0


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class SampleScene(Scene):
    """Many users under both.

    Attributes:
      users: how many.
      top: posts of a whole feed.
      courses: measures [U, R] under A and under B; None for one that is not there yet, and in a log.
    """

    users: int
    top: int
    courses: "tuple[Course | None, Course | None]"


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class HourScene:
    """A post whose id no model has seen.

    Attributes:
      world: with new posts behind those that the models know; a log as it is.
      post: the new one.
      hour: what becomes of it; None until it is there, and in a log.
      k: how many candidates retrieval brings.
      metrics: what was recorded of the models.
    """

    world: "AnyWorld"
    post: int
    hour: "FirstHour | None"
    k: int
    metrics: Any


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


def read_sample() -> SampleScene:
    """The policies, each over its own bar while it is at work; the seed and how many users."""
    world, chosen = naming.world(), policies.read()
    common = {"world": world, "language": state.language(), "chosen": chosen, "top": resources.sizes()[1]}
    if world.truth is None:
        return SampleScene(**common, seed=0, users=0, courses=(None, None))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        options = dict(default=sampling.SIZES[0], label=t("feedback.users"), names={})
        users = min(int(controls.choice("users", sampling.SIZES, **options)), world.num_users)
        seed = read_seed()
    found, asks = [], str(users) != sampling.SIZES[0]
    for which, place, box in zip(policies.BOTH, st.columns(2, gap="medium"), panel.boxes(chosen), strict=True):
        with place:
            box.draw()
            wanted = sampling.request(chosen[policies.BOTH.index(which)], users=users, seed=seed)
            texts = f"feedback.sample.{which}"
            found.append(waiting.result(wanted, texts=texts, asks=asks, place=f"{which}.", users=users))
    return SampleScene(**common, seed=seed, users=users, courses=tuple(found))


def read_hour() -> HourScene:
    """Which of the new posts, and what becomes of it."""
    world, k = naming.world(), resources.sizes()[0]
    if world.truth is None:
        return HourScene(world=world, post=0, hour=None, k=k, metrics=None)
    ends = dict(low=1, high=measured.NEW_POSTS, default=1)
    number = controls.number("new", **ends, label=t("feedback.hour.number"), kind="field", width=160)
    post = world.num_posts + number - 1
    hour = waiting.result(first_hour.request(post), texts="feedback.hour")
    return HourScene(world=measured.grown(), post=post, hour=hour, k=k, metrics=resources.recommender().metrics)


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
