# SPDX-License-Identifier: Apache-2.0
"""What becomes of what a script leaves in its output variables."""

import decimal

import pyarrow as pa
import pytest


def declared(*fields):
    return {"OutputDataSet": pa.schema(list(fields))}


def one(run, expression, kind, **options):
    """The result of one declared column with the given values."""
    script = (
        "import pandas as pd, numpy as np, datetime as dt, decimal, uuid, launchpad\n"
        f"OutputDataSet = pd.DataFrame({{'c': {expression}}})"
    )
    field = kind if isinstance(kind, pa.Field) else pa.field("r", kind)
    return run(script, outputs=declared(field), **options)


def test_missingOutput_isAnEmptyResult_whenNoneIsDeclared(run):
    result = run("x = 1")
    assert result.table.num_columns == 0 and result.table.num_rows == 0


def test_missingOutput_isAnError_whenOneIsDeclared(run):
    error = run("x = 1", outputs=declared(("a", pa.int32()))).error
    assert (error.number, error.code) == (58010, "RESULT_MISSING")
    assert "OutputDataSet" in error.message


def test_noOutput_sendsNothing(run):
    result = run("x = 1", outputs={})
    assert list(result.completed.outputs) == []


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("import pyarrow as pa\nOutputDataSet = pa.table({'a': [1, None]})", [1, None]),
        ("import pyarrow as pa\nOutputDataSet = pa.record_batch({'a': [1, 2]})", [1, 2]),
        ("import polars\nOutputDataSet = polars.DataFrame({'a': [1, None]})", [1, None]),
        ("import polars\nOutputDataSet = polars.DataFrame({'a': [1]}).lazy()", [1]),
        ("OutputDataSet = pandas.DataFrame({'a': [1, 2]}, index=['x', 'y'])", [1, 2]),
    ],
    ids=["table", "batch", "polars", "lazy-polars", "index-is-dropped"],
)
def test_output_mayBeAnyFrame(run, script, expected):
    assert run(script).table.to_pydict() == {"a": expected}


def test_recordBatchReader_isSentAsItYields(split):
    """The first batch is there while the script still waits to make the second."""
    import threading

    from reference_client import Call

    script = """
import pyarrow as pa, sys
schema = pa.schema([("a", pa.int64())])
def batches():
    yield pa.record_batch([[1, 2]], schema=schema)
    print("second")
    yield pa.record_batch([[3]], schema=schema)
OutputDataSet = pa.RecordBatchReader.from_batches(schema, batches())
"""
    satellite = split()
    order = []
    seen = threading.Event()
    satellite.client.on_data = lambda stream, payload: (order.append(len(payload)), seen.set())
    satellite.client.on_output = lambda message: order.append(message.text)
    result = Call(script).run(satellite.client)
    assert result.table.to_pydict() == {"a": [1, 2, 3]}
    assert "second\n" in order


def test_recordBatchReaderThatFails_isAScriptError(run):
    script = """
import pyarrow as pa
schema = pa.schema([("a", pa.int64())])
def batches():
    yield pa.record_batch([[1, 2]], schema=schema)
    raise RuntimeError("no more")
OutputDataSet = pa.RecordBatchReader.from_batches(schema, batches())
"""
    error = run(script).error
    assert (error.number, error.exception_class) == (39004, "RuntimeError")
    assert error.trace.frames[-1].line == 6


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("5", "int"),
        ("[1, 2]", "list"),
        ("pandas.Series([1])", "Series"),
        ("'text'", "str"),
        ("lambda: 1", "function"),
    ],
)
def test_outputOfAnotherKind_isAnErrorNamingIt(run, expression, kind):
    error = run(f"OutputDataSet = {expression}").error
    assert (error.number, error.code) == (58011, "RESULT_KIND")
    assert kind in error.message


@pytest.mark.parametrize("columns", [0, 1, 3])
def test_wrongColumnCount_isAnErrorNamingBoth(run, columns):
    script = f"OutputDataSet = pandas.DataFrame({{i: [1] for i in range({columns})}})"
    error = run(script, outputs=declared(("a", pa.int64()), ("b", pa.int64()))).error
    assert (error.number, error.code) == (58012, "RESULT_COLUMNS")
    assert f"has {columns} columns, 2 are declared" in error.message


def test_columns_areTakenByPositionUnderTheDeclaredNames(run):
    script = "OutputDataSet = pandas.DataFrame({'x': [1], 'y': ['a']})"
    result = run(script, outputs=declared(("first", pa.int32()), ("second", pa.utf8())))
    assert result.table.to_pydict() == {"first": [1], "second": ["a"]}
    assert result.table.schema.types == [pa.int32(), pa.utf8()]


def test_integerLabels_becomeText(run):
    assert run("OutputDataSet = pandas.DataFrame([[1, 2]])").table.schema.names == ["0", "1"]


D = decimal.Decimal


