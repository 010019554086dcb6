# SPDX-License-Identifier: Apache-2.0
"""A session: from EXECUTE to the terminal message."""

from __future__ import annotations

import ctypes
import os
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import launchpad
from launchpad import _session as api

from . import inputs
from . import launchpad_pb2 as pb
from .bxl import BxlError, BxlLimits
from .bxl_reader import read_schema_frame
from .channel import Channel
from .console import Console
from .errors import ChannelDamaged, ErrorCode, PeerGone, ProtocolViolation, SatelliteError
from .frames import FrameType
from .inputs import InputReader
from .outputs import VALUE_BYTES_MAX, OutputWriter
from .parameters import Parameters
from .script import Script, ScriptFailed
from .streams import SCRIPT_BYTES_MAX, IncomingBlob, OutgoingStream
from .traceback_model import error_message, script_error

INPUTS_MAX = 64
OUTPUTS_MAX = 64
NAME_BYTES_MAX = 256
INLINE_BYTES_MAX = 16 * 1024


_SHARE_OF_MEMORY = "LAUNCHPAD_SESSION_MEMORY"


@dataclass(slots=True)
class _Plan:
    """What an EXECUTE asks for, checked, with its streams opened."""

    script: Callable[[], str]
    outputs: list[Callable[[], OutputWriter]]
    parameters: Callable[[], Parameters]


