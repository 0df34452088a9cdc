"""The conditions of a mapping, on a table small enough to see the answer."""

import duckdb
import pytest

from phoenix.data.expressions import Names, is_no_number, is_no_truth, parse
from phoenix.data.words import DataError

COLUMNS = {"n": "k0", "m": "k1", "kind": "k2", "yes": "k3", "watched it": "k4"}
ROWS = [
    ("1", "2", "a", "yes", "0"),
    ("3.5", "2", "b", "0", "1"),
    ("", "7", "", "", "是"),
    ("nan", "x", " a ", "-1", "no"),
]


def truths(text):
    """On which of the rows a condition is met."""
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (k0 VARCHAR, k1 VARCHAR, k2 VARCHAR, k3 VARCHAR, k4 VARCHAR, i INTEGER)")
        for place, row in enumerate(ROWS):
            connection.execute("INSERT INTO t VALUES ($1, $2, $3, $4, $5, $6)", [*row, place])
        names = Names(COLUMNS.__getitem__)
        sql = parse(text).sql(names)
        found = connection.execute(f"SELECT {sql} FROM t ORDER BY i", names.parameters).fetchall()
    return [value for (value,) in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("always", [True, True, True, True]),
        ("n", [True, True, False, False]),
        ("yes", [True, False, False, False]),
        ("`watched it`", [False, True, True, False]),
        ("n >= 3.5", [False, True, False, False]),
        ("n < 2", [True, False, False, False]),
        ("n > -1e3", [True, True, False, False]),
        ("n >= m", [False, True, False, False]),
        ("n >= 0.5 * m", [True, True, False, False]),
        ("kind = a", [True, False, False, True]),
        ("kind = 'a' | b", [True, True, False, True]),
        ("kind != a", [False, True, False, False]),
        ("n = 1.0", [True, False, False, False]),
        ("not kind = a and n", [False, True, False, False]),
        ("(kind = a or kind = b) and not yes", [False, True, False, True]),
        ("kind = a or kind = b and yes", [True, False, False, True]),
    ],
)
def test_a_condition_is_met_where_it_says(text, expected):
    assert truths(text) == expected


@pytest.mark.parametrize(
    "text", ["", "n >=", ">= 4", "n >= 'x'", "(n", "n)", "n n", "n = ", "n >= 2 *", "a = 'b", "#", "(" * 99]
)
def test_what_is_no_condition_gets_a_sentence(text):
    with pytest.raises(DataError, match="condition"):
        parse(text)


def test_columns_are_named_in_the_order_in_which_they_occur():
    assert parse("b >= 2 * a or not c = x and b").columns == ("b", "a", "c")


def test_nothing_of_a_condition_reaches_the_statement():
    names = Names(lambda name: "k0")
    sql = parse("`x\"; DROP TABLE t; --` = '; DROP TABLE t; --'").sql(names)
    assert "DROP" not in sql
    assert names.parameters == ["; DROP TABLE t; --"]


def test_texts_that_are_neither_are_bad():
    with duckdb.connect() as connection:

        def ask(sql):
            return connection.execute(f"SELECT {sql} FROM (SELECT $1::VARCHAR AS k)", [text]).fetchall()[0][0]

        for text, number, truth in [("7", 0, 0), ("", 0, 0), ("NaN", 0, 0), ("yes", 1, 0), ("x", 1, 1), ("1,5", 1, 1)]:
            assert (ask(is_no_number("k")), ask(is_no_truth("k"))) == (bool(number), bool(truth)), text
