# SPDX-License-Identifier: Apache-2.0
"""The few fields of an Arrow IPC message that BXL needs and pyarrow does not show.

An encapsulated message is `FF FF FF FF`, the size of the flatbuffer as int32, the flatbuffer. A
flatbuffer table begins with the distance back to its vtable, which holds the offset of each field.
"""

from __future__ import annotations

import struct
from enum import IntEnum
from functools import cache
from typing import TypeAlias

PREFIX = struct.Struct("<4si")
CONTINUATION = b"\xff\xff\xff\xff"

_START = struct.Struct("<4siI")
_UINT8 = struct.Struct("<B")
_UINT16 = struct.Struct("<H")
_INT32 = struct.Struct("<i")
_UINT32 = struct.Struct("<I")
_INT64 = struct.Struct("<q")

_METADATA_V5 = 4


class MessageType(IntEnum):
    """The union member of a message's header that BXL carries."""

    SCHEMA = 1
    DICTIONARY = 2
    BATCH = 3


class MalformedMessage(Exception):
    """The metadata is not a well-formed Arrow message."""


_OUTSIDE = MalformedMessage("an offset points outside the metadata")

Bytes: TypeAlias = "bytes | bytearray | memoryview"


class _Table:
    """A flatbuffer table: where each of its fields stands."""

    __slots__ = ("_bytes", "_entries", "_start")

    def __init__(self, data: Bytes, start: int) -> None:
        try:
            vtable = start - _INT32.unpack_from(data, start)[0]
            size = _UINT16.unpack_from(data, vtable)[0]
            if vtable < 0 or size < 4:
                raise MalformedMessage("a vtable lies outside the metadata")
            self._entries = _vtable_struct(size).unpack_from(data, vtable + 4)
        except struct.error as error:
            raise _OUTSIDE from error
        self._bytes = data
        self._start = start

    def at(self, index: int) -> int:
        """Where a field stands; 0 when it is left out and has its default."""
        if index >= len(self._entries) or self._entries[index] == 0:
            return 0
        return self._start + int(self._entries[index])

    def value(self, index: int, form: struct.Struct) -> int:
        at = self.at(index)
        if at == 0:
            return 0
        try:
            value: int = form.unpack_from(self._bytes, at)[0]
        except struct.error as error:
            raise _OUTSIDE from error
        return value

    def table(self, index: int) -> _Table:
        at = self.at(index)
        if at == 0:
            raise MalformedMessage("a table is missing")
        return _Table(self._bytes, at + self.value(index, _UINT32))


@cache
def _vtable_struct(size: int) -> struct.Struct:
    return struct.Struct(f"<{(size - 4) // 2}H")


class ArrowMessage:
    """A view of the `Message` table in the metadata of a frame."""

    def __init__(self, metadata: Bytes) -> None:
        try:
            continuation, size, root = _START.unpack_from(metadata)
        except struct.error as error:
            raise MalformedMessage("shorter than its prefix") from error
        if continuation != CONTINUATION or size != len(metadata) - PREFIX.size:
            raise MalformedMessage("the prefix does not fit the metadata's length")
        self._table = table = _Table(metadata, PREFIX.size + root)
        self.is_version_5 = table.value(0, _UINT16) == _METADATA_V5
        self.kind = table.value(1, _UINT8)
        self.body_length = table.value(3, _INT64)

    @property
    def body_length_at(self) -> int:
        """Where the body's length stands; 0 when it is left out, which means 0."""
        return self._table.at(3)

    @property
    def dictionary(self) -> DictionaryMessage:
        return DictionaryMessage(self._table.table(2))

    @property
    def batch(self) -> BatchMessage:
        """The record batch; that of a dictionary holds its entries."""
        header = self._table.table(2)
        return BatchMessage(header.table(1) if self.kind == MessageType.DICTIONARY else header)


class DictionaryMessage:
    """What a dictionary message says of itself."""

    def __init__(self, table: _Table) -> None:
        self.id = table.value(0, _INT64)
        self.is_delta = table.value(2, _UINT8) != 0


class BatchMessage:
    """What a record batch says of itself."""

    def __init__(self, table: _Table) -> None:
        self.rows = table.value(0, _INT64)
        self.is_compressed = table.at(3) != 0


def pad_metadata(metadata: bytes, message: ArrowMessage, body_length: int) -> bytes:
    """A message's metadata as BXL wants it: padded to 64 bytes, with the padded body's length."""
    padding = -len(metadata) % 64
    padded = bytearray(metadata)
    padded += bytes(padding)
    PREFIX.pack_into(padded, 0, CONTINUATION, len(padded) - PREFIX.size)
    at = message.body_length_at
    if at:
        _INT64.pack_into(padded, at, body_length)
    return bytes(padded)