class Session:
    """Runs one EXECUTE to its end."""

    def __init__(self, channel: Channel, console: Console, runtime: str) -> None:
        self._channel = channel
        self._console = console
        self._runtime = runtime
        self._request = channel.execute
        self._interrupts = channel.interrupts
        self._began = time.monotonic_ns()
        self._usage_before = resource.getrusage(resource.RUSAGE_SELF)
        self._started = self._began
        self._runs = 0
        self._outputs: list[OutputWriter] = []
        self._compat = False
        self._inputs: list[tuple[str, InputReader]] = []
        self._parameters = Parameters.none()
        self._script: Script | None = None
        self._parameters_out: OutgoingStream | None = None
        self._parameter_totals: tuple[int, int, int, int] | None = None

    def run(self) -> None:
        """Runs the request and sends its terminal message."""
        try:
            self._interrupts.arm()
            self._execute()
            completed = self._completed()
        except KeyboardInterrupt:
            self._interrupts.shut()
            self._finish(*self.interrupted())
        except ScriptFailed as failure:
            self._interrupts.shut()
            self._finish(FrameType.FAILED, self._failed(failure.error))
        except SatelliteError as error:
            self._interrupts.shut()
            self._finish(FrameType.FAILED, self._failed(error_message(error)))
            if isinstance(error, ProtocolViolation):
                raise
        except MemoryError as error:
            self._interrupts.shut()
            self._finish(FrameType.FAILED, self._failed(script_error(error)))
        except (PeerGone, ChannelDamaged):
            raise
        except Exception as error:
            self._interrupts.shut()
            self._channel.verify()
            self._finish(FrameType.FAILED, self._failed(script_error(error, ErrorCode.INTERNAL)))
        else:
            self._interrupts.shut()
            self._finish(FrameType.COMPLETED, completed)

    def interrupted(self, *, forced: bool = False) -> tuple[FrameType, Any]:
        """The terminal message of a session that a cancel or the deadline has ended."""
        if getattr(self._channel, "deadline_passed", False):
            error = error_message(
                SatelliteError(ErrorCode.DEADLINE_EXCEEDED, "the deadline of the request has passed")
            )
            return FrameType.FAILED, self._failed(error)
        return FrameType.CANCELLED, pb.Cancelled(reason="cancelled", forced=forced, times=self._times())

    def _finish(self, frame_type: FrameType, message: Any) -> None:
        self._channel.over = True
        self._channel.streams_opened()
        self._channel.verify()
        _flush_c()
        self._console.close()
        self._channel.send(frame_type, message)

    def _execute(self) -> None:
        request = self._request
        self._console.limit(request.limits.print_bytes)
        plan = self._plan()
        self._channel.streams_opened()
        self._channel.send(
            FrameType.STARTED, pb.Started(session_id=request.session_id, runtime=self._runtime)
        )
        source = plan.script()
        self._parameters = plan.parameters()
        if self._compat:
            self._parameters.map_compat()
        self._check_names()
        self._outputs = [opened() for opened in plan.outputs]
        _describe(request, self._runtime)
        _set_time_zone(request.time_zone)
        self._started = time.monotonic_ns()
        self._script = Script(source)
        self._run_all(self._script)
        for _, reader in self._inputs:
            reader.close()
        for writer in self._outputs:
            if not writer.finished:
                writer.finish(self._interrupts)
        self._send_parameters(self._script.variables)

    # ---- the request ---------------------------------------------------------------------------

    def _plan(self) -> _Plan:
        request = self._request
        for name in ("request_id", "principal", "language"):
            if not getattr(request, name):
                raise _bad(f"{name} is empty")
            if len(getattr(request, name).encode()) > NAME_BYTES_MAX:
                raise _bad(f"{name} is longer than {NAME_BYTES_MAX} bytes")
        if request.language.lower() != "python":
            raise SatelliteError(
                ErrorCode.LANGUAGE_UNKNOWN, f"this satellite runs Python, not {request.language!r}"
            )
        if len(request.inputs) > INPUTS_MAX or len(request.outputs) > OUTPUTS_MAX:
            raise _bad(f"at most {INPUTS_MAX} inputs and {OUTPUTS_MAX} outputs")
        if request.rows_per_read and request.partition_columns:
            raise _bad("rows_per_read and partition_columns exclude each other")
        if (request.rows_per_read or request.partition_columns) and not request.inputs:
            raise _bad("rows_per_read and partition_columns need an input")
        if request.task >= max(1, request.tasks):
            raise _bad(f"task {request.task} of {request.tasks}")
        inputs.check_format(request.input_format)
        self._compat = _is_compat(request)
        # Every stream is opened before STARTED: a client need not wait for it to send.
        self._inputs = [
            (given.name, InputReader(self._channel, given.stream)) for given in request.inputs
        ]
        if request.output_parameters_stream:
            self._parameters_out = self._channel.open_outgoing(request.output_parameters_stream)
        return _Plan(
            script=self._open_script(),
            outputs=[self._open_output(output) for output in request.outputs],
            parameters=self._open_parameters(),
        )

    def _open_script(self) -> Callable[[], str]:
        content = self._request.script
        blob = self._open_blob(content, SCRIPT_BYTES_MAX)

        def script() -> str:
            try:
                return blob().decode("utf-8")
            except UnicodeDecodeError as error:
                raise _bad(f"script: not UTF-8 at byte {error.start}") from error

        return script

    def _open_blob(self, content: Any, bytes_max: int) -> Callable[[], bytes]:
        where = content.WhichOneof("where")
        if where is None:
            raise _bad("a content is neither inline nor a stream")
        if where == "inline":
            if len(content.inline) > INLINE_BYTES_MAX:
                raise _bad(f"{len(content.inline)} bytes inline, at most {INLINE_BYTES_MAX}")
            return lambda: bytes(content.inline)
        channel = self._channel
        blob = IncomingBlob(content.stream, channel.own_credit, channel.grant, bytes_max)
        channel.open_incoming(blob)

        def whole() -> bytes:
            channel.wait(lambda: blob.ended)
            return bytes(blob.data)

        return whole

    def _open_output(self, output: Any) -> Callable[[], OutputWriter]:
        schema: Callable[[], bytes] | None = None
        if output.HasField("schema"):
            schema = self._open_blob(output.schema, BxlLimits().metadata_bytes)
        outgoing = self._channel.open_outgoing(output.stream)
        value_max = self._request.limits.value_bytes or VALUE_BYTES_MAX

        def writer() -> OutputWriter:
            try:
                declared = None if schema is None else read_schema_frame(schema())
            except BxlError as error:
                unsupported = error.code == "UNSUPPORTED"
                code = ErrorCode.TYPE_UNSUPPORTED if unsupported else ErrorCode.BAD_REQUEST
                raise SatelliteError(code, f"the schema of {output.name!r}: {error}") from error
            return OutputWriter(outgoing, output.name, declared, value_max, compat=self._compat)

        return writer

    def _open_parameters(self) -> Callable[[], Parameters]:
        request = self._request
        if not request.HasField("parameters"):
            return Parameters.none
        if request.parameters.WhichOneof("where") == "inline":
            return lambda: Parameters.inline(request.parameters.inline)
        reader = InputReader(self._channel, request.parameters.stream)
        return lambda: Parameters.read(reader)

    def _check_names(self) -> None:
        """Parameters must differ without regard to case; inputs, outputs and they from each other."""
        seen: dict[str, str] = {}
        kinds = (
            ("input", [name for name, _ in self._inputs]),
            ("output", [output.name for output in self._request.outputs]),
            ("parameter", self._parameters.names),
        )
        for kind, names in kinds:
            for name in names:
                if not name:
                    raise _bad(f"{kind}: a name is empty")
                key = name.lower() if kind == "parameter" else name
                other = seen.setdefault(key, kind)
                if other == kind and names.count(name) > 1:
                    raise _bad(f"two {kind}s are named {name!r}")
                if kind == "parameter" and other != kind:
                    raise SatelliteError(
                        ErrorCode.PARAMETER, f"@{name} has the name of an {other}", column=name
                    )
        lowered = [name.lower() for name in self._parameters.names]
        twice = next((name for name in lowered if lowered.count(name) > 1), None)
        if twice is not None:
            raise SatelliteError(ErrorCode.PARAMETER, f"@{twice} is declared twice", column=twice)

    # ---- the runs ------------------------------------------------------------------------------

    def _run_all(self, script: Script) -> None:
        request = self._request
        variables = script.variables
        self._parameters.bind(variables)
        wanted = inputs.check_format(request.input_format)
        main = self._inputs[0] if self._inputs else None
        for name, reader in self._inputs[1:]:
            variables[name] = inputs.whole(reader, wanted, compat=self._compat)
        if main is None:
            name = request.input_name or "InputDataSet"
            self._run_only(script, name, inputs.empty(wanted))
            return
        name, reader = main
        if not request.rows_per_read and not request.partition_columns:
            self._run_only(script, name, self._whole(reader, wanted))
            return
        for value in self._pieces(reader, wanted):
            self._run_once(script, name, value)
            for writer in self._outputs:
                writer.flush()

    def _whole(self, reader: InputReader, wanted: str) -> Any:
        if wanted == "arrow":
            return inputs.lazy(reader)
        return inputs.whole(reader, wanted, compat=self._compat)

    def _pieces(self, reader: InputReader, wanted: str) -> Iterator[Any]:
        request = self._request
        if request.rows_per_read:
            pieces = inputs.chunks(reader, request.rows_per_read)
        else:
            pieces = inputs.partitions(reader, list(request.partition_columns))
        return inputs.bind_pieces(
            reader.schema, pieces, wanted, always_masked=True, compat=self._compat
        )

    def _run_only(self, script: Script, input_name: str, value: Any) -> None:
        """Each output ends before the next begins: who reads them one by one is not held up."""
        self._run(script, input_name, value)
        for writer in self._outputs:
            writer.write(script.variables.get(writer.name), self._interrupts)
            writer.finish(self._interrupts)

    def _run_once(self, script: Script, input_name: str, value: Any) -> None:
        self._run(script, input_name, value)
        for writer in self._outputs:
            writer.write(script.variables.get(writer.name), self._interrupts)

    def _run(self, script: Script, input_name: str, value: Any) -> None:
        variables = script.variables
        for writer in self._outputs:
            variables.pop(writer.name, None)
        if self._runs:
            self._parameters.rebind(variables)
        variables[input_name] = value
        launchpad.session.run = self._runs
        self._runs += 1
        script.run(self._interrupts)
        self._channel.verify()
        self._console.flush()

    # ---- the end -------------------------------------------------------------------------------

    def _send_parameters(self, variables: dict[str, Any]) -> None:
        if not self._parameters.has_outputs:
            return
        outgoing = self._parameters_out
        if outgoing is None:
            raise _bad("output_parameters_stream: there are output parameters but no stream")
        encoder, frames = self._parameters.encode(variables)
        for frame in frames:
            outgoing.send(frame)
        self._parameter_totals = (outgoing.stream, encoder.frames, encoder.rows, encoder.bytes)

    def _completed(self) -> Any:
        totals = [(writer.stream, *writer.totals) for writer in self._outputs]
        if self._parameter_totals is not None:
            totals.append(self._parameter_totals)
        return pb.Completed(
            outputs=[
                pb.StreamTotal(stream=stream, frames=frames, rows=rows, bytes=size)
                for stream, frames, rows, size in totals
            ],
            times=self._times(),
            advisory=_usage(self._usage_before),
            runs=self._runs,
        )

    def _failed(self, error: Any) -> Any:
        self._channel.verify()
        self._console.flush()
        error.stdout_tail = bytes(self._console.stdout.tail)
        error.stderr_tail = bytes(self._console.stderr.tail)
        return pb.Failed(error=error, times=self._times())

    def _times(self) -> Any:
        now = time.monotonic_ns()
        return pb.Times(
            start_us=(self._started - self._began) // 1000, run_us=(now - self._started) // 1000
        )