@pytest.mark.parametrize(
    ("expression", "kind", "expected"),
    [
        ("[1, 2]", pa.int32(), [1, 2]),
        ("[1.0, 2.0]", pa.int16(), [1, 2]),
        ("[True, False]", pa.int32(), [1, 0]),
        ("[0, 1]", pa.bool_(), [False, True]),
        ("[1, 2]", pa.float64(), [1.0, 2.0]),
        ("[0.1]", pa.float32(), [0.10000000149011612]),
        ("[np.nan, 1.5]", pa.float64(), "[nan, 1.5]"),
        ("[0.285, 1.005, -1.005]", pa.decimal128(9, 2), [D("0.29"), D("1.01"), D("-1.01")]),
        ("[decimal.Decimal('2.345'), None]", pa.decimal128(9, 2), [D("2.35"), None]),
        ("[decimal.Decimal('-2.345')]", pa.decimal128(9, 2), [D("-2.35")]),
        ("[7]", pa.decimal128(9, 2), [D("7.00")]),
        ("pd.array([1, None], 'Int64')", pa.int64(), [1, None]),
        ("pd.array([1, None], 'Int64')", pa.float64(), [1.0, None]),
        ("pd.array([True, None], 'boolean')", pa.bool_(), [True, None]),
        ("['x', None]", pa.utf8(), ["x", None]),
        ("pd.Categorical(['x', None])", pa.utf8(), ["x", None]),
        ("pd.Categorical([2, 3])", pa.int64(), [2, 3]),
        ("pd.array(['x', None], dtype=object)", pa.utf8(), ["x", None]),
        ("[b'x', None]", pa.binary(), [b"x", None]),
        ("[None, None]", pa.int64(), [None, None]),
        ("pd.array([1, None], dtype=object)", pa.int64(), [1, None]),
        ("pd.array([1, 2.0], dtype=object)", pa.int64(), [1, 2]),
        ("pd.array([1, float('nan')], dtype=object)", pa.int64(), [1, None]),
    ],
)
def test_values_becomeTheirDeclaredType(run, expression, kind, expected):
    result = one(run, expression, kind)
    assert result.table.schema.types == [kind]
    values = result.table.column(0).to_pylist()
    assert (str(values) if isinstance(expected, str) else values) == expected


@pytest.mark.parametrize(
    ("expression", "kind", "expected"),
    [
        ("[pd.Timestamp('2020-02-03 04:05:06.123456789')]", pa.timestamp("us"), "04:05:06.123457"),
        ("[dt.datetime(2020, 2, 3, 4)]", pa.timestamp("us"), "2020, 2, 3, 4, 0"),
        ("[dt.date(2020, 2, 3)]", pa.timestamp("us"), "2020, 2, 3, 0, 0"),
        ("[dt.date(1, 1, 1), dt.date(9999, 12, 31)]", pa.date32(), "datetime.date(9999, 12, 31)"),
        ("[pd.Timestamp('2020-02-03')]", pa.date32(), "datetime.date(2020, 2, 3)"),
        ("[dt.time(1, 2, 3, 4)]", pa.time64("us"), "datetime.time(1, 2, 3, 4)"),
        ("[pd.Timestamp('2020-02-03', tz='UTC')]", pa.timestamp("us", "UTC"), "2020, 2, 3"),
        ("[uuid.UUID(int=1)]", pa.uuid(), "UUID('00000000-0000-0000-0000-000000000001')"),
        ("['00000000-0000-0000-0000-000000000001']", pa.uuid(), "-000000000001"),
        ("[uuid.UUID(int=1)]", pa.utf8(), "00000000-0000-0000-0000-000000000001"),
        ("[launchpad.DateTime2(621355968000000005)]", pa.timestamp("us"), "1970, 1, 1, 0, 0, 0, 1"),
    ],
)  # fmt: skip
def test_datesTimesAndUuids_becomeTheirDeclaredType(run, expression, kind, expected):
    column = one(run, expression, kind).table.column(0)
    assert column.type == kind
    text = str(column[0]) if "04:05" in expected else repr(column.to_pylist())
    assert expected in text


