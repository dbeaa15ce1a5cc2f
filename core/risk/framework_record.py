"""An assessment as the text that is stored, and back; the same assessment is always the same text."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from core.audit.chain import canonical
from core.errors import Broken
from core.risk.framework import Assessment

_SHAPE = TypeAdapter(Assessment)


def assessment_text(assessment: Assessment) -> str:
    """Canonical JSON; evidence may name people, so it belongs in a row that can be erased."""
    return canonical(_SHAPE.dump_python(assessment, mode="json"))


def read_assessment(text: str) -> Assessment:
    """The inverse of ``assessment_text``."""
    try:
        return _SHAPE.validate_json(text)
    except ValidationError as fault:
        raise Broken("A stored assessment cannot be read.") from fault
