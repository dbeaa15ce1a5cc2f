"""The text search of both stores, with the same answers: folded words, each as a substring.

SQLite asks an FTS5 trigram index, PostgreSQL a GIN index over the same three-letter pieces; both
then look at the folded text itself, because pieces alone cannot tell their order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, Select, column, func, select, text
from sqlalchemy import table as lightweight

from core.errors import BadInput
from core.storage.engine import Dialect, Write
from core.storage.fold import fold
from core.storage.sets import among
from core.storage.tables import CaseRow, CaseTextRow, ImportBatchRow
from core.storage.tables.base import table_of

TEXTS = table_of(CaseTextRow)
CASES = table_of(CaseRow)
WORDS = lightweight("case_words", column("rowid"), column("case_words"), column("folded"))
VOCABULARY = lightweight("case_words_vocabulary", column("term"))
GRAMS = lightweight("case_grams", column("case_id"), column("grams"))

LONGEST = 20_000  # characters of a case that are searched; a whole novel is not a case
SHORTEST = 2  # letters of a word: two are a word in Chinese, Japanese and Thai
MOST = 40  # words of a query; each is one more condition that both stores have to plan
PIECE = 3
# Two line ends close every text, so that its last two letters begin a piece as well.
END = "\n\n"


def searchable(parts: Iterable[str]) -> str:
    """The folded text of a case, as it stands in the store beside the case and in the index."""
    return ("\n".join(filter(None, map(fold, parts))))[:LONGEST] + END


def index(write: Write, ids: Sequence[int], folded: Sequence[str]) -> None:
    """Put cases into the index; their folded texts stand, or will stand, in ``case_texts``."""
    if write.dialect == "sqlite":
        statement = "INSERT INTO case_words (rowid, folded) VALUES (?, ?)"
        write.driver.executemany(statement, zip(ids, folded, strict=True))
        return
    copy = sql.SQL("COPY case_grams (case_id, grams) FROM STDIN")
    with write.driver.cursor() as cursor, cursor.copy(copy) as pipe:
        for case_id, words in zip(ids, folded, strict=True):
            pipe.write_row((case_id, _vector(words)))


def forget(write: Write, ids: Sequence[int]) -> None:
    """Take cases out of the index; before their texts change, because SQLite asks for the old ones."""
    held = among(TEXTS.c.case_id, ids, write.dialect)
    if write.dialect == "postgresql":
        write.connection.execute(
            text("DELETE FROM case_grams WHERE case_id = ANY(:ids)"), {"ids": list(ids)}
        )
        return
    rows = write.connection.execute(
        select(TEXTS.c.case_id, TEXTS.c.folded).where(held, TEXTS.c.folded != "")
    )
    statement = "INSERT INTO case_words (case_words, rowid, folded) VALUES ('delete', ?, ?)"
    write.driver.executemany(statement, [tuple(row) for row in rows])


def words_of(query: str) -> tuple[str, ...]:
    """The folded words and quoted phrases of a query that are long enough to look for."""
    query = _writable(query)
    found = [quoted or word for quoted, word in re.findall(r'"([^"]+)"|([^\s"]+)', query)]
    return tuple(dict.fromkeys(w for w in map(fold, found) if len(w) >= SHORTEST))


def _writable(query: str) -> str:
    # What no text of a store can hold may still stand in an address.
    return query.replace("\0", " ").encode("utf-8", "replace").decode()


def find(
    connection: Connection, query: str, *, limit: int | None = None, dialect: Dialect | None = None
) -> list[int]:
    """Cases whose text has every word of the query, the newest first; also by reference or own number.

    Refuses a query without a word of at least two letters, or with too many words.
    """
    words = words_of(query)
    if not words:
        raise BadInput("Nothing to look for", at="search", hint="use at least two letters")
    if len(words) > MOST:
        raise BadInput("Too many words to look for", at="search", hint=f"use at most {MOST}")
    on_sqlite = (dialect or connection.dialect.name) == "sqlite"
    statement = _on_sqlite(connection, words) if on_sqlite else _on_postgres(words)
    ids = [] if statement is None else _keys(connection, statement.limit(limit))
    named = [key for key in _by_name(connection, _writable(query).strip()) if key not in set(ids)]
    return [*named, *ids][:limit]


def _keys(connection: Connection, statement: Select[Any]) -> list[int]:
    # The driver's own rows: a common word has hundreds of thousands, each wrapped otherwise.
    return [row[0] for row in connection.execute(statement).cursor.fetchall()]


def _by_name(connection: Connection, name: str) -> list[int]:
    sources = select(ImportBatchRow.source).distinct()
    in_source = CASES.c.source.in_(sources) & (CASES.c.external_id == name)
    by_ref = select(CASES.c.id).where(CASES.c.ref == name.upper())
    by_number = select(CASES.c.id).where(in_source)
    return list(connection.execute(by_ref.union(by_number)).scalars())


def _on_sqlite(connection: Connection, words: Sequence[str]) -> Select[Any] | None:
    pieces = [_match(connection, word) for word in words]
    if not all(pieces):
        return None
    statement = (
        select(WORDS.c.rowid)
        .where(WORDS.c.case_words.op("MATCH")(" AND ".join(pieces)))
        .order_by(WORDS.c.rowid.desc())
    )
    unsure = [word for word in words if len(word) > PIECE]
    if not unsure:
        return statement
    joined = statement.join(TEXTS, TEXTS.c.case_id == WORDS.c.rowid)
    return joined.where(*(func.instr(TEXTS.c.folded, word) > 0 for word in unsure))


def _match(connection: Connection, word: str) -> str:
    if len(word) >= PIECE:
        return "(" + " AND ".join(map(_quoted, sorted(_pieces(word)))) + ")"
    # A word of two letters is the beginning of some pieces; the index knows which there are.
    terms = select(VOCABULARY.c.term).where(
        VOCABULARY.c.term >= word, VOCABULARY.c.term < word + "\U0010ffff"
    )
    found = list(connection.execute(terms).scalars())
    return "(" + " OR ".join(map(_quoted, found)) + ")" if found else ""


def _quoted(piece: str) -> str:
    return '"' + piece.replace('"', '""') + '"'


def _on_postgres(words: Sequence[str]) -> Select[Any]:
    wanted = " & ".join(filter(None, map(_query, words)))
    statement = (
        select(GRAMS.c.case_id)
        .join(TEXTS, TEXTS.c.case_id == GRAMS.c.case_id)
        .order_by(GRAMS.c.case_id.desc())
    )
    if wanted:
        statement = statement.where(
            GRAMS.c.grams.op("@@")(text("CAST(:wanted AS tsquery)").bindparams(wanted=wanted))
        )
    unsure = [word for word in words if len(word) > PIECE or " " in word]
    return statement.where(*(func.strpos(TEXTS.c.folded, word) > 0 for word in unsure))


def _query(word: str) -> str:
    if len(word) >= PIECE:
        return " & ".join(map(_lexeme, sorted(_kept(_pieces(word)))))
    return f"{_lexeme(word)}:*"


def _vector(folded: str) -> str:
    # Word by word: pieces across a gap help phrases only, and those are looked up in the text.
    words = [word + " " for word in set(folded.split())]
    pieces = {word[at : at + PIECE] for word in words for at in range(len(word) - PIECE + 1)}
    if "'" in folded or "\\" in folded:
        return " ".join(map(_lexeme, pieces))
    return "'" + "' '".join(pieces) + "'" if pieces else ""


def _lexeme(piece: str) -> str:
    return "'" + piece.replace("\\", "\\\\").replace("'", "''") + "'"


def _kept(pieces: set[str]) -> list[str]:
    return [p for p in pieces if " " not in p[:2]]


def _pieces(word: str) -> set[str]:
    return {word[at : at + PIECE] for at in range(len(word) - PIECE + 1)}
