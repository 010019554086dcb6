# SPDX-License-Identifier: Apache-2.0
"""Parameters: one row of a BXL stream in, one row out, as variables of the script in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from . import compat, sql_types
from .bxl import BxlError
from .bxl_reader import BxlDecoder, read_stream
from .bxl_writer import BxlEncoder, EncodedFrame
from .convert import convert_objects
from .errors import ErrorCode, SatelliteError
from .from_arrow import python_values
from .inputs import InputReader

_DIRECTIONS = ("in", "out", "inout")


class Parameters:
    """The declared parameters of a call and their values on the way in."""

    def __init__(self, schema: pa.Schema, row: pa.RecordBatch | None) -> None:
        self._fields = list(schema)
        self._directions = [_direction(field) for field in schema]
        self._compat = False
        self._values = [_value(row, index) for index in range(len(schema))]

    @staticmethod
    def none() -> Parameters:
        return Parameters(pa.schema([]), None)

    @staticmethod
    def inline(data: bytes) -> Parameters:
        """From a stream that stands in the request."""
        decoder = BxlDecoder()
        try:
            batches = [received.batch for received in read_stream(data, decoder)]
        except BxlError as error:
            unsupported = error.code == "UNSUPPORTED"
            code = ErrorCode.TYPE_UNSUPPORTED if unsupported else ErrorCode.BAD_REQUEST
            raise SatelliteError(code, f"parameters: {error}") from error
        assert decoder.schema is not None
        return Parameters(decoder.schema, _only_row(batches))

    @staticmethod
    def read(reader: InputReader) -> Parameters:
        """From a stream of their own."""
        schema = reader.schema
        return Parameters(schema, _only_row([received.batch for received in reader]))

    def map_compat(self) -> None:
        """Values as SQL Server would give them to a script, and take them back."""
        self._values = [
            compat.scalar(field, value) for field, value in zip(self._fields, self._values, strict=True)
        ]
        self._compat = True

    @property
    def names(self) -> list[str]:
        return [field.name for field in self._fields]

    @property
    def has_outputs(self) -> bool:
        return any(direction != "in" for direction in self._directions)

    def bind(self, variables: dict[str, Any]) -> None:
        """Before the first run: sets every parameter that has a value on the way in."""
        for name, direction, value in self._each():
            if direction != "out":
                variables[name] = value

    def rebind(self, variables: dict[str, Any]) -> None:
        """Before a further run: in parameters are as declared, the others as the script left them."""
        for name, direction, value in self._each():
            if direction == "in":
                variables[name] = value

    def encode(self, variables: Mapping[str, Any]) -> tuple[BxlEncoder, list[EncodedFrame]]:
        """The out and inout parameters as one row, from the script's variables."""
        fields = []
        arrays = []
        for field, direction in zip(self._fields, self._directions, strict=True):
            if direction == "in":
                continue
            if field.name not in variables:
                raise SatelliteError(
                    ErrorCode.RESULT_MISSING,
                    f"the script did not assign the output parameter @{field.name}",
                    column=field.name,
                )
            fields.append(field)
            value = variables[field.name]
            arrays.append(_encode(field, compat.returned_scalar(value) if self._compat else value))
        schema = pa.schema(fields)
        encoder = BxlEncoder(schema)
        frames = encoder.start()
        frames += encoder.batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
        return encoder, frames + encoder.end()

    def _each(self) -> Iterator[tuple[str, str, Any]]:
        for field, direction, value in zip(self._fields, self._directions, self._values, strict=True):
            yield field.name, direction, value


def _only_row(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    rows = [batch for batch in batches if batch.num_rows > 0]
    if len(rows) != 1 or rows[0].num_rows != 1:
        count = sum(batch.num_rows for batch in rows)
        raise SatelliteError(ErrorCode.BAD_REQUEST, f"parameters: {count} rows instead of one")
    return rows[0]


def _direction(field: pa.Field) -> str:
    direction = str((field.metadata or {}).get(sql_types.DIRECTION_KEY, b"in").decode())
    if direction not in _DIRECTIONS:
        raise SatelliteError(
            ErrorCode.BAD_REQUEST, f"parameters: @{field.name} has the direction {direction!r}"
        )
    return direction


def _value(row: pa.RecordBatch | None, index: int) -> Any:
    if row is None:
        return None
    field = row.schema.field(index)
    column = sql_types.storage(row.column(index))
    try:
        return python_values(field, sql_types.extension_name(field), column)[0]
    except (OverflowError, ValueError) as error:
        raise SatelliteError(
            ErrorCode.PARAMETER,
            f"@{field.name}: Python has no such {sql_types.type_name(field)} ({error})",
            column=field.name,
        ) from None


def _encode(field: pa.Field, value: Any) -> pa.Array:
    if isinstance(value, np.generic):
        value = _plain(value)
    values = np.empty(1, dtype=object)
    values[0] = value
    # The value is told as it is: a parameter has no row.
    try:
        return convert_objects(values, field.with_nullable(True), field.name, 0)
    except SatelliteError as error:
        message = error.message.replace(f"column {field.name!r}, row 1: ", f"@{field.name}: ", 1)
        raise SatelliteError(ErrorCode.PARAMETER, message, column=field.name) from None


def _plain(value: np.generic) -> Any:
    """A numpy scalar as Python's, except dates, whose nanoseconds Python would lose."""
    if isinstance(value, np.datetime64 | np.timedelta64):
        import pandas as pd

        return pd.Timestamp(value) if isinstance(value, np.datetime64) else pd.Timedelta(value)
    return value.item()