@pytest.mark.parametrize(
    ("expression", "kind", "row", "value"),
    [
        ("[1, 2, 70000]", pa.int16(), 3, "70000"),
        ("[1.0, 1.5]", pa.int64(), 2, "1.5"),
        ("[1.0, np.nan]", pa.int64(), 2, "nan"),
        ("['1', '2']", pa.int64(), 1, "'1'"),
        ("[1, 2]", pa.utf8(), 1, "1"),
        ("pd.array(['a', 3], dtype=object)", pa.utf8(), 2, "3"),
        ("pd.array([1, 'b', 'c'], dtype=object)", pa.int64(), 2, "'b'"),
        ("[2**53 + 1]", pa.float64(), 1, "9007199254740993"),
        ("[1e300]", pa.float32(), 1, "1e+300"),
        ("[0, 2]", pa.bool_(), 2, "2"),
        ("[decimal.Decimal('1'), decimal.Decimal('12345678')]", pa.decimal128(9, 2), 2, "12345678"),
        ("[1.0, np.inf]", pa.decimal128(9, 2), 2, "inf"),
        ("[b'x']", pa.utf8(), 1, "b'x'"),
        ("['x']", pa.binary(), 1, "'x'"),
        ("['2020-01-01']", pa.date32(), 1, "'2020-01-01'"),
        ("[pd.Timestamp('2020-02-03 01:00')]", pa.date32(), 1, "2020"),
        ("[pd.Timestamp('2020-02-03', tz='UTC')]", pa.timestamp("us"), 1, "2020"),
        ("['no-uuid']", pa.uuid(), 1, "'no-uuid'"),
    ],
)
def test_valueThatDoesNotFit_isAnErrorNamingColumnRowValueAndType(run, expression, kind, row, value):
    metadata = {"launchpad:sql_type": "sql-type-as-declared"}
    error = one(run, expression, pa.field("r", kind, metadata=metadata)).error
    assert (error.number, error.code) == (58013, "RESULT_CONVERSION")
    assert (error.column, error.row) == ("c", row)
    for part in ("'c'", f"row {row}:", value, "sql-type-as-declared"):
        assert part in error.message


def test_rowNumbers_countOverBatches(run):
    script = """
OutputDataSet = pandas.DataFrame({"c": range(200_000)})
OutputDataSet.loc[150_000, "c"] = 2**40
"""
    error = run(script, outputs=declared(("r", pa.int32()))).error
    assert (error.row, error.column) == (150_001, "c")


def test_nullInNotNull_isAnErrorNamingTheRow(run):
    field = pa.field("r", pa.int64(), nullable=False)
    error = one(run, "pd.array([1, None], 'Int64')", field).error
    assert (error.number, error.code, error.row) == (58014, "RESULT_NULL", 2)


def test_mixedColumn_isAnErrorNamingTheRow_withoutADeclaration(run):
    error = run("OutputDataSet = pandas.DataFrame({'m': [1, 'a', 2]}, dtype=object)").error
    assert (error.code, error.column, error.row) == ("RESULT_CONVERSION", "m", 2)
    assert "'a'" in error.message


def test_typeThatCannotTravel_isAnError(run):
    script = "OutputDataSet = pandas.DataFrame({'p': pandas.period_range('2020', periods=2)})"
    error = run(script).error
    assert (error.number, error.code, error.column) == (58016, "TYPE_UNSUPPORTED", "p")


def test_complexNumbers_cannotTravel(run):
    error = run("OutputDataSet = pandas.DataFrame({'z': [1j]})").error
    assert error.code == "TYPE_UNSUPPORTED"


def test_valueBeyondItsLimit_isAnErrorNamingIt(run):
    from launchpad_satellite import launchpad_pb2 as pb

    script = "OutputDataSet = pandas.DataFrame({'x': ['a', 'b' * 1001]})"
    limits = pb.RequestLimits(value_bytes=1000)
    script = "OutputDataSet = pandas.DataFrame({'x': ['a', 'b' * 5_000_000]})"
    limits = pb.RequestLimits(value_bytes=4_999_999)
    error = run(script, fields={"limits": limits}).error
    assert (error.number, error.code) == (58015, "VALUE_TOO_LARGE")
    assert (error.column, error.row) == ("x", 2)


def test_categoricals_areDictionariesWithoutADeclaration(run):
    result = run("OutputDataSet = pandas.DataFrame({'c': pandas.Categorical(['x', 'y', 'x'])})")
    assert pa.types.is_dictionary(result.table["c"].type)
    assert result.table["c"].to_pylist() == ["x", "y", "x"]


def test_batches_areBoundedInRowsAndBytes(split):
    import struct

    from reference_client import Call

    script = "OutputDataSet = pandas.DataFrame({'s': ['x' * 1000] * 20_000, 'i': range(20_000)})"
    satellite = split()
    call = Call(script)
    execute, streams = call.build()
    result = call.decode(satellite.client, execute, satellite.client.call(execute, streams))
    sizes = [
        struct.unpack_from("<Q", frame, 24)[0]
        for frame in satellite.client.frames(execute.outputs[0].stream)
    ]
    assert result.table.num_rows == 20_000
    assert max(sizes) <= 4 << 20


def test_oneRowLargerThanTheWindow_passes(run):
    result = run("OutputDataSet = pandas.DataFrame({'s': ['x' * 30_000_000]})")
    assert len(result.table["s"][0].as_py()) == 30_000_000


def test_nonContiguousColumns_passUntouched(run):
    script = """
import numpy as np
OutputDataSet = pandas.DataFrame(np.arange(12.0).reshape(3, 4)).iloc[::-1, ::2]
"""
    assert run(script).table.to_pydict() == {"0": [8.0, 4.0, 0.0], "2": [10.0, 6.0, 2.0]}
