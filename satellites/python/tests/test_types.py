# SPDX-License-Identifier: Apache-2.0
"""What docs/types.md says of Python, tried with every boundary of every SQL type."""

import json
from decimal import Decimal as D
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from test_vectors import BXL, decode, values

from launchpad_satellite import sql_types
from launchpad_satellite.bxl_reader import BxlDecoder, read_stream
from launchpad_satellite.convert import convert, convert_objects
from launchpad_satellite.errors import ErrorCode, SatelliteError
from launchpad_satellite.from_arrow import data_frame, python_values
from launchpad_satellite.outputs import _of_pandas
from launchpad_satellite.parameters import Parameters

DOCUMENT = Path(__file__).parents[3] / "docs" / "types.md"


def table(heading):
    """The rows of the table under a heading, cells without the backquotes."""
    section = DOCUMENT.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def names(cell):
    return [name.strip().strip("`") for name in cell.split(",")]


TYPES = {row[0]: names(row[2]) for row in table("SQL types and Arrow")}
PYTHON = {row[0]: row[1:] for row in table("Python")}
VECTORS = {path.stem: path for path in BXL if path.stem.startswith("sql-")}
CASES = [pytest.param(sql, vector, id=vector) for sql, some in TYPES.items() for vector in some]


def test_everyTypeHasItsRow_andEveryVectorItsType():
    assert PYTHON.keys() == TYPES.keys()
    assert sorted(name for some in TYPES.values() for name in some) == sorted(VECTORS)


def received(vector):
    decoder = BxlDecoder(compression=False)
    batches = list(read_stream(VECTORS[vector].with_suffix(".bxl").read_bytes(), decoder))
    return decoder.schema, batches


def columns(vector):
    return json.loads(VECTORS[vector].read_text())["batches"][0]["columns"]


def dtype(column):
    if column.dtype != object:
        return f"`{column.dtype}`"
    first = next(value for value in column if value is not None)
    return f"`{kind(first)}`"


def kind(value):
    module = type(value).__module__.partition(".")[0]
    name = type(value).__qualname__
    return name if module == "builtins" else f"{module}.{name}"


@pytest.mark.parametrize(("sql", "vector"), CASES)
def test_columns_areOfTheStatedKind(sql, vector):
    schema, batches = received(vector)
    frame = data_frame(schema, batches, always_masked=False)
    assert [generic(dtype(frame[name])) for name in ("value", "nullable")] == PYTHON[sql][:2]
    chunk = data_frame(schema, batches, always_masked=True)
    assert generic(dtype(chunk["nullable"])) == PYTHON[sql][1]


def generic(cell):
    """Without what differs between the vectors of one row: zones, and what is nested."""
    if cell.startswith("`datetime64[us, "):
        return "`datetime64[us, zone]`"
    if cell.endswith("[pyarrow]`"):
        return "`ArrowDtype`"
    return cell


@pytest.mark.parametrize(("sql", "vector"), CASES)
def test_parameters_areOfTheStatedKind_andComeBack(sql, vector):
    schema, batches = received(vector)
    field = schema.field("nullable")
    stored = sql_types.storage(batches[0].batch.column("nullable"))
    found = python_values(field, sql_types.extension_name(field), stored)
    assert found[0] is None
    assert f"`{kind(found[1])}`" == PYTHON[sql][2]
    inout = field.with_metadata({**(field.metadata or {}), b"launchpad:direction": b"inout"})
    for row, expected in enumerate(columns(vector)[1]):
        one = pa.RecordBatch.from_arrays(
            [batches[0].batch.column("nullable").slice(row, 1)], schema=pa.schema([inout])
        )
        parameters = Parameters(one.schema, one)
        variables = {}
        parameters.bind(variables)
        encoder, frames = parameters.encode(variables)
        data = b"".join(bytes(part) for frame in frames for part in frame.parts)
        decoder, back = decode(data, validate=True)
        assert decoder.schema.field(0).type == field.type
        assert values(back[0].column(0)) == [expected]


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(("sql", "vector"), CASES)
def test_columns_comeBackExactly_whenDeclared(sql, vector, masked):
    schema, batches = received(vector)
    frame = data_frame(schema, batches, always_masked=masked)
    for column, field, expected in zip(_of_pandas(frame, True), schema, columns(vector), strict=True):
        array = column.part(0, len(frame), field, 0)
        assert array.type == field.type
        assert values(array) == expected


