# SPDX-License-Identifier: Apache-2.0
"""The errors a satellite can answer with, as numbered in PROTOCOL.md section 10."""

from __future__ import annotations

from enum import Enum


class Category(Enum):
    """Whose doing an error is; values are those of the wire."""

    USER = 1
    RESOURCE = 2
    INTERNAL = 3


class ErrorCode(Enum):
    """An error's number and category; its name is its code on the wire."""

    SCRIPT_ERROR = (39004, Category.USER)
    LANGUAGE_UNKNOWN = (39007, Category.USER)
    BAD_REQUEST = (58000, Category.USER)
    SCRIPT_SYNTAX = (58001, Category.USER)
    SCRIPT_EXITED = (58002, Category.USER)
    RESULT_MISSING = (58010, Category.USER)
    RESULT_KIND = (58011, Category.USER)
    RESULT_COLUMNS = (58012, Category.USER)
    RESULT_CONVERSION = (58013, Category.USER)
    RESULT_NULL = (58014, Category.USER)
    VALUE_TOO_LARGE = (58015, Category.USER)
    TYPE_UNSUPPORTED = (58016, Category.USER)
    PARAMETER = (58017, Category.USER)
    DEADLINE_EXCEEDED = (58102, Category.RESOURCE)
    MEMORY_LIMIT = (58103, Category.RESOURCE)
    VERSION_UNSUPPORTED = (58202, Category.USER)
    PROTOCOL_VIOLATION = (58203, Category.INTERNAL)
    INTERNAL = (58303, Category.INTERNAL)

    def __init__(self, number: int, category: Category) -> None:
        self.number = number
        self.category = category


class SatelliteError(Exception):
    """A failure with a code of the protocol; ends the session with `FAILED`."""

    def __init__(self, code: ErrorCode, message: str, *, column: str = "", row: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.column = column
        self.row = row


class ProtocolViolation(SatelliteError):
    """The peer broke a rule of PROTOCOL.md or FORMAT.md; nothing it sends is read any more."""

    def __init__(self, message: str) -> None:
        super().__init__(ErrorCode.PROTOCOL_VIOLATION, message)


class PeerGone(Exception):
    """The other end closed a channel: there is nobody left to answer."""


class ChannelDamaged(Exception):
    """User code closed or replaced a descriptor of the satellite: nothing can be answered."""
