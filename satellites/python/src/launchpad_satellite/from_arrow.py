# SPDX-License-Identifier: Apache-2.0
"""Columns of a BXL stream as pandas columns, without losing a bit (design: types).

Numbers without nulls become numpy arrays, views of the received memory where there is one batch.
With nulls they become pandas' masked arrays, so integers stay integers and NaN is not NULL. In runs
over chunks or partitions every nullable column is masked, so that all chunks look alike. Lists,
structs and maps stay Arrow's, in pandas' extension arrays for them: Python's own lists and dicts
would forget the types of what they hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.arrays import ArrowExtensionArray, BooleanArray, FloatingArray, IntegerArray

from launchpad import DateTime2, DateTimeOffset, Time

from . import sql_types
from .bxl_reader import ReceivedBatch
from .errors import ErrorCode, SatelliteError

Column: TypeAlias = Any  # a one-dimensional numpy or pandas array

_TEXT = pd.StringDtype(na_value=np.nan)
_NAT = np.iinfo(np.int64).min
_NANOSECONDS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}


def data_frame(
    schema: pa.Schema, batches: Sequence[ReceivedBatch], *, always_masked: bool
) -> pd.DataFrame:
    """The rows of some batches as one frame whose columns lie side by side, unconsolidated."""
    columns = [
        to_pandas(field, index, batches, always_masked=always_masked)
        for index, field in enumerate(schema)
    ]
    return frame_of(schema.names, columns, sum(received.batch.num_rows for received in batches))


def frame_of(names: Sequence[str], columns: Sequence[Column], rows: int) -> pd.DataFrame:
    """Columns side by side as they are; names may be empty or there twice."""
    if not names:
        return pd.DataFrame(index=pd.RangeIndex(rows))
    # The constructor takes a dict apart again, and guesses the type of the names: half of the time
    # that a frame of one row takes.
    return pd.DataFrame._from_arrays(
        list(columns), pd.Index(list(names), dtype=_TEXT), pd.RangeIndex(rows)
    )


def to_pandas(
    field: pa.Field, index: int, batches: Sequence[ReceivedBatch], *, always_masked: bool
) -> Column:
    """One column of some batches."""
    kind = sql_types.storage_type(field)
    types = pa.types
    if types.is_integer(kind) or types.is_floating(kind):
        return _number(field, kind, index, batches, always_masked)
    chunks = [sql_types.storage(received.batch.column(index)) for received in batches]
    column = pa.chunked_array(chunks, type=kind)
    if types.is_boolean(kind):
        return _boolean(field, column, always_masked)
    if types.is_string(kind) or types.is_large_string(kind):
        return _TEXT.__from_arrow__(column)
    if types.is_timestamp(kind):
        return _timestamp(field, kind, index, batches)
    if types.is_duration(kind):
        return _view(field, index, batches, np.dtype(f"m8[{kind.unit}]"))
    if types.is_dictionary(kind):
        return _categories(field, kind, column)
    if types.is_nested(kind) and sql_types.extension_name(field) != sql_types.DATETIMEOFFSET:
        _require_plain_dictionaries(field, kind)
        return ArrowExtensionArray(column)
    return objects(field, column)


def _categories(field: pa.Field, kind: pa.DictionaryType, column: pa.ChunkedArray) -> Column:
    """Text as pandas' categories. Other values stay Arrow's: pandas would change some of them."""
    _require_plain_dictionaries(field, kind)
    if not (pa.types.is_string(kind.value_type) or pa.types.is_large_string(kind.value_type)):
        return ArrowExtensionArray(_decoded(kind, column))
    try:
        return column.to_pandas().array
    except ValueError:
        # Entries that are there twice, or NULL.
        again = _decoded(kind, column).combine_chunks().dictionary_encode()
        return pd.Categorical.from_codes(
            again.indices.fill_null(-1).to_numpy(zero_copy_only=False),
            again.dictionary.to_pandas(),
            ordered=kind.ordered,
        )


def _require_plain_dictionaries(field: pa.Field, kind: pa.DataType) -> None:
    """Refuses dictionaries of lists and the like, which Arrow cannot join from batch to batch."""
    types = pa.types
    entries = types.is_dictionary(kind)
    if entries and (types.is_nested(kind.value_type) or sql_types.extension_name(field)):
        raise SatelliteError(
            ErrorCode.TYPE_UNSUPPORTED,
            f"column {field.name!r} has a dictionary of {kind.value_type}, which pandas has no column"
            " for; send the values themselves, or ask for the input format arrow",
            column=field.name,
        )
    for index in range(kind.num_fields):
        child = kind.field(index)
        _require_plain_dictionaries(child.with_name(field.name), sql_types.storage_type(child))


def _decoded(kind: pa.DictionaryType, column: pa.ChunkedArray) -> pa.ChunkedArray:
    chunks = [chunk.dictionary_decode() for chunk in column.chunks]
    return pa.chunked_array(chunks, type=kind.value_type)


def objects(field: pa.Field, column: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """A column whose values are Python objects; None is NULL."""
    name = sql_types.extension_name(field)
    values = np.empty(len(column), dtype=object)
    try:
        values[:] = python_values(field, name, column)
    except (OverflowError, ValueError) as error:
        raise _beyond_python(field, name, column) from error
    return values


def _beyond_python(
    field: pa.Field, name: str, column: pa.ChunkedArray | pa.Array
) -> SatelliteError:
    """The error of the first value that Python's type for it does not reach."""
    for row in range(len(column)):
        try:
            python_values(field, name, column.slice(row, 1))
        except (OverflowError, ValueError) as error:
            return _unreadable(field, row, str(error))
    return _unreadable(field, 0, "its values")


