"""Rows set aside on disk until all rows of their case are known, some cases to a part.

The parts are files without a name: nothing of them remains when the process ends in any way.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from core.intake.limits import limits
from core.intake.model import TextTable


class Staging:
    """Numbers cases in the order in which the file first names them and keeps their rows together."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: list[tuple[IO[bytes], Any]] = []
        self._hashes = np.zeros(0, dtype=np.uint64)  # sorted
        self._numbers = np.zeros(0, dtype=np.int64)
        self.case_count = 0

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, *_: object) -> None:
        for file, _writer in self._parts:
            file.close()
        self._parts.clear()

    def add(self, rows: TextTable) -> None:
        """Put staged rows with their cases; two cases that share a hash share a part, no more."""
        if not rows.num_rows:
            return
        numbers = self._number(pd.util.hash_array(rows["id"].to_pandas().to_numpy(dtype=object)))
        rows = rows.append_column("case", pa.array(numbers))
        parts = numbers // limits().staging.cases_per_part
        present = np.unique(parts)
        for part in present:
            chosen = rows if len(present) == 1 else rows.filter(pa.array(parts == part))
            self._writer(int(part), chosen.schema).write_table(chosen)

    def parts(self) -> Iterator[TextTable]:
        """The rows part by part, in order of the cases."""
        for file, writer in self._parts:
            writer.close()
            file.seek(0)
            yield pa.ipc.open_stream(file).read_all().combine_chunks()
            file.close()

    def _number(self, hashes: np.ndarray) -> np.ndarray:
        distinct, first = np.unique(hashes, return_index=True)
        place = np.searchsorted(self._hashes, distinct)
        known = np.zeros(len(distinct), dtype=bool)
        inside = place < len(self._hashes)
        known[inside] = self._hashes[place[inside]] == distinct[inside]
        new = distinct[~known]
        order = np.argsort(first[~known], kind="stable")
        numbers = np.empty(len(new), dtype=np.int64)
        numbers[order] = self.case_count + np.arange(len(new))
        self.case_count += len(new)
        where = np.searchsorted(self._hashes, new)
        self._hashes = np.insert(self._hashes, where, new)
        self._numbers = np.insert(self._numbers, where, numbers)
        return np.asarray(self._numbers[np.searchsorted(self._hashes, hashes)])

    def _writer(self, part: int, schema: Any) -> Any:
        while len(self._parts) <= part:
            file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 -- closed with the staging
            self._parts.append((file, pa.ipc.new_stream(file, schema)))
        return self._parts[part][1]
