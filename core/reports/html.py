"""A document as one HTML file that needs nothing else and prints as one page of A4."""

from __future__ import annotations

from html import escape
from pathlib import Path
from urllib.parse import urlencode

from core.reports.document import Claim, Column, Document, Line, Piece, Place, Section, Strong

STYLE = Path(__file__).with_name("page.css")


def html_file(document: Document, address: str = "") -> str:
    """The file; links lead to the desk at ``address``, without one the words stand alone."""
    columns = "".join(
        f'<div class="{column}">{"".join(_section(s, address) for s in document.of(column))}</div>'
        for column in Column
    )
    foot = "".join(f"<p>{escape(words)}</p>" for words in document.foot)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">'
        f"<title>{escape(document.title)}</title><style>{STYLE.read_text('utf-8')}</style></head>"
        f"<body><main><header><h1>{escape(document.title)}</h1>"
        f"<p>{escape(document.about)}</p></header>"
        f'<div class="columns">{columns}</div><footer>{foot}</footer></main></body></html>\n'
    )


def _section(section: Section, address: str) -> str:
    lines = "".join(f"<li>{_line(line, address)}</li>" for line in section.lines)
    title = escape(section.title)
    return f'<section class="{escape(section.key)}"><h2>{title}</h2><ul>{lines}</ul></section>'


def _line(line: Line, address: str) -> str:
    return "".join(_piece(piece, address) for piece in line)


def _piece(piece: Piece, address: str) -> str:
    if isinstance(piece, str):
        return escape(piece)
    words = escape(piece.words)
    if isinstance(piece, Strong):
        return f"<strong>{words}</strong>"
    if not address:
        return words
    target = escape(f"{address.rstrip('/')}/{path_of(piece)}")
    return f'<a href="{target}">{words}</a>'


def path_of(piece: Claim | Place) -> str:
    """Page and parameters that a piece opens, from the root of the desk."""
    if isinstance(piece, Claim):
        return f"queue?{urlencode(piece.filter.to_params(), doseq=True)}"
    return f"{piece.page}?{urlencode(piece.params)}"
