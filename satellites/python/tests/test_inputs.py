# SPDX-License-Identifier: Apache-2.0
"""What a script finds in its inputs."""

import decimal

import pyarrow as pa
import pytest
from reference_client import Call

from launchpad_satellite import launchpad_pb2 as pb

ECHO = "OutputDataSet = InputDataSet"
DTYPES = """
import pandas as pd
OutputDataSet = pd.DataFrame({
    "name": [str(n) for n in InputDataSet.columns],
    "dtype": [str(t) for t in InputDataSet.dtypes],
})
"""


def dtypes(run, table, **options):
    result = run(DTYPES, inputs={"InputDataSet": table}, **options)
    return [row["dtype"] for row in result.table.to_pylist()]


def test_input_isAnEmptyFrameUnderItsName_whenThereIsNone(run):
    result = run("print(type(InputDataSet).__name__, InputDataSet.shape)")
    assert result.stdout == "DataFrame (0, 0)\n"


def test_input_hasTheRequestedName_whenThereIsNone(run):
    result = run("print(mine.shape)", fields={"input_name": "mine"})
    assert result.stdout == "(0, 0)\n"


def test_inputAndOutput_canBeRenamed(run):
    table = pa.table({"x": [1, 2]})
    result = run("d = s * 2", inputs={"s": table}, outputs={"d": None})
    assert result.completed and result.outputs["d"].to_pydict() == {"x": [2, 4]}


def test_severalInputsAndOutputs_keepTheirRows(run):
    left = pa.table({"k": [1, 2], "a": ["x", "y"]})
    right = pa.table({"k": [2, 1], "b": [20, 10]})
    result = run(
        "joined = a.merge(b, on='k')\nsizes = pandas.DataFrame({'n': [len(a), len(b)]})",
        inputs={"a": left, "b": right},
        outputs={"joined": None, "sizes": None},
    )
    assert result.completed
    assert result.outputs["joined"].to_pydict() == {"k": [1, 2], "a": ["x", "y"], "b": [10, 20]}
    assert result.outputs["sizes"].to_pydict() == {"n": [2, 2]}


def test_emptyInput_keepsColumnNamesAndTypes(run):
    schema = pa.schema([("i", pa.int64()), ("s", pa.utf8()), ("t", pa.timestamp("us"))])
    result = run(ECHO, inputs={"InputDataSet": schema.empty_table()})
    assert result.table.num_rows == 0
    assert result.table.schema.names == ["i", "s", "t"]
    assert result.table.schema.types == [pa.int64(), pa.large_utf8(), pa.timestamp("us")]


@pytest.mark.parametrize(
    "names",
    [["a", "a", "b"], ["", "", "x"], ["größe", "名前", "🚀"], ["select", "from", "order by"]],
    ids=["duplicate", "empty", "unicode", "reserved"],
)
def test_columnNames_survive(run, names):
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2.5]), pa.array(["x"])], names=names)
    result = run(ECHO, inputs={"InputDataSet": table})
    assert result.table.schema.names == names
    assert [column.to_pylist() for column in result.table.columns] == [[1], [2.5], ["x"]]


def test_thousandColumns_passUntouched(run):
    table = pa.table({f"c{i}": pa.array([i, i + 1], pa.int32()) for i in range(1000)})
    result = run(ECHO, inputs={"InputDataSet": table})
    assert result.table.equals(table)


def test_numbers_areNumpyWithoutNullsAndMaskedWithThem(run):
    table = pa.table(
        {
            "i": pa.array([1, 2]),
            "in": pa.array([1, None]),
            "u8": pa.array([1, None], pa.uint8()),
            "b": pa.array([True, False]),
            "bn": pa.array([True, None]),
            "f": pa.array([1.5, float("nan")]),
            "fn": pa.array([float("nan"), None]),
            "r": pa.array([1.5, None], pa.float32()),
        }
    )
    expected = ["int64", "Int64", "UInt8", "bool", "boolean", "float64", "Float64", "Float32"]
    assert dtypes(run, table) == expected


def test_numbers_areMaskedInChunksWheneverTheColumnIsNullable(run):
    schema = pa.schema(
        [
            pa.field("i", pa.int64()),
            pa.field("k", pa.int64(), nullable=False),
            pa.field("b", pa.bool_()),
            pa.field("f", pa.float64()),
        ]
    )
    table = pa.table({"i": [1, 2], "k": [1, 2], "b": [True, False], "f": [1.0, 2.0]}, schema=schema)
    found = dtypes(run, table, fields={"rows_per_read": 2})
    assert found == ["Int64", "int64", "boolean", "Float64"]