@pytest.mark.parametrize(("sql", "vector"), CASES)
def test_columns_comeBackAsStated_whenNotDeclared(sql, vector):
    schema, batches = received(vector)
    frame = data_frame(schema, batches, always_masked=False)
    for column, field, expected in zip(_of_pandas(frame, False), schema, columns(vector), strict=True):
        array = column.part(0, len(frame), column.field, 0)
        assert generic_type(array.type, sql_types.extension_name(column.field)) == PYTHON[sql][3]
        # As another type, but without loss: declared as it was, it is what it was.
        assert values(convert(array, column.field, field, "", 0)) == expected


def generic_type(kind, extension):
    if extension:
        return f"`{extension}`"
    if pa.types.is_decimal(kind):
        return f"`decimal{kind.bit_width}(p,s)`"
    if pa.types.is_timestamp(kind) and kind.tz:
        return "`timestamp(us,zone)`"
    if pa.types.is_nested(kind):
        return "the same"
    if pa.types.is_dictionary(kind):
        return "dictionary of `large_utf8`"
    text = {"string": "utf8", "large_string": "large_utf8", "double": "float64", "float": "float32"}
    name = text.get(str(kind), str(kind)).replace("[day]", "").replace("[", "(").replace("]", ")")
    return f"`{name}`" if name != "month_day_nano_interval" else "`interval(month_day_nano)`"


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        (pa.timestamp("us"), -(2**63)),
        (pa.timestamp("ns", "UTC"), -(2**63)),
        (pa.duration("s"), -(2**63)),
        (pa.date32(), 2**31 - 1),
        (pa.date32(), -(2**31)),
    ],
)
def test_valuesBeyondPython_areErrorsThatNameThem(kind, count):
    storage = pa.int32() if kind == pa.date32() else pa.int64()
    array = pa.array([0, None, count], storage).cast(kind)
    batch = pa.record_batch([array], names=["when"])
    encoder_batches = round_trip(batch)
    with pytest.raises(SatelliteError) as caught:
        data_frame(batch.schema, encoder_batches, always_masked=False)
    assert caught.value.code == ErrorCode.TYPE_UNSUPPORTED
    assert (caught.value.column, caught.value.row) == ("when", 3)


def round_trip(batch):
    from launchpad_satellite.bxl_writer import BxlEncoder

    encoder = BxlEncoder(batch.schema)
    frames = encoder.start() + encoder.batch(batch) + encoder.end()
    data = b"".join(bytes(part) for frame in frames for part in frame.parts)
    return list(read_stream(data, BxlDecoder(compression=False)))


def test_nanInLists_isNotNull():
    frame = pd.DataFrame({"l": [[1.5, float("nan"), None], None, float("nan")]})
    (column,) = _of_pandas(frame, False)
    found = column.part(0, 3, column.field, 0)
    assert str(found.to_pylist()) == "[[1.5, nan, None], None, None]"
    declared = pa.field("l", pa.list_(pa.float64()))
    assert str(convert_objects(frame["l"].to_numpy(), declared, "l", 0).to_pylist()) == str(
        found.to_pylist()
    )


@pytest.mark.parametrize("entries", [["a", "a", "b"], ["a", None, "b"]])
def test_dictionariesThatRepeatEntriesOrHoldNull_areCategoriesAllTheSame(entries):
    array = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, None], pa.int8()), pa.array(entries))
    batch = pa.record_batch([array], names=["c"])
    frame = data_frame(batch.schema, round_trip(batch), always_masked=False)
    assert str(frame["c"].dtype) == "category"
    assert frame["c"].astype(object).where(frame["c"].notna(), None).tolist() == [*entries, None]


