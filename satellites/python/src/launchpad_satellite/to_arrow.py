# SPDX-License-Identifier: Apache-2.0
"""Columns of a result as Arrow columns of their natural type: nothing is converted that need not be."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from launchpad import DateTime2, DateTimeOffset, Time

from . import sql_types
from .errors import ErrorCode, SatelliteError

_DATETIME_UNITS = ("s", "ms", "us", "ns")


def natural(values: Any, column: str) -> tuple[pa.Array | pa.ChunkedArray, pa.Field]:
    """A pandas or numpy column as Arrow, and the field that describes it (named by the caller)."""
    if isinstance(values, np.ndarray):
        array = _numpy(values, column)
    elif isinstance(values, pd.arrays.ArrowExtensionArray):
        array = values.__arrow_array__()
    elif isinstance(values, pd.arrays.SparseArray):
        array = _numpy(np.asarray(values), column)
    elif isinstance(values, pd.arrays.PeriodArray | pd.arrays.IntervalArray):
        raise _unsupported(column, str(values.dtype))
    elif isinstance(values.dtype, pd.StringDtype):
        array = pa.array(values, type=pa.large_utf8())
    elif values.dtype == object:
        array = _objects(np.asarray(values), column)
    else:
        array = pa.array(values)
    if isinstance(array, tuple):
        return array
    if values.dtype == object and pa.types.is_decimal(array.type):
        # Its precision is that of the values so far, and more may come in another chunk.
        digits = 38 if array.type.bit_width <= 128 else 76
        wide = pa.decimal128 if digits == 38 else pa.decimal256
        array = array.cast(wide(digits, array.type.scale))
    return arrow(array, pa.field("", array.type), column)


def arrow(
    array: pa.Array | pa.ChunkedArray, field: pa.Field, column: str
) -> tuple[pa.Array | pa.ChunkedArray, pa.Field]:
    """An Arrow column in a type that can be sent, with its field."""
    kind = sql_types.travels_as(array.type, column)
    if not kind.equals(array.type):
        array = array.cast(kind)
        field = field.with_type(kind)
    return array, field


def _numpy(values: np.ndarray, column: str) -> Any:
    if values.ndim != 1:
        raise SatelliteError(
            ErrorCode.RESULT_KIND, f"column {column!r} has {values.ndim} dimensions", column=column
        )
    kind = values.dtype.kind
    if kind == "O":
        return _objects(values, column)
    if kind in "iufb":
        if not values.dtype.isnative:
            values = values.astype(values.dtype.newbyteorder("="))
        if values.dtype.itemsize > 8:
            raise _unsupported(column, str(values.dtype))
        return pa.array(np.ascontiguousarray(values))
    if kind in "Mm":
        unit = np.datetime_data(values.dtype)[0]
        if unit not in _DATETIME_UNITS and not (kind == "M" and unit == "D"):
            values = values.astype(f"{kind}8[s]")
        return pa.array(values)
    if kind in "US" or values.dtype.name == "StringDType":
        return pa.array(values.tolist())
    raise _unsupported(column, str(values.dtype))


def _objects(values: np.ndarray, column: str) -> Any:
    """Python objects: their type is that of the first value that is there."""
    first = next((value for value in values if not is_missing(value)), None)
    if isinstance(first, DateTime2 | DateTimeOffset | Time):
        return _carriers(values, first, column)
    if isinstance(first, uuid.UUID):
        return encode(values, pa.uuid(), column, lambda value: value.bytes)
    if isinstance(first, dt.datetime) and first.tzinfo is not None:
        field = extension_field(sql_types.DATETIMEOFFSET, sql_types.OFFSET_STORAGE)
        return encode(values, field.type, column, offset_storage), field
    nested = isinstance(first, list | tuple | dict | np.ndarray)
    if nested:
        values = present(values)
    try:
        # NaN is a float, not a NULL: so it is within a list, too.
        return pa.array(values, from_pandas=not (nested or isinstance(first, float)))
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        row = first_failure(values, lambda part: pa.array(part, from_pandas=True))
        raise SatelliteError(
            ErrorCode.RESULT_CONVERSION,
            f"column {column!r}, row {row + 1}: {describe(values[row])} does not go together with"
            f" the values before it ({error})",
            column=column,
            row=row + 1,
        ) from None


def _carriers(values: np.ndarray, first: Any, column: str) -> tuple[pa.Array, pa.Field]:
    if isinstance(first, DateTimeOffset):
        field = extension_field(sql_types.DATETIMEOFFSET, sql_types.OFFSET_STORAGE)
    elif isinstance(first, DateTime2):
        field = extension_field(sql_types.DATETIME2, pa.int64())
    else:
        field = pa.field("", pa.time64("ns"))
    one = offset_storage if isinstance(first, DateTimeOffset) else carrier_storage
    return encode(values, field.type, column, one), field


def carrier_storage(value: Any) -> Any:
    """What a carrier is stored as."""
    if isinstance(value, DateTimeOffset):
        return {"ticks": value.ticks, "offset_minutes": value.offset_minutes}
    if isinstance(value, DateTime2):
        return value.ticks
    if isinstance(value, Time):
        return value.nanoseconds
    raise TypeError(f"{type(value).__name__} among carriers of SQL values")


def offset_storage(value: Any) -> Any:
    """A datetimeoffset as it is stored, from a carrier or an aware datetime."""
    return carrier_storage(DateTimeOffset.of(value) if isinstance(value, dt.datetime) else value)


def extension_field(name: str, kind: pa.DataType) -> pa.Field:
    """A field of one of our own extension types, which travel as metadata over their storage."""
    return pa.field("", kind, metadata={sql_types.EXTENSION_KEY: name.encode()})


def encode(values: Sequence[Any] | np.ndarray, kind: pa.DataType, column: str, one: Any) -> pa.Array:
    """Values mapped one by one; an error names the first that cannot be."""
    stored = []
    for row, value in enumerate(values):
        try:
            stored.append(None if is_missing(value) else one(value))
        except (AttributeError, TypeError, ValueError) as error:
            raise conversion_error(column, row, value, str(kind), str(error)) from None
    storage_type = kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind
    array = pa.array(stored, type=storage_type)
    if isinstance(kind, pa.BaseExtensionType):
        return pa.ExtensionArray.from_storage(kind, array)
    return array


def is_missing(value: Any) -> bool:
    """Whether an object stands for NULL: None, NaN, NaT or NA."""
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    return isinstance(value, float) and value != value


def present(values: np.ndarray) -> np.ndarray:
    """Objects with None for each that stands for NULL, and lists for numpy's arrays."""
    objects = np.empty(len(values), dtype=object)
    objects[:] = [
        list(v) if isinstance(v, np.ndarray) else None if is_missing(v) else v for v in values
    ]
    return objects


