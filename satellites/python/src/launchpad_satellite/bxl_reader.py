# SPDX-License-Identifier: Apache-2.0
"""Reading BXL: the frames of a stream as record batches that lie where they were received."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from .arrow_message import (
    ArrowMessage,
    MalformedMessage,
)
from .bxl import HEADER_BYTES, BxlError, BxlLimits, Frame, FrameHeader, Kind, allocate
from .crc32c import crc32c
from .frames import BytesLike

_CRC_FIELD = slice(20, 24)


@dataclass(frozen=True, slots=True)
class ReceivedBatch:
    """A record batch and the writable memory its buffers lie in."""

    batch: pa.RecordBatch
    memory: np.ndarray


@dataclass(slots=True)
class _MessageSource:
    """The file-like object from which Arrow's stream reader takes the messages we hand it."""

    parts: deque[memoryview] = field(default_factory=deque)
    closed: bool = False

    def read(self, size: int = -1) -> memoryview | bytes:
        if not self.parts:
            return b""
        part = self.parts[0]
        if size < 0 or size >= len(part):
            return self.parts.popleft()
        self.parts[0] = part[size:]
        return part[:size]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        self.closed = True


class BxlDecoder:
    """Turns the frames of one stream, in order, into a schema and record batches without copying.

    Lengths, order and totals are checked here; buffers are trusted unless `validate` is asked for,
    since launchpad's own reader has checked what comes from an engine.
    """

    def __init__(
        self,
        limits: BxlLimits | None = None,
        *,
        compression: bool = True,
        validate: bool = False,
    ) -> None:
        self.limits = limits or BxlLimits()
        self.ended = False
        self.rows = 0
        self._compression = compression
        self._validate = validate
        self._frames = 0
        self._bytes = 0
        self._source = _MessageSource()
        self._reader: pa.RecordBatchStreamReader | None = None

    @property
    def schema(self) -> pa.Schema | None:
        """The stream's schema, once its frame has come."""
        return None if self._reader is None else self._reader.schema

    def add(self, frame: Frame) -> ReceivedBatch | None:
        """Takes the next frame; a batch frame gives its batch."""
        try:
            return self._add(frame)
        except BxlError as error:
            if error.frame is None:
                raise BxlError(error.code, str(error).partition(": ")[2], self._frames) from error
            raise
        except MalformedMessage as error:
            raise BxlError("BAD_METADATA", str(error), self._frames) from error
        except pa.ArrowNotImplementedError as error:
            raise BxlError("UNSUPPORTED", str(error), self._frames) from error
        except (pa.ArrowException, OSError) as error:
            if str(error).startswith("Invalid storage type for"):
                # A dictionary of UUIDs or JSON: right, but pyarrow does not take it.
                raise BxlError("UNSUPPORTED", str(error), self._frames) from error
            raise BxlError("BAD_METADATA", str(error), self._frames) from error

    def _add(self, frame: Frame) -> ReceivedBatch | None:
        header = frame.header
        self._check_order(header)
        if header.crc is not None:
            _check_crc(frame, header.crc)
        if header.kind == Kind.END:
            if header.rows != self.rows:
                raise BxlError("BAD_COUNT", f"the end says {header.rows} rows, it was {self.rows}")
            self.ended = True
            self._frames += 1
            return None
        self._check_message(frame)
        self._frames += 1
        self._bytes += header.length
        self._source.parts.append(frame.message)
        if header.kind == Kind.SCHEMA:
            self._reader = pa.ipc.open_stream(pa.PythonFile(self._source, "r"))
            self.limits.check("columns", _count_fields(self._reader.schema, 1, self.limits))
        elif header.kind == Kind.BATCH:
            return self._read_batch(frame)
        return None

    def _read_batch(self, frame: Frame) -> ReceivedBatch:
        assert self._reader is not None
        batch = self._reader.read_next_batch()
        if batch.num_rows != frame.header.rows:
            raise BxlError("BAD_COUNT", f"{frame.header.rows} rows announced, {batch.num_rows} came")
        if self._validate:
            batch.validate(full=True)
        self.rows += batch.num_rows
        return ReceivedBatch(batch, frame.memory)

    def _check_order(self, header: FrameHeader) -> None:
        if self.ended:
            raise BxlError("BAD_ORDER", "a frame after the end frame")
        if header.number != self._frames or header.before != self._bytes:
            raise BxlError("BAD_SEQUENCE", "frame number or stream length is not the next one")
        if (header.kind == Kind.SCHEMA) != (self._frames == 0):
            raise BxlError("BAD_ORDER", "the schema frame must be the first one and the only one")

    def _check_message(self, frame: Frame) -> None:
        header = frame.header
        message = ArrowMessage(frame.message[: header.metadata])
        if message.kind != header.kind or not message.is_version_5:
            raise BxlError("BAD_METADATA", "the message is not of the frame's kind or not V5")
        if message.body_length != header.body:
            raise BxlError("BAD_HEADER", "header and message state different body lengths")
        if header.kind == Kind.SCHEMA:
            return
        batch = message.batch
        if batch.rows != header.rows:
            raise BxlError("BAD_COUNT", f"{header.rows} rows announced, {batch.rows} came")
        if batch.is_compressed and not self._compression:
            raise BxlError("UNSUPPORTED", "compression that was not agreed on")
        if header.kind == Kind.DICTIONARY:
            dictionary = message.dictionary
            if dictionary.is_delta:
                raise BxlError("UNSUPPORTED", "delta dictionaries are not part of version 1")
            if dictionary.id != header.dictionary:
                raise BxlError("BAD_HEADER", "header and message name different dictionaries")


