"""Train one yourself: the curves of a lesson, beside the shipped model's level and a recorded run, and its feed."""

from dashboard import words
from dashboard.components import Card, feed_html
from dashboard.locale import listing, t
from dashboard.posts import card
from dashboard.training import ablated
from dashboard.training.figures.lines import Level, Line, Text, lines
from dashboard.training.running import Lesson, Shipped
from dashboard.training.scene import OwnScene
from dashboard.view import Block, Chart, Html, Row, View
from dashboard.view import Text as Words
from phoenix.training.lesson import GROUPS, TOP, Plan, Point

FEED = 5  # posts of each model's feed that are shown


def view(scene: OwnScene) -> View:
    """What has come out so far, or what came out of the recorded run while there is nothing else."""
    from phoenix.training.losses import retrieval_loss
    from phoenix.training.part import Judge
    from phoenix.training.small import in_groups

    sizes = {"posts": words.count(scene.plan.size.posts), "corpus": words.count(scene.world.num_posts)}
    blocks: tuple[Block, ...] = (*_now(scene.lesson), *_curves(scene))
    if scene.feeds:
        edited = (Words(t("training.own.real"), "caption"),) if scene.who.edit else ()
        blocks += (Words(t("training.own.feeds", handle=_handle(scene)), "heading"), *edited, _feeds(scene))
    return View(
        blocks=(*blocks, Words(t("training.own.why_here", **sizes), "caption")),
        notices=_notices(scene),
        maths=t("training.maths"),
        sources=(retrieval_loss, in_groups, Judge.measure),
    )


def _now(lesson: Lesson | None) -> tuple[Block, ...]:
    """Where a lesson is that is not finished."""
    if lesson is None or lesson.outcome is not None:
        return ()
    if not lesson.points:
        return (Words(t("training.own.begins"), "caption"),)
    last = lesson.points[-1]
    said = t(
        "training.own.now",
        phase=t(f"training.phase.{last.phase}"),
        step=words.count(last.step),
        loss=words.decimal(last.loss, 2),
        seconds=words.count(last.seconds),
    )
    return (Words(said, "caption"),)


def _curves(scene: OwnScene) -> tuple[Chart, ...]:
    """The lesson's curve; the recorded complete run as far as there is one; the shipped model's level."""
    shown = []
    base = scene.record.of("retrieval").get(ablated.BASE) if scene.record and scene.plan.scale == "full" else None
    if scene.lesson is not None:
        shown += _lines(scene.plan, scene.lesson.points, t("training.own.yours"), 0)
    if base is not None:
        shown += _lines(Plan(), base.points, t("training.own.recorded"), 6)
    return (_chart(shown, scene.shipped),) if any(line.y for line in shown) else ()


def _lines(plan: Plan, points: tuple[Point, ...], name: str, series: int) -> list[Line]:
    """Gain over all steps of both phases, for trained and for held-out users."""
    judged = [point for point in points if point.gain]
    return [
        Line(
            name=t("training.own.line", name=name, people=t(f"training.people.{group}")),
            x=[plan.size.tables + point.step for point in judged],
            y=[point.gain[group] for point in judged],
            hover=[
                t(
                    "training.own.hover",
                    name=name,
                    people=t(f"training.people.{group}"),
                    step=words.count(plan.size.tables + point.step),
                    gain=words.percent(point.gain[group]),
                )
                for point in judged
            ],
            series=series,
            dash="solid" if group == "trained" else "dash",
        )
        for group in GROUPS
    ]


def _chart(shown: list[Line], shipped: Shipped | None = None) -> Chart:
    levels = [Level(t("training.curves.oracle"), 1.0)]
    if shipped is not None:
        levels.append(Level(t("training.own.shipped"), shipped.gain["trained"]))
    text = Text(t("training.own.steps"), t("training.own.gain"), shares=True)
    figure = lines(shown, text=text, levels=levels, height=420)
    lowest = min((value for line in shown for value in line.y), default=0.0)
    figure.update_yaxes(range=[min(0.0, lowest), 1.09])
    ends = [f"{line.name}: {words.percent(line.y[-1])}" for line in shown if line.y]
    alt = t("training.own.alt", ends=listing(ends) or t("training.own.begins"))
    return Chart(figure, alt, "training.own")


def _feeds(scene: OwnScene) -> Row:
    columns = []
    for name in ("own", "shipped"):
        posts = scene.feeds[name]
        likes = [scene.favorite[int(post)] for post in posts]
        said = t(
            "training.own.feed",
            model=t(f"training.own.model.{name}"),
            count=len(posts),
            likes=words.percent(sum(likes) / len(likes)),
        )
        cards = [_card(scene, place, int(post)) for place, post in enumerate(posts[:FEED], start=1)]
        columns.append((Words(said), Html(feed_html(cards))))
    return Row(tuple(columns), (1, 1))


def _card(scene: OwnScene, place: int, post: int) -> Card:
    return card(
        post,
        scene.world,
        place=place,
        score=t("training.own.likes", likes=words.percent(scene.favorite[post])),
        reasons=[t(f"training.own.{'followed' if _followed(scene, post) else 'not_followed'}")],
    )


def _followed(scene: OwnScene, post: int) -> bool:
    return bool(scene.world.follows_authors_of(scene.who.user_id, [post])[0])


def _handle(scene: OwnScene) -> str:
    return scene.world.users["handle"].loc[scene.who.user_id]


def _notices(scene: OwnScene) -> list[str]:
    said = [t("training.own.notice.equal", posts=words.count(scene.plan.size.posts), top=TOP)]
    outcome = scene.lesson.outcome if scene.lesson else None
    base = scene.record.of("retrieval").get(ablated.BASE) if scene.record else None
    if outcome is not None:
        values = {group: words.percent(outcome.gain[group]) for group in GROUPS}
        said.insert(0, t("training.own.notice.outcome", **values, shown=words.times(outcome.shown)))
        if scene.feeds:
            own, shipped = (set(scene.feeds[name].tolist()) for name in ("own", "shipped"))
            said.append(t("training.own.notice.common", common=len(own & shipped), count=len(own)))
    elif base is not None and base.outcome is not None:
        values = {group: words.percent(base.outcome.gain[group]) for group in GROUPS}
        said.insert(0, t("training.own.notice.recorded", **values, shown=words.times(base.outcome.shown)))
    if scene.shipped is not None:
        values = {group: words.percent(scene.shipped.gain[group]) for group in GROUPS}
        said.append(t("training.own.notice.shipped", **values, people=words.count(scene.world.num_users)))
    said.append(t("training.own.notice.try"))
    return said
