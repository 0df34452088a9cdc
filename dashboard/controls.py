"""Widgets whose value stands in the address: a choice, a number, an item, a switch.

Each is a function that reads the address, draws the widget, and gives the value. What the address gives and cannot be
used is said in a sentence under the widget, which stays until the visitor changes something.

A widget's key is `<page>.<name>` (`<name>` alone for what all pages share); the value behind it is text in
`dashboard.state`, which its callback sets before the run: the widget only shows it. Names of options are looked up
when the widget is made, never when its format function is called: by then the language may be another.

All of them take:
  problem: key of the sentence about what the address gives and cannot be used.
  said_here: whether that sentence stands under the widget; else the caller says it with `say_problem`.
  on_change: called when the visitor has chosen, after the value was set.
  **widget: further arguments of the Streamlit widget.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import streamlit as st

from dashboard import state, words
from dashboard.locale import listing, t
from dashboard.state import Problem

Value = TypeVar("Value", bound=str | int | bool)
Changed = Callable[[], None]
ToText = Callable[[Any], str | None]

ON, OFF = "on", "off"


def choice(
    name: str,
    options: Sequence[str],
    *,
    default: str,
    label: str,
    names: str | Mapping[str, str],
    kind: Literal["segments", "list", "hidden"] = "segments",
    written_out: bool = False,
    problem: str = "common.problem.choice",
    said_here: bool = True,
    on_change: Changed | None = None,
    **widget: Any,
) -> str:
    """One of a few options, in the address as `?name=option`.

    Args:
      name: the query parameter.
      options: allowed values, the same in every language.
      default: taken while the address is silent.
      label: the widget's label.
      names: option → its name in the visitor's language, options without one stand for themselves; or the prefix of
        the names' keys: option `a` reads `t(f"{names}.a")`.
      kind: a row of buttons, a drop-down list, or no widget at all (`put` changes it).
      written_out: the default depends on something else, so it stands in the address too.
      problem, said_here, on_change, **widget: see the module; the sentence is given name, given, expected and shown.
    """
    shown_as = _names(names, options)
    value = _settle(
        name,
        parse=lambda text: text if text in shown_as else None,
        default=default,
        written_out=written_out,
        problem=problem,
        said=lambda: {"expected": listing([words.quoted(option) for option in options]), "shown": shown_as[default]},
    )
    if kind != "hidden":
        taken = _taker(name, str, on_change, default=default)
        _draw_choice(kind, name, value, label=label, shown_as=shown_as, on_change=taken, **widget)
    if said_here:
        say_problem(name)
    return value


def _names(names: str | Mapping[str, str], options: Sequence[str]) -> dict[str, str]:
    if isinstance(names, str):
        return {option: t(f"{names}.{option}") for option in options}
    return {option: names.get(option, option) for option in options}


def _draw_choice(
    kind: str, name: str, value: str, *, label: str, shown_as: dict[str, str], on_change: Changed, **widget: Any
) -> None:
    state.show_value(key(name), value)
    common = dict(key=key(name), format_func=shown_as.get, on_change=on_change, **widget)
    if kind == "list":
        st.selectbox(label, list(shown_as), **common)
    else:
        st.segmented_control(label, list(shown_as), required=True, **common)


def number(
    name: str,
    *,
    low: int,
    high: int,
    default: int,
    label: str,
    step: int = 1,
    kind: Literal["slider", "field", "hidden"] = "slider",
    problem: str = "common.problem.integer",
    said_here: bool = True,
    written_out: bool = False,
    on_change: Changed | None = None,
    **widget: Any,
) -> int:
    """A whole number from `low` to `high` in steps, in the address as `?name=…`; further arguments as for `choice`.

    Args:
      problem: key of the sentence about what cannot be used; it is given name, given, low, high, step and shown.
    """

    def parse(text: str) -> int | None:
        if not re.fullmatch("-?[0-9]{1,18}", text):
            return None
        value = int(text)
        return value if low <= value <= high and (value - low) % step == 0 else None

    bounds = {"low": low, "high": high, "step": step, "shown": default}
    value = _settle(name, parse=parse, default=default, written_out=written_out, problem=problem, said=lambda: bounds)
    if kind != "hidden":
        state.show_value(key(name), value)
        made = st.slider if kind == "slider" else st.number_input
        taken = _taker(name, lambda given: str(int(given)), on_change, default=str(default))
        made(label, low, high, step=step, key=key(name), on_change=taken, **widget)
    if said_here:
        say_problem(name)
    return value


def item(
    name: str,
    options: Sequence[int],
    *,
    default: int,
    problem: str,
    label: str = "",
    names: Mapping[int, str] | None = None,
    said_here: bool = True,
    on_change: Changed | None = None,
    **widget: Any,
) -> int:
    """One of many ids, such as a candidate; always written out, since its default depends on everything else.

    Args:
      name: the query parameter.
      options: the ids.
      default: the one taken while the address is silent, or when the chosen one has gone.
      problem: key of the sentence about an id that is none of them; it is given given, count and shown.
      label: the list's label.
      names: id → its name; without names there is no widget, and `put` changes the value.
      said_here: as for `choice`.
      on_change: called when the visitor has chosen.
      **widget: further arguments of the drop-down list.
    """
    allowed = {str(option): int(option) for option in options}
    value = _settle(
        name,
        parse=allowed.get,
        default=default,
        written_out=True,
        problem=problem,
        said=lambda: {"count": words.count(len(allowed)), "shown": default},
    )
    if names is not None:
        shown_as = dict(names)
        state.show_value(key(name), value)
        taken = _taker(name, str, on_change, default=str(default))
        st.selectbox(label, list(shown_as), key=key(name), format_func=shown_as.get, on_change=taken, **widget)
    if said_here:
        say_problem(name)
    return value


def switch(name: str, *, default: bool, label: str, on_change: Changed | None = None, **widget: Any) -> bool:
    """On or off, in the address as `?name=on` or `?name=off`; further arguments as for `choice`."""
    texts = {True: ON, False: OFF}
    value = _settle(
        name,
        parse={ON: True, OFF: False}.get,
        to_text=texts.get,
        default=default,
        said=lambda: {"expected": listing([words.quoted(ON), words.quoted(OFF)]), "shown": texts[default]},
    )
    state.show_value(key(name), value)
    st.toggle(label, key=key(name), on_change=_taker(name, texts.get, on_change, default=texts[default]), **widget)
    say_problem(name)
    return value


def search(name: str, *, label: str, longest: int = 80, **widget: Any) -> str:
    """A search field, in the address as `?name=…`; gives the text without blanks around it, "" for none."""
    value = (state.given(name) or "")[:longest].strip()
    state.settle(name, value or None)
    state.show_value(key(name), value)
    taken = _taker(name, lambda given: given.strip() or None, None)
    st.text_input(label, key=key(name), max_chars=longest, type="search", on_change=taken, **widget)
    return value


def text(
    name: str,
    *,
    read: Callable[[str], Value | None],
    problem: Callable[[str], Problem],
    default: Value,
    said_here: bool = True,
) -> Value:
    """A value that the address gives in a notation of its own, such as weights, a mask or a pin.

    It has no widget; `state.put` changes it.

    Args:
      name: the query parameter.
      read: text → value, None if it cannot be used.
      problem: text → the sentence about one that cannot be used.
      default: the value while the address is silent.
      said_here: as for `choice`.

    Returns:
      The value.
    """
    given = state.given(name)
    value = default if given is None else read(given)
    if value is None:
        if state.is_fresh(name):
            state.refuse(name, problem(given))
        state.settle(name, None)
        value = default
    elif state.is_fresh(name):
        state.settle(name, given)
    if said_here:
        say_problem(name)
    return value


def put(name: str, value: str | int) -> None:
    """Sets a choice, a number or an item from elsewhere: a click on a table or a picture, a button."""
    state.put(name, str(value))


def key(name: str) -> str:
    """The key of a parameter's widget."""
    return name if name in state.SHARED else f"{state.page()}.{name}"


