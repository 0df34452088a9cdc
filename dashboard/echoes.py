"""What a slow browser says without meaning it: values of widgets that the server has changed meanwhile.

With every message the browser sends the values of all widgets and the address that it shows. Whoever changes the preset
and clicks on anything else before the answer is there sends the old values of all fifteen sliders with it, which look
like fifteen choices. The address tells them apart: it is written at the end of a run, behind the widgets, so that a
message with an older address comes from a browser that has not heard of what the run has set.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

MEMORY = 64  # addresses, and settings of a widget, that are remembered: more than can be under way at once


class _Setting(NamedTuple):
    """A widget set by the server: what the browser showed, what it shall show, and how many addresses came before."""

    shown: Any
    value: Any
    moment: int


class Echoes:
    """A session's memory of what the server has set and of the addresses that it has written since."""

    def __init__(self) -> None:
        """Nothing has been set or written yet."""
        self._count = 0
        self._latest: dict[frozenset, int] = {}  # address → number of its latest writing, in that order
        self._settings: dict[str, list[_Setting]] = {}

    def write(self, address: Mapping[str, str]) -> None:
        """Notes at the end of a run which address is written, also one that stands there already."""
        entry = frozenset(address.items())
        self._latest.pop(entry, None)
        self._latest[entry] = self._count
        self._count += 1
        if len(self._latest) > MEMORY:
            del self._latest[next(iter(self._latest))]

    def must_set(self, key: str, value: Any, *, known: Any, address: Mapping[str, str]) -> bool:
        """Whether a widget has to be set: it shows another value, or will once the browser has heard more. Notes it.

        Args:
          key: of the widget.
          value: what it shall show.
          known: what the browser has sent last, or what it has been set to since.
          address: what the browser sent along.
        """
        unheard = self._unheard(key, address)
        shown = known
        if unheard and (known == value or self.is_echo(key, known, address=address)):
            shown = unheard[-1].value
        if known == shown == value:
            return False
        self._settings[key] = [*self._settings.get(key, [])[-MEMORY:], _Setting(shown, value, self._count)]
        return True

    def is_echo(self, key: str, value: Any, *, address: Mapping[str, str]) -> bool:
        """Whether a widget's value is the one that it showed before a setting of which the browser has not heard."""
        return any(one.shown == value for one in self._unheard(key, address))

    def _unheard(self, key: str, address: Mapping[str, str]) -> list[_Setting]:
        """Settings of a widget that the sender of an address has not heard of; an unknown address has heard of all."""
        heard = self._latest.get(frozenset(address.items()), self._count)
        return [one for one in self._settings.get(key, []) if one.moment > heard]
