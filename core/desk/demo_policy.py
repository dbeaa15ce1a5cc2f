"""Versions of policy documents in the demo workspace, so that the feed has something to tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from core.desk.boot import OPERATOR, Desk
from core.desk.policy_documents import Origin, keep_versions
from core.errors import BadInput
from core.intake.policy_texts import FetchedText
from core.reference import read_reference
from core.settings import REFERENCE_DIR

DOCUMENTS_FILE = REFERENCE_DIR / "demo" / "policy_documents.yaml"
SOURCE = "demo"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Version(_Strict):
    days_ago: int
    swap: tuple[tuple[str, str], ...] = ()
    cut: str = ""  # from here to the end


class _Document(_Strict):
    service: str
    document: str
    text: str
    versions: tuple[_Version, ...]


class _Documents(_Strict):
    documents: tuple[_Document, ...]


def add_policy_documents(desk: Desk) -> int:
    """Keep them as an import would; gives how many versions there are."""
    found = read_reference(DOCUMENTS_FILE, _Documents).documents
    versions = [one for document in found for one in _versions(document, desk.clock.now())]
    return keep_versions(desk, OPERATOR, versions, Origin(SOURCE, DOCUMENTS_FILE.stem)).count.read


def _versions(document: _Document, now: datetime) -> Iterator[FetchedText]:
    text = document.text
    for version in document.versions:
        for old, new in version.swap:
            if old not in text:
                raise BadInput(f"'{old}' does not stand in the text", at=DOCUMENTS_FILE.name)
            text = text.replace(old, new)
        text = text[: text.index(version.cut)] if version.cut else text
        at = now - timedelta(days=version.days_ago)
        name = f"{at:%Y-%m-%d}.md"
        yield FetchedText(document.service, document.document, at, True, name, text)
