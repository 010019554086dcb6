# SPDX-License-Identifier: Apache-2.0
"""Chunks, partitions, credit and bounded memory."""

import itertools
import struct
import threading

import pyarrow as pa
import pytest
from reference_client import Call, bxl_stream, parameters

ECHO = "OutputDataSet = InputDataSet"


def test_rowsPerRead_runsOncePerChunkAcrossBatches(run):
    table = pa.table({"i": list(range(10))})
    script = "print(len(InputDataSet), InputDataSet.i.iloc[0])\n" + ECHO
    result = run(script, inputs={"InputDataSet": table}, fields={"rows_per_read": 4}, batch_rows=3)
    assert result.stdout == "4 0\n4 4\n2 8\n"
    assert result.table.equals(table)
    assert result.completed.runs == 3


def test_parametersKeepTheirValueFromChunkToChunk(run):
    row = parameters(
        total=("inout", pa.int64(), 100),
        step=("in", pa.int32(), 1),
        runs=("out", pa.int32(), None),
    )
    script = """
total += int(InputDataSet.i.sum()) * step
step = 1000
runs = (runs if "runs" in globals() else 0) + 1
"""
    table = pa.table({"i": list(range(10))})
    result = run(script, inputs={"InputDataSet": table}, parameters=row, fields={"rows_per_read": 5})
    assert result.completed and result.parameters == {"total": 145, "runs": 2}


def test_outputOfTheRunBefore_isNotSentAgain(run):
    script = "if InputDataSet.i.iloc[0] == 0:\n    OutputDataSet = InputDataSet"
    table = pa.table({"i": list(range(6))})
    result = run(script, inputs={"InputDataSet": table}, fields={"rows_per_read": 3})
    assert result.table.to_pydict() == {"i": [0, 1, 2]}


@pytest.mark.parametrize("missing", ["None", "float('nan')", "pandas.NaT", "InputDataSet.g.iloc[0]"])
def test_runsThatSeeOnlyNulls_doNotBindTheTypeOfLaterRuns(run, missing):
    script = f"""
g = InputDataSet.g.iloc[0]
OutputDataSet = pandas.DataFrame({{"g": [{missing} if pandas.isna(g) else g], "n": [len(InputDataSet)]}})
"""
    table = pa.table({"g": pa.array([None, None, "a", None, "b"], pa.string())})
    result = run(script, inputs={"InputDataSet": table}, fields={"partition_columns": ["g"]})
    assert result.table.to_pydict() == {"g": [None, "a", None, "b"], "n": [2, 1, 1, 1]}


def test_runsThatSeeOnlyNaN_stayFloatWhenNothingElseCame(run):
    table = pa.table({"i": list(range(4))})
    script = "OutputDataSet = pandas.DataFrame({'x': [float('nan')], 'y': [None]})"
    result = run(script, inputs={"InputDataSet": table}, fields={"rows_per_read": 2})
    assert result.table.schema.types == [pa.float64(), pa.null()]
    assert [value != value for value in result.table.column("x").to_pylist()] == [True, True]


@pytest.mark.parametrize("fields", [{"rows_per_read": 3}, {"partition_columns": ["i"]}])
def test_emptyInput_runsTheScriptOnce(run, fields):
    empty = pa.schema([("i", pa.int64())]).empty_table()
    result = run("print(InputDataSet.shape)", inputs={"InputDataSet": empty}, fields=fields)
    assert result.stdout == "(0, 1)\n" and result.completed.runs == 1


@pytest.mark.parametrize("batch_rows", [1, 2, 3, 100])
def test_partitions_areCutAtKeyChangesAcrossBatches(run, batch_rows):
    keys = [None, None, 1.0, float("nan"), float("nan"), 2.0, 2.0, 2.0]
    other = ["a", "a", "a", "a", "b", "b", "b", "c"]
    table = pa.table({"k": keys, "o": other, "v": list(range(8))})
    result = run(
        "print(InputDataSet.v.tolist())",
        inputs={"InputDataSet": table},
        fields={"partition_columns": ["k", "o"]},
        batch_rows=batch_rows,
    )
    assert result.stdout == "[0, 1]\n[2]\n[3]\n[4]\n[5, 6]\n[7]\n"
    assert result.completed.runs == 6


def test_partitions_ofDictionaryDecimalAndTimeKeys(run):
    table = pa.table(
        {
            "c": pa.array(["x", "x", "y", "y"]).dictionary_encode(),
            "d": pa.array([1, 1, 1, 2], pa.int64()).cast(pa.decimal128(20, 0)),
            "t": pa.array([0, 0, 0, 0], pa.timestamp("us")),
        }
    )
    result = run(
        "x = 1",
        inputs={"InputDataSet": table},
        fields={"partition_columns": ["c", "d", "t"]},
    )
    assert result.completed.runs == 3


def test_chunkWithAnotherColumnCount_isAnError(run):
    script = "OutputDataSet = pandas.DataFrame({i: [1] for i in range(len(InputDataSet))})"
    table = pa.table({"i": [1, 2, 3]})
    error = run(script, inputs={"InputDataSet": table}, fields={"rows_per_read": 2}).error
    assert error.code == "RESULT_COLUMNS" and "1 columns, 2" in error.message


