"""Finds which cases of a chunk the store has already, by source and number in the source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import select

from core.storage.engine import Write
from core.storage.sets import among
from core.storage.tables import CaseRow
from core.storage.tables.base import table_of

CASES = table_of(CaseRow)


@dataclass(frozen=True, slots=True)
class Known:
    """What the store has of each line of a chunk; key 0 where it has nothing."""

    case_ids: npt.NDArray[np.int64]
    content_hashes: npt.NDArray[np.object_]
    versions: npt.NDArray[np.int64]

    def where(self, chosen: npt.NDArray[np.bool_]) -> Known:
        """The same for some of the lines."""
        return Known(self.case_ids[chosen], self.content_hashes[chosen], self.versions[chosen])


def find_known(write: Write, lines: pd.DataFrame, is_fresh: Callable[[str], bool]) -> Known:
    """Look up all lines of a chunk; a source that the store never saw is not searched."""
    count = len(lines)
    known = Known(
        np.zeros(count, dtype=np.int64),
        np.full(count, "", dtype=object),
        np.zeros(count, dtype=np.int64),
    )
    for source, at in lines.groupby("source", sort=False).indices.items():
        if not is_fresh(str(source)):
            place = np.asarray(at, dtype=np.intp)
            _look_up(write, str(source), lines["external_id"].iloc[place], place, known)
    return known


def _look_up(
    write: Write, source: str, names: pd.Series[str], at: npt.NDArray[np.intp], known: Known
) -> None:
    wanted = names.tolist()
    rows = write.connection.execute(
        select(CASES.c.external_id, CASES.c.id, CASES.c.content_hash, CASES.c.version).where(
            CASES.c.source == source, among(CASES.c.external_id, wanted, write.dialect)
        )
    ).all()
    if not rows:
        return
    held = pd.DataFrame(rows, columns=["name", "id", "hash", "version"]).set_index("name")
    found = held.reindex(wanted)
    known.case_ids[at] = found["id"].fillna(0).astype("int64").to_numpy()
    known.content_hashes[at] = found["hash"].fillna("").to_numpy(dtype=object)
    known.versions[at] = found["version"].fillna(0).astype("int64").to_numpy()
