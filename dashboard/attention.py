"""The attention page's facts and words: reachability, where attention goes, the leak, labels, what to notice.

Glossary: S history, C candidates, T = 1 + S + C positions, L layers, H heads; rows are queries, columns keys;
1 = may attend.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import streamlit as st

from dashboard import state, words
from dashboard.figures import attention as figures
from dashboard.figures.attention import NOISE, scientific
from dashboard.locale import listing, t
from phoenix.actions import ACTIONS
from phoenix.masks import MASK_VARIANTS, build_attention_mask, build_positions

if TYPE_CHECKING:
    import pandas as pd

    from phoenix.recsys_model import PhoenixConfig
    from phoenix.world import World

SNIPPET = 44  # width in characters
CHANGES = ("replace", "remove", "reverse")
MEAN = "mean"
QUESTIONS = (
    "candidate_other",
    "history_candidate",
    "candidate_history",
    "history_later",
    "candidate_self",
    "user_history",
)


def foreign_reach(mask: np.ndarray, *, context: int, layers: int) -> int:
    """Counts the ordered pairs (i, j) of different candidates in which j can influence i after some layers.

    Residual connections keep what a position knows, so influence is a Boolean power of mask + identity.

    Args:
      mask: [T, T].
      context: 1 + S.
      layers: how often information may hop.
    """
    step = (np.asarray(mask) != 0) | np.eye(len(mask), dtype=bool)
    reach = np.eye(len(mask), dtype=bool)
    for _ in range(layers):
        reach = (reach.astype(int) @ step.astype(int)) > 0
    among = reach[context:, context:]
    return int(among.sum() - np.trace(among))


class AttentionShares(NamedTuple):
    """Where the candidates' attention goes, averaged over them; the first four sum to 1.

    Attributes:
      user, history, itself, others: shares.
      positions: effective number of positions attended to, 2 to the power of the entropy.
    """

    user: float
    history: float
    itself: float
    others: float
    positions: float


def candidate_shares(weights: np.ndarray, *, context: int) -> AttentionShares:
    """Sums up the candidates' rows of attention weights.

    Args:
      weights: [T, T], rows sum to 1.
      context: 1 + S.
    """
    rows = np.asarray(weights, float)[context:]
    among = rows[:, context:]
    itself = np.trace(among) / len(rows)
    entropy = -(rows * np.log2(np.maximum(rows, 1e-12))).sum(axis=1)
    return AttentionShares(
        user=float(rows[:, 0].mean()),
        history=float(rows[:, 1:context].sum(axis=1).mean()),
        itself=float(itself),
        others=float(among.sum(axis=1).mean() - itself),
        positions=float(np.mean(2**entropy)),
    )


Score = Callable[[Sequence[int]], np.ndarray]


def measure_leak(score: Score, post_ids: Sequence[int], *, replacement: int) -> np.ndarray:
    """How far the logits of candidates move when something else in the batch changes.

    Args:
      score: post ids → logits [n, A], in the order given.
      post_ids: n candidates, at least 2.
      replacement: a post that is not among them.

    Returns:
      [3], the largest absolute differences in the order of `CHANGES`: of the others when the first candidate
      is replaced, of the others when it is removed, and of all when their order is reversed.
    """
    posts = list(post_ids)
    before = score(posts)
    replaced = score([replacement, *posts[1:]])[1:]
    removed = score(posts[1:])
    turned = score(posts[::-1])[::-1]
    return np.array(
        [
            np.abs(replaced - before[1:]).max(),
            np.abs(removed - before[1:]).max(),
            np.abs(turned - before).max(),
        ]
    )


class Question(NamedTuple):
    """One cell of the mask to ask about; `kind` names the rule that decides it, one of `QUESTIONS`."""

    query: int
    key: int
    kind: str


def ask(number: int, *, history_len: int, candidate_len: int) -> Question:
    """The question with a given number: kinds take turns, positions are drawn from the number.

    Args:
      number: 0, 1, 2 …
      history_len: S, at least 2.
      candidate_len: C, at least 2.
    """
    draw = np.random.default_rng(number)
    earlier, later = sorted(1 + draw.choice(history_len, 2, replace=False))
    one, other = 1 + history_len + draw.choice(candidate_len, 2, replace=False)
    kind = QUESTIONS[number % len(QUESTIONS)]
    cells = {
        "candidate_other": (one, other),
        "history_candidate": (later, one),
        "candidate_history": (one, earlier),
        "history_later": (earlier, later),
        "candidate_self": (one, one),
        "user_history": (0, earlier),
    }
    query, key = cells[kind]
    return Question(int(query), int(key), kind)


class Scene(NamedTuple):
    """What the page is about.

    Attributes:
      history: the S newest impressions of the user's history, oldest first.
      post_ids: the C best retrieved posts.
      variant, positions: names of the mask and of the position scheme.
      mask: [T, T].
    """

    history: "pd.DataFrame"
    post_ids: tuple[int, ...]
    variant: str
    positions: str
    mask: np.ndarray

    @property
    def context(self) -> int:
        """1 + S."""
        return 1 + len(self.history)


def name_positions(scene: Scene, world: "World") -> list[str]:
    """All T positions in words: the user, history posts with what was done, candidates."""
    language = state.language()
    past = world.post_text(scene.history["post_id"].to_numpy(), language)
    candidates = world.post_text(np.array(scene.post_ids), language)
    taken = scene.history[list(ACTIONS)].to_numpy() > 0
    names = [t("attention.name.user")]
    for number, (text, row) in enumerate(zip(past, taken, strict=True), start=1):
        actions = listing([t(f"common.action.{ACTIONS[i]}") for i in np.flatnonzero(row)[:3]])
        names.append(t("attention.name.history", number=number, text=words.snippet(text, SNIPPET), actions=actions))
    for number, text in enumerate(candidates, start=1):
        names.append(t("attention.name.candidate", number=number, text=words.snippet(text, SNIPPET)))
    return names


def grid_text(scene: Scene, names: Sequence[str]) -> figures.GridText:
    """Words for `figures.mask_grid` and `figures.attention_grid`."""
    history, candidates = len(scene.history), len(scene.post_ids)
    return figures.GridText(
        names=names,
        ticks=[
            t("attention.tick.user"),
            *(t("attention.tick.history", number=i + 1) for i in range(history)),
            *(t("attention.tick.candidate", number=i + 1) for i in range(candidates)),
        ],
        blocks=(t("attention.block.user"), t("attention.block.history"), t("attention.block.candidates")),
        query=t("attention.axis.query"),
        key=t("attention.axis.key"),
        allowed=t("attention.cell.allowed"),
        forbidden=t("attention.cell.forbidden"),
        opened=t("attention.cell.opened"),
        closed=t("attention.cell.closed"),
        weight=t("attention.axis.weight"),
    )


def leak_text(variant: str) -> figures.LeakText:
    """Words for `figures.leak_dots`, the present mask in bold."""
    names = [t(f"common.mask.{mask}") for mask in MASK_VARIANTS]
    return figures.LeakText(
        masks=[f"<b>{n}</b>" if mask == variant else n for mask, n in zip(MASK_VARIANTS, names, strict=True)],
        changes=[t(f"attention.change.{change}") for change in CHANGES],
        axis=t("attention.axis.difference"),
        mask=t("attention.axis.mask"),
        rounding=t("attention.rounding"),
        hover=t("attention.leak.hover"),
    )


def mask_notices(scene: Scene, config: "PhoenixConfig") -> list[str]:
    """What to notice in the mask.

    Args:
      scene: what is shown.
      config: shape of the trained ranker.
    """
    mask, context, candidates = scene.mask, scene.context, len(scene.post_ids)
    pairs = candidates * (candidates - 1)
    among, upper = mask[context:, context:], mask[:context, context:]
    said = [
        t(
            "attention.notice.cells",
            ones=int(mask.sum()),
            cells=mask.size,
            row=int(mask[context].sum()),
            among=int(among.sum() - np.trace(among)),
            pairs=pairs,
            upper=int(upper.sum()),
            upper_cells=upper.size,
        )
    ]
    layers = config.transformer.num_layers
    reach = [foreign_reach(mask, context=context, layers=depth) for depth in (1, 2, layers)]
    if not any(reach):
        said.append(t("attention.notice.reach_none", pairs=pairs))
    elif reach[0] == 0:
        said.append(t("attention.notice.reach_later", pairs=pairs, second=reach[1], layers=layers))
    else:
        said.append(t("attention.notice.reach_at_once", pairs=pairs, first=reach[0]))
    said.append(_positions_notice(scene, config.history_len))
    return said


def _positions_notice(scene: Scene, padded: int) -> str:
    """Positions as the model gives them, which pads the history to a fixed length."""
    valid = np.array([len(scene.history)], np.int32)
    sizes = {"history_len": padded, "candidate_len": len(scene.post_ids)}
    where = np.asarray(build_positions(valid, **sizes, scheme=scene.positions))[0, 1 + padded :]
    return t(
        f"attention.notice.positions_{scene.positions}",
        numbers=listing([str(p) for p in where]),
        padded=padded,
    )


def attention_notices(weights: np.ndarray, scene: Scene, names: Sequence[str]) -> list[str]:
    """What to notice in one head's attention weights [T, T]."""
    shares = candidate_shares(weights, context=scene.context)
    first = weights[scene.context]
    said = [
        t(
            "attention.notice.shares",
            user=words.percent(shares.user),
            history=words.percent(shares.history),
            itself=words.percent(shares.itself),
            others=words.percent(shares.others),
        ),
        t(
            "attention.notice.effective",
            effective=f"{shares.positions:.1f}",
            allowed=int(scene.mask[scene.context].sum()),
        ),
    ]
    if len(scene.history):
        best = 1 + int(first[1 : scene.context].argmax())
        said.append(
            t(
                "attention.notice.strongest",
                candidate=names[scene.context],
                history=names[best],
                weight=words.percent(first[best]),
            )
        )
    said.append(t("attention.notice.honest"))
    return said


