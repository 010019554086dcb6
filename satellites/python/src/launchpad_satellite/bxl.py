# SPDX-License-Identifier: Apache-2.0
"""BXL frames (FORMAT.md): the 64-byte header, its checks, the limits and the memory of a frame."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pyarrow as pa

from .frames import BytesLike

HEADER_BYTES = 64
MAGIC = b"BXL1"

_HEADER = struct.Struct("<4sBBHQIIQQQqQ")
_HAS_CRC = 1


class Kind(IntEnum):
    """What a frame holds."""

    SCHEMA = 1
    DICTIONARY = 2
    BATCH = 3
    END = 4


class BxlError(Exception):
    """A stream that FORMAT.md does not allow; the code is one of its section 8."""

    def __init__(self, code: str, message: str, frame: int | None = None) -> None:
        where = "" if frame is None else f" (frame {frame})"
        super().__init__(f"{code}: {message}{where}")
        self.code = code
        self.frame = frame


@dataclass(frozen=True, slots=True)
class BxlLimits:
    """What a reader accepts at most, FORMAT.md section 5."""

    frame_bytes: int = 320 << 20
    metadata_bytes: int = 16 << 20
    batch_rows: int = 1 << 20
    columns: int = 4096
    nesting_depth: int = 16
    dictionary_entries: int = 1 << 24
    dictionary_bytes: int = 256 << 20

    def check(self, name: str, value: int) -> None:
        limit: int = getattr(self, name)
        if value > limit:
            raise BxlError("LIMIT_EXCEEDED", f"{name} is {value}, at most {limit} allowed")


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """The fixed part of a frame."""

    kind: Kind
    length: int
    metadata: int
    body: int
    rows: int
    number: int
    dictionary: int
    before: int
    crc: int | None = None

    @staticmethod
    def parse(data: BytesLike, limits: BxlLimits) -> FrameHeader:
        """Reads and checks the 64 bytes a frame starts with."""
        (magic, kind, flags, reserved, length, metadata, crc, body, rows, number, dictionary,
         before) = _HEADER.unpack_from(data)  # fmt: skip
        if magic != MAGIC:
            raise BxlError("BAD_MAGIC", f"a frame starts with {magic!r}")
        if not 1 <= kind <= 4 or flags & ~_HAS_CRC or reserved:
            raise BxlError("BAD_HEADER", "kind, flags or reserved bytes are not of version 1")
        if crc and not flags:
            raise BxlError("BAD_HEADER", "a checksum without its flag")
        header = FrameHeader(
            Kind(kind), length, metadata, body, rows, number, dictionary, before,
            crc if flags else None,
        )  # fmt: skip
        header._check(limits)
        return header

    def _check(self, limits: BxlLimits) -> None:
        if self.rows >> 63 or self.metadata >> 31:
            raise BxlError("BAD_HEADER", f"{self.rows} rows, {self.metadata} bytes of metadata")
        if self.metadata % 64 or self.body % 64:
            raise BxlError("BAD_HEADER", "metadata and body must be multiples of 64 bytes")
        if self.length != HEADER_BYTES + self.metadata + self.body:
            raise BxlError("BAD_HEADER", "the frame's length is not the sum of its parts")
        if (self.metadata == 0) != (self.kind == Kind.END):
            raise BxlError("BAD_HEADER", "metadata must be there in all frames but the end frame")
        if self.body and self.kind in (Kind.SCHEMA, Kind.END):
            raise BxlError("BAD_HEADER", "a schema or end frame has no body")
        if self.rows and self.kind == Kind.SCHEMA:
            raise BxlError("BAD_HEADER", "a schema frame has no rows")
        if self.dictionary and self.kind != Kind.DICTIONARY:
            raise BxlError("BAD_HEADER", "a dictionary id in another kind of frame")
        limits.check("metadata_bytes", self.metadata)
        limits.check("frame_bytes", self.length)
        if self.kind == Kind.BATCH:
            limits.check("batch_rows", self.rows)
        if self.kind == Kind.DICTIONARY:
            limits.check("dictionary_entries", self.rows)
            limits.check("dictionary_bytes", self.body)

    def pack(self) -> bytes:
        """The header as it is written, without a checksum."""
        return _HEADER.pack(
            MAGIC, self.kind, 0, 0, self.length, self.metadata, 0, self.body, self.rows,
            self.number, self.dictionary, self.before,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """A received frame: its header and all of its bytes, in writable memory aligned to 64."""

    header: FrameHeader
    memory: np.ndarray

    @property
    def message(self) -> memoryview:
        return self.memory.data[HEADER_BYTES:]


def allocate(length: int) -> np.ndarray:
    """Writable memory for a frame, aligned to 64 bytes."""
    return np.frombuffer(pa.allocate_buffer(length), dtype=np.uint8)
