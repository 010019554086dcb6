# SPDX-License-Identifier: Apache-2.0
"""Conversion of result columns to their declared types (PROTOCOL.md section 9).

A value either fits its declared type exactly or is an error that names column, row and value. What
SQL's CAST rounds is rounded here too: decimals half away from zero, fractions of a second, and
float to real. Text is never parsed and nothing is turned into text except categories and UUIDs.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import sql_types
from .errors import ErrorCode, SatelliteError
from .python_values import NANOSECONDS, encoder, filled, typed
from .to_arrow import (
    conversion_error,
    encode,
    first_failure,
)

Array = Any  # pa.Array | pa.ChunkedArray


def convert(
    array: Array,
    natural: pa.Field,
    declared: pa.Field,
    column: str,
    row: int,
    *,
    exact: bool = False,
) -> pa.Array:
    """`array` as the declared type; `row` is the number of rows of this output before it.

    `exact`: nothing is rounded, since nobody has asked for the type.
    """
    array = _one_chunk(array)
    if not _same(array, natural, declared):
        try:
            array = _converted(array, natural, declared, exact)
        except _DoesNotFit as error:
            raise conversion_error(
                column, row + error.row, error.value, sql_types.type_name(declared), error.reason
            ) from None
    if not declared.nullable and array.null_count:
        first = row + pc.index(pc.is_null(array), True).as_py() + 1
        raise SatelliteError(
            ErrorCode.RESULT_NULL,
            f"column {column!r}, row {first}: NULL in a column declared NOT NULL",
            column=column,
            row=first,
        )
    return array


def convert_objects(values: np.ndarray, declared: pa.Field, column: str, row: int) -> pa.Array:
    """Python objects as the declared type, value by value."""
    kind = declared.type
    one = encoder(declared)
    expected = sql_types.type_name(declared)
    try:
        if one is not None:
            array = encode(values, kind, column, one)
        else:
            array = typed(values, kind)
    except SatelliteError as error:
        raise conversion_error(column, row + error.row - 1, values[error.row - 1], expected) from None
    except (pa.ArrowException, TypeError, ValueError, OverflowError, AttributeError):
        bad = first_failure(values, lambda part: typed(part, kind))
        raise conversion_error(column, row + bad, values[bad], expected) from None
    return convert(array, declared, declared, column, row)


class _DoesNotFit(Exception):
    """The first value of an array that does not fit, with its index."""

    def __init__(self, row: int, value: Any, reason: str = "") -> None:
        super().__init__(reason)
        self.row = row
        self.value = value
        self.reason = reason


def _one_chunk(array: Array) -> pa.Array:
    if not isinstance(array, pa.ChunkedArray):
        return array
    if array.num_chunks == 1:
        return array.chunk(0)
    combined = array.combine_chunks()
    if isinstance(combined, pa.ChunkedArray):
        combined = pa.concat_arrays(combined.chunks) if combined.num_chunks else pa.nulls(0)
    return combined if len(combined) else pa.array([], type=array.type)


def _same(array: pa.Array, natural: pa.Field, declared: pa.Field) -> bool:
    return bool(
        array.type.equals(declared.type)
        and sql_types.extension_name(natural) == sql_types.extension_name(declared)
    )


def _converted(
    array: pa.Array, natural: pa.Field, declared: pa.Field, exact: bool
) -> pa.Array:
    kind = declared.type
    if pa.types.is_dictionary(array.type) and not pa.types.is_dictionary(kind):
        array = array.dictionary_decode()
        natural = natural.with_type(array.type)
        if _same(array, natural, declared):
            return array
    if array.null_count == len(array):
        nulls = pa.nulls(len(array), sql_types.storage_type(declared))
        if isinstance(kind, pa.BaseExtensionType):
            return pa.ExtensionArray.from_storage(kind, nulls)
        return nulls
    extension = sql_types.extension_name(declared)
    if extension or sql_types.extension_name(natural):
        return _through_objects(array, natural, declared)
    step = (_exact_step if exact else _step)(array.type, kind)
    if step is None:
        raise _first_value(array, _hint(array.type, kind))
    try:
        converted = step(array)
    except (pa.ArrowException, decimal.DecimalException, OverflowError, ValueError):
        bad = first_failure(array, step)
        raise _DoesNotFit(bad, array[bad].as_py()) from None
    return converted


Step = Callable[[pa.Array], pa.Array]


def _step(source: pa.DataType, target: pa.DataType) -> Step | None:
    """How one Arrow type becomes another; None where no value may."""
    types = pa.types
    if types.is_dictionary(target):
        return _to_dictionary(source, target)
    if types.is_integer(target) or types.is_boolean(target):
        return _to_integer(source, target)
    if types.is_floating(target):
        return _to_float(source, target)
    if types.is_decimal(target):
        return _to_decimal(source, target)
    if types.is_temporal(target):
        return _to_temporal(source, target)
    text = (types.is_string, types.is_large_string)
    binary = (types.is_binary, types.is_large_binary, types.is_fixed_size_binary)
    for family in (text, binary):
        if any(member(target) for member in family):
            if any(member(source) for member in family):
                return _cast(target)
            return None
    if types.is_nested(target) and types.is_nested(source):
        return _cast(target)
    return None


def _exact_step(source: pa.DataType, target: pa.DataType) -> Step | None:
    """The same for a type that was only the first to come: Arrow's casts, which refuse a loss."""
    types = pa.types
    if types.is_floating(target) and (types.is_decimal(source) or types.is_float64(source)):
        return None
    if types.is_decimal(target):
        if types.is_decimal(source):
            return _cast(target)
        return None if types.is_floating(source) else _step(source, target)
    if types.is_temporal(target) and not types.is_date(target):
        return _cast(target) if _step(source, target) is not None else None
    return _step(source, target)


