"""Text columns made from positions in a bank of strings, so that no string is built per row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

STR = pd.StringDtype("pyarrow", na_value=np.nan)


def bank(strings: Sequence[str]) -> pa.Array:
    """Strings that rows point into."""
    return pa.array(strings, type=pa.large_string())


def spelled(strings: pa.Array, codes: npt.NDArray[np.integer]) -> pa.Array:
    """The strings at those positions."""
    return strings.take(pa.array(codes))


def joined(parts: Sequence[pa.Array]) -> pa.Array:
    """Parts put together row by row, with nothing between."""
    return pc.binary_join_element_wise(*parts, pa.scalar("", type=pa.large_string()))


def series(strings: pa.Array) -> pd.Series:
    """As a pandas column of dtype ``str``, without a copy."""
    chunks = strings if isinstance(strings, pa.ChunkedArray) else pa.chunked_array([strings])
    # The published types of pandas do not know the argument yet.
    text = pd.arrays.ArrowStringArray(chunks, dtype=STR)  # type: ignore[call-arg]
    return pd.Series(text, copy=False)


def column(strings: pa.Array, codes: npt.NDArray[np.integer]) -> pd.Series:
    """The strings at those positions as a pandas column."""
    return series(spelled(strings, codes))


def same(text: str, count: int) -> pd.Series:
    """A column that says the same in every row."""
    return column(bank([text]), np.zeros(count, dtype=np.int64))


def numbered(prefix: str, numbers: npt.NDArray[np.int64], digits: int) -> pa.Array:
    """``prefix`` and each number with leading zeros."""
    digits_only = pc.utf8_lpad(pa.array(numbers).cast(pa.large_string()), digits, padding="0")
    first = pa.array([prefix], type=pa.large_string()).take(
        pa.array(np.zeros(len(numbers), dtype=np.int64))
    )
    return joined([first, digits_only])
