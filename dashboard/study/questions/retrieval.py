"""Questions about the two towers and the search."""

import numpy as np
import pandas as pd

from dashboard import naming, resources, state, words
from dashboard.locale import listing, t
from dashboard.posts import own_name
from dashboard.study import measured
from dashboard.study.questions.question import Question, options_of
from dashboard.view import Table, column

LETTERS = "ABCD"
_EVENTS = ("like", "post", "follow")  # what happens, and with it the tower that has to run again
_ANEW = {"like": "user", "post": "one_post", "follow": "nothing"}
_NOT_READ = ("follow", "age", "others")  # what the user tower is not given


def two_towers(seed: int) -> Question:
    """Something happens: which vectors have to be computed anew?"""
    world = resources.recommender().world
    events = _EVENTS if world.knows("follows") else _EVENTS[:-1]
    event = events[int(np.random.default_rng([seed, 2]).integers(len(events)))]
    found = measured.like(seed)
    asked = "like_log" if event == "like" and world.truth is None else event
    said = {
        "handle": world.users["handle"].iloc[found.user_id],
        "corpus": words.count(world.num_posts),
        "degrees": words.significant(found.degrees),
        "kept": found.kept,
        "k": found.count,
        "action": naming.action(world.actions.target_name),
    }
    return Question(
        text=t(f"study.ask.two_towers.{asked}", **said),
        options=options_of("study.ask.two_towers", ("user", "one_post", "all", "nothing"), seed, **said),
        answer=_ANEW[event],
        hint=t("study.ask.two_towers.hint"),
        explanation=t(f"study.ask.two_towers.why.{event}", **said),
    )


def user_tower(seed: int) -> Question:
    """Which of four changes leaves the user's vector exactly as it is?"""
    found, world = measured.turns(seed), resources.recommender().world
    needs = {"follow": "follows", "age": "ages"}
    unread = [name for name in _NOT_READ if name not in needs or world.knows(needs[name])]
    still = unread[int(np.random.default_rng([seed, 2]).integers(len(unread)))]
    names = {"target": naming.action(world.actions.target_name), "negative": ""}
    if world.actions.negatives:
        names["negative"] = naming.action(world.actions.negatives[0])
    options = options_of("study.ask.user_tower", (*found.degrees, still), seed, **names)
    turned = [
        t("study.ask.user_tower.turned", what=options[name], degrees=words.significant(degrees))
        for name, degrees in found.degrees.items()
    ]
    return Question(
        text=t("study.ask.user_tower", handle=world.users["handle"].iloc[found.user_id]),
        options=options,
        answer=still,
        hint=t("study.ask.user_tower.hint"),
        explanation=t("study.ask.user_tower.why", still=options[still], turned=listing(turned, parts=True)),
    )


def candidate_tower(seed: int) -> Question:
    """Which of four posts lies nearest to a given one?"""
    found, world = measured.neighbours(seed), resources.recommender().world
    texts = world.post_text([found.post, *found.others.values()], state.language())
    options = options_of("study.ask.candidate_tower", tuple(found.others), seed)
    short = {name: words.snippet(text, 60) for name, text in zip(found.others, texts[1:], strict=True)}
    nearest = max(found.cosines, key=found.cosines.get)
    cosines = {name: words.decimal(value, 2) for name, value in found.cosines.items()}
    key = "study.ask.candidate_tower.why" if "format" in cosines else "study.ask.candidate_tower.why_log"
    said = listing((f"{options[name]} {value}" for name, value in cosines.items()), parts=True)
    return Question(
        text=t("study.ask.candidate_tower", post=own_name(found.post, world), text=words.snippet(texts[0], 120)),
        options={
            name: t("study.ask.candidate_tower.option", what=what, text=short[name]) for name, what in options.items()
        },
        answer=nearest,
        hint=t("study.ask.candidate_tower.hint"),
        explanation=t(key, **cosines, cosines=said),
    )


def similarity(seed: int) -> Question:
    """Four sums of products: which post does the search return first?"""
    found = measured.products(seed)
    sums = found.blocks.sum(axis=1)
    handle = resources.recommender().world.users["handle"].iloc[found.user_id]
    best = LETTERS[int(sums.argmax())]
    return Question(
        text=t("study.ask.similarity", handle=handle, width=found.width),
        options={letter: t("study.ask.similarity.option", letter=letter) for letter in LETTERS},
        answer=best,
        hint=t("study.ask.similarity.hint"),
        explanation=t(
            "study.ask.similarity.why",
            sums=" · ".join(f"{letter} {words.signed(total)}" for letter, total in zip(LETTERS, sums, strict=True)),
            best=best,
        ),
        blocks=(_table(found.blocks, each=found.width // found.blocks.shape[1]),),
    )


def _table(blocks: np.ndarray, *, each: int) -> Table:
    names = [
        t("study.ask.similarity.dimensions", first=each * i + 1, last=each * (i + 1)) for i in range(blocks.shape[1])
    ]
    frame = pd.DataFrame([[words.signed(value) for value in row] for row in blocks], columns=names)
    frame.insert(0, t("study.ask.similarity.post"), list(LETTERS))
    alt = "; ".join(" ".join(row) for row in frame.to_numpy())
    return Table(frame, alt=alt, key="study-products", columns={name: column.TextColumn(name) for name in frame})