def _is_compat(request: Any) -> bool:
    if request.type_mapping not in ("", "exact", "compat"):
        raise _bad(f"type_mapping is {request.type_mapping!r}, neither exact nor compat")
    compat = bool(request.type_mapping == "compat")
    if compat and (request.input_format or "pandas") != "pandas":
        raise _bad("type_mapping compat is of the input_format pandas")
    return compat


def _bad(message: str) -> SatelliteError:
    return SatelliteError(ErrorCode.BAD_REQUEST, message)


def _describe(request: Any, runtime: str) -> None:
    """Fills in what the script sees as `launchpad.session`."""
    session = launchpad.session
    session.request_id = request.request_id
    session.session_id = request.session_id
    session.engine_id = request.engine_id
    session.principal = request.principal
    session.runtime = request.runtime or runtime
    session.task = request.task
    session.tasks = max(1, request.tasks)
    session.time_zone = request.time_zone or "UTC"
    session.labels = dict(request.labels)
    session.traceparent = request.traceparent
    if request.deadline_ms:
        session.deadline = time.monotonic() + request.deadline_ms / 1000
    limits = request.limits
    session.limits = api.RequestLimits(
        *(getattr(limits, name) or None for name in api.RequestLimits.__slots__)
    )
    if limits.memory_bytes:
        # The request may have asked for less than the satellite was parked with.
        parked = int(os.environ.get(_SHARE_OF_MEMORY, limits.memory_bytes))
        os.environ[_SHARE_OF_MEMORY] = str(min(limits.memory_bytes, parked))


def _set_time_zone(name: str) -> None:
    os.environ["TZ"] = name or "UTC"
    time.tzset()


def _usage(since: resource.struct_rusage) -> Any:
    """What this process has used since its session began; advisory, since the script could lie."""
    now = resource.getrusage(resource.RUSAGE_SELF)
    return pb.Usage(
        cpu_user_us=round((now.ru_utime - since.ru_utime) * 1e6),
        cpu_system_us=round((now.ru_stime - since.ru_stime) * 1e6),
        memory_peak_bytes=now.ru_maxrss * 1024,
        page_faults_minor=now.ru_minflt - since.ru_minflt,
        page_faults_major=now.ru_majflt - since.ru_majflt,
    )


def _flush_c() -> None:
    """What C code printed through stdio must be in the pipe before the terminal message."""
    _LIBC.fflush(None)


_LIBC = ctypes.CDLL(None)
