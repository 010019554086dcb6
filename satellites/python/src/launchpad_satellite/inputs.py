# SPDX-License-Identifier: Apache-2.0
"""Inputs of a session: read whole, in chunks of rows, or cut where the partition columns change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import sql_types
from .bxl import BxlError
from .bxl_reader import BxlDecoder, ReceivedBatch
from .channel import Channel
from .compat import data_frame as compat_frame
from .errors import ErrorCode, ProtocolViolation, SatelliteError
from .from_arrow import data_frame, to_pandas
from .growing import GrowingNumbers
from .streams import IncomingFrames

FORMATS = ("pandas", "arrow", "polars", "numpy")

_NO_SCHEMA = pa.schema([])


class InputReader:
    """One input stream, batch by batch."""

    def __init__(self, channel: Channel, stream: int) -> None:
        self._channel = channel
        self._frames = IncomingFrames(stream, channel.own_credit, channel.grant)
        self._decoder = BxlDecoder()
        channel.open_incoming(self._frames)

    @property
    def schema(self) -> pa.Schema:
        """The input's schema; waits for it."""
        while self._decoder.schema is None:
            self._step()
        return self._decoder.schema

    def next(self) -> ReceivedBatch | None:
        """The next batch that has rows; None at the end."""
        self._channel.interrupts.check()
        with self._channel.interrupts.critical():
            while not self._decoder.ended:
                received = self._step()
                if received is not None and received.batch.num_rows > 0:
                    return received
            return None

    def __iter__(self) -> Iterator[ReceivedBatch]:
        while (received := self.next()) is not None:
            yield received

    def close(self) -> None:
        """Lets the client stop when the script did not read to the end."""
        if not self._decoder.ended:
            self._channel.discard(self._frames)

    def _step(self) -> ReceivedBatch | None:
        frames = self._frames
        if not frames.ready:
            self._channel.wait(lambda: frames.ready)
        try:
            return self._decoder.add(frames.take())
        except BxlError as error:
            raise _refused(error) from error


def _refused(error: BxlError) -> SatelliteError:
    if error.code == "UNSUPPORTED":
        return SatelliteError(ErrorCode.TYPE_UNSUPPORTED, f"an input cannot be read: {error}")
    return ProtocolViolation(f"an input is malformed: {error}")


Batches = Sequence[ReceivedBatch]


def chunks(reader: InputReader, rows: int) -> Iterator[Batches]:
    """The input in pieces of `rows` rows, the last one shorter; one empty piece if it is empty."""
    piece: list[ReceivedBatch] = []
    missing = rows
    empty = True
    for received in reader:
        start = 0
        while start < received.batch.num_rows:
            part = received.batch.slice(start, missing)
            piece.append(ReceivedBatch(part, received.memory))
            start += part.num_rows
            missing -= part.num_rows
            if missing == 0:
                yield piece
                empty = False
                piece, missing = [], rows
    if piece or empty:
        yield piece


def partitions(reader: InputReader, columns: Sequence[str]) -> Iterator[Batches]:
    """The input cut where a partition column changes; one empty piece if it is empty."""
    keys = [_column_index(reader.schema, name) for name in columns]
    piece: list[ReceivedBatch] = []
    last: pa.RecordBatch | None = None
    for received in reader:
        key = _keys(received.batch, keys)
        cuts = _changes(key)
        if last is not None:
            seam = pa.Table.from_batches([last, key.slice(0, 1)]).combine_chunks().to_batches()[0]
            if len(_changes(seam)) > 0:
                yield piece
                piece = []
        last = key.slice(key.num_rows - 1)
        start = 0
        for cut in [*cuts, received.batch.num_rows]:
            if start > 0:
                yield piece
                piece = []
            piece.append(ReceivedBatch(received.batch.slice(start, cut - start), received.memory))
            start = cut
    yield piece


def _column_index(schema: pa.Schema, name: str) -> int:
    indices = schema.get_all_field_indices(name)
    if len(indices) != 1:
        found = "no column" if not indices else f"{len(indices)} columns"
        raise SatelliteError(
            ErrorCode.BAD_REQUEST, f"partition_columns: the main input has {found} named {name!r}"
        )
    return int(indices[0])


def _keys(batch: pa.RecordBatch, columns: Sequence[int]) -> pa.RecordBatch:
    arrays = [_comparable(sql_types.storage(batch.column(index))) for index in columns]
    return pa.RecordBatch.from_arrays(arrays, names=[str(index) for index in columns])