def _count_fields(parent: Iterable[pa.Field], depth: int, limits: BxlLimits) -> int:
    """The fields of a schema at all depths; refuses types that FORMAT.md section 4 does not name."""
    limits.check("nesting_depth", depth)
    count = 0
    for field_ in parent:
        kind = field_.type
        if isinstance(kind, pa.BaseExtensionType):
            kind = kind.storage_type
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        if any(refused(kind) for refused in _REFUSED):
            raise BxlError("UNSUPPORTED", f"column {field_.name!r} has the type {kind}")
        children = [kind.field(index) for index in range(kind.num_fields)]
        count += 1 + _count_fields(children, depth + 1 if children else depth, limits)
    return count


_REFUSED: tuple[Callable[[pa.DataType], bool], ...] = (
    pa.types.is_float16,
    pa.types.is_union,
    pa.types.is_date64,
    pa.types.is_decimal32,
    pa.types.is_decimal64,
    pa.types.is_string_view,
    pa.types.is_binary_view,
    pa.types.is_list_view,
    pa.types.is_large_list_view,
    pa.types.is_run_end_encoded,
    lambda kind: str(kind) in ("month_interval", "day_time_interval"),  # pyarrow has no class
    lambda kind: pa.types.is_decimal(kind) and not 0 <= kind.scale <= kind.precision,
)


def _check_crc(frame: Frame, expected: int) -> None:
    data = bytearray(frame.memory.data[: frame.header.length])
    data[_CRC_FIELD] = bytes(4)
    if crc32c(data) != expected:
        raise BxlError("BAD_CHECKSUM", "the frame's checksum differs")


def read_stream(data: BytesLike, decoder: BxlDecoder) -> Iterator[ReceivedBatch]:
    """The batches of a whole stream that lies in memory."""
    rest = memoryview(data)
    while len(rest) > 0:
        if len(rest) < HEADER_BYTES:
            raise BxlError("TRUNCATED", "the stream ends inside a header")
        header = FrameHeader.parse(rest, decoder.limits)
        if len(rest) < header.length:
            raise BxlError("TRUNCATED", "the stream ends inside a frame")
        memory = allocate(header.length)
        memory[:] = np.frombuffer(rest[: header.length], dtype=np.uint8)
        batch = decoder.add(Frame(header, memory))
        rest = rest[header.length :]
        if batch is not None:
            yield batch
    if not decoder.ended:
        raise BxlError("TRUNCATED", "the stream has no end frame")


def read_schema_frame(data: BytesLike) -> pa.Schema:
    """The schema in one schema frame."""
    header = FrameHeader.parse(data, BxlLimits()) if len(data) >= HEADER_BYTES else None
    if header is None or header.kind != Kind.SCHEMA or header.length != len(data):
        raise BxlError("BAD_ORDER", "one schema frame was expected", 0)
    memory = allocate(header.length)
    memory[:] = np.frombuffer(data, dtype=np.uint8)
    decoder = BxlDecoder()
    decoder.add(Frame(header, memory))
    assert decoder.schema is not None
    return decoder.schema
