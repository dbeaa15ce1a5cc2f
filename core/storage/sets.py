"""Conditions over many values at once, the same for both stores and without a limit on how many."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Text, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from core.storage.engine import Dialect


def among(
    column: ColumnElement[Any] | Any, values: Sequence[int] | Sequence[str], dialect: Dialect
) -> ColumnElement[bool]:
    """True where the column is one of ``values``, which travel as a single parameter."""
    if dialect == "sqlite":
        each = func.json_each(json.dumps(list(values), ensure_ascii=False)).table_valued("value")
        found: ColumnElement[bool] = column.in_(select(each.c.value))
        return found
    kind = Text() if isinstance(column.type, Text) else BigInteger()
    wanted = bindparam(None, list(values), type_=ARRAY(kind), unique=True)
    equal: ColumnElement[bool] = column == any_(wanted)
    return equal
