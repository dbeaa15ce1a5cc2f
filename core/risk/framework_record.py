"""Assessments and outcomes as the text that is stored, and back; the same thing, the same text."""

from __future__ import annotations

import json

from pydantic import TypeAdapter, ValidationError

from core.audit.chain import canonical
from core.errors import Broken
from core.risk.framework import Assessment, Outcome, Override
from core.risk.framework_model import Consequence
from core.risk.framework_ranges import VerdictRange

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


def outcome_text(outcome: Outcome) -> str:
    """Canonical JSON of codes only; who put another verdict in its place, and why, stands apart."""
    return canonical(
        {
            "verdict": outcome.verdict,
            "best": outcome.by_table.best,
            "worst": outcome.by_table.worst,
            "rank": outcome.rank,
            "order": list(outcome.order),
            "vector": outcome.vector,
            "consequences": [str(one) for one in outcome.consequences],
            "overridden": outcome.override is not None,
        }
    )


def read_outcome(text: str, override: Override | None = None) -> Outcome:
    """The inverse of ``outcome_text``, with the override that belongs to it."""
    try:
        said = json.loads(text)
        return Outcome(
            verdict=said["verdict"],
            by_table=VerdictRange(said["best"], said["worst"]),
            rank=said["rank"],
            order=(said["order"][0], said["order"][1]),
            vector=said["vector"],
            consequences=tuple(Consequence(one) for one in said["consequences"]),
            override=override,
        )
    except (ValueError, KeyError, TypeError, IndexError) as fault:
        raise Broken("The outcome of a stored assessment cannot be read.") from fault
