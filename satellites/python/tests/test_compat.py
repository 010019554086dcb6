# SPDX-License-Identifier: Apache-2.0
"""Requests with the type mapping compat: SQL Server's documented types, with their losses."""

import datetime as dt
import decimal
import uuid

import pyarrow as pa
import pytest
from reference_client import parameters

from launchpad_satellite.errors import ErrorCode

COMPAT = {"type_mapping": "compat"}

KINDS = """
import pandas
OutputDataSet = pandas.DataFrame({
    'name': list(InputDataSet.columns),
    'dtype': [str(d) if d != object else type(next(v for v in InputDataSet[c] if v is not None)).__name__
              for c, d in InputDataSet.dtypes.items()],
    'first': [repr(v) for v in InputDataSet.iloc[0]],
})
"""

UUID = uuid.UUID("6f9619ff-8b86-d011-b42d-00c04fc964ff")

CASES = [
    ("bigint", pa.array([2**53 + 1], pa.int64()), "float64", "9007199254740992.0"),
    ("int", pa.array([7], pa.int32()), "int32", "7"),
    ("int with NULL", pa.array([7, None], pa.int32()), "float64", "7.0"),
    ("smallint", pa.array([7], pa.int16()), "int32", "7"),
    ("tinyint", pa.array([255], pa.uint8()), "int32", "255"),
    ("bit", pa.array([True]), "bool", "True"),
    ("bit with NULL", pa.array([True, None]), "bool", "True"),
    ("real", pa.array([0.5], pa.float32()), "float64", "0.5"),
    ("decimal", pa.array([decimal.Decimal("1.10")]), "float64", "1.1"),
    ("text", pa.array(["é"]), "str", "'é'"),
    ("category", pa.array(["é"]).dictionary_encode(), "str", "'é'"),
    ("bytes", pa.array([b"\x00"]), "bytes", r"b'\x00'"),
    ("uniqueidentifier", pa.array([UUID.bytes], pa.uuid()), "str", f"'{str(UUID).upper()}'"),
    ("date", pa.array([dt.date(2024, 2, 29)]), "datetime64[ns]", "Timestamp('2024-02-29 00:00:00')"),
    (
        "datetime",
        pa.array([dt.datetime(2024, 2, 29, 1)], pa.timestamp("us")),
        "datetime64[ns]",
        "Timestamp('2024-02-29 01:00:00')",
    ),
    ("datetime beyond", pa.array([dt.datetime(1600, 1, 1), dt.datetime(2000, 1, 1)]), "datetime64[ns]", "NaT"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "array", "dtype", "first"), CASES, ids=[c[0] for c in CASES])
def test_column_isOfTheDocumentedType(run, name, array, dtype, first):
    table = pa.table({name: array})
    result = run(KINDS, inputs={"InputDataSet": table}, fields=COMPAT)
    (row,) = result.table.to_pylist()
    assert row["dtype"] == dtype
    assert row["first"].removeprefix(f"np.{dtype}(").removeprefix("np.").rstrip("_)") == first.rstrip(")")


@pytest.mark.parametrize(
    "kind",
    [pa.time64("us"), pa.timestamp("us", "UTC"), pa.duration("us"), pa.list_(pa.int32())],
    ids=str,
)
def test_typeThatTheOriginalRefuses_isAnError(run, kind):
    table = pa.table({"x": pa.nulls(1, kind)})
    error = run("pass", inputs={"InputDataSet": table}, fields=COMPAT).error
    assert error.code == "TYPE_UNSUPPORTED"
    assert error.column == "x"
    assert "use exact" in error.message


def test_nanAndInfinities_comeBackAsNull(run):
    script = "import pandas\nOutputDataSet = pandas.DataFrame({'f': [1.5, float('nan'), float('inf')]})"
    assert run(script, fields=COMPAT).table["f"].to_pylist() == [1.5, None, None]
    assert str(run(script).table["f"].to_pylist()) == "[1.5, nan, inf]"


def test_parameters_areOfTheDocumentedTypes_andNanComesBackAsNull(run):
    row = parameters(
        b=("in", pa.int64(), 2**53 + 1),
        d=("in", pa.decimal128(5, 2), decimal.Decimal("1.10")),
        f=("out", pa.float64(), None),
        kinds=("out", pa.utf8(), None),
    )
    result = run(
        "f = float('inf')\nkinds = repr([b, d])",
        parameters=row,
        fields=COMPAT,
    )
    assert result.parameters == {"f": None, "kinds": "[9007199254740992.0, 1.1]"}


def test_otherFormatThanPandas_isABadRequest(run):
    error = run("pass", fields={"type_mapping": "compat", "input_format": "arrow"}).error
    assert error.code == ErrorCode.BAD_REQUEST.name