def leak_notices(differences: np.ndarray, positions: str) -> list[str]:
    """What to notice in the leak.

    Args:
      differences: [masks, changes], in the order of `MASK_VARIANTS` and `CHANGES`.
      positions: name of the position scheme.
    """
    by_mask = dict(zip(MASK_VARIANTS, differences, strict=True))
    isolated, scheme = by_mask["isolated"], t(f"common.positions.{positions}")
    largest = isolated.max()
    if largest < NOISE:
        decimals = int(np.floor(-np.log10(max(largest, figures.EXACT))))
        said = [t("attention.notice.leak_zero", scheme=scheme, largest=scientific(largest), decimals=decimals)]
    else:
        said = [
            t(
                "attention.notice.leak_slot",
                scheme=scheme,
                replaced=scientific(isolated[0]),
                reversed=scientific(isolated[2]),
            )
        ]
    for mask in ("leaky", "full"):
        moved = by_mask[mask][0]
        key = "moved" if moved >= NOISE else "unmoved"
        said.append(
            t(
                f"attention.notice.leak_{mask}_{key}",
                replaced=scientific(moved),
                odds=f"{np.exp(min(moved, 50)):.2f}",
                removed=scientific(by_mask[mask][1]),
            )
        )
    return [*said, t("attention.notice.unfair")]