def say_problem(name: str) -> None:
    """Shows the sentence about a parameter that could not be used, if there is one."""
    problem = state.problem(name)
    if problem is not None:
        st.warning(t(problem.key, **problem.values))


def say_doubled() -> None:
    """Says which names the address gives more than once."""
    problem = state.problem("")
    if problem is not None:
        names = listing([words.quoted(name) for name in problem.values["given"]])
        st.warning(t(problem.key, names=names))


def _settle(
    name: str,
    *,
    parse: Callable[[str], Value | None],
    default: Value,
    said: Callable[[], dict[str, Any]],
    to_text: Callable[[Value], str] = str,
    written_out: bool = False,
    problem: str = "common.problem.choice",
) -> Value:
    """The value of a parameter; the default, and a sentence to keep, for what the address gives and cannot be used."""
    given = state.given(name)
    value = None if given is None else parse(given)
    if given is not None and value is None and state.is_fresh(name):
        state.refuse(name, Problem(problem, {"name": name, "given": words.quoted(given), **said()}))
    if value is None:
        value = default
    state.settle(name, to_text(value) if written_out or value != default else None)
    return value


def _taker(name: str, to_text: ToText, then: Changed | None, *, default: str | None = None) -> Changed:
    """A widget's callback before the run; neither one that comes back with what it showed nor an echo is a choice."""
    widget = key(name)

    def take() -> None:
        value, known = state.widget_value(widget), state.given(name)
        text = None if value is None else to_text(value)
        if value is not None and text != (default if known is None else known) and not state.is_echo(widget):
            state.put(name, text)
            if then is not None:
                then()

    return take
