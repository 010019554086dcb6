# SPDX-License-Identifier: Apache-2.0
"""Writing BXL: record batches as frames whose bodies are the columns' own memory."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import pyarrow as pa

from .arrow_message import (
    CONTINUATION,
    PREFIX,
    ArrowMessage,
    pad_metadata,
)
from .bxl import HEADER_BYTES, FrameHeader, Kind
from .frames import BytesLike

_GATHER_FEW = 32
_SMALL_PIECE = 4096


@dataclass(frozen=True, slots=True)
class EncodedFrame:
    """A frame to be written: a gather list and its length."""

    parts: list[BytesLike]
    length: int


class _MessageSink:
    """The file-like object that keeps what Arrow's stream writer writes, without copying bodies."""

    closed = False

    def __init__(self) -> None:
        self.parts: deque[BytesLike] = deque()

    def write(self, data: bytes | pa.Buffer) -> int:
        # Buffers of columns come as they are; a memoryview keeps them alive until they are sent.
        self.parts.append(data if isinstance(data, bytes) else memoryview(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is buffered."""

    def close(self) -> None:
        self.closed = True


class BxlEncoder:
    """Turns a schema and record batches into the frames of one stream.

    Arrow's own writer makes the messages, so dictionaries, slices and nested columns are its
    business; the bodies it hands over are the columns' own memory.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self.frames = 0
        self.rows = 0
        self.bytes = 0
        self._schema = schema
        self._schema_due = True
        self._sink = _MessageSink()
        self._file = pa.PythonFile(self._sink, "w")
        self._writer = pa.ipc.new_stream(self._file, schema)
        self._writer_forgets = any(_has_float_dictionary(field.type) for field in schema)

    def start(self) -> list[EncodedFrame]:
        """The schema frame. Arrow's writer holds its own back until the first batch."""
        return [self._message(self._schema.serialize().to_pybytes(), deque())]

    def batch(self, batch: pa.RecordBatch) -> list[EncodedFrame]:
        """The frames of a batch: dictionaries that are new, then the batch."""
        if self._writer_forgets and not self._schema_due:
            # Arrow's writer takes a dictionary for the last one where 0.0 has become -0.0.
            self._writer = pa.ipc.new_stream(self._file, self._schema)
            self._schema_due = True
        self._writer.write_batch(batch)
        return self._take()

    def end(self) -> list[EncodedFrame]:
        """The end frame; nothing may follow."""
        return [self._frame(Kind.END, b"", [], 0, self.rows, 0)]

    def _take(self) -> list[EncodedFrame]:
        parts = self._sink.parts
        frames = []
        while parts:
            _, size = PREFIX.unpack(bytes(parts.popleft()) + bytes(parts.popleft()))
            flatbuffer = b"".join(bytes(part) for part in _pieces(parts, size))
            if self._schema_due:
                self._schema_due = False
                continue
            frames.append(self._message(PREFIX.pack(CONTINUATION, size) + flatbuffer, parts))
        return frames

    def _message(self, metadata: bytes, parts: deque[BytesLike]) -> EncodedFrame:
        message = ArrowMessage(metadata)
        body = _joined(_pieces(parts, message.body_length))
        padding = -message.body_length % 64
        if padding:
            body.append(bytes(padding))
        length = message.body_length + padding
        kind = Kind(message.kind)
        rows = 0 if kind == Kind.SCHEMA else message.batch.rows
        if kind == Kind.BATCH:
            self.rows += rows
        dictionary = message.dictionary.id if kind == Kind.DICTIONARY else 0
        padded = pad_metadata(metadata, message, length)
        return self._frame(kind, padded, body, length, rows, dictionary)

    def _frame(
        self,
        kind: Kind,
        metadata: bytes,
        body: list[BytesLike],
        body_length: int,
        rows: int,
        dictionary: int,
    ) -> EncodedFrame:
        length = HEADER_BYTES + len(metadata) + body_length
        header = FrameHeader(
            kind, length, len(metadata), body_length, rows, self.frames, dictionary, self.bytes
        )
        self.frames += 1
        self.bytes += length
        return EncodedFrame([header.pack() + metadata, *body], length)


def _has_float_dictionary(data_type: pa.DataType, *, within: bool = False) -> bool:
    """Whether there are floats in a dictionary, at any depth."""
    if pa.types.is_dictionary(data_type):
        return _has_float_dictionary(data_type.value_type, within=True)
    if within and pa.types.is_floating(data_type):
        return True
    children = (data_type.field(i).type for i in range(data_type.num_fields))
    return any(_has_float_dictionary(child, within=within) for child in children)


def _pieces(parts: deque[BytesLike], size: int) -> list[BytesLike]:
    """Takes the writes that make up the next `size` bytes; Arrow never writes across that border."""
    taken = []
    while size > 0:
        part = parts.popleft()
        size -= len(part)
        if len(part) > 0:
            taken.append(part)
    assert size == 0, "Arrow wrote across the end of a message"
    return taken


def _joined(pieces: list[BytesLike]) -> list[BytesLike]:
    """Small neighbours in one piece: many columns of few rows are cheaper to copy than to gather."""
    if len(pieces) < _GATHER_FEW:
        return pieces
    joined: list[BytesLike] = []
    small: list[BytesLike] = []
    for piece in pieces:
        if len(piece) < _SMALL_PIECE:
            small.append(piece)
            continue
        joined += [b"".join(small), piece]
        small = []
    joined.append(b"".join(small))
    return [piece for piece in joined if len(piece) > 0]