def _comparable(array: pa.Array) -> pa.Array:
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def _changes(keys: pa.RecordBatch) -> list[int]:
    """The rows whose key differs from that of the row before. NULL equals NULL, NaN equals NaN."""
    rows = keys.num_rows
    if rows < 2:
        return []
    changed = np.zeros(rows - 1, dtype=bool)
    for column in keys.columns:
        before, here = column.slice(0, rows - 1), column.slice(1)
        try:
            differs = pc.not_equal(before, here)
        except pa.ArrowNotImplementedError as error:
            raise SatelliteError(
                ErrorCode.BAD_REQUEST,
                f"partition_columns: values of type {column.type} cannot be compared",
            ) from error
        if pa.types.is_floating(column.type):
            differs = pc.and_not(differs, pc.and_(pc.is_nan(before), pc.is_nan(here)))
        changed |= np.asarray(differs.fill_null(False).to_numpy(zero_copy_only=False))
        changed |= np.asarray(
            pc.not_equal(before.is_null(), here.is_null()).to_numpy(zero_copy_only=False)
        )
    return [int(index) + 1 for index in np.flatnonzero(changed)]


def bind_pieces(
    schema: pa.Schema,
    pieces: Iterator[Batches],
    input_format: str,
    *,
    always_masked: bool,
    compat: bool,
) -> Iterator[Any]:
    """Each piece as the kind of object the script asked for."""
    for piece in pieces:
        yield bind(schema, piece, input_format, always_masked=always_masked, compat=compat)


def bind(
    schema: pa.Schema,
    batches: Batches,
    input_format: str,
    *,
    always_masked: bool = False,
    compat: bool = False,
) -> Any:
    """Rows that are there, as the kind of object the script asked for."""
    if compat:
        return compat_frame(schema, batches)
    if input_format == "pandas":
        return data_frame(schema, batches, always_masked=always_masked)
    arrow = [received.batch for received in batches]
    if input_format == "arrow":
        return pa.RecordBatchReader.from_batches(schema, iter(arrow))
    if input_format == "polars":
        return _polars().from_arrow(pa.Table.from_batches(arrow, schema))
    return _numpy(schema, batches)


def whole(reader: InputReader, input_format: str, *, compat: bool = False) -> Any:
    """All rows of an input, as the kind of object the script asked for."""
    schema = reader.schema
    if compat:
        return bind(schema, list(reader), input_format, compat=True)
    if input_format != "pandas" or not GrowingNumbers.fits(schema):
        return bind(schema, list(reader), input_format)
    some = [received for received in (reader.next(), reader.next()) if received is not None]
    if len(some) < 2:
        # One batch needs no copy: its columns are views of the received memory.
        return bind(schema, some, input_format)
    growing = GrowingNumbers(schema)
    while some:
        growing.append(some.pop(0))
    while (received := reader.next()) is not None:
        growing.append(received)
    return growing.frame()


def lazy(reader: InputReader) -> pa.RecordBatchReader:
    """An input that is received while the script reads it."""
    batches = (received.batch for received in reader)
    return pa.RecordBatchReader.from_batches(reader.schema, batches)


def empty(input_format: str) -> Any:
    """What a script finds under the main input's name when there is no input."""
    return bind(_NO_SCHEMA, [], input_format)


def check_format(name: str) -> str:
    """The request's input format, with its default."""
    name = name or "pandas"
    if name not in FORMATS:
        raise SatelliteError(
            ErrorCode.BAD_REQUEST, f"input_format is {name!r}, not one of {', '.join(FORMATS)}"
        )
    if name == "polars":
        _polars()
    return name


def _polars() -> Any:
    try:
        import polars
    except ImportError as error:
        raise SatelliteError(
            ErrorCode.BAD_REQUEST, "input_format is 'polars', which this runtime does not have"
        ) from error
    return polars


def _numpy(schema: pa.Schema, batches: Batches) -> dict[str, np.ndarray]:
    """Columns by name, masked where they are NULL; a name that is there twice keeps its first."""
    columns: dict[str, np.ndarray] = {}
    for index, field in enumerate(schema):
        values = to_pandas(field, index, batches, always_masked=False)
        if not isinstance(values, np.ndarray):
            mask = np.asarray(values.isna())
            if hasattr(values, "_data") and hasattr(values, "_mask"):
                values = np.ma.MaskedArray(values._data, mask=mask)
            else:
                values = np.asarray(values, dtype=object)
                values[mask] = None
        columns.setdefault(field.name, values)
    return columns
