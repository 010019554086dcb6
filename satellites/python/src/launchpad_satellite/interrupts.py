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

    The gate stays shut until a session is armed: a signal that overtakes its EXECUTE is kept for it.
    """

    def __init__(self) -> None:
        self.requested = False
        self._armed = False
        self._open = False
        self._pending = False
        self._main = get_ident()

    def install(self) -> None:
        """Takes over SIGINT for the calling thread, which must be the main one."""
        self._main = get_ident()
        signal.signal(signal.SIGINT, self._on_signal)

    def arm(self) -> None:
        """There is a session that an interrupt can end."""
        self._armed = True

    def shut(self) -> None:
        """Shuts the gate for good: what still comes changes nothing."""
        self._armed = False
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

    def _on_signal(self, _number: int, frame: FrameType | None) -> None:
        self.requested = True
        if self._open and not _moves_a_gate(frame):
            raise KeyboardInterrupt
        self._pending = True


class Gate:
    """One `with` region of an Interrupts; regions nest.

    Python runs signal handlers between any two steps of a region's entry and exit too, where an
    exception would leave the gate as it was: open for good behind an exit that did not happen. So
    the handler keeps a signal that it finds here, and both methods look for it when they are done.
    """

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
        interrupts._open = self._wanted and interrupts._armed
        if interrupts._open and interrupts._pending:
            interrupts._open = self._before
            interrupts._pending = False
            raise KeyboardInterrupt

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._mine:
            return
        interrupts = self._interrupts
        interrupts._open = self._before and interrupts._armed
        if interrupts._open and interrupts._pending:
            interrupts._pending = False
            raise KeyboardInterrupt


# Where a gate is neither open nor shut. They call nothing, so what runs above them are handlers.
_MOVING = (Gate.__enter__.__code__, Gate.__exit__.__code__)


def _moves_a_gate(frame: FrameType | None) -> bool:
    """Whether a signal has come while a gate is moved, or while the handler of one that has runs."""
    while frame is not None:
        if frame.f_code in _MOVING:
            return True
        frame = frame.f_back
    return False
