"""XLSX workbooks as tables: the stored results of cells, with the formulas that have none reported."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import IO
from xml.etree import ElementTree as ET

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from core.errors import BadInput
from core.intake.container import DAMAGED_ZIP, Unpacked
from core.intake.dialect import header_names, no_header, no_rows
from core.intake.limits import limits
from core.intake.mapping import FileRule
from core.intake.model import Block, Fault, Found, Table
from core.intake.rows import as_text, blocks_of
from core.settings import Settings

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]+)(\d+)"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
VALUE = re.compile(rb"<v[^>]*>([^<]*)</v>")
RESULT = re.compile(rb"<v[^>]*>[^<]")
FORMULA = re.compile(rb"<f[^>]*>([^<]*)</f>|<f[^>]*/>")
SCANNED = 1 << 20
# What the parts of a damaged or foreign workbook raise; XLSB, for one, lacks the XML parts.
UNREADABLE = (*DAMAGED_ZIP, CalamineError, ET.ParseError, OSError, LookupError)


def workbook_table(opened: Unpacked, rule: FileRule, settings: Settings) -> Table:
    """The stated sheet of a workbook, or its only one with rows; lines are the sheet's rows."""
    _refuse_bomb(opened, settings.import_max_megabytes * 1_000_000)
    try:
        return _table(opened, rule)
    except UNREADABLE:
        raise BadInput(
            "The workbook is damaged or was cut off.", at=opened.name, hint="save it again as .xlsx"
        ) from None


def _table(opened: Unpacked, rule: FileRule) -> Table:
    book = CalamineWorkbook.from_filelike(opened.file)
    sheet = _sheet(book, rule.sheet, opened.name)
    place = f"{opened.name}, sheet {sheet.name}"
    first = (sheet.start or (0, 0))[0]
    rows = sheet.iter_rows()
    for _ in range(max(rule.header_line - 1 - first, 0)):
        next(rows, None)
    header_line = max(rule.header_line, first + 1)
    header = [as_text(cell) for cell in next(rows, [])]
    if not any(header):
        raise no_header(place)
    columns = header_names(header, place, header_line)
    place_of = book.sheet_names.index(sheet.name)
    faults, formulas = _formulas(opened.file, place_of, columns, sheet)

    def blocks() -> Iterator[Block]:
        return _counted(blocks_of(_rows(sheet, header_line, faults), columns), place, columns)

    found = Found("xlsx", opened.container, sheet=sheet.name, formulas=formulas, typed=True)
    return Table(place, columns, found, opened.byte_count, blocks)


def _refuse_bomb(opened: Unpacked, max_bytes: int) -> None:
    rule = limits().unpacking
    try:
        with zipfile.ZipFile(opened.file) as archive:
            size = sum(m.file_size for m in archive.infolist())
    except DAMAGED_ZIP:
        raise BadInput(
            "The workbook is damaged or was cut off.", at=opened.name, hint="save it again"
        ) from None
    ratio = size / max(opened.byte_count, 1)
    if size > max_bytes or (size > rule.ratio_from_bytes and ratio > rule.largest_ratio):
        raise BadInput(
            f"The workbook grows to {size // 1_000_000:,} MB when unpacked.",
            at=opened.name,
            hint="this looks like a zip bomb; if it is not, save the sheet as CSV",
        )
    opened.file.seek(0)


def _sheet(book: CalamineWorkbook, stated: str, name: str) -> CalamineSheet:
    if stated:
        if stated not in book.sheet_names:
            raise BadInput(
                f"The workbook has no sheet '{stated}'.",
                at=name,
                hint=f"one of {', '.join(book.sheet_names)}",
            )
        return book.get_sheet_by_name(stated)
    seen = [m.name for m in book.sheets_metadata if m.visible is SheetVisibleEnum.Visible]
    sheets = [s for s in map(book.get_sheet_by_name, seen) if s.height]
    if not sheets:
        raise no_header(name)
    if len(sheets) > 1:
        raise BadInput(
            f"The workbook has {len(sheets)} sheets with content.",
            at=name,
            hint=f"state file.sheet in the mapping: {', '.join(s.name for s in sheets)}",
        )
    return sheets[0]


def _rows(
    sheet: CalamineSheet, header_line: int, faults: dict[int, Fault]
) -> Iterator[tuple[int, list[str] | Fault]]:
    first = (sheet.start or (0, 0))[0] + 1
    line = header_line
    for line, row in enumerate(sheet.iter_rows(), start=first):
        if line <= header_line:
            continue
        cells = [as_text(cell) for cell in row]
        if line in faults:
            yield line, faults[line]
        elif any(cells):
            yield line, cells
    # Rows below the last value hold nothing but formulas without a result.
    yield from ((n, fault) for n, fault in sorted(faults.items()) if n > line)


def _counted(blocks: Iterator[Block], place: str, columns: tuple[str, ...]) -> Iterator[Block]:
    count = 0
    for block in blocks:
        count += block.row_count
        yield block
    if not count:
        raise no_rows(place, columns)


def _formulas(
    file: IO[bytes], index: int, columns: tuple[str, ...], sheet: CalamineSheet
) -> tuple[dict[int, Fault], int]:
    """Rows with a formula without a stored result or with an error, and the sound formulas."""
    left = (sheet.start or (0, 0))[1]
    faults: dict[int, Fault] = {}
    sound = 0
    file.seek(0)
    with zipfile.ZipFile(file) as archive, archive.open(_sheet_file(archive, index)) as content:
        for letters, number, attributes, inner in _suspects(content):
            fault = _cell_fault(attributes, inner)
            if fault is None:
                sound += b"<f" in inner
                continue
            place = _column_number(letters) - 1 - left
            name = columns[place] if 0 <= place < len(columns) else letters.decode()
            hint = "let the workbook calculate and save it, or paste the values"
            faults.setdefault(number, Fault(number, name, fault[1], fault[0], hint))
    file.seek(0)
    return faults, sound


def _suspects(content: IO[bytes]) -> Iterator[tuple[bytes, int, bytes, bytes]]:
    held = b""
    while chunk := content.read(SCANNED):
        held += chunk
        whole, _, rest = held.rpartition(b"</row>")
        if not whole:
            continue
        for row in whole.split(b"</row>"):
            if b"<f" in row or b't="e"' in row:
                for match in CELL.finditer(row):
                    yield match[1], int(match[2]), match[3], match[4] or b""
        held = rest


def _cell_fault(attributes: bytes, inner: bytes) -> tuple[str, str] | None:
    if b't="e"' in attributes:
        error = VALUE.search(inner)
        return "The cell holds an error.", error[1].decode("utf-8", "replace") if error else ""
    formula = FORMULA.search(inner)
    if formula and not RESULT.search(inner):
        written = bytes(formula[1] or b"").decode("utf-8", "replace")
        return "The cell holds a formula without a stored result.", f"={written}"
    return None


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _sheet_file(archive: zipfile.ZipFile, index: int) -> str:
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 -- expat limits entities
    ids = [e.get(RELATION, "") for e in book.iter() if e.tag.endswith("}sheet")]
    links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 -- same
    targets = {e.get("Id", ""): e.get("Target", "") for e in links}
    target = targets[ids[index]].lstrip("/")
    return target if target.startswith("xl/") else f"xl/{target}"
