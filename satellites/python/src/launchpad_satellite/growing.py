# SPDX-License-Identifier: Apache-2.0
"""Numbers of an input of unknown length, copied into place while their frame is still in the cache.

Keeping all frames and joining them at the end would hold every row twice and touch twice the memory.
A column here is an anonymous mapping: the kernel enlarges it without copying, and backs only what
was written.
"""

from __future__ import annotations

import mmap

import numpy as np
import pandas as pd
import pyarrow as pa

from . import sql_types
from .bxl_reader import ReceivedBatch
from .from_arrow import batch_values, frame_of, number

_FIRST_ROWS = 1 << 18


class GrowingNumbers:
    """The columns of an input that holds nothing but integers and floats."""

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        self._columns = [_Growing(np.dtype(field.type.to_pandas_dtype())) for field in schema]
        self._masks: list[_Growing | None] = [None] * len(schema)
        self._rows = 0

    @staticmethod
    def fits(schema: pa.Schema) -> bool:
        """Whether every column is of a kind that can grow."""
        return len(schema) > 0 and all(
            (pa.types.is_integer(field.type) or pa.types.is_floating(field.type))
            and not sql_types.extension_name(field)
            for field in schema
        )

    def append(self, received: ReceivedBatch) -> None:
        """Copies a batch; its memory can be used again."""
        batch = received.batch
        for index, column in enumerate(self._columns):
            column.put(self._rows, batch_values(index, received, column.dtype))
            array = batch.column(index)
            if array.null_count:
                mask = self._masks[index] or _Growing(np.dtype(bool))
                self._masks[index] = mask
                mask.put(self._rows, np.asarray(array.is_null().to_numpy(zero_copy_only=False)))
        self._rows += batch.num_rows

    def frame(self) -> pd.DataFrame:
        """All rows; nothing can be appended any more."""
        columns = []
        for field, column, mask in zip(self._schema, self._columns, self._masks, strict=True):
            nulls = None if mask is None else mask.take(self._rows)
            columns.append(number(field, column.take(self._rows), nulls, always_masked=False))
        return frame_of(self._schema.names, columns, self._rows)


class _Growing:
    """An array whose end is not known yet; what was never put is zero."""

    def __init__(self, dtype: np.dtype) -> None:
        self.dtype = dtype
        # Private, or the part beyond the first reservation would not be backed at all.
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
        self._map = mmap.mmap(-1, _FIRST_ROWS * dtype.itemsize, flags=flags)

    def put(self, start: int, values: np.ndarray) -> None:
        self._reserve((start + len(values)) * self.dtype.itemsize)
        np.frombuffer(self._map, self.dtype, len(values), start * self.dtype.itemsize)[:] = values

    def take(self, rows: int) -> np.ndarray:
        self._reserve(rows * self.dtype.itemsize)
        return np.frombuffer(self._map, self.dtype, rows)

    def _reserve(self, size: int) -> None:
        if size > len(self._map):
            self._map.resize(max(size, 2 * len(self._map)))
