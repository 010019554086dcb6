# SPDX-License-Identifier: Apache-2.0
"""The user's script: compiled once, run in a fresh `__main__`, its failures told apart."""

from __future__ import annotations

import os
import sys
import types
from typing import Any

import pandas

from .errors import ChannelDamaged, ErrorCode, PeerGone, SatelliteError
from .interrupts import Interrupts
from .traceback_model import SCRIPT_FILE, remember_source, script_error


class ScriptFailed(Exception):
    """The script ended by an exception; `error` is the protocol's form of it."""

    def __init__(self, error: Any) -> None:
        super().__init__(error.message)
        self.error = error


# Our own failures, met while user code ran (it may read a lazy input or print).
_NOT_THE_SCRIPTS = (ScriptFailed, SatelliteError, PeerGone, ChannelDamaged)


class Script:
    """A compiled script and its variables, which stay from run to run."""

    def __init__(self, source: str) -> None:
        remember_source(source)
        try:
            self._code = compile(source, SCRIPT_FILE, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError) as error:
            raise ScriptFailed(script_error(error, ErrorCode.SCRIPT_SYNTAX)) from None
        module = types.ModuleType("__main__")
        # multiprocessing and pickle look for the functions of a script here.
        sys.modules["__main__"] = module
        self.variables: dict[str, Any] = module.__dict__
        self.variables["pandas"] = pandas
        self._process = os.getpid()

    def run(self, interrupts: Interrupts) -> None:
        """Runs the script once; KeyboardInterrupt is left to the session if it was asked for."""
        with guard(interrupts):
            try:
                with interrupts.user_code():
                    exec(self._code, self.variables)
            finally:
                if os.getpid() != self._process:
                    _end_fork()


class guard:  # noqa: N801 - reads as a statement
    """Runs user code of any kind and turns what it raises into ScriptFailed."""

    __slots__ = ("_interrupts",)

    def __init__(self, interrupts: Interrupts) -> None:
        self._interrupts = interrupts

    def __enter__(self) -> None:
        """Nothing to prepare: the region that runs user code opens its own gate."""

    def __exit__(self, kind: Any, error: BaseException | None, _trace: Any) -> None:
        if error is None or isinstance(error, _NOT_THE_SCRIPTS):
            return
        if isinstance(error, KeyboardInterrupt) and self._interrupts.requested:
            return
        if isinstance(error, SystemExit):
            raise ScriptFailed(_exited(error)) from None
        raise ScriptFailed(script_error(error)) from None


def _exited(error: SystemExit) -> Any:
    """exit() leaves results that may be incomplete, so it is an error whatever its status."""
    told = script_error(error, ErrorCode.SCRIPT_EXITED)
    status = error.code
    told.exit_status = (
        status if isinstance(status, int) and abs(status) < 1 << 31 else int(status is not None)
    )
    told.message = f"the script called exit() with {status!r} before its results were sent"
    return told


def _end_fork() -> None:
    """A fork of the satellite has come to the end of the script: it ends as a process of its own."""
    error = sys.exc_info()[1]
    status = 0
    if isinstance(error, SystemExit):
        status = error.code if isinstance(error.code, int) else int(error.code is not None)
    elif error is not None:
        sys.excepthook(type(error), error, error.__traceback__)
        status = 1
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            status = status or 1
    os._exit(status & 0xFF)
