# SPDX-License-Identifier: Apache-2.0
"""When a SIGINT may raise KeyboardInterrupt: in user code and while waiting, never inside a frame."""

from __future__ import annotations

import signal
from threading import get_ident
from types import FrameType, TracebackType


class Interrupts:
    """The gate in front of KeyboardInterrupt.

    A signal that comes while the gate is shut is kept and raised when it opens again, so a frame
    that is half written is always finished. Only the main thread has a gate: Python runs signal
    handlers there and nowhere else.
    """

    def __init__(self) -> None:
        self.requested = False
        self._open = False
        self._pending = False
        self._main = get_ident()

    def install(self) -> None:
        """Takes over SIGINT for the calling thread, which must be the main one."""
        self._main = get_ident()
        signal.signal(signal.SIGINT, self._on_signal)

    def shut(self) -> None:
        """Shuts the gate for good: what still comes changes nothing."""
        self._open = False

    def check(self) -> None:
        """Raises an interrupt that has come while the gate was shut: a point between two steps."""
        with self.user_code():
            pass

    def user_code(self) -> Gate:
        """Opens the gate: a signal interrupts what runs inside."""
        return Gate(self, True)

    def critical(self) -> Gate:
        """Shuts the gate: a signal waits until the end of what runs inside."""
        return Gate(self, False)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.requested = True
        if self._open:
            raise KeyboardInterrupt
        self._pending = True


class Gate:
    """One `with` region of an Interrupts; regions nest."""

    __slots__ = ("_before", "_interrupts", "_mine", "_wanted")

    def __init__(self, interrupts: Interrupts, wanted: bool) -> None:
        self._interrupts = interrupts
        self._wanted = wanted
        self._before = False
        self._mine = False

    def __enter__(self) -> None:
        interrupts = self._interrupts
        self._mine = get_ident() == interrupts._main
        if not self._mine:
            return
        self._before = interrupts._open
        if self._wanted and interrupts._pending:
            interrupts._pending = False
            raise KeyboardInterrupt
        interrupts._open = self._wanted

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._mine:
            return
        interrupts = self._interrupts
        interrupts._open = self._before
        if self._before and interrupts._pending:
            interrupts._pending = False
            raise KeyboardInterrupt
