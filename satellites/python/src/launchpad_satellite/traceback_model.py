# SPDX-License-Identifier: Apache-2.0
"""An exception of a script as the protocol's structured trace, without the satellite's own frames."""

from __future__ import annotations

import linecache
import os
import traceback
from typing import Any

from . import launchpad_pb2 as pb
from .errors import ErrorCode, SatelliteError
from .soft_limits import met_by

SCRIPT_FILE = "<script>"
MESSAGE_BYTES_MAX = 8 * 1024
TEXT_BYTES_MAX = 48 * 1024
ERROR_BYTES_MAX = 60 * 1024

_FRAMES_MAX = 100
_CAUSES_MAX = 16
_SOURCE_MAX = 200
_PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep


def remember_source(script: str) -> None:
    """Lets tracebacks show the script's own lines."""
    linecache.cache[SCRIPT_FILE] = (
        len(script),
        None,
        script.splitlines(keepends=True),
        SCRIPT_FILE,
    )


def error_message(error: SatelliteError) -> Any:
    """The wire form of an error of ours."""
    code = error.code
    message = pb.Error(
        number=code.number,
        code=code.name,
        category=pb.ErrorCategory.Name(code.category.value),
        message=cut(error.message, MESSAGE_BYTES_MAX),
        column=cut(error.column, 256),
        row=error.row,
    )
    return message


def script_error(exception: BaseException, code: ErrorCode = ErrorCode.SCRIPT_ERROR) -> Any:
    """The wire form of an exception that left the script."""
    model = traceback.TracebackException.from_exception(exception)
    if code is not ErrorCode.INTERNAL:
        _strip(model, set())
    trace = _trace(model, 0)
    line = next((frame.line for frame in reversed(trace.frames) if frame.file == SCRIPT_FILE), 0)
    where = f" (line {line} of the script)" if line else ""
    text = trace.exception_class + (f": {trace.message}" if trace.message else "")
    error = pb.Error(
        number=code.number,
        code=code.name,
        category=pb.ErrorCategory.Name(code.category.value),
        message=cut(text, MESSAGE_BYTES_MAX - 64) + where,
        exception_class=trace.exception_class,
        trace=trace,
        traceback_text=cut("".join(model.format()), TEXT_BYTES_MAX),
        limit=met_by(exception),
    )
    return _fit(error)


def cut(text: str, bytes_max: int) -> str:
    """Valid UTF-8 of at most `bytes_max` bytes; what is too much is taken from the middle."""
    data = text.encode("utf-8", "backslashreplace")
    if len(data) > bytes_max:
        half = (bytes_max - 8) // 2
        data = data[:half] + b" ... " + data[-half:]
    return data.decode("utf-8", "ignore")


def _strip(model: traceback.TracebackException, seen: set[int]) -> None:
    """Removes our own frames from an exception and all it was caused by."""
    if id(model) in seen:
        return
    seen.add(id(model))
    model.stack[:] = [frame for frame in model.stack if not frame.filename.startswith(_PACKAGE)]
    for other in (model.__cause__, model.__context__, *(getattr(model, "exceptions", None) or ())):
        if other is not None:
            _strip(other, seen)


def _trace(model: traceback.TracebackException, depth: int) -> Any:
    frames = list(model.stack)
    if len(frames) > _FRAMES_MAX:
        frames = frames[: _FRAMES_MAX // 2] + frames[-_FRAMES_MAX // 2 :]
    trace = pb.Trace(
        exception_class=cut(_class_name(model), 256),
        message=cut(_message(model), MESSAGE_BYTES_MAX - 512),
        frames=[
            pb.TraceFrame(
                file=cut(frame.filename, 256),
                line=frame.lineno or 0,
                function=cut(frame.name, 256),
                source=cut(frame.line or "", _SOURCE_MAX),
            )
            for frame in frames
        ],
    )
    if model.exc_type is not None and issubclass(model.exc_type, SyntaxError):
        trace.frames.append(
            pb.TraceFrame(
                file=cut(model.filename or "", 256),
                line=int(model.lineno or 0),
                function="",
                source=cut((model.text or "").strip(), _SOURCE_MAX),
            )
        )
    cause = model.__cause__
    if cause is None and not model.__suppress_context__:
        cause = model.__context__
        trace.cause_is_context = cause is not None
    if cause is not None and depth < _CAUSES_MAX:
        trace.cause.CopyFrom(_trace(cause, depth + 1))
    return trace


def _class_name(model: traceback.TracebackException) -> str:
    kind = model.exc_type
    if kind is None:
        return ""
    module = kind.__module__
    if module in ("builtins", "__main__"):
        return kind.__qualname__
    return f"{module}.{kind.__qualname__}"


def _message(model: traceback.TracebackException) -> str:
    if model.exc_type is not None and issubclass(model.exc_type, SyntaxError):
        return str(getattr(model, "msg", ""))
    return str(model)


def _fit(error: Any) -> Any:
    """Shrinks an error until it fits a control frame: first its text, then the trace."""
    text_max = TEXT_BYTES_MAX
    while error.ByteSize() > ERROR_BYTES_MAX and text_max > 4096:
        text_max //= 2
        error.traceback_text = cut(error.traceback_text, text_max)
    trace = error.trace
    while error.ByteSize() > ERROR_BYTES_MAX and len(trace.frames) > 8:
        del trace.frames[len(trace.frames) // 4 : -(len(trace.frames) // 4)]
    if error.ByteSize() > ERROR_BYTES_MAX:
        trace.ClearField("cause")
    return error