def test_bigIntegersWithNulls_keepEveryBit(run):
    table = pa.table({"i": pa.array([2**63 - 1, None, -(2**63), 2**53 + 1])})
    assert run(ECHO, inputs={"InputDataSet": table}).table.equals(table)


def test_nanAndNull_staydifferent(run):
    table = pa.table({"f": pa.array([float("nan"), None, float("inf"), -0.0])})
    result = run(ECHO, inputs={"InputDataSet": table}).table["f"]
    assert result.is_null().to_pylist() == [False, True, False, False]
    assert str(result.to_pylist()) == "[nan, None, inf, -0.0]"


def test_severalBatches_areOneFrame(run):
    table = pa.table(
        {
            "i": list(range(1000)),
            "n": [None if i % 7 else i for i in range(1000)],
            "s": ["é"] * 1000,
        }
    )
    script = "assert len(InputDataSet) == 1000\nInputDataSet.loc[3, 'i'] = -1\n" + ECHO
    result = run(script, inputs={"InputDataSet": table}, batch_rows=64)
    assert result.table["i"].to_pylist() == [0, 1, 2, -1, *range(4, 1000)]
    assert result.table["n"].equals(table["n"])


def test_numbersOfManyBatches_growInPlace(run):
    """Beyond the first reservation, with nulls that begin late, written to afterwards."""
    rows = 600_000
    table = pa.table(
        {
            "i": pa.array(range(rows), pa.int64()),
            "n": pa.array([None if i > 500_000 and i % 2 else i for i in range(rows)], pa.int32()),
            "f": pa.array([i / 2 for i in range(rows)]),
            "g": pa.array([None] + [0.5] * (rows - 1), pa.float32()),
        }
    )
    script = """
print([str(t) for t in InputDataSet.dtypes])
InputDataSet.loc[1, "i"] = -7
OutputDataSet = InputDataSet
"""
    result = run(script, inputs={"InputDataSet": table})
    assert result.stdout == "['int64', 'Int32', 'float64', 'Float32']\n"
    assert result.table["i"].slice(0, 3).to_pylist() == [0, -7, 2]
    assert result.table.slice(2).equals(table.slice(2))


def test_input_canBeWrittenTo(run):
    table = pa.table({"i": [1, 2], "t": pa.array([0, 1], pa.timestamp("us"))})
    script = "InputDataSet['i'].to_numpy()[0] if False else None\nInputDataSet.iloc[0, 0] = 9\n" + ECHO
    assert run(script, inputs={"InputDataSet": table}).table["i"].to_pylist() == [9, 2]


def test_decimalsDatesTimesAndBytes_arePythonsOwn(run):
    table = pa.table(
        {
            "d": pa.array([decimal.Decimal("1.10"), None], pa.decimal128(18, 2)),
            "day": pa.array([19_000, None], pa.date32()),
            "t": pa.array([1_000_001, None], pa.time64("us")),
            "x": pa.array([b"\x00\xff", None], pa.binary()),
        }
    )
    script = "print([type(v).__name__ for v in InputDataSet.iloc[0]])\n" + ECHO
    result = run(script, inputs={"InputDataSet": table})
    assert result.stdout == "['Decimal', 'date', 'time', 'bytes']\n"
    assert result.table.to_pylist() == table.to_pylist()


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "Europe/Vienna"])
def test_timestamps_keepUnitZoneAndValue(run, unit, zone):
    table = pa.table({"t": pa.array([0, 1_234_567_890, None, -1], pa.timestamp(unit, zone))})
    assert run(ECHO, inputs={"InputDataSet": table}).table.equals(table)


def test_nestedAndDictionaryColumns_keepTheirValues(run):
    table = pa.table(
        {
            "l": pa.array([[1, None], None, []], pa.list_(pa.int64())),
            "s": pa.array([{"a": 1, "b": "x"}, None, {"a": None, "b": "y"}]),
            "c": pa.array(["x", "y", None]).dictionary_encode(),
        }
    )
    result = run("print(InputDataSet.c.dtype)\n" + ECHO, inputs={"InputDataSet": table})
    assert result.stdout == "category\n"
    assert result.table["l"].to_pylist() == [[1, None], None, []]
    assert result.table["s"].to_pylist() == table["s"].to_pylist()
    assert pa.types.is_dictionary(result.table["c"].type)
    assert result.table["c"].to_pylist() == ["x", "y", None]