@pytest.mark.parametrize(("sql", "vector"), CASES)
def test_vectors_areOfTheStatedArrowType(sql, vector):
    """The extension where there is one, else the type; letters stand for any number."""
    stated = {row[0]: row[1] for row in table("SQL types and Arrow")}[sql]
    fields = json.loads(VECTORS[vector].read_text())["fields"]
    for field in fields:
        extension = field.get("metadata", {}).get("ARROW:extension:name")
        name = extension or field["type"]
        if "dictionary" in field:
            assert stated == f"dictionary of `{name}`"
            continue
        base, _, arguments = name.partition("(")
        letters = {"decimal128": "(p,s)", "decimal256": "(p,s)", "fixed_size_binary": "(n)"}
        shown = base + letters.get(base, f"({arguments}" if arguments else "")
        if base == "timestamp" and "," in arguments:
            shown = "timestamp(us,zone)"
        assert f"`{shown}`" in stated or f"`{name}`" in stated


def test_decimalsOfLaterChunks_mayHaveMoreDigits(run):
    table = pa.table({"d": pa.array([D("1.25"), D("99999999.50")], pa.decimal128(38, 2))})
    result = run(
        "OutputDataSet = InputDataSet",
        inputs={"InputDataSet": table},
        fields={"rows_per_read": 1},
    )
    assert result.table["d"].to_pylist() == table["d"].to_pylist()


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("[decimal.Decimal('1.5')]", "[decimal.Decimal('1.25')]"),
        ("numpy.array(['2024-01-01'], 'M8[us]')", "numpy.array([1], 'M8[ns]')"),
        ("numpy.array([1.5], 'f4')", "numpy.array([0.1], 'f8')"),
        ("numpy.array([1.5])", "[decimal.Decimal('0.1')]"),
        ("numpy.array([1], 'i4')", "numpy.array([2**40])"),
    ],
)
def test_laterChunk_isNeverRoundedToTheTypeOfTheFirst(run, first, then):
    """Nobody has asked for that type: it was only the first to come."""
    script = f"""
import decimal, numpy
runs = globals().get("runs", 0) + 1
OutputDataSet = pandas.DataFrame({{"x": {first} if runs == 1 else {then}}})
"""
    error = run(
        script,
        inputs={"InputDataSet": pa.table({"i": [1, 2]})},
        fields={"rows_per_read": 1},
    ).error
    assert error.code == "RESULT_CONVERSION"
    assert (error.column, error.row) == ("x", 2)


@pytest.mark.parametrize("name", ["launchpad.datetimeoffset", "arrow.uuid"])
def test_columnOfNothingButNull_isOfItsDeclaredType(name):
    storage = sql_types.OFFSET_STORAGE if name.startswith("launchpad") else pa.uuid()
    declared = pa.field("x", storage, metadata={b"ARROW:extension:name": name.encode()})
    frame = pd.DataFrame({"x": pd.Series([None, None], dtype=object)})
    (column,) = _of_pandas(frame, True)
    assert column.part(0, 2, declared, 0).to_pylist() == [None, None]
    arrow = convert(pa.nulls(2), pa.field("x", pa.null()), declared, "x", 0)
    assert (arrow.type, arrow.null_count) == (storage, 2)


@pytest.mark.parametrize("rows", [1, 3, 39, 100])
def test_tableOfSeed2323_comesBackInChunks(run, rows):
    """A chunk of nothing but NULL was once no datetimeoffset."""
    path = next(path for path in BXL if path.stem == "round-trip-2323")
    decoder, batches = decode(path.with_suffix(".bxl").read_bytes())
    table = pa.Table.from_batches(batches, decoder.schema)
    result = run(
        "OutputDataSet = InputDataSet",
        inputs={"InputDataSet": table},
        outputs={"OutputDataSet": decoder.schema},
        fields={"rows_per_read": rows},
    )
    assert [values(column) for column in result.table.columns] == [values(c) for c in table.columns]


def test_dictionaryOfLists_isAnError():
    entries = pa.array([[1], [2]])
    batch = pa.record_batch([pa.DictionaryArray.from_arrays([0, 1], entries)], names=["d"])
    with pytest.raises(SatelliteError) as caught:
        data_frame(batch.schema, round_trip(batch), always_masked=False)
    assert caught.value.code == ErrorCode.TYPE_UNSUPPORTED
