# SPDX-License-Identifier: Apache-2.0
"""Outputs of a session: what the script left in a variable, as batches of bounded size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from . import sql_types
from .bxl_writer import BxlEncoder, EncodedFrame
from .compat import returned, returned_scalar
from .convert import convert, convert_objects
from .errors import ErrorCode, SatelliteError
from .interrupts import Interrupts
from .script import guard
from .streams import OutgoingStream
from .to_arrow import arrow, natural

BATCH_ROWS_MAX = 65_536
BATCH_BYTES_MAX = 4 << 20
VALUE_BYTES_MAX = 256 << 20
COLUMNS_MAX = 4_096
HELD_BYTES_MAX = 16 << 20

# Frames up to this size wait for those behind them, so that a small result is one write.
_TOGETHER_BYTES_MAX = 64 << 10
_TOGETHER_FRAMES_MAX = 4

_NULL = pa.field("", pa.null())


class _Column:
    """A result column that is there as a whole: Arrow, or Python objects still to be converted."""

    def __init__(
        self, name: str, values: Any, field: pa.Field | None, rows: int, *, blank: bool = False
    ) -> None:
        self.name = name
        self.values = values
        self.field = field
        self.rows = rows
        # Nothing but missing values, so its type is no more than pandas' guess.
        self.blank = blank

    def part(
        self, start: int, count: int, declared: pa.Field, row: int, *, exact: bool = False
    ) -> pa.Array:
        if self.blank and not pa.types.is_floating(declared.type):
            return convert(pa.nulls(count), _NULL, declared, self.name, row)
        if self.field is None:
            return convert_objects(self.values[start : start + count], declared, self.name, row)
        values = self.values.slice(start, count)
        return convert(values, self.field, declared, self.name, row, exact=exact)

    def compat(self) -> _Column:
        """The column as SQL Server would take it."""
        if self.field is None:
            values = np.array([returned_scalar(value) for value in self.values] + [None], object)[:-1]
            return _Column(self.name, values, None, self.rows)
        return _Column(self.name, returned(self.values), self.field, self.rows, blank=self.blank)

    @cached_property
    def bytes_per_row(self) -> int:
        if self.field is None or self.rows == 0:
            return 0
        if pa.types.is_primitive(self.values.type):
            return -(-int(self.values.type.bit_width) // 8)
        return int(self.values.nbytes // self.rows)


class OutputWriter:
    """One output stream of a session; each run of the script appends to it."""

    def __init__(
        self,
        outgoing: OutgoingStream,
        name: str,
        declared: pa.Schema | None,
        value_bytes_max: int = VALUE_BYTES_MAX,
        *,
        compat: bool = False,
    ) -> None:
        self.name = name
        self.stream = outgoing.stream
        self._declared = declared
        self._schema = declared
        self._outgoing = outgoing
        self._encoder: BxlEncoder | None = None
        self._value_bytes_max = value_bytes_max
        self._compat = compat
        self.finished = False
        self._rows = 0
        self._held: list[Sequence[_Column]] = []
        self._unsent: list[EncodedFrame] = []
        if declared is not None:
            for field in declared:
                sql_types.travels_as(field.type, field.name)

    def write(self, value: Any, interrupts: Interrupts) -> None:
        """Sends what a run of the script has left in the output's variable."""
        if value is None:
            if self._declared is not None:
                raise SatelliteError(
                    ErrorCode.RESULT_MISSING,
                    f"the script did not assign {self.name}, for which a result is declared",
                )
            return
        for columns in _tables(value, self.name, self._declared is not None, interrupts):
            if self._compat:
                columns = [column.compat() for column in columns]
            self._add(columns, interrupts)
            if isinstance(value, pa.RecordBatchReader):
                # The script may take its time for the next batch.
                self.flush()

    def finish(self, interrupts: Interrupts) -> None:
        """Ends the stream; a result that was never assigned is an empty one."""
        self.finished = True
        self._release(interrupts)
        encoder = self._start(self._schema if self._schema is not None else pa.schema([]))
        self._send(encoder.end())
        self.flush()

    def flush(self) -> None:
        """Sends what waits for more: the script runs again, and that may take long."""
        unsent, self._unsent = self._unsent, []
        if unsent:
            self._outgoing.send_together(unsent)

    @property
    def totals(self) -> tuple[int, int, int]:
        """Frames, rows and bytes sent."""
        encoder = self._encoder
        return (0, 0, 0) if encoder is None else (encoder.frames, encoder.rows, encoder.bytes)

    def _add(self, columns: Sequence[_Column], interrupts: Interrupts) -> None:
        """Sends a table, or keeps it while a column's type is not known.

        A script that runs once per chunk or partition may see nothing but NULL in a column at first;
        the type such a column has in pandas must not bind the runs to come.
        """
        known = self._held[0] if self._held else self._schema
        if known is not None and len(known) != len(columns):
            raise SatelliteError(
                ErrorCode.RESULT_COLUMNS,
                f"{self.name} has {len(columns)} columns, {len(known)} "
                + ("are declared" if self._declared is not None else "had the run before"),
            )
        if self._schema is not None:
            self._append(self._schema, columns, interrupts)
            return
        self._held.append(columns)
        open_types = any(all(same.blank for same in alike) for alike in zip(*self._held, strict=True))
        size = sum(column.bytes_per_row * column.rows for held in self._held for column in held)
        if not open_types or size > HELD_BYTES_MAX:
            self._release(interrupts)

    def _release(self, interrupts: Interrupts) -> None:
        """Sends the tables that were kept, with the types known by now."""
        if not self._held:
            return
        held, self._held = self._held, []
        schema = pa.schema([_common_field(alike) for alike in zip(*held, strict=True)])
        self._schema = schema
        for columns in held:
            self._append(schema, columns, interrupts)

    def _append(
        self, schema: pa.Schema, columns: Sequence[_Column], interrupts: Interrupts
    ) -> None:
        encoder = self._start(schema)
        rows = columns[0].rows if columns else 0
        width = max(1, sum(column.bytes_per_row for column in columns))
        step = max(1, min(BATCH_ROWS_MAX, BATCH_BYTES_MAX // width))
        for start in range(0, rows, step):
            interrupts.check()
            count = min(step, rows - start)
            arrays = [
                column.part(start, count, field, self._rows, exact=self._declared is None)
                for column, field in zip(columns, schema, strict=True)
            ]
            batch = pa.RecordBatch.from_arrays(arrays, schema=schema)
            self._rows += count
            self._batch(encoder, batch)

    def _batch(self, encoder: BxlEncoder, batch: pa.RecordBatch) -> None:
        size = batch.nbytes
        if size > BATCH_BYTES_MAX and batch.num_rows > 1:
            half = batch.num_rows // 2
            self._batch(encoder, batch.slice(0, half))
            self._batch(encoder, batch.slice(half))
            return
        if size > self._value_bytes_max:
            self._check_values(batch)
        self._send(encoder.batch(batch))

    def _check_values(self, batch: pa.RecordBatch) -> None:
        """Finds the value that is too large; only a single row can be this big."""
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            column = sql_types.storage(column)
            if not _is_variable(column.type):
                continue
            size = pc.max(pc.binary_length(column)).as_py() or 0
            if size > self._value_bytes_max:
                raise SatelliteError(
                    ErrorCode.VALUE_TOO_LARGE,
                    f"column {name!r}, row {self._rows}: a value of {size} bytes,"
                    f" at most {self._value_bytes_max} allowed (value_bytes_max)",
                    column=name,
                    row=self._rows,
                )

    def _start(self, schema: pa.Schema) -> BxlEncoder:
        if self._encoder is None:
            self._encoder = BxlEncoder(schema)
            self._send(self._encoder.start())
        return self._encoder

    def _send(self, frames: list[EncodedFrame]) -> None:
        for frame in frames:
            if frame.length <= _TOGETHER_BYTES_MAX and len(self._unsent) < _TOGETHER_FRAMES_MAX:
                self._unsent.append(frame)
                continue
            self.flush()
            self._outgoing.send(frame)


def _is_variable(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_binary(kind)
        or types.is_large_binary(kind)
    )


def _common_field(alike: Sequence[_Column]) -> pa.Field:
    """The field of a column's first table that says something about its type."""
    telling = [column for column in alike if not column.blank]
    typed = [c for c in alike if c.field is not None and not pa.types.is_null(c.field.type)]
    field = (telling or typed or alike)[0].field
    assert field is not None
    return field.with_name(alike[0].name)


def _tables(
    value: Any, name: str, declared: bool, interrupts: Interrupts
) -> Iterator[Sequence[_Column]]:
    """A result as tables of columns: one, or one per batch of a reader, taken as it yields them."""
    if isinstance(value, pd.DataFrame):
        yield _of_pandas(value, declared)
        return
    if _is_polars(value):
        value = value.collect() if hasattr(value, "collect") else value
        value = value.to_arrow()
    if isinstance(value, pa.RecordBatch):
        value = pa.Table.from_batches([value])
    if isinstance(value, pa.Table):
        yield _of_arrow(value.schema, value.columns, value.num_rows)
    elif isinstance(value, pa.RecordBatchReader):
        yield from _of_reader(value, interrupts)
    elif isinstance(value, dict) and all(isinstance(part, np.ndarray) for part in value.values()):
        yield _of_pandas(_of_arrays(value, name), declared)
    else:
        raise SatelliteError(ErrorCode.RESULT_KIND, _kind_message(value, name))


def _of_arrays(value: dict[str, np.ndarray], name: str) -> pd.DataFrame:
    try:
        return pd.DataFrame(value, copy=False)
    except ValueError as error:
        raise SatelliteError(ErrorCode.RESULT_KIND, f"{name} is no table: {error}") from None


def _kind_message(value: Any, name: str) -> str:
    kind = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
    hint = ""
    if isinstance(value, pd.Series):
        hint = "; use to_frame()"
    elif isinstance(value, (np.ndarray, list, dict, tuple, str, int, float)):
        hint = f"; use pandas.DataFrame({name})" if not np.isscalar(value) else ""
    return f"{name} is a {kind}, not a data frame or table{hint}"


def _is_polars(value: Any) -> bool:
    kind = type(value)
    return kind.__module__.partition(".")[0] == "polars" and kind.__name__ in (
        "DataFrame",
        "LazyFrame",
    )


def _of_pandas(frame: pd.DataFrame, declared: bool) -> list[_Column]:
    rows = len(frame)
    columns = []
    _check_columns(len(frame.columns))
    for label, values in zip(frame.columns, frame._iter_column_arrays(), strict=True):
        name = str(label)
        if declared and values.dtype == object:
            columns.append(_Column(name, np.asarray(values), None, rows))
        else:
            array, field = natural(values, name)
            blank = not declared and _is_blank(values, field)
            columns.append(_Column(name, array, field, rows, blank=blank))
    return columns


def _is_blank(values: Any, field: pa.Field) -> bool:
    """Whether a column of pandas' holds nothing but NaN, NaT or None, so that it may be of any type."""
    if pa.types.is_null(field.type):
        return True
    kind = values.dtype.kind if isinstance(values.dtype, np.dtype) else "O"
    if kind not in "fmM" or len(values) == 0:
        return False
    return bool(pd.isna(values[0]) and pd.isna(values).all())


def _of_arrow(schema: pa.Schema, arrays: Sequence[Any], rows: int) -> list[_Column]:
    _check_columns(len(schema))
    columns = []
    for original, array in zip(schema, arrays, strict=True):
        array, field = arrow(array, original, original.name)
        columns.append(_Column(original.name, array, field, rows))
    return columns


def _of_reader(reader: pa.RecordBatchReader, interrupts: Interrupts) -> Iterator[list[_Column]]:
    some = False
    while True:
        with guard(interrupts), interrupts.user_code():
            try:
                batch = reader.read_next_batch()
            except StopIteration:
                break
        some = True
        yield _of_arrow(batch.schema, batch.columns, batch.num_rows)
    if not some:
        schema = reader.schema
        yield _of_arrow(schema, [pa.array([], type=field.type) for field in schema], 0)


def _check_columns(count: int) -> None:
    if count > COLUMNS_MAX:
        raise SatelliteError(ErrorCode.RESULT_COLUMNS, f"{count} columns, at most {COLUMNS_MAX} allowed")