def first_failure(values: Any, convert: Any) -> int:
    """The index of the value that makes a conversion fail: the last of the shortest failing prefix."""
    good, bad = 0, len(values)
    while bad - good > 1:
        middle = (good + bad) // 2
        try:
            convert(values[:middle])
        except Exception:
            bad = middle
        else:
            good = middle
    return good


def describe(value: Any) -> str:
    """A value as it stands in an error: its class and the beginning of its text."""
    try:
        text = repr(value)
    except Exception:
        text = "…"
    if len(text) > 80:
        text = text[:77] + "..."
    return f"{text} ({type(value).__name__})"


def conversion_error(
    column: str, row: int, value: Any, expected: str, reason: str = ""
) -> SatelliteError:
    """A value that does not fit; `row` counts from 0 here and from 1 in the message."""
    why = f" ({reason})" if reason else ""
    return SatelliteError(
        ErrorCode.RESULT_CONVERSION,
        f"column {column!r}, row {row + 1}: {describe(value)} does not fit {expected}{why}",
        column=column,
        row=row + 1,
    )


def _unsupported(column: str, kind: str) -> SatelliteError:
    return SatelliteError(
        ErrorCode.TYPE_UNSUPPORTED,
        f"column {column!r} has the type {kind}, which cannot be sent; convert it in the script",
        column=column,
    )
