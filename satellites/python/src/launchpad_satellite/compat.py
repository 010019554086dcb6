# SPDX-License-Identifier: Apache-2.0
"""SQL Server's documented mapping of types, with its losses, for requests that ask for it.

`bigint`, decimals and `real` become float64, smaller integers int32 and, with NULLs, float64, moments
datetime64[ns] and NaT outside its years; on the way back NaN and the infinities become NULL. Types
that the original refuses are refused.
"""

from __future__ import annotations

import datetime as dt
import decimal
import math
import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from . import sql_types
from .bxl_reader import ReceivedBatch
from .errors import ErrorCode, SatelliteError
from .from_arrow import frame_of

_NANOSECONDS_MAX = 2**63 - 1


def data_frame(schema: pa.Schema, batches: Sequence[ReceivedBatch]) -> pd.DataFrame:
    """The rows of some batches as SQL Server would give them to a script."""
    columns = []
    for index, field in enumerate(schema):
        chunks = [sql_types.storage(received.batch.column(index)) for received in batches]
        column = pa.chunked_array(chunks, type=sql_types.storage_type(field))
        columns.append(_column(field, column.combine_chunks()))
    return frame_of(schema.names, columns, sum(received.batch.num_rows for received in batches))


def _column(field: pa.Field, array: pa.Array) -> Any:
    if isinstance(array, pa.ChunkedArray):
        array = pa.nulls(0, array.type)
    types = pa.types
    kind = array.type
    extension = sql_types.extension_name(field)
    if extension == sql_types.UUID:
        return _objects([None if v is None else _uuid(v) for v in array.to_pylist()])
    if extension and extension != "arrow.json":
        raise _unsupported(field)
    if types.is_dictionary(kind):
        array = array.dictionary_decode()
        kind = array.type
    if types.is_boolean(kind):
        return _objects(array.to_pylist()) if array.null_count else np.array(array)
    if types.is_integer(kind) and kind.bit_width <= 32 and not kind.equals(pa.uint32()):
        if array.null_count == 0:
            return np.array(array.cast(pa.int32()))
        return _floats(array)
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return _floats(array)
    if types.is_timestamp(kind) and kind.tz is None:
        return _nanoseconds(array)
    if types.is_date32(kind):
        return _nanoseconds(array.cast(pa.timestamp("s")))
    if _is_plain(kind):
        return _objects(array.to_pylist())
    raise _unsupported(field)


def _is_plain(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_binary(kind)
        or types.is_large_binary(kind)
        or types.is_fixed_size_binary(kind)
        or types.is_null(kind)
    )


def _floats(array: pa.Array) -> np.ndarray:
    if pa.types.is_decimal(array.type):
        return np.array([math.nan if v is None else float(v) for v in array.to_pylist()], float)
    return np.array(array.cast(pa.float64(), safe=False).fill_null(math.nan))


def _nanoseconds(array: pa.Array) -> np.ndarray:
    """As datetime64[ns]; what its years do not reach is NaT."""
    factor = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}[array.type.unit]
    counts = array.cast(pa.int64())
    reached = pc.less_equal(pc.abs(counts), _NANOSECONDS_MAX // factor)
    values = np.array(pc.if_else(reached, counts, None).fill_null(0))
    missing = np.array(pc.invert(reached).fill_null(True))
    nanoseconds = (values * factor).view("M8[ns]")
    nanoseconds[missing] = np.datetime64("NaT")
    return nanoseconds


def _uuid(value: bytes) -> str:
    return str(uuid.UUID(bytes=value)).upper()


def _objects(values: list[Any]) -> np.ndarray:
    objects = np.empty(len(values), dtype=object)
    objects[:] = values
    return objects


def scalar(field: pa.Field, value: Any) -> Any:
    """A parameter's exact value as SQL Server would give it to a script."""
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int) and field.type.equals(pa.int64()):
        return float(value)
    if isinstance(value, uuid.UUID):
        return str(value).upper()
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            raise _unsupported(field)
        return value
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time())
    if isinstance(value, int | float | str | bytes):
        return value
    raise _unsupported(field)


def returned(array: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """A result column as SQL Server would take it: NaN and the infinities are NULL."""
    if not pa.types.is_floating(array.type):
        return array
    return pc.if_else(pc.is_finite(array), array, pa.scalar(None, array.type))


def returned_scalar(value: Any) -> Any:
    """The same for an output parameter."""
    if isinstance(value, float | np.floating) and not math.isfinite(value):
        return None
    return value


def _unsupported(field: pa.Field) -> SatelliteError:
    return SatelliteError(
        ErrorCode.TYPE_UNSUPPORTED,
        f"{field.name!r} is of the type {sql_types.type_name(field)}, which the type mapping compat"
        " does not have; use exact",
        column=field.name,
    )
