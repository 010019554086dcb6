# SPDX-License-Identifier: Apache-2.0
"""Scripts that fail, exit, crash or damage their process."""

import os
import signal

import pyarrow as pa
import pytest
from reference_client import Call, PeerClosed

from launchpad_satellite import launchpad_pb2 as pb
from launchpad_satellite.satellite import EXIT_CHANNEL_DAMAGED, EXIT_PEER_GONE


def test_syntaxError_hasItsLine(run):
    error = run("x = 1\nif x:\nprint(x)\n").error
    assert (error.number, error.code) == (58001, "SCRIPT_SYNTAX")
    assert error.exception_class == "IndentationError"
    frame = error.trace.frames[-1]
    assert (frame.file, frame.line, frame.source) == ("<script>", 3, "print(x)")
    assert "line 3 of the script" in error.message


def test_indentedScript_isASyntaxError(run):
    assert run("  x = 1").error.code == "SCRIPT_SYNTAX"


def test_scriptWithZeroByte_isASyntaxError(run):
    assert run("x = 1\0").error.code == "SCRIPT_SYNTAX"


def test_exception_hasClassMessageLineAndSource(run):
    error = run("def f():\n    raise ValueError('no luck')\n\nf()\n").error
    assert (error.number, error.code) == (39004, "SCRIPT_ERROR")
    assert error.category == pb.ERROR_CATEGORY_USER
    assert error.exception_class == "ValueError"
    assert error.message == "ValueError: no luck (line 2 of the script)"
    frames = [(f.file, f.line, f.function, f.source) for f in error.trace.frames]
    assert frames == [
        ("<script>", 4, "<module>", "f()"),
        ("<script>", 2, "f", "raise ValueError('no luck')"),
    ]
    assert error.traceback_text.startswith("Traceback (most recent call last):\n")
    assert "launchpad_satellite" not in error.traceback_text


def test_lineNumbers_areTheScriptsOwnWithCarriageReturns(run):
    assert run("x = 1\r\n\r\n1 / 0\r\n").error.trace.frames[-1].line == 3


def test_cause_isNested(run):
    script = """
try:
    1 / 0
except ZeroDivisionError as e:
    raise RuntimeError("outer") from e
"""
    error = run(script).error
    assert error.trace.exception_class == "RuntimeError"
    assert error.trace.cause.exception_class == "ZeroDivisionError"
    assert error.trace.cause.frames[-1].line == 3
    assert not error.trace.cause_is_context


def test_context_isNestedAndMarked(run):
    error = run("try:\n    1 / 0\nexcept Exception:\n    missing\n").error
    assert error.trace.cause.exception_class == "ZeroDivisionError"
    assert error.trace.cause_is_context


def test_libraryFrames_areKept(run):
    error = run("import json\njson.loads('{')").error
    assert error.exception_class == "json.decoder.JSONDecodeError"
    assert error.trace.frames[-1].file.endswith("decoder.py")


def test_deepRecursion_isCutToFitItsFrame(run):
    error = run("def f(n):\n    return f(n + 1)\nf(0)").error
    assert error.exception_class == "RecursionError"
    assert 8 <= len(error.trace.frames) <= 100


def test_hugeMessage_isCutInTheMiddle(run):
    error = run("raise ValueError('a' * 1_000_000 + 'z')").error
    assert error.ByteSize() < 64 * 1024
    assert error.message.startswith("ValueError: aaa") and "z (line 1" in error.message


def test_exceptionThatCannotBePrinted_isStillAnError(run):
    script = "class E(Exception):\n    def __str__(self):\n        raise TypeError\nraise E()"
    assert run(script).error.exception_class == "E"


def test_exceptionGroup_isAnError(run):
    assert run("raise ExceptionGroup('g', [ValueError(1)])").error.exception_class == "ExceptionGroup"


@pytest.mark.parametrize(
    ("call", "status"),
    [("exit()", 0), ("import sys; sys.exit(0)", 0), ("import sys; sys.exit(7)", 7),
     ("raise SystemExit('why')", 1)],
)  # fmt: skip
def test_exit_isAnErrorWithItsStatus(run, call, status):
    error = run(f"OutputDataSet = pandas.DataFrame({{'a': [1]}})\n{call}").error
    assert (error.number, error.code) == (58002, "SCRIPT_EXITED")
    assert error.exit_status == status


