"""Links admitted cases to the accounts, pages, addresses and hashes that they mention."""

from __future__ import annotations

import json

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import text

from core.storage.bulk import insert_columns, plain, take_ids
from core.storage.engine import Write
from core.storage.tables import CaseEntityRow, EntityRow
from core.storage.tables.base import table_of

ENTITIES = table_of(EntityRow)
LINKS = table_of(CaseEntityRow)
# One statement for any number of pairs, by the index on (kind, value).
KNOWN = {
    "sqlite": (
        "SELECT e.kind, e.value, e.id FROM json_each(:pairs) AS p JOIN entities AS e "
        "ON e.kind = json_extract(p.value, '$[0]') AND e.value = json_extract(p.value, '$[1]')"
    ),
    "postgresql": (
        "SELECT e.kind, e.value, e.id FROM jsonb_array_elements(CAST(:pairs AS jsonb)) AS p "
        "JOIN entities AS e ON e.kind = p->>0 AND e.value = p->>1"
    ),
}


def link_entities(
    write: Write,
    case_ids: npt.NDArray[np.int64],
    keys: npt.NDArray[np.int64],
    things: pd.DataFrame,
) -> None:
    """Link the things (ENTITY_LINES) to their cases, whose keys are sorted; twice counts once."""
    things = things[things["value"] != ""]
    pairs = things[["kind", "value"]].drop_duplicates()
    ids = _entity_ids(write, pairs)
    linked = things.merge(ids, on=["kind", "value"], how="left")[["key", "id"]].drop_duplicates()
    at = np.searchsorted(keys, linked["key"].to_numpy())
    columns = {"case_id": case_ids[at].tolist(), "entity_id": linked["id"].tolist()}
    insert_columns(write, LINKS, columns)


def _entity_ids(write: Write, pairs: pd.DataFrame) -> pd.DataFrame:
    listed = json.dumps(list(zip(pairs["kind"], pairs["value"], strict=True)), ensure_ascii=False)
    rows = write.connection.execute(text(KNOWN[write.dialect]), {"pairs": listed}).all()
    known = pd.DataFrame(rows, columns=["kind", "value", "id"])
    known = known.astype({"kind": "str", "value": "str", "id": "int64"})
    both = pairs.merge(known, on=["kind", "value"], how="left")
    fresh = both["id"].isna().to_numpy()
    count = int(fresh.sum())
    if count:
        first = take_ids(write, ENTITIES, count)
        both.loc[fresh, "id"] = np.arange(first, first + count)
        new = both[fresh]
        columns = {"id": range(first, first + count), "kind": plain(new["kind"])}
        insert_columns(write, ENTITIES, {**columns, "value": plain(new["value"])})
    return both.astype({"id": "int64"})
