"""When an action was taken: the small language of a mapping's `when`, and what it means in SQL.

    is_click                          yes, true, 1 or any number above 0
    rating >= 4                       a number against a number
    play_time_ms >= 0.8 * duration_ms     … or against another column, perhaps times a number
    type = clicks | carts             one of several values, as text
    `watched to the end` = "ja"       a column's name in back quotes, a text in quotes
    not skipped and (saved or shared) and, or, not, brackets
    always                            every row

Where a value is missing a comparison is false. A text where a number is wanted makes the row a bad one. Nothing that a
mapping says becomes part of a statement: columns go by the names that the reader gave them, values as parameters.
"""

import dataclasses
import re
from collections.abc import Callable, Iterator

from phoenix.data.words import DataError

YES = ("1", "true", "t", "yes", "y", "on", "是", "真")
NO = ("0", "false", "f", "no", "n", "off", "否", "假")
MISSING = ("", "\\n", "null", "nan", "na", "n/a", "none", "<na>")  # in lower case

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
      | (?P<column>`[^`]+`)
      | (?P<text>"[^"]*"|'[^']*')
      | (?P<sign>>=|<=|!=|<>|==|=|>|<|\||\*|\(|\))
      | (?P<word>[^\W\d][\w.:/-]*|[\w.:/-]+)
    )""",
    re.VERBOSE,
)
_MOST_DEPTH = 20  # of brackets within brackets


@dataclasses.dataclass(frozen=True)
class Token:
    """A word of the language: which kind of `_TOKEN`, and its text without quotes."""

    kind: str
    text: str


class Names:
    """What an expression's columns are called in the statement, and its values as the statement's parameters.

    Attributes:
      parameters: the values, in the order of their numbers.
      numeric: columns that must hold numbers or be empty, by their names in the statement.
      logical: columns that must hold yes or no, or a number, or be empty.
    """

    def __init__(self, sql_name: Callable[[str], str]) -> None:
        """sql_name(column of the file) → its name in the statement, or a DataError if there is none."""
        self._sql_name = sql_name
        self.parameters: list[object] = []
        self.numeric: list[str] = []
        self.logical: list[str] = []

    def column(self, name: str) -> str:
        """A column as text."""
        return self._sql_name(name)

    def number(self, name: str) -> str:
        """A column as a number, NULL where it is missing or none."""
        column = self._sql_name(name)
        if column not in self.numeric:
            self.numeric.append(column)
        return as_number(column)

    def truth(self, name: str) -> str:
        """A column as yes or no."""
        column = self._sql_name(name)
        if column not in self.logical:
            self.logical.append(column)
        slowly = f"(lower(trim({column})) IN {_listed(YES)} OR coalesce({as_number(column)} > 0, false))"
        return f"CASE {column} WHEN '1' THEN true WHEN '0' THEN false ELSE {slowly} END"  # nearly always one of these

    def value(self, value: object) -> str:
        """A parameter that holds a value."""
        self.parameters.append(value)
        return f"${len(self.parameters)}"


def _listed(values: tuple[str, ...]) -> str:
    """Constants of this module, never of a mapping, as a list in SQL."""
    return "(" + ", ".join(f"'{value}'" for value in values) + ")"


def as_number(column: str) -> str:
    """A text as a float in SQL; NULL for what is none, and for `nan`, which is how some write a missing number."""
    number = f"TRY_CAST({column} AS DOUBLE)"
    return f"CASE WHEN isfinite({number}) THEN {number} END"


def is_missing(column: str) -> str:
    """Whether a text says that there is no value, in SQL."""
    return f"({column} IS NULL OR lower(trim({column})) IN {_listed(MISSING)})"


def is_no_number(column: str) -> str:
    """Whether a text is there but no number, in SQL."""
    return f"(NOT {is_missing(column)} AND {as_number(column)} IS NULL)"


def is_no_truth(column: str) -> str:
    """Whether a text is there but neither yes nor no nor a number, in SQL."""
    slowly = f"({is_no_number(column)} AND lower(trim({column})) NOT IN {_listed(YES + NO)})"
    return f"CASE {column} WHEN '1' THEN false WHEN '0' THEN false ELSE {slowly} END"


@dataclasses.dataclass(frozen=True)
class Expression:
    """A condition on a row.

    Attributes:
      text: as the mapping has it.
      columns: of the file, that it looks at.
      sql: sql(names) → the condition in SQL.
    """

    text: str
    columns: tuple[str, ...]
    sql: Callable[[Names], str] = dataclasses.field(compare=False, repr=False)


def parse(text: str) -> Expression:
    """Reads a condition.

    Raises:
      DataError: it is none; the sentence says what was expected where.
    """
    return _Parser(text).parse()


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_tokens(text))
        self._place = 0
        self._columns: list[str] = []

    def parse(self) -> Expression:
        sql = self._either(0)
        if self._place < len(self._tokens):
            raise self._unexpected()
        return Expression(self._text, tuple(dict.fromkeys(self._columns)), sql)

    def _either(self, depth: int) -> Callable[[Names], str]:
        parts = [self._both(depth)]
        while self._takes("word", "or"):
            parts.append(self._both(depth))
        return _joined(parts, "OR")

    def _both(self, depth: int) -> Callable[[Names], str]:
        parts = [self._one(depth)]
        while self._takes("word", "and"):
            parts.append(self._one(depth))
        return _joined(parts, "AND")

    def _one(self, depth: int) -> Callable[[Names], str]:
        if depth > _MOST_DEPTH:
            raise DataError("when.deep", when=self._text)
        if self._takes("word", "not"):
            inner = self._one(depth + 1)
            return lambda names: f"(NOT coalesce({inner(names)}, false))"
        if self._takes("sign", "("):
            inner = self._either(depth + 1)
            if not self._takes("sign", ")"):
                raise self._unexpected()
            return inner
        return self._comparison()

    def _comparison(self) -> Callable[[Names], str]:
        token = self._next("column", "word")
        sign = self._peek()
        if token.kind == "word" and token.text == "always" and (sign is None or sign.kind != "sign"):
            return lambda names: "true"
        left = self._column(token)
        if sign is None or sign.kind != "sign" or sign.text in ("(", ")", "|", "*"):
            return lambda names: names.truth(left)
        self._place += 1
        if sign.text in ("=", "==", "!=", "<>"):
            return self._equality(left, negative=sign.text in ("!=", "<>"))
        right = self._amount()
        return lambda names: f"coalesce({names.number(left)} {sign.text} {right(names)}, false)"

    def _equality(self, left: str, *, negative: bool) -> Callable[[Names], str]:
        values = [self._next("number", "text", "word")]
        while self._takes("sign", "|"):
            values.append(self._next("number", "text", "word"))

        def sql(names: Names) -> str:
            tests = [_equals(names, left, value) for value in values]
            found = f"coalesce({' OR '.join(tests)}, false)"
            missing = is_missing(names.column(left))
            return f"(NOT {found} AND NOT {missing})" if negative else found

        return sql

    def _amount(self) -> Callable[[Names], str]:
        token = self._next("number", "column", "word")
        if token.kind != "number":
            name = self._column(token)
            return lambda names: names.number(name)
        number = float(token.text)
        if not self._takes("sign", "*"):
            return lambda names: f"{names.value(number)}::DOUBLE"
        name = self._column(self._next("column", "word"))
        return lambda names: f"({names.value(number)}::DOUBLE * {names.number(name)})"

    def _column(self, token: Token) -> str:
        self._columns.append(token.text)
        return token.text

    def _peek(self) -> Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _takes(self, kind: str, text: str) -> bool:
        token = self._peek()
        found = token is not None and token.kind == kind and token.text.lower() == text
        self._place += found
        return found

    def _next(self, *kinds: str) -> Token:
        token = self._peek()
        if token is None or token.kind not in kinds:
            raise self._unexpected()
        self._place += 1
        return token

    def _unexpected(self) -> DataError:
        token = self._peek()
        if token is None:
            return DataError("when.ends", when=self._text)
        return DataError("when.unexpected", when=self._text, token=token.text)


def _tokens(text: str) -> Iterator[Token]:
    place, end = 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            raise DataError("when.unexpected", when=text, token=text[place:].strip()[:20])
        kind = str(match.lastgroup)
        found = match.group(kind)
        yield Token(kind, found[1:-1] if kind in ("column", "text") else found)
        place = match.end()


def _joined(parts: list[Callable[[Names], str]], word: str) -> Callable[[Names], str]:
    if len(parts) == 1:
        return parts[0]
    return lambda names: "(" + f" {word} ".join(part(names) for part in parts) + ")"


def _equals(names: Names, column: str, value: Token) -> str:
    """Whether a column's text is a value; a number also equals its other spellings, 1 and 1.0."""
    text = f"trim({names.column(column)})"
    same = f"{text} = {names.value(value.text)}::VARCHAR"
    if value.kind != "number":
        return same
    return f"({same} OR {as_number(text)} = {names.value(float(value.text))}::DOUBLE)"