def test_keyboardInterruptOfTheScriptItself_isAScriptError(run):
    assert run("raise KeyboardInterrupt('mine')").error.exception_class == "KeyboardInterrupt"


def test_printsBeforeAnError_arriveAndStandInItsTail(run):
    result = run("import sys\nprint('before')\nprint('err', file=sys.stderr)\n1 / 0")
    assert result.stdout == "before\n"
    assert result.error.stdout_tail == b"before\n"
    assert result.error.stderr_tail == b"err\n"


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("import os; os._exit(3)", ("exit", 3)),
        ("import os; os.abort()", ("signal", signal.SIGABRT)),
        ("import ctypes; ctypes.string_at(0)", ("signal", signal.SIGSEGV)),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", ("signal", signal.SIGKILL)),
    ],
)
def test_deathOfTheProcess_isSeenFromOutside(split, script, expected):
    """The satellite cannot tell any more; launchpad reads the exit report."""
    satellite = split()
    with pytest.raises(PeerClosed):
        Call(script).run(satellite.client)
    status = satellite.wait()
    if expected[0] == "exit":
        assert os.waitstatus_to_exitcode(status) == expected[1]
    else:
        assert os.WTERMSIG(status) == expected[1]


def test_segmentationFault_leavesItsTracebackOnRawStderr(split):
    satellite = split()
    with pytest.raises(PeerClosed):
        Call("x = 1\nimport ctypes\nctypes.string_at(0)").run(satellite.client)
    satellite.wait_for_raw_output()
    assert b'File "<script>", line 3' in satellite.raw["stderr"]


@pytest.mark.parametrize("last", ["x = 1", "print('?')", "1 / 0"])
def test_closedDescriptors_endTheProcessWithTheirStatus(split, last):
    satellite = split()
    with pytest.raises(PeerClosed):
        Call(f"import os\nos.closerange(3, 4096)\n{last}").run(satellite.client)
    assert os.waitstatus_to_exitcode(satellite.wait()) == EXIT_CHANNEL_DAMAGED


def test_replacedDescriptors_areNotWrittenTo(split, tmp_path):
    satellite = split()
    path = tmp_path / "victim"
    script = f"""
import os
fd = os.open({str(path)!r}, os.O_RDWR | os.O_CREAT)
for number in range(100, 400):
    os.dup2(fd, number)
"""
    with pytest.raises(PeerClosed):
        Call(script).run(satellite.client)
    assert os.waitstatus_to_exitcode(satellite.wait()) == EXIT_CHANNEL_DAMAGED
    assert path.read_bytes() == b""


def test_closedStandardStreams_harmNothing(run):
    result = run("import os, sys\nos.close(0); os.close(1); os.close(2)\nprint('still')")
    assert result.completed and result.stdout == "still\n"


def test_goneClient_endsTheSatellite(split):
    satellite = split()
    satellite.client.close()
    assert os.waitstatus_to_exitcode(satellite.wait()) == EXIT_PEER_GONE


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"language": "R"}, "LANGUAGE_UNKNOWN"),
        ({"rows_per_read": 5, "partition_columns": ["a"]}, "BAD_REQUEST"),
        ({"task": 2, "tasks": 2}, "BAD_REQUEST"),
        ({"partition_columns": ["nowhere"]}, "BAD_REQUEST"),
    ],
)
def test_badRequest_isRefusedNamingTheRule(run, fields, code):
    error = run("x = 1", inputs={"InputDataSet": pa.table({"a": [1]})}, fields=fields).error
    assert error.code == code and error.message


def test_scriptThatIsNotUtf8_isRefused(split):
    call = Call("x")
    execute, streams = call.build()
    execute.script.inline = b"x = '\xff'"
    result = split().client.call(execute, streams)
    assert result.error.code == "BAD_REQUEST" and "byte 5" in result.error.message


def test_outOfMemoryInTheScript_isAnError(run):
    script = """
import resource
size = int(open("/proc/self/statm").read().split()[0]) * 4096
resource.setrlimit(resource.RLIMIT_AS, (size + (64 << 20), -1))
x = bytearray(1 << 30)
"""
    assert run(script).error.exception_class == "MemoryError"
