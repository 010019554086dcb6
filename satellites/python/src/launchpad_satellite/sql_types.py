# SPDX-License-Identifier: Apache-2.0
"""The types of columns as BXL carries them: extension names, support, and how errors call them."""

from __future__ import annotations

import pyarrow as pa

from .errors import ErrorCode, SatelliteError

EXTENSION_KEY = b"ARROW:extension:name"
SQL_TYPE_KEY = b"launchpad:sql_type"
DIRECTION_KEY = b"launchpad:direction"

DATETIME2 = "launchpad.datetime2"
DATETIMEOFFSET = "launchpad.datetimeoffset"
TIME = "launchpad.time"
UUID = "arrow.uuid"

OFFSET_STORAGE = pa.struct(
    [
        pa.field("ticks", pa.int64(), nullable=False),
        pa.field("offset_minutes", pa.int16(), nullable=False),
    ]
)


def extension_name(field: pa.Field) -> str:
    """The extension a field declares, known to pyarrow or not; empty without one."""
    if isinstance(field.type, pa.BaseExtensionType):
        return str(field.type.extension_name)
    metadata = field.metadata
    return metadata.get(EXTENSION_KEY, b"").decode() if metadata else ""


def storage_type(field: pa.Field) -> pa.DataType:
    """The type the field's values are stored as."""
    kind = field.type
    return kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind


def storage(column: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """A column without its extension type."""
    if not isinstance(column.type, pa.BaseExtensionType):
        return column
    if isinstance(column, pa.ChunkedArray):
        return pa.chunked_array(
            [chunk.storage for chunk in column.chunks], type=column.type.storage_type
        )
    return column.storage


def type_name(field: pa.Field) -> str:
    """How an error calls the field's type: as it was declared in SQL, else as Arrow does."""
    metadata = field.metadata or {}
    declared = metadata.get(SQL_TYPE_KEY)
    if declared:
        return str(declared.decode("utf-8", "replace"))
    return extension_name(field) or str(field.type)


def travels_as(kind: pa.DataType, column: str) -> pa.DataType:
    """The BXL type for a type a result happens to have; the same one, or a wider equal one."""
    types = pa.types
    if types.is_float16(kind):
        return pa.float32()
    if types.is_string(kind) or types.is_large_string(kind):
        return kind
    if kind.equals(pa.string_view()):
        return pa.large_utf8()
    if kind.equals(pa.binary_view()):
        return pa.large_binary()
    if types.is_date64(kind):
        return pa.timestamp("ms")
    if types.is_decimal(kind) and kind.bit_width < 128:
        return pa.decimal128(kind.precision, kind.scale)
    if types.is_run_end_encoded(kind):
        return travels_as(kind.value_type, column)
    if types.is_union(kind) or (isinstance(kind, pa.BaseExtensionType) and not _known(kind)):
        raise SatelliteError(
            ErrorCode.TYPE_UNSUPPORTED,
            f"column {column!r} has the type {kind}, which cannot be sent",
            column=column,
        )
    return kind


def _known(kind: pa.BaseExtensionType) -> bool:
    return kind.extension_name in (UUID, "arrow.json")
