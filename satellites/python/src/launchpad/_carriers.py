# SPDX-License-Identifier: Apache-2.0
"""Exact values of SQL types that are finer or wider than Python's own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

_EPOCH = dt.datetime(1, 1, 1)
_TICKS_PER_MICROSECOND = 10
_TICKS_PER_SECOND = 10_000_000
_NANOSECONDS_PER_DAY = 86_400 * 10**9


def _from_ticks(ticks: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(microseconds=ticks // _TICKS_PER_MICROSECOND)


def _to_ticks(moment: dt.datetime) -> int:
    return (moment - _EPOCH) // dt.timedelta(microseconds=1) * _TICKS_PER_MICROSECOND


@dataclass(frozen=True, order=True, slots=True)
class DateTime2:
    """A datetime2(7): ticks of 100 ns since 0001-01-01T00:00:00, without a zone."""

    ticks: int

    @staticmethod
    def of(moment: dt.datetime) -> DateTime2:
        """The same moment as a naive datetime."""
        return DateTime2(_to_ticks(moment.replace(tzinfo=None)))

    @property
    def datetime(self) -> dt.datetime:
        """As a datetime; the seventh digit is cut off."""
        return _from_ticks(self.ticks)

    def __str__(self) -> str:
        seconds = _from_ticks(self.ticks).replace(microsecond=0)
        return f"{seconds.isoformat(sep=' ')}.{self.ticks % _TICKS_PER_SECOND:07d}"


@dataclass(frozen=True, order=True, slots=True)
class DateTimeOffset:
    """A datetimeoffset(7): ticks of 100 ns in UTC, and the offset it was written with."""

    ticks: int
    offset_minutes: int = 0

    @staticmethod
    def of(moment: dt.datetime) -> DateTimeOffset:
        """The same moment and offset as an aware datetime."""
        offset = moment.utcoffset()
        if offset is None:
            raise ValueError("a datetime without a zone has no offset")
        minutes = offset // dt.timedelta(minutes=1)
        utc = moment.replace(tzinfo=None) - offset
        return DateTimeOffset(_to_ticks(utc), minutes)

    @property
    def datetime(self) -> dt.datetime:
        """As an aware datetime; the seventh digit is cut off."""
        zone = dt.timezone(dt.timedelta(minutes=self.offset_minutes))
        return _from_ticks(self.ticks).replace(tzinfo=dt.UTC).astimezone(zone)

    def __str__(self) -> str:
        sign = "-" if self.offset_minutes < 0 else "+"
        hours, minutes = divmod(abs(self.offset_minutes), 60)
        local = DateTime2(self.ticks + self.offset_minutes * 60 * _TICKS_PER_SECOND)
        return f"{local} {sign}{hours:02d}:{minutes:02d}"


@dataclass(frozen=True, order=True, slots=True)
class Time:
    """A time of day finer than a microsecond: nanoseconds since midnight."""

    nanoseconds: int

    def __post_init__(self) -> None:
        if not 0 <= self.nanoseconds < _NANOSECONDS_PER_DAY:
            raise ValueError("a time of day lies within one day")

    @staticmethod
    def of(time: dt.time) -> Time:
        """The same time of day."""
        seconds = time.hour * 3600 + time.minute * 60 + time.second
        return Time(seconds * 10**9 + time.microsecond * 1000)

    @property
    def time(self) -> dt.time:
        """As a time; what is finer than a microsecond is cut off."""
        seconds, rest = divmod(self.nanoseconds, 10**9)
        return dt.time(seconds // 3600, seconds // 60 % 60, seconds % 60, rest // 1000)

    def __str__(self) -> str:
        return f"{self.time.replace(microsecond=0)}.{self.nanoseconds % 10**9:09d}"
