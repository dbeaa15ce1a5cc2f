"""Assessing a perceived risk by the decision table: levels with their evidence in, verdict out.

Pure: the time is an argument. An assessment names its table's version and hash, so that judging it
again years later gives the same verdict; what a newer table would say is a new assessment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from core.errors import BadInput, NotFound, Refused
from core.risk.framework_model import Consequence, FrameworkTable
from core.risk.framework_ranges import VerdictRange, verdict_range
from core.risk.framework_vector import print_vector


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why somebody set a level: what they know, where it stands, who said so and when."""

    text: str
    source: str  # an address, a case reference or a named source
    by: str
    at: datetime

    @property
    def link(self) -> str | None:
        """The source where it is an address that may be followed; anything else is shown as text."""
        is_inside = self.source.startswith("/") and not self.source.startswith(("//", "/\\"))
        is_web = self.source.startswith(("https://", "http://"))
        return self.source if is_inside or is_web else None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The level given to one point, None while nobody knows, with its evidence."""

    level: str | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Override:
    """A verdict that a person put in place of the table's, and why."""

    verdict: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Assessment:
    """One assessment of one subject: a surge, a group of cases or a partner, by its reference."""

    subject: str
    version: str
    content_hash: str
    judgements: Mapping[str, Judgement]
    by: str
    at: datetime
    override: Override | None = None

    @property
    def levels(self) -> dict[str, str | None]:
        """The level of each point, None for what is not known."""
        return {key: judgement.level for key, judgement in self.judgements.items()}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an assessment comes to; ``verdict`` is what to act on, ``by_table`` what the table says.

    While points are unknown the worst verdict is acted on, and both ends are shown.
    """

    verdict: str
    by_table: VerdictRange
    rank: int
    order: tuple[int, int]  # for the register: rank of what is acted on, then of the best verdict
    vector: str
    consequences: tuple[Consequence, ...]
    override: Override | None = field(default=None)


def assess(
    table: FrameworkTable,
    subject: str,
    judgements: Mapping[str, Judgement],
    *,
    by: str,
    at: datetime,
) -> Assessment:
    """A new assessment; refused with the point's name where a level is unknown or has no evidence."""
    known = {point.key for point in table.all_points}
    for key in judgements.keys() - known:
        hint = f"one of {', '.join(sorted(known))}"
        raise BadInput(f"Point '{key}' is unknown", at=key, hint=hint)
    whole = {p.key: judgements.get(p.key, Judgement()) for p in table.all_points}
    for key, judgement in whole.items():
        _require_sound(table, key, judgement)
    return Assessment(subject, table.version, table.content_hash, whole, by, at)


def _require_sound(table: FrameworkTable, key: str, judgement: Judgement) -> None:
    point = table.point(key)
    if judgement.level is not None and judgement.level not in point.keys:
        hint = f"one of {', '.join(point.keys)}"
        raise BadInput(f"Level '{judgement.level}' is unknown", at=key, hint=hint)
    if judgement.level is not None and not judgement.evidence:
        hint = "write what you base it on, or leave the level unknown"
        raise BadInput(f"{point.words.capitalize()} has no evidence", at=key, hint=hint)
    for evidence in judgement.evidence:
        if not evidence.text.strip() or not evidence.by.strip():
            hint = "write what is known and who says so"
            raise BadInput(f"Evidence for {point.words} is empty", at=key, hint=hint)


def judge(table: FrameworkTable, assessment: Assessment) -> Outcome:
    """The verdict of an assessment by the very table that it was made with."""
    if (assessment.version, assessment.content_hash) != (table.version, table.content_hash):
        message = (
            f"The assessment was made with another edition of the table ({assessment.version})."
        )
        raise Refused(message, hint="Assess it again with this table.")
    by_table = verdict_range(table, assessment.levels)
    over = assessment.override
    verdict = over.verdict if over else by_table.worst
    rank = table.ranks[verdict]
    return Outcome(
        verdict=verdict,
        by_table=by_table,
        rank=rank,
        order=(rank, rank if over else table.ranks[by_table.best]),
        vector=print_vector(table, assessment.levels),
        consequences=_consequences(table, assessment),
        override=over,
    )


def _consequences(table: FrameworkTable, assessment: Assessment) -> tuple[Consequence, ...]:
    found = []
    for point in table.beside:
        level = assessment.levels.get(point.key)
        found.append(point.unknown if level is None else point.level(level).consequence)
    return tuple(dict.fromkeys(one for one in found if one is not None))


def replay(tables: Mapping[str, FrameworkTable], assessment: Assessment) -> Outcome:
    """Judge an old assessment again by its own version; newer versions change nothing."""
    table = tables.get(assessment.version)
    if table is None:
        raise NotFound("Framework version", assessment.version)
    return judge(table, assessment)


def override(
    table: FrameworkTable,
    assessment: Assessment,
    verdict: str,
    reason: str,
    *,
    by: str,
    at: datetime,
) -> Override:
    """A person's verdict that may stand in place of the table's; a reason is required."""
    why = why_not_override(table, assessment, verdict, reason)
    if why:
        raise why
    return Override(verdict, reason.strip(), by, at)


def why_not_override(
    table: FrameworkTable, assessment: Assessment, verdict: str, reason: str
) -> BadInput | None:
    """What is wrong with an override; None when it may stand."""
    if verdict not in table.ranks:
        hint = f"one of {', '.join(table.ranks)}"
        return BadInput(f"Verdict '{verdict}' is unknown", at="verdict", hint=hint)
    if not reason.strip():
        hint = "write why the table is wrong here"
        return BadInput("An override needs a reason", at="reason", hint=hint)
    by_table = judge(table, replace(assessment, override=None)).by_table
    if by_table == VerdictRange(verdict, verdict):
        return BadInput(
            f"The table says {verdict} already", at="verdict", hint="nothing to override"
        )
    return None