def _unreadable(field: pa.Field, row: int, reason: str) -> SatelliteError:
    return SatelliteError(
        ErrorCode.TYPE_UNSUPPORTED,
        f"column {field.name!r}, row {row + 1}: Python has no such {sql_types.type_name(field)}"
        f" ({reason}); ask for the input format arrow",
        column=field.name,
        row=row + 1,
    )


def python_values(field: pa.Field, name: str, column: pa.ChunkedArray | pa.Array) -> list[Any]:
    """Values of a column as exact Python objects."""
    kind = sql_types.storage_type(field)
    if name == sql_types.UUID:
        return pa.chunked_array(_chunks(column), type=kind).cast(pa.uuid()).to_pylist()  # type: ignore[no-any-return]
    if name == sql_types.DATETIMEOFFSET:
        return [
            None if value is None else DateTimeOffset(value["ticks"], value["offset_minutes"])
            for value in column.to_pylist()
        ]
    if name == sql_types.DATETIME2:
        return [None if value is None else DateTime2(value) for value in column.to_pylist()]
    if name == sql_types.TIME:
        return [None if value is None else Time(value * 100) for value in column.to_pylist()]
    if pa.types.is_time64(kind) and kind.unit == "ns":
        ticks = column.cast(pa.int64()).to_pylist()
        return [None if value is None else Time(value) for value in ticks]
    return list(column.to_pylist())


def _number(
    field: pa.Field,
    kind: pa.DataType,
    index: int,
    batches: Sequence[ReceivedBatch],
    always_masked: bool,
) -> Column:
    name = sql_types.extension_name(field)
    if name in (sql_types.DATETIME2, sql_types.TIME):
        column = pa.chunked_array([batch.batch.column(index) for batch in batches], type=kind)
        return objects(field, column)
    dtype = np.dtype(kind.to_pandas_dtype())
    values = _values(index, batches, dtype)
    return number(field, values, _mask(index, batches), always_masked=always_masked)


def number(
    field: pa.Field, values: np.ndarray, mask: np.ndarray | None, *, always_masked: bool
) -> Column:
    """Numbers as numpy's, or as pandas' masked ones where `mask` says that some are NULL."""
    if mask is None and not (field.nullable and always_masked):
        return values
    if mask is None:
        mask = np.zeros(len(values), dtype=bool)
    masked = FloatingArray if values.dtype.kind == "f" else IntegerArray
    return masked(values, mask)


def _boolean(field: pa.Field, column: pa.ChunkedArray, always_masked: bool) -> Column:
    masked = column.null_count > 0 or (field.nullable and always_masked)
    if not masked:
        return np.array(column.to_numpy(), dtype=bool)
    mask = np.array(column.is_null().to_numpy(), dtype=bool)
    values = np.array(column.fill_null(False).to_numpy(), dtype=bool)
    return BooleanArray(values, mask)


def _timestamp(
    field: pa.Field, kind: pa.TimestampType, index: int, batches: Sequence[ReceivedBatch]
) -> Column:
    values = _view(field, index, batches, np.dtype(f"M8[{kind.unit}]"))
    if kind.tz is None:
        return values
    return pd.DatetimeIndex(values, tz="UTC").tz_convert(kind.tz).array


def _view(
    field: pa.Field, index: int, batches: Sequence[ReceivedBatch], dtype: np.dtype
) -> np.ndarray:
    """64-bit counts as numpy's datetime64 or timedelta64; NaT is NULL."""
    values = _values(index, batches, np.dtype(np.int64))
    mask = _mask(index, batches)
    lowest = values == _NAT
    if mask is not None:
        lowest &= ~mask
    if lowest.any():
        raise _unreadable(field, int(lowest.argmax()), "its count -2^63 means NULL there")
    if mask is not None:
        values[mask] = _NAT
    return values.view(dtype)


def _values(index: int, batches: Sequence[ReceivedBatch], dtype: np.dtype) -> np.ndarray:
    """A column's data buffers as one writable array; a view when there is one batch."""
    if len(batches) == 1:
        return batch_values(index, batches[0], dtype)
    parts = [batch_values(index, received, dtype) for received in batches]
    return np.concatenate(parts) if parts else np.empty(0, dtype)


def batch_values(index: int, received: ReceivedBatch, dtype: np.dtype) -> np.ndarray:
    array = sql_types.storage(received.batch.column(index))
    count = len(array)
    data = array.buffers()[1]
    if count == 0 or data is None:
        return np.empty(0, dtype)
    start = data.address + array.offset * dtype.itemsize - received.memory.ctypes.data
    size = count * dtype.itemsize
    if start >= 0 and start + size <= len(received.memory):
        return received.memory[start : start + size].view(dtype)
    # Decompressed or sliced from elsewhere: memory that is not ours to write to.
    offset = array.offset * dtype.itemsize
    return np.frombuffer(data, np.uint8, size, offset).view(dtype).copy()


def _mask(index: int, batches: Sequence[ReceivedBatch]) -> np.ndarray | None:
    """Where a column is null; None when it is nowhere."""
    if all(received.batch.column(index).null_count == 0 for received in batches):
        return None
    return np.concatenate(
        [
            np.asarray(received.batch.column(index).is_null().to_numpy(zero_copy_only=False))
            for received in batches
        ]
    )


def _chunks(column: pa.ChunkedArray | pa.Array) -> list[pa.Array]:
    return column.chunks if isinstance(column, pa.ChunkedArray) else [column]