def test_chunks_areRunWhileLaterRowsAreStillToCome(split):
    """The client sends the second batch only when the output of the first one has arrived."""
    satellite = split()
    client = satellite.client
    call = Call(ECHO, inputs={"InputDataSet": pa.table({"i": [1]})}, fields={"rows_per_read": 2})
    execute, streams = call.build()
    (stream,) = streams
    schema = pa.schema([("i", pa.int64())])
    batches = [pa.record_batch([[n, n + 1]], schema=schema) for n in (0, 2)]
    frames = bxl_stream(schema, batches)
    answered = threading.Event()
    client.on_data = lambda _, payload: answered.set() if payload[4] == 3 else None

    def paced():
        yield from frames[:2]
        assert answered.wait(30)
        yield from frames[2:]

    result = call.decode(client, execute, client.call(execute, {stream: paced()}))
    assert result.table.to_pydict() == {"i": [0, 1, 2, 3]}


PEAK = """
import resource
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if run0 == 0:
    run0 = peak
OutputDataSet = InputDataSet
"""


def stream_through(satellite, megabytes, script, fields, row):
    """Sends `megabytes` of rows and throws the results away; gives how far the peak rose (KiB)."""
    client = satellite.client
    rows = 65_536
    batch = pa.record_batch({"a": pa.array(range(rows)), "b": pa.array([0.5] * rows)})
    call = Call(script, fields=fields, parameters=row)
    execute, streams = call.build()
    execute.inputs.add(name="InputDataSet", stream=500)
    first, second = bxl_stream(batch.schema, [batch, batch])[1:3]
    schema = bxl_stream(batch.schema, [])[0]
    count = megabytes * 1_000_000 // len(first)

    def frames():
        yield schema
        before = len(schema)
        for number in range(1, count + 1):
            frame = bytearray(first)
            struct.pack_into("<QqQ", frame, 40, number, 0, before)
            before += len(frame)
            yield bytes(frame)
        yield struct.pack("<4sBBHQIIQQQqQ", b"BXL1", 4, 0, 0, 64, 0, 0, 0, count * rows, count + 1,
                          0, before)  # fmt: skip

    received = itertools.count()
    client.on_data = lambda *_: next(received)
    client.frames = lambda stream: []
    client._frames = Sink(execute.outputs[0].stream)
    result = client.call(execute, {**streams, 500: frames()})
    assert result.completed.outputs[0].rows == count * rows
    parameter_frames = client._frames.kept[execute.output_parameters_stream]
    from reference_client import bxl_read

    return bxl_read(parameter_frames).to_pylist()[0]


class Sink(dict):
    """Counts the frames of one stream instead of keeping them."""

    def __init__(self, ignored):
        super().__init__()
        self.kept = {}
        self.ignored = Counted()
        self._stream = ignored

    def __getitem__(self, stream):
        return self.ignored if stream == self._stream else self.kept.setdefault(stream, [])


class Counted:
    def __init__(self):
        self.count = 0

    def append(self, _):
        self.count += 1

    def __len__(self):
        return self.count


def memory_stays_bounded(satellite, megabytes, fields, script):
    row = parameters(run0=("inout", pa.int64(), 0), peak=("out", pa.int64(), None))
    values = stream_through(satellite, megabytes, script, fields, row)
    assert values["peak"] - values["run0"] < 60 * 1024, values


def test_memory_isBoundedWhileChunksPass(split):
    memory_stays_bounded(split(), 200, {"rows_per_read": 65_536}, PEAK)


LAZY = """
import pyarrow as pa, resource
def passing():
    global run0, peak
    for batch in InputDataSet:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        run0 = run0 or peak
        yield batch
OutputDataSet = pa.RecordBatchReader.from_batches(InputDataSet.schema, passing())
"""


def test_memory_isBoundedWhileALazyInputPasses(split):
    memory_stays_bounded(split(), 200, {"input_format": "arrow"}, LAZY)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_memory_isBoundedWhileFiveGigabytesPass(split):
    client_timeout = split()
    client_timeout.client.finish.__func__.__defaults__ = (1700,)
    memory_stays_bounded(client_timeout, 5_000, {"rows_per_read": 65_536}, PEAK)


def test_smallCredit_isNeverOverrun(split):
    """64 KiB of credit for an output of megabytes: the client asserts each window."""
    table = pa.table({"i": list(range(300_000))})
    satellite = split(credit=64 << 10)
    result = Call(ECHO, inputs={"InputDataSet": table}).run(satellite.client)
    assert result.table.equals(table)


def test_peerThatGrantsNothing_canStillCancel(split):
    satellite = split(credit=64 << 10)
    client = satellite.client
    client.grants = False
    reached = threading.Event()
    client.on_data = lambda *_: reached.set() if client._window[2] == 0 else None
    call = Call(ECHO, inputs={"InputDataSet": pa.table({"i": list(range(100_000))})})
    execute, streams = call.build()
    client.start(execute, streams)
    assert reached.wait(30)
    satellite.interrupt()
    assert type(client.finish().terminal).__name__ == "Cancelled"


def test_scriptSchemaAndParameters_mayBeStreams(run):
    schema = {"OutputDataSet": pa.schema([(f"column_{i}", pa.int32()) for i in range(1000)])}
    script = "#" + "x" * 200_000 + "\nOutputDataSet = pandas.DataFrame([[p] * 1000])"
    row = parameters(p=("in", pa.int32(), 7), t=("in", pa.utf8(), "y" * 100_000))
    result = run(script, outputs=schema, parameters=row)
    assert result.table.num_columns == 1000 and result.table.column(999).to_pylist() == [7]


def test_task_isSeenByTheScript(run):
    script = "import launchpad\ns = launchpad.session\nprint(s.task, s.tasks, s.request_id)"
    result = run(script, fields={"task": 2, "tasks": 4, "request_id": "r-9"})
    assert result.stdout == "2 4 r-9\n"
