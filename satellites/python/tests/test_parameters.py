# SPDX-License-Identifier: Apache-2.0
"""Parameters in and out of every scalar type."""

import datetime as dt
import decimal
import uuid

import pyarrow as pa
import pytest
from reference_client import parameters

D = decimal.Decimal

SCALARS = [
    ("bit", pa.bool_(), True),
    ("tinyint", pa.uint8(), 255),
    ("smallint", pa.int16(), -32768),
    ("int", pa.int32(), 2**31 - 1),
    ("bigint", pa.int64(), -(2**63)),
    ("real", pa.float32(), 1.5),
    ("float", pa.float64(), 1e308),
    ("decimal", pa.decimal128(38, 10), D("1234567890123456789012345678.0123456789")),
    ("wide_decimal", pa.decimal256(76, 0), D(10**75)),
    ("varchar", pa.utf8(), "größe 🚀"),
    ("nvarchar_max", pa.large_utf8(), "x" * 100_000),
    ("varbinary", pa.binary(), b"\x00\x01\xff"),
    ("binary", pa.binary(4), b"abcd"),
    ("date", pa.date32(), dt.date(9999, 12, 31)),
    ("time", pa.time64("us"), dt.time(23, 59, 59, 999_999)),
    ("datetime2", pa.timestamp("us"), dt.datetime(1, 1, 1, 0, 0, 0, 1)),
    ("zoned", pa.timestamp("us", "UTC"), dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
    ("uniqueidentifier", pa.uuid(), uuid.UUID(int=5)),
]


@pytest.mark.parametrize(("name", "kind", "value"), SCALARS, ids=[s[0] for s in SCALARS])
def test_scalar_passesInAndOut(run, name, kind, value):
    row = parameters(a=("in", kind, value), b=("out", kind, None), c=("inout", kind, None))
    result = run("b = a\nassert c is None\nc = a", parameters=row)
    assert result.completed and result.parameters == {"b": value, "c": value}
    assert result.parameter_table.schema.types == [kind, kind]


@pytest.mark.parametrize(("name", "kind", "value"), SCALARS, ids=[s[0] for s in SCALARS])
def test_null_passesInAndOut(run, name, kind, value):
    row = parameters(a=("in", kind, None), b=("inout", kind, value))
    result = run("assert a is None and b is not None\nb = a", parameters=row)
    assert result.completed and result.parameters == {"b": None}


@pytest.mark.parametrize("kind", [pa.large_binary(), pa.large_utf8()], ids=["binary", "text"])
def test_hundredMegabytes_passInAndOut(run, kind):
    value = b"x" * 100_000_000 if kind == pa.large_binary() else "é" * 50_000_000
    row = parameters(a=("in", kind, value), b=("out", kind, None))
    result = run("b = a[::-1]", parameters=row)
    assert result.completed and result.parameters["b"] == value


def test_ticksOfHundredNanoseconds_passInAndOut(run):
    field = pa.field(
        "a",
        pa.int64(),
        metadata={
            "launchpad:direction": "inout",
            "ARROW:extension:name": "launchpad.datetime2",
        },
    )
    row = pa.RecordBatch.from_arrays([pa.array([7])], schema=pa.schema([field]))
    result = run("import launchpad\na = launchpad.DateTime2(a.ticks + 1)", parameters=row)
    assert result.completed and result.parameters == {"a": 8}


def test_numpyScalars_areTakenOut(run):
    row = parameters(a=("out", pa.int32(), None), b=("out", pa.float64(), None),
                     c=("out", pa.bool_(), None), d=("out", pa.timestamp("us"), None))  # fmt: skip
    script = """
import numpy as np
a, b, c, d = np.int64(1), np.float32(0.5), np.bool_(True), np.datetime64("2020-01-01")
"""
    result = run(script, parameters=row)
    assert result.completed
    assert result.parameters == {"a": 1, "b": 0.5, "c": True, "d": dt.datetime(2020, 1, 1)}


def test_names_keepTheirSpelling(run):
    row = parameters(MyParam=("in", pa.int32(), 1))
    assert run("print(MyParam)", parameters=row).stdout == "1\n"


def test_unassignedOutputParameter_isAnErrorNamingIt(run):
    row = parameters(model=("out", pa.binary(), None))
    error = run("x = 1", parameters=row).error
    assert (error.number, error.code, error.column) == (58010, "RESULT_MISSING", "model")


def test_undeclaredParameter_isANameError(run):
    error = run("print(undeclared)", parameters=parameters(a=("in", pa.int32(), 1))).error
    assert (error.number, error.exception_class) == (39004, "NameError")


@pytest.mark.parametrize(
    ("kind", "expression"),
    [(pa.int32(), "2**31"), (pa.int32(), "'x'"), (pa.date32(), "5.5"), (pa.binary(), "'text'")],
)
def test_outputParameterOfTheWrongType_isAnErrorNamingIt(run, kind, expression):
    error = run(f"a = {expression}", parameters=parameters(a=("out", kind, None))).error
    assert (error.number, error.code, error.column) == (58017, "PARAMETER", "a")
    assert error.message.startswith("@a: ")


def test_parametersThatDifferOnlyInCase_areRefused(run):
    row = parameters(a=("in", pa.int32(), 1), A=("in", pa.int32(), 2))
    error = run("", parameters=row).error
    assert (error.number, error.code) == (58017, "PARAMETER")


def test_parameterWithTheNameOfAnInput_isRefused(run):
    row = parameters(d=("in", pa.int32(), 1))
    error = run("", parameters=row, inputs={"d": pa.table({"a": [1]})}).error
    assert (error.number, error.code) == (58017, "PARAMETER")


def test_parametersOfTwoRows_areRefused(run):
    row = pa.RecordBatch.from_arrays([pa.array([1, 2])], names=["a"])
    error = run("", parameters=row).error
    assert (error.number, error.code) == (58000, "BAD_REQUEST")