def layer_and_head(layers: int, heads: int) -> tuple[int, int | None]:
    """The choice of a layer and of a head, which stand in the address as `layer` and `head`.

    Returns:
      Indices from 0; None for the mean over the heads.
    """
    left, right = st.columns(2)
    with left:
        layer = _numbered("layer", [str(i + 1) for i in range(layers)])
    with right:
        head = _numbered("head", [MEAN, *(str(i + 1) for i in range(heads))])
    return int(layer) - 1, None if head == MEAN else int(head) - 1


def _numbered(name: str, options: list[str]) -> str:
    rejected = state.reconcile(name, options, options[0])
    st.segmented_control(
        t(f"attention.{name}"),
        options,
        key=name,
        format_func=lambda option: t("attention.mean") if option == MEAN else option,
        required=True,
    )
    value = state.publish(name, options[0])
    if rejected is not None:
        st.warning(t("common.problem.choice", name=name, given=rejected, options=listing(options), shown=value))
    return value


def other_mask(scene: Scene, variant: str) -> np.ndarray:
    """Another variant's mask of the same size."""
    return build_attention_mask(len(scene.history), len(scene.post_ids), variant)


def mask_alt(scene: Scene) -> str:
    """The mask for those who cannot see it."""
    return t(
        "attention.mask.alt",
        variant=t(f"common.mask.{scene.variant}"),
        total=len(scene.mask),
        history=len(scene.history),
        candidates=len(scene.post_ids),
        ones=int(scene.mask.sum()),
        cells=scene.mask.size,
    )


def weights_alt(weights: np.ndarray, scene: Scene, *, layer: int, head: int | None) -> str:
    """Attention weights [T, T] for those who cannot see them."""
    shares = candidate_shares(weights, context=scene.context)
    return t(
        "attention.weights.alt",
        layer=layer + 1,
        head=t("attention.mean") if head is None else head + 1,
        variant=t(f"common.mask.{scene.variant}"),
        **{name: words.percent(getattr(shares, name)) for name in ("user", "history", "itself", "others")},
    )


def leak_alt(differences: np.ndarray) -> str:
    """The leak for those who cannot see it."""
    rows = [
        t("attention.leak.row", mask=t(f"common.mask.{mask}"), replaced=a, removed=b, reversed=c)
        for mask, (a, b, c) in zip(MASK_VARIANTS, np.vectorize(scientific)(differences), strict=True)
    ]
    return t("attention.leak.alt", rows=" ".join(rows))


def question_text(question: Question, *, history_len: int) -> str:
    """A question of the exercise in words."""

    def name(position: int) -> str:
        if position == 0:
            return t("attention.quiz.name.user")
        if position <= history_len:
            return t("attention.quiz.name.history", number=position)
        return t("attention.quiz.name.candidate", number=position - history_len)

    return t("attention.quiz.question", query=name(question.query), key=name(question.key))
