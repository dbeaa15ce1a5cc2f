"""The same three rows come out of every form of file, plain and packed."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import BadInput
from core.intake.mapping import FileRule
from core.intake.tables import open_table
from core.settings import Settings
from tests.support.exports import write

CSV = 'id,opened,note\nA1,2024-03-01T10:30:00,"two\nlines"\nA2,2024-03-02T08:00:00,\nA3,2024-03-03T09:15:00,ü\n'
WANTED = [
    ("A1", "2024-03-01T10:30:00", "two\nlines"),
    ("A2", "2024-03-02T08:00:00", ""),
    ("A3", "2024-03-03T09:15:00", "ü"),
]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
CONTENT_TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)


def links(kind: str, target: str) -> str:
    """The only relation of a part of a workbook."""
    return (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{DOCUMENT}/{kind}" Target="{target}"/></Relationships>'
    )


OBJECTS = [dict(zip(("id", "opened", "note"), row, strict=True)) for row in WANTED]


def zipped(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("__MACOSX/._x", b"noise")
        archive.writestr(name, content)
    return packed.getvalue()


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["id", "opened", "note"])
    for name, opened, note in WANTED:
        book.active.append([name, datetime.fromisoformat(opened), note or None])
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def parquet() -> bytes:
    columns = {k: [o[k] for o in OBJECTS] for k in ("id", "note")}
    moments = [datetime.fromisoformat(o["opened"]) for o in OBJECTS]
    table = pa.table({"id": columns["id"], "opened": moments, "note": columns["note"]})
    saved = io.BytesIO()
    pq.write_table(table, saved)
    return saved.getvalue()


FORMS: dict[str, tuple[Callable[[], bytes], str]] = {
    "plain.csv": (CSV.encode, "csv"),
    "tabs.tsv": (lambda: CSV.replace(",", "\t").encode(), "csv"),
    "semicolons.csv": (lambda: CSV.replace(",", ";").encode(), "csv"),
    "windows.csv": (lambda: CSV.replace("\n", "\r\n").replace("two\r\n", "two\n").encode(), "csv"),
    "latin.csv": (lambda: CSV.encode("cp1252"), "csv"),
    "wide.csv": (lambda: CSV.encode("utf-16"), "csv"),
    "marked.csv": (lambda: CSV.encode("utf-8-sig"), "csv"),
    "packed.csv.gz": (lambda: gzip.compress(CSV.encode()), "csv"),
    "packed.zip": (lambda: zipped("in/side.csv", CSV.encode()), "csv"),
    "book.xlsx": (workbook, "xlsx"),
    "book.zip": (lambda: zipped("book.xlsx", workbook()), "xlsx"),
    "list.json": (lambda: json.dumps(OBJECTS).encode(), "json"),
    "nested.json": (lambda: json.dumps({"data": {"cases": OBJECTS}}, indent=1).encode(), "json"),
    "wide.json": (lambda: json.dumps(OBJECTS, ensure_ascii=False).encode("utf-16"), "json"),
    "lines.jsonl": (lambda: "\n".join(map(json.dumps, OBJECTS)).encode(), "jsonl"),
    "columns.parquet": (parquet, "parquet"),
}


def rows(path: Path, rule: FileRule | None = None) -> list[tuple[str, ...]]:
    with open_table(path, rule or FileRule(), Settings(local_dir=path.parent)) as table:
        return [tuple(r.values()) for b in table.blocks() for r in b.cells.to_pylist()]


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_rows(tmp_path: Path, name: str) -> None:
    content, form = FORMS[name]
    path = write(tmp_path, name, content())
    found = [(a, b.replace(" ", "T").removesuffix(".000000"), c) for a, b, c in rows(path)]
    assert found == WANTED
    with open_table(path, FileRule(), Settings(local_dir=tmp_path)) as table:
        assert table.found.format == form
        assert table.columns == ("id", "opened", "note")


def test_a_table_can_be_read_twice(tmp_path: Path) -> None:
    path = write(tmp_path, "f.csv", CSV)
    with open_table(path, FileRule(), Settings(local_dir=tmp_path)) as table:
        first, second = ([b.cells.num_rows for b in table.blocks()] for _ in range(2))
        assert first == second == [3]


def test_nested_objects_become_dotted_columns(tmp_path: Path) -> None:
    content = json.dumps(
        [{"id": 1, "who": {"name": "A", "tags": ["x", "y"]}}, {"id": 2.5, "on": True}]
    )
    path = write(tmp_path, "f.json", content)
    with open_table(path, FileRule(), Settings(local_dir=tmp_path)) as table:
        assert table.columns == ("id", "who.name", "who.tags", "on")
    assert rows(path) == [("1", "A", '["x", "y"]', ""), ("2.5", "", "", "true")]


def test_a_zone_in_parquet_survives(tmp_path: Path) -> None:
    table = pa.table({"id": ["a"], "at": [datetime(2024, 1, 1, tzinfo=UTC)]})
    pq.write_table(table, tmp_path / "f.parquet")
    assert rows(tmp_path / "f.parquet") == [("a", "2024-01-01 00:00:00.000000Z")]


def test_several_sheets_are_asked_for(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["id"])
    book.active.append(["1"])
    other = book.create_sheet("Other")
    other.append(["id"])
    other.append(["2"])
    book.save(tmp_path / "f.xlsx")
    with pytest.raises(BadInput, match="2 sheets") as refusal:
        rows(tmp_path / "f.xlsx")
    assert "Other" in refusal.value.hint
    assert rows(tmp_path / "f.xlsx", FileRule(sheet="Other")) == [("2",)]


def test_a_header_may_stand_below_other_lines(tmp_path: Path) -> None:
    path = write(tmp_path, "f.csv", "Report of March\n\n" + CSV)
    with open_table(path, FileRule(header_line=3), Settings(local_dir=tmp_path)) as table:
        assert table.columns == ("id", "opened", "note")
        assert next(iter(table.blocks())).lines.tolist() == [4, 6, 7]


def test_a_spreadsheet_may_tell_its_separator_in_the_first_line(tmp_path: Path) -> None:
    path = write(tmp_path, "f.csv", "sep=|\r\nid|note\r\n1|a,b\r\n")
    with open_table(path, FileRule(), Settings(local_dir=tmp_path)) as table:
        assert table.columns == ("id", "note")
        assert next(iter(table.blocks())).lines.tolist() == [3]
    assert rows(path) == [("1", "a,b")]


def test_formulas_with_a_stored_result_are_counted(tmp_path: Path) -> None:
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": links("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": links("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>'
        '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>'
        '<row r="3"><c r="A3"><f>1+2</f></c></row></sheetData></worksheet>',
    }
    with zipfile.ZipFile(tmp_path / "f.xlsx", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with open_table(tmp_path / "f.xlsx", FileRule(), Settings(local_dir=tmp_path)) as table:
        [block] = table.blocks()
        assert table.found.formulas == 1
    assert block.cells.to_pylist() == [{"id": "2"}]
    assert [(f.line, f.field, f.value) for f in block.faults] == [(3, "id", "=1+2")]


def test_columns_without_a_name_are_called_by_their_place(tmp_path: Path) -> None:
    path = write(tmp_path, "f.csv", "id,,x\n1,2,3\n")
    with open_table(path, FileRule(), Settings(local_dir=tmp_path)) as table:
        assert table.columns == ("id", "column 2", "x")


def test_nothing_unpacked_is_left_behind(tmp_path: Path) -> None:
    path = write(tmp_path, "f.zip", zipped("a.csv", CSV.encode()))
    local = tmp_path / "local"
    with open_table(path, FileRule(), Settings(local_dir=local)) as table:
        assert list(table.blocks())
    assert list(local.iterdir()) == []
