"""Parquet files, a group of rows at a time; every value as the text that a table of text would have."""

import dataclasses
import pathlib
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from phoenix.checks import shown
from phoenix.data.mapping import FileFormat
from phoenix.data.reading.source import ROWS_AT_ONCE, Block, named
from phoenix.data.words import DataError


class ParquetSource:
    """A Parquet file whose schema has been read; see `source.Source`."""

    counts = "row"

    def __init__(self, path: pathlib.Path, format_: FileFormat) -> None:
        """Reads the schema."""
        self.path = path
        try:
            with pq.ParquetFile(path) as file:
                schema = file.schema_arrow
        except (pa.ArrowException, OSError) as error:
            raise DataError("file.parquet", file=path, reason=shown(str(error))) from error
        self.columns = tuple(schema.names)
        self._scalar = [place for place, field in enumerate(schema) if not pa.types.is_nested(field.type)]
        self.format = dataclasses.replace(format_, format="parquet")

    def blocks(self, wanted: Sequence[int], *, most: int | None = None) -> Iterator[Block]:
        """See `source.Source`."""
        row, others = 1, [place for place in self._scalar if place not in wanted]
        try:
            with pq.ParquetFile(self.path) as file:
                for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, use_threads=False):
                    lines = pa.array(range(row, row + batch.num_rows), pa.int64())
                    texts = {place: to_text(batch.column(place)) for place in {*wanted, *others}}
                    yield Block(
                        named(
                            [texts[place] for place in wanted], others=[texts[place] for place in others], lines=lines
                        )
                    )
                    row += batch.num_rows
                    if most is not None and row > most:
                        return
        except (pa.ArrowException, OSError) as error:
            raise DataError("file.parquet", file=self.path, reason=shown(str(error))) from error


def to_text(column: pa.Array) -> pa.Array:
    """Values as text: whole floats as whole numbers, lists joined by |, moments as ISO."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return to_text(column.dictionary_decode())
    if pa.types.is_floating(kind):
        return _float_text(column)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        values = column.to_pylist()
        return pa.array([None if value is None else "|".join(map(str, value)) for value in values], pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        values = column.to_pylist()
        return pa.array([None if value is None else _bytes_text(value) for value in values], pa.string())
    try:
        return pc.cast(column, pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())


def _float_text(column: pa.Array) -> pa.Array:
    """A float that is whole, as an id is that shared its column with missing ones, without `.0`."""
    double = pc.cast(column, pa.float64())
    whole = pc.and_(pc.equal(pc.floor(double), double), pc.less(pc.abs(double), 2.0**53))
    integer = pc.cast(pc.if_else(whole, double, None), pa.int64())
    return pc.coalesce(pc.cast(integer, pa.string()), pc.cast(column, pa.string()))


def _bytes_text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.hex()