def _to_dictionary(source: pa.DataType, target: pa.DictionaryType) -> Step | None:
    encoded = pa.types.is_dictionary(source)
    plain = source.value_type if encoded else source
    inner = _step(plain, target.value_type) if plain != target.value_type else _identity
    if inner is None:
        return None

    def step(array: pa.Array) -> pa.Array:
        values = array.dictionary_decode() if encoded else array
        entries = inner(values).dictionary_encode()
        indices = entries.indices.cast(target.index_type)
        return pa.DictionaryArray.from_arrays(indices, entries.dictionary, ordered=target.ordered)

    return step


def _identity(array: pa.Array) -> pa.Array:
    return array


def _cast(target: pa.DataType) -> Step:
    return lambda array: array.cast(target)


def _to_integer(source: pa.DataType, target: pa.DataType) -> Step | None:
    types = pa.types
    if types.is_boolean(target):
        if types.is_integer(source) or types.is_floating(source):
            return _zero_or_one
        return None
    if types.is_integer(source) or types.is_floating(source) or types.is_boolean(source):
        return _cast(target)
    if types.is_decimal(source):
        return _cast(target)
    return None


def _zero_or_one(array: pa.Array) -> pa.Array:
    small = array.cast(pa.int8())
    bits = pc.is_in(small, value_set=pa.array([0, 1, None], pa.int8()))
    if not pc.all(bits).as_py():
        raise ValueError("neither 0 nor 1")
    return small.cast(pa.bool_())


def _to_float(source: pa.DataType, target: pa.DataType) -> Step | None:
    types = pa.types
    if types.is_floating(source):
        return _to_real if types.is_float32(target) else _cast(target)
    if types.is_integer(source) or types.is_boolean(source):
        return _cast(target)
    if types.is_decimal(source):
        return _cast(target)
    return None


