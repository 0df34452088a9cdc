"""Which column of a file a mapping means: the one of its name, or the one whose name differs in case or spaces."""

import difflib
import re
from collections.abc import Sequence

from phoenix.data.words import DataError

_MOST_SHOWN = 40  # names in a sentence


def plain(name: str) -> str:
    """A name without what people write differently: case, spaces, underscores, a type after a colon."""
    return re.sub(r"[\W_]+", "", name.split(":")[0].casefold())


def find(name: str, *, among: Sequence[str], file: str, wanted_for: str) -> int:
    """The position of a column.

    Args:
      name: as the mapping has it.
      among: the columns that there are.
      file: to be named in the sentence.
      wanted_for: what the column is to be: "user", "actions.click", …

    Raises:
      DataError: there is none, or several that could be meant; the sentence lists what there is.
    """
    exact = [place for place, there in enumerate(among) if there == name]
    alike = exact or [place for place, there in enumerate(among) if plain(there) == plain(name) != ""]
    if len(alike) == 1:
        return alike[0]
    listed = ", ".join(among[:_MOST_SHOWN]) + (", …" if len(among) > _MOST_SHOWN else "")
    values = {"column": name, "role": wanted_for, "file": file, "there": listed}
    if alike:
        raise DataError("column.several", **values)
    close = difflib.get_close_matches(plain(name), [plain(there) for there in among], n=1, cutoff=0.6)
    if close:
        nearest = next(there for there in among if plain(there) == close[0])
        raise DataError("column.missing_near", near=nearest, **values)
    raise DataError("column.missing", **values)
