"""A question with plausible answers: a hint after the first wrong one, the right one after the second."""

from collections.abc import Mapping
from zlib import crc32

import streamlit as st

from dashboard import progress, state
from dashboard.locale import t

_TRIES = 2


@st.fragment
def quiz(
    name: str,
    *,
    question: str,
    options: Mapping[str, str],
    answer: str,
    hint: str,
    explanation: str,
    in_order: bool = False,
) -> None:
    """Asks, and says what to make of the answer; a right one within two tries is noted as `quiz.<name>`.

    A question whose answer or options have changed, such as for another user, is a new one.

    Args:
      name: unique on the page.
      question: what is asked; its answer is computed from what is shown.
      options: option → its words; four, each of which somebody might believe.
      answer: the right option.
      hint: what to think of, shown after the first wrong answer.
      explanation: why the answer is what it is, with the numbers at hand.
      in_order: whether the options stand as given, for numbers; otherwise each session has an order of its own.
    """
    key = f"quiz_{name}"
    tried = _tried(key, (answer, *sorted(options.items())))
    shown = list(options) if in_order else sorted(options, key=lambda option: _draw(name, option))
    st.markdown(question)
    choice = {"format_func": dict(options).get, "index": None, "key": key, "label_visibility": "collapsed"}
    given = st.radio(question, shown, **choice)
    if given is not None and given != answer and given not in tried:
        tried.append(given)
    late = len(tried) >= _TRIES
    if given == answer and not late:
        if progress.done(f"quiz.{name}", explanation):
            state.draw_all()  # the page around it may say more to those who know
        st.success(t("common.quiz.right", explanation=explanation))
    elif late:
        said = "late" if given == answer else "wrong"
        st.info(t(f"common.quiz.{said}", answer=options[answer], explanation=explanation))
        st.button(t("common.quiz.again"), key=f"{key}.again", on_click=_forget, args=(key,))
    elif given is not None:
        st.info(t("common.quiz.hint", hint=hint))


def _draw(name: str, option: str) -> int:
    return crc32(f"{state.session()} {name} {option}".encode())


def _tried(key: str, asked: tuple) -> list[str]:
    """The wrong answers that this session has given to this question."""
    known, tried = state.recall(key, (None, []))
    if known != asked:
        tried = []
        state.keep(key, (asked, tried))
        state.set_widget_value(key, None)
    return tried


def _forget(key: str) -> None:
    state.keep(key, (None, []))
