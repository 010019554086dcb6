# SPDX-License-Identifier: Apache-2.0
"""Python objects as values of a declared type, one by one: exact, or refused.

pyarrow alone would bend some of them: numbers into dates, bytes into text, zones into none.
"""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from launchpad import DateTime2, Time

from . import sql_types
from .to_arrow import carrier_storage, is_missing, offset_storage, present

NANOSECONDS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}

_UNIX_EPOCH_TICKS = 621_355_968_000_000_000
_CONTEXT = decimal.Context(prec=100)


def encoder(declared: pa.Field) -> Callable[[Any], Any] | None:
    """How one Python object is stored in a declared type that Arrow cannot fill by itself."""
    extension = sql_types.extension_name(declared)
    if extension == sql_types.UUID:
        return _uuid_bytes
    if extension == sql_types.DATETIMEOFFSET:
        return offset_storage
    if extension == sql_types.DATETIME2:
        return _datetime2_ticks
    if extension == sql_types.TIME:
        return lambda value: _nanoseconds(value) // 100
    if pa.types.is_time64(declared.type) and declared.type.unit == "ns":
        return _nanoseconds
    return None


def _uuid_bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return uuid.UUID(value).bytes
    if isinstance(value, uuid.UUID):
        return value.bytes
    if isinstance(value, bytes) and len(value) == 16:
        return value
    raise TypeError("not a UUID")


def _datetime2_ticks(value: Any) -> int:
    nanosecond = getattr(value, "nanosecond", 0)
    if isinstance(value, dt.datetime) and value.tzinfo is None:
        ticks: int = DateTime2.of(value).ticks
        return ticks + (nanosecond + 50) // 100
    return int(carrier_storage(value)) if isinstance(value, DateTime2) else _refuse(value)


def _nanoseconds(value: Any) -> int:
    if isinstance(value, dt.time):
        return Time.of(value).nanoseconds
    return value.nanoseconds if isinstance(value, Time) else _refuse(value)


def _refuse(value: Any) -> int:
    raise TypeError(f"a {type(value).__name__} is none")


def typed(values: np.ndarray, kind: pa.DataType) -> pa.Array:
    """Python objects as an Arrow array of a type, refusing what pyarrow would bend."""
    if pa.types.is_decimal(kind):
        exponent = decimal.Decimal(1).scaleb(-kind.scale)
        values = filled([_decimal(value, exponent) for value in values])
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        values = filled([str(v) if isinstance(v, uuid.UUID) else v for v in values])
        if any(isinstance(value, bytes | bytearray) for value in values):
            raise TypeError("bytes are not text")
    elif pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        if any(isinstance(value, str) for value in values):
            raise TypeError("text is not binary")
    elif pa.types.is_temporal(kind):
        values = filled([_temporal(value, kind) for value in values])
    elif pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_floating(kind):
        return _numbers(values, kind)
    elif pa.types.is_nested(kind):
        return pa.array(present(values), type=kind)
    return pa.array(values, type=kind, from_pandas=True)


def _temporal(value: Any, kind: pa.DataType) -> Any:
    """A moment, day, time or span for a type of its kind, or an error; never a bare number."""
    types = pa.types
    if is_missing(value) or (isinstance(value, np.generic) and np.isnat(value)):
        return None
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    if types.is_timestamp(kind):
        return _moment(value, kind)
    if types.is_date(kind):
        if isinstance(value, dt.datetime):
            if value.tzinfo is not None or value.time() != dt.time():
                raise ValueError("not a whole day")
            return value.date()
        expected: type | tuple[type, ...] = dt.date
    elif types.is_time(kind):
        expected = dt.time
    elif types.is_duration(kind):
        expected = (dt.timedelta, np.timedelta64)
    else:
        return value
    if not isinstance(value, expected):
        raise TypeError("not of the declared kind")
    return value


def _moment(value: Any, kind: pa.TimestampType) -> Any:
    if isinstance(value, DateTime2) and kind.tz is None:
        return _count(value.ticks, kind)
    if not isinstance(value, dt.datetime):
        if isinstance(value, dt.date) and kind.tz is None:
            return dt.datetime.combine(value, dt.time())
        raise TypeError("not a moment")
    if (value.tzinfo is None) != (kind.tz is None):
        raise TypeError("one has a time zone and the other has none")
    if isinstance(value, pd.Timestamp) and kind.unit != "ns":
        return value.round(kind.unit)
    return value


def _count(ticks: int, kind: pa.TimestampType) -> int:
    """Ticks of datetime2(7) as a timestamp's count, rounded half up as datetime2's own CAST does."""
    unit = NANOSECONDS[kind.unit]
    count = ((ticks - _UNIX_EPOCH_TICKS) * 100 + unit // 2) // unit
    if abs(count) >= 1 << 63:
        raise OverflowError("outside the range of the type")
    return count


def _numbers(values: np.ndarray, kind: pa.DataType) -> pa.Array:
    if pa.types.is_floating(kind):
        # NaN is a float, not a NULL.
        return pa.array([_plain(value) for value in values], type=kind, from_pandas=False)
    return pa.array(
        [None if is_missing(value) else _whole(_plain(value), kind) for value in values], type=kind
    )


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, decimal.Decimal):
        return float(value)
    return None if value is not None and not isinstance(value, float) and is_missing(value) else value


def _whole(value: Any, kind: pa.DataType) -> Any:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int):
        raise TypeError("not a whole number")
    if pa.types.is_boolean(kind):
        if value not in (0, 1):
            raise ValueError("neither 0 nor 1")
        return bool(value)
    return int(value)


def _decimal(value: Any, exponent: decimal.Decimal) -> decimal.Decimal | None:
    """Rounded half away from zero; a float by the shortest decimal that names it."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value != value:
        raise ValueError("NaN is no decimal")
    if is_missing(value):
        return None
    if isinstance(value, float):
        value = decimal.Decimal(repr(value))
    elif isinstance(value, int):
        value = decimal.Decimal(int(value))
    elif not isinstance(value, decimal.Decimal):
        raise TypeError("not a number")
    number: decimal.Decimal = value
    return number.quantize(exponent, rounding=decimal.ROUND_HALF_UP, context=_CONTEXT)


def filled(values: list[Any]) -> np.ndarray:
    objects = np.empty(len(values), dtype=object)
    objects[:] = values
    return objects
