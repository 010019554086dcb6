# SPDX-License-Identifier: Apache-2.0
"""CRC-32C (RFC 3720) in plain Python, for the rare peer that sends it over a Unix socket.

A satellite does not offer the `crc32c` capability, so this is for BXL files and vectors; it is slow.
"""

from __future__ import annotations


def _table() -> tuple[int, ...]:
    entries = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        entries.append(value)
    return tuple(entries)


_TABLE = _table()


def crc32c(data: bytes | bytearray | memoryview, start: int = 0) -> int:
    """The checksum of `data`, continuing from that of what came before it."""
    value = start ^ 0xFFFFFFFF
    for byte in bytes(data):
        value = (value >> 8) ^ _TABLE[(value ^ byte) & 0xFF]
    return value ^ 0xFFFFFFFF