def _to_real(array: pa.Array) -> pa.Array:
    real = array.cast(pa.float32())
    overflow = pc.and_(pc.is_inf(real), pc.invert(pc.is_inf(array)))
    if pc.any(overflow).as_py():
        raise ValueError("too large for real")
    return real


def _to_decimal(source: pa.DataType, target: pa.DataType) -> Step | None:
    types = pa.types
    if types.is_integer(source) or types.is_boolean(source):
        wide = pa.decimal256(76, target.scale)
        return lambda array: (
            array.cast(pa.int64() if types.is_boolean(source) else source)
            .cast(pa.decimal256(20, 0))
            .cast(wide)
            .cast(target)
        )
    if types.is_decimal(source) or types.is_floating(source):
        return lambda array: typed(_object_array(array), target)
    return None


def _to_temporal(source: pa.DataType, target: pa.DataType) -> Step | None:
    types = pa.types
    if types.is_timestamp(target):
        if types.is_date(source) and target.tz is None:
            return _cast(target)
        if types.is_timestamp(source) and (source.tz is None) == (target.tz is None):
            return _rounding(target)
        return None
    if types.is_date(target):
        return _whole_days if types.is_timestamp(source) and source.tz is None else None
    if types.is_duration(target):
        return _rounding(target) if types.is_duration(source) else None
    if types.is_time(target):
        return _rounding(target) if types.is_time(source) else None
    return None


def _whole_days(array: pa.Array) -> pa.Array:
    days = array.cast(pa.date32())
    if not pc.all(pc.equal(days.cast(array.type), array)).as_py():
        raise ValueError("not a whole day")
    return days


def _rounding(target: pa.DataType) -> Step:
    """Counts of a finer unit rounded half away from zero to those of a coarser one."""

    def step(array: pa.Array) -> pa.Array:
        factor = NANOSECONDS[target.unit] // NANOSECONDS[array.type.unit]
        if factor <= 1:
            return array.cast(target)
        width = pa.int32() if pa.types.is_time32(array.type) else pa.int64()
        counts = array.cast(width).cast(pa.int64())
        mask = np.asarray(counts.is_null().to_numpy(zero_copy_only=False))
        values = np.asarray(counts.fill_null(0).to_numpy(zero_copy_only=False))
        whole, part = np.divmod(np.abs(values), factor)
        rounded = np.sign(values) * (whole + (2 * part >= factor))
        target_width = pa.int32() if pa.types.is_time32(target) else pa.int64()
        return pa.array(rounded, mask=mask).cast(target_width).cast(target)

    return step


def _through_objects(array: pa.Array, natural: pa.Field, declared: pa.Field) -> pa.Array:
    from .from_arrow import python_values

    name = sql_types.extension_name(natural)
    plain = sql_types.storage(array)
    values = filled(python_values(natural, name, plain))
    one = encoder(declared)
    try:
        if one is None:
            return typed(values, declared.type)
        return encode(values, declared.type, "", one)
    except SatelliteError as error:
        raise _DoesNotFit(error.row - 1, values[error.row - 1]) from None
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        bad = first_failure(values, lambda part: typed(part, declared.type))
        raise _DoesNotFit(bad, values[bad]) from None


def _object_array(array: pa.Array) -> np.ndarray:
    return filled(array.to_pylist())


def _first_value(array: pa.Array, reason: str) -> Exception:
    index = pc.index(pc.is_valid(array), True).as_py()
    return _DoesNotFit(index, array[index].as_py(), reason)


def _hint(source: pa.DataType, target: pa.DataType) -> str:
    if pa.types.is_string(source) or pa.types.is_large_string(source):
        return "text is not converted; use pandas.to_numeric or to_datetime in the script"
    if pa.types.is_string(target) or pa.types.is_large_string(target):
        return "only text becomes text; use astype(str) in the script"
    if pa.types.is_timestamp(source) and pa.types.is_timestamp(target):
        return "one has a time zone and the other has none; use tz_localize or tz_convert"
    return f"from {source}"