def test_carriers_keepTicksAndOffsets(run):
    def extension(name, kind):
        return pa.field(name, kind, metadata={"ARROW:extension:name": f"launchpad.{name}"})

    offset = pa.struct(
        [
            pa.field("ticks", pa.int64(), nullable=False),
            pa.field("offset_minutes", pa.int16(), nullable=False),
        ]
    )
    schema = pa.schema([extension("datetime2", pa.int64()), extension("datetimeoffset", offset)])
    ticks = 637_134_336_001_234_567
    table = pa.table(
        {
            "datetime2": [ticks, None],
            "datetimeoffset": [{"ticks": ticks, "offset_minutes": -90}, None],
        },
        schema=schema,
    )
    script = "print(InputDataSet.iloc[0, 0], '|', InputDataSet.iloc[0, 1])\n" + ECHO
    result = run(script, inputs={"InputDataSet": table})
    assert result.stdout == "2020-01-01 00:00:00.1234567 | 2019-12-31 22:30:00.1234567 -01:30\n"
    assert result.table.to_pylist() == table.to_pylist()
    assert result.table.schema.field(0).metadata == schema.field(0).metadata


def test_uuids_areUuids(run):
    array = pa.array([b"\x01" * 16, None], pa.uuid())
    table = pa.table({"u": array})
    result = run("print(type(InputDataSet.u[0]).__name__)\n" + ECHO, inputs={"InputDataSet": table})
    assert result.stdout == "UUID\n"
    assert result.table["u"].type == pa.uuid()
    assert result.table["u"].to_pylist() == table["u"].to_pylist()


def test_arrowFormat_isReadLazily(run):
    table = pa.table({"i": list(range(100_000))})
    script = """
import pyarrow as pa
assert isinstance(InputDataSet, pa.RecordBatchReader)
OutputDataSet = InputDataSet
"""
    result = run(script, inputs={"InputDataSet": table}, fields={"input_format": "arrow"})
    assert result.table.equals(table)


def test_polarsFormat_isAPolarsFrame(run):
    table = pa.table({"i": [1, 2, None], "s": ["a", None, "c"]})
    script = "import polars\nOutputDataSet = InputDataSet.with_columns(polars.col('i') + 1)"
    result = run(script, inputs={"InputDataSet": table}, fields={"input_format": "polars"})
    assert result.table.to_pydict() == {"i": [2, 3, None], "s": ["a", None, "c"]}


def test_numpyFormat_isArraysByName(run):
    table = pa.table({"i": [1, 2], "f": [0.5, None]})
    script = """
import numpy
assert isinstance(InputDataSet["f"], numpy.ma.MaskedArray)
OutputDataSet = {"twice": InputDataSet["i"] * 2}
"""
    result = run(script, inputs={"InputDataSet": table}, fields={"input_format": "numpy"})
    assert result.table.to_pydict() == {"twice": [2, 4]}


def test_unknownFormat_isRefused(run):
    error = run("", fields={"input_format": "excel"}).error
    assert (error.number, error.code) == (58000, "BAD_REQUEST")
    assert "excel" in error.message


def test_unreadInput_isDiscarded(split):
    """The client would wait for ever for credit if nobody told it to stop."""
    table = pa.table({"i": list(range(2_000_000))})
    call = Call("x = 1", inputs={"InputDataSet": table}, fields={"input_format": "arrow"})
    result = call.run(split().client)
    assert isinstance(result.terminal, pb.Completed)
    assert len(result.discarded) == 1


def test_compressedInput_isUnderstood(split):
    from reference_client import bxl_stream

    table = pa.table({"i": list(range(50_000)), "s": ["abc"] * 50_000})
    call = Call(ECHO, inputs={"InputDataSet": table})
    execute, streams = call.build()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    streams[execute.inputs[0].stream] = bxl_stream(table.schema, table.to_batches(), options)
    client = split().client
    result = call.decode(client, execute, client.call(execute, streams))
    assert result.table.to_pydict() == table.to_pydict()
