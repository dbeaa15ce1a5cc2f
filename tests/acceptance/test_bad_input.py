"""Every kind of bad input: a clear message with place and hint, nothing lost, nothing stored."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select

from core.desk import imports
from core.desk.boot import OPERATOR, Desk
from core.errors import BadInput
from core.intake.mapping_files import parse_mapping
from core.settings import Settings
from core.storage.tables import CaseRow
from tests.support.exports import TICKET_COLUMNS, TICKET_MAPPING, TICKET_ROWS, as_csv, write

GOOD = as_csv(TICKET_COLUMNS, TICKET_ROWS)
ROW = TICKET_ROWS[0]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512
MAX_LINE = 2000


def in_zip(*files: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", how) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in (TICKET_COLUMNS.split(","), *rows):
        book.active.append(list(row))
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


@dataclass(frozen=True, slots=True)
class Bad:
    """One kind of bad file and what a person is told about it."""

    what: str
    content: Callable[[], bytes]
    told: str
    at: str
    hint: str
    name: str = "bad.csv"
    mapping: str = TICKET_MAPPING


def text(content: str) -> Callable[[], bytes]:
    return content.encode


REFUSED = [
    Bad("empty file", text(""), "empty", "bad.csv", "header line"),
    Bad("blank lines only", text("\n\n"), "empty", "bad.csv", "header line"),
    Bad("header only", text(TICKET_COLUMNS + "\n"), "no rows", "bad.csv, line 1", "cut off"),
    Bad(
        "duplicate headers",
        text(GOOD.replace("prio,", "state,")),
        "'state' in columns 5 and 6",
        "bad.csv, line 1",
        "rename",
    ),
    Bad(
        "no mapping match",
        text("a,b\n1,2\n"),
        "Missing columns: 'id' (identity)",
        "bad.csv, header",
        "--suggest",
    ),
    Bad(
        "200 columns that are not those of the mapping",
        text(",".join(f"c{i}" for i in range(200)) + "\n" + "," * 199 + "\n"),
        "Missing columns",
        "bad.csv, header",
        "--suggest",
    ),
    Bad(
        "truncated quote",
        text(GOOD + 'T4,01.02.2026 09:00,,,open,low,DE,"cut off he'),
        "never closed",
        "bad.csv, line 5",
        "cut off",
    ),
    Bad(
        "endless line",
        text(GOOD + "T4," + "x" * 3000 + "\n"),
        "longer than 2,000 characters",
        "bad.csv, line 5",
        "DESK_IMPORT_MAX_LINE",
    ),
    Bad(
        "endless header",
        text("x" * 3000 + "\n"),
        "header is longer",
        "bad.csv, line 1",
        "one row per line",
    ),
    Bad(
        "wrong encoding stated",
        lambda: GOOD.replace("gone", "göne").encode("cp1252"),
        "not utf-8",
        "bad.csv, line 2",
        "file.encoding",
        mapping=TICKET_MAPPING + "file: {encoding: utf-8}\n",
    ),
    Bad(
        "encoding in doubt",
        lambda: GOOD.replace("gone", "Łódź").encode("cp1250"),
        "in doubt",
        "bad.csv",
        "file.encoding",
    ),
    Bad("binary", lambda: b"\0\1\2" * 500, "NUL bytes", "bad.csv, line 1", "UTF-16"),
    Bad("PDF", lambda: b"%PDF-1.7 ...", "a PDF", "bad.csv", "CSV, XLSX"),
    Bad(
        "cut-off gzip",
        lambda: gzip.compress(GOOD.encode())[:-9],
        "cut off",
        "bad.gz",
        "again",
        "bad.gz",
    ),
    Bad(
        "damaged zip",
        lambda: in_zip(("a.csv", GOOD.encode()))[:40],
        "damaged",
        "bad.zip",
        "again",
        "bad.zip",
    ),
    Bad(
        "zip bomb",
        lambda: in_zip(("a.csv", b"0" * 55_000_000)),
        "more than 200 times",
        "bad.zip, a.csv",
        "zip bomb",
        "bad.zip",
    ),
    Bad(
        "gzip bomb",
        lambda: gzip.compress(b"0" * 55_000_000),
        "more than 200 times",
        "bad.gz",
        "zip bomb",
        "bad.gz",
    ),
    Bad(
        "zip beyond the limit",
        lambda: in_zip(("a.csv", b"0" * 61_000_000), how=zipfile.ZIP_STORED),
        "more than 60 MB",
        "bad.zip, a.csv",
        "DESK_IMPORT_MAX_MEGABYTES",
        "bad.zip",
    ),
    Bad(
        "several files in a zip",
        lambda: in_zip(("a.csv", b"1"), ("b.csv", b"2")),
        "2 files",
        "bad.zip",
        "exactly one",
        "bad.zip",
    ),
    Bad(
        "zip in a zip",
        lambda: in_zip(("a.zip", in_zip(("a.csv", b"1")))),
        "archive inside",
        "bad.zip, a.zip",
        "outer",
        "bad.zip",
    ),
    Bad(
        "password-protected XLSX",
        lambda: OLE + "EncryptedPackage".encode("utf-16-le"),
        "password",
        "bad.xlsx",
        "remove the password",
        "bad.xlsx",
    ),
    Bad("old workbook", lambda: OLE, "old .xls", "bad.xlsx", "save it as", "bad.xlsx"),
    Bad(
        "damaged XLSX",
        lambda: workbook(("T1",))[:-200],
        "damaged",
        "bad.xlsx",
        "again",
        "bad.xlsx",
    ),
    Bad(
        "cut-off JSON",
        text('[{"id": "T1"}, {"id": "T2"'),
        "ends too early",
        "bad.json, after item 1",
        "cut off",
        "bad.json",
    ),
    Bad("JSON without a list", text('{"a": {"b": 1},'), "JSON", "bad.json", "", "bad.json"),
    Bad(
        "cut-off Parquet",
        lambda: b"PAR1" + b"\0" * 50,
        "damaged",
        "bad.parquet",
        "again",
        "bad.parquet",
    ),
    Bad(
        "month first mapped as day first",
        text(as_csv(TICKET_COLUMNS, ("T1,02.28.2026 09:00,,,open,low,DE,x",))),
        "only fits %m.%d.%Y",
        "bad.csv, line 2",
        "half would be misread",
    ),
    Bad(
        "undecidable order of day and month",
        text(as_csv(TICKET_COLUMNS, ("T1,02.03.2026,,,open,low,DE,x",))),
        "order of day and month in column 'opened'",
        "bad.csv",
        "times.formats",
        mapping=TICKET_MAPPING.replace('["%d.%m.%Y %H:%M"]', "auto"),
    ),
    Bad(
        "unknown sign in a pattern",
        text(GOOD),
        "'%d.%m.%Q' is no form",
        "mapping, times, column 'opened'",
        "a pattern like",
        mapping=TICKET_MAPPING.replace("%d.%m.%Y %H:%M", "%d.%m.%Q"),
    ),
    Bad(
        "workbook without its parts",
        lambda: in_zip(("xl/workbook.bin", b"binary")),
        "damaged",
        "bad.xlsx",
        "again",
        "bad.xlsx",
    ),
    Bad(
        "unknown zone",
        text(GOOD),
        "'Mars/Olympus' is not known",
        "mapping, times.zone",
        "IANA",
        mapping=TICKET_MAPPING.replace("Europe/Berlin", "Mars/Olympus"),
    ),
]


@dataclass(frozen=True, slots=True)
class Partly:
    """A file with one bad row; the others come in."""

    what: str
    content: Callable[[], bytes]
    line: int
    field: str
    reason: str
    name: str = "partly.csv"


XLSX_ROW = ("T1", "2026-02-01 09:00", None, None, "open", "low", "DE", "fine")
REJECTED = [
    Partly("NUL byte", text(GOOD + "T4,01.02.2026 09:00,,,open,low,DE,a\0b\n"), 5, "", "NUL byte"),
    Partly("200 cells", text(GOOD + "x," * 199 + "x\n"), 5, "", "The row has 200 cells"),
    Partly("row cut off", text(GOOD + "T4,01.02.2026 09"), 5, "", "The row has 2 cells"),
    Partly(
        "quote in the middle",
        text(
            GOOD.replace("T2,", 'T2x,"oops,,,open,low,DE,y\nT2,')
            .replace("Clips", '"Clips')
            .replace("down", 'down"')
        ),
        3,
        "",
        "quotes of the row do not match",
    ),
    Partly(
        "date out of range",
        text(GOOD + "T4,01.02.2126 09:00,,,open,low,DE,x\n"),
        5,
        "opened",
        "out of range",
    ),
    Partly(
        "no such day",
        text(GOOD + "T4,31.02.2026 09:00,,,open,low,DE,x\n"),
        5,
        "opened",
        "no moment",
    ),
    Partly(
        "formula without a result",
        lambda: workbook(XLSX_ROW, ("T2", *XLSX_ROW[1:7], "=1+1")),
        3,
        "subject",
        "formula without a stored result",
        "partly.xlsx",
    ),
    Partly(
        "error in a cell",
        lambda: workbook(XLSX_ROW, ("T2", *XLSX_ROW[1:7], "#N/A")),
        3,
        "subject",
        "holds an error",
        "partly.xlsx",
    ),
    Partly(
        "cut-off JSON line",
        text(
            '{"id":"T1","opened":"2026-02-01 09:00","answered":null,"solved":null,"state":"open",'
            '"prio":"low","country":"DE","subject":"x"}\n{"id":"T2","ope'
        ),
        2,
        "",
        "not JSON",
        "partly.jsonl",
    ),
]


def stored(desk: Desk) -> int:
    with desk.store.read() as connection:
        return int(connection.execute(select(func.count()).select_from(CaseRow)).scalar_one())


@pytest.fixture
def strict_desk(desk: Desk, tmp_path: Path) -> Desk:
    """A desk with lowered limits."""
    lowered = Settings(local_dir=tmp_path, import_max_line=MAX_LINE, import_max_megabytes=60)
    return Desk(lowered, desk.clock, desk.store, desk.snapshot, desk.book)


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("bad", REFUSED, ids=lambda b: b.what)
def test_a_file_that_cannot_be_used_is_refused_with_place_and_hint(
    strict_desk: Desk, tmp_path: Path, bad: Bad
) -> None:
    path = write(tmp_path, bad.name, bad.content())
    with pytest.raises(BadInput) as refusal:
        imports.run_import(strict_desk, OPERATOR, path, parse_mapping(bad.mapping))
    assert bad.told in refusal.value.message
    assert refusal.value.at == bad.at
    assert bad.hint in refusal.value.hint
    assert stored(strict_desk) == 0


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("part", REJECTED, ids=lambda p: p.what)
def test_a_bad_row_is_told_by_line_and_the_others_come_in(
    strict_desk: Desk, tmp_path: Path, part: Partly
) -> None:
    path = write(tmp_path, part.name, part.content())
    result = imports.run_import(strict_desk, OPERATOR, path, parse_mapping(TICKET_MAPPING))
    [row] = result.rejects.to_dict("records")
    assert (row["line"], row["field"]) == (part.line, part.field)
    assert part.reason in row["reason"]
    assert row["hint"]
    count = result.count
    assert count.read == count.accepted + count.rejected
    assert stored(strict_desk) == count.accepted > 0


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_200_columns_are_kept_as_attributes(desk: Desk, tmp_path: Path) -> None:
    more = [f"extra {i}" for i in range(192)]
    header = f"{TICKET_COLUMNS},{','.join(more)}"
    path = write(tmp_path, "wide.csv", as_csv(header, (ROW + ",v" * 192,)))
    result = imports.run_import(desk, OPERATOR, path, parse_mapping(TICKET_MAPPING), dry_run=True)
    assert result.cases["attributes"].iloc[0].count('"extra ') == 192


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_formulas_in_a_text_stay_texts(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path, "f.csv", GOOD.replace("Page gone", "=HYPERLINK(1)"))
    result = imports.run_import(desk, OPERATOR, path, parse_mapping(TICKET_MAPPING), dry_run=True)
    assert result.cases["title"].iloc[0] == "=HYPERLINK(1)"


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_file_that_is_not_there_is_refused(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        imports.run_import(desk, OPERATOR, tmp_path / "no.csv", parse_mapping(TICKET_MAPPING))
