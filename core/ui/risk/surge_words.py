"""What is said of surges: sentences, strengths, detectors and false alarms, in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from core.desk.surges import SeenFinding, SurgesView, SurgeWeek
from core.risk.alarms import Reason
from core.risk.detector_settings import detectors
from core.risk.finding import Piece, Slice, sentence_pieces, slice_pieces
from core.risk.headline import Detector, Headline
from core.ui import words
from core.ui.format import DASH, escape, plural, share

KIN = {"parent": "wider", "child": "within it", "overlap": "overlaps"}
DETECTORS = {Detector.FARRINGTON: "Farrington flexible", Detector.EARS: "EARS C2"}
REASONS = {
    Reason.FEW_CASES: "too few cases",
    Reason.SHORT_HISTORY: "history too short",
    Reason.NO_CASES_BEFORE: "no case before",
    Reason.NOT_FITTED: "could not be fitted",
}
ALL_CASES = "All cases"
SURE = 0.001  # below it a share is told as "less than"


def week_words(week: SurgeWeek) -> str:
    """A week as it is chosen."""
    if week.is_running:
        return f"This week so far ({week.first_day:%a %d} – {week.last_day:%a %d %b})"
    return f"Week of {week.first_day:%d %b %Y}"


def plain(pieces: Iterable[Piece]) -> str:
    """Pieces of a sentence as they are read."""
    return begun("".join(piece.text for piece in pieces))


def marked(pieces: Iterable[Piece]) -> str:
    """Pieces of a sentence for a place that reads Markdown, the strong ones bold."""
    return begun(
        "".join(
            f"**{escape(piece.text)}**" if piece.strong else escape(piece.text) for piece in pieces
        )
    )


def begun(text: str) -> str:
    """With a capital: a slice without an abuse type begins with a preposition."""
    return text[:1].upper() + text[1:]


def pieces_of(view: SurgesView, seen: SeenFinding) -> tuple[Piece, ...]:
    """A finding as one sentence."""
    return sentence_pieces(seen.sighting.finding, view.rules, words.value_label)


def slice_words(view: SurgesView, slice_: Slice) -> str:
    """A slice by the names of its values."""
    return plain(slice_pieces(slice_, view.rules, words.value_label))


def strength(seen: SeenFinding) -> str:
    """How far beyond chance, and what that is a share of."""
    finding = seen.sighting.finding
    chance = finding.chance_share
    told_chance = share(max(chance, SURE), digits=1)
    told = [
        f"Strength {finding.score / finding.threshold:.1f}× the threshold:",
        f"{'less than ' if chance < SURE else ''}{told_chance} of quiet weeks have a slice that "
        "stands out as much.",
    ]
    incidents = finding.incidents
    if incidents is not None and not incidents.stands:
        told.append(
            f"Counted as incidents ({incidents.count:,} against {incidents.expected:,.1f}), "
            "it is not beyond chance: look for a bulk submission."
        )
    return " ".join(told)


def total_sentence(view: SurgesView) -> str:
    """The week as a whole."""
    rows, usual = view.judged.headlines, view.judged.result.usual_total
    count = rows[0].count if rows else view.judged.result.total
    whose = "by then the usual week has" if view.week.is_running else "the usual week has"
    return f"{plural(count, 'case')} came in; {whose} {usual:,.0f}."


def headline_name(row: Headline) -> str:
    """What a row of the headline counts."""
    return series_name(row.value)


def amount(cases: float) -> str:
    """Expected cases to a tenth."""
    return DASH if math.isnan(cases) else f"{cases:,.1f}"


def series_name(value: str | None) -> str:
    """An abuse type, or all cases together."""
    return ALL_CASES if value is None else words.value_label("abuse_type", value)


def verdict(row: Headline) -> str:
    """What the weekly detector says."""
    if row.alarm:
        return "Above bound"
    return REASONS.get(row.reason, "Within bound")


def drift_words(view: SurgesView, row: Headline) -> str:
    """What the CUSUM says, when it says something."""
    if row.drift is None or not row.drift.alarm:
        return ""
    since = view.headline_filter(row, drift=True).received_from
    return f"{row.drift.count:,} against {row.drift.expected:,.0f} since {since:%d %b}"


def coverage_lines(view: SurgesView) -> list[str]:
    """What was judged, what could not be, and how often the scan is wrong."""
    covered, rules = view.judged.result.coverage, view.rules
    if covered.why_not:
        return [f"Not scanned: {covered.why_not}."]
    names = [words.DIMENSION_LABELS[name].lower() for name in rules.dimensions]
    told = [
        f"{covered.scanned:,} slices of up to {rules.most_conditions} conditions were scanned: "
        f"{', '.join(names)}.",
        f"In {covered.too_small:,} of them fewer than {rules.detectable_from_expected:g} cases "
        "are expected, so that a threefold rise would mostly go unseen.",
        f"{covered.not_scanned:,} slices with cases this week expect fewer than "
        f"{rules.scanned_from_expected:g} and were not scanned.",
        f"The threshold lets about 1 quiet week in {rules.quiet_weeks} raise a false alarm; of "
        f"the {covered.calibrated_weeks} past weeks it was set by, {covered.past_alarms} lie "
        "above it, real surges among them.",
    ]
    if view.judged.not_counted:
        told.append(
            f"{plural(view.judged.not_counted, 'case')} of this week with a value that is new "
            "are in no slice."
        )
    if view.left_out:
        days = ", ".join(f"{day:%d %b %Y}" for day in view.left_out)
        told.append(f"Left out of the history, as confirmed surges: the week of {days}.")
    return told


def has_both_detectors(rows: Sequence[Headline]) -> bool:
    """True when not all series are judged by the same detector."""
    return len({row.detector for row in rows}) > 1


def headline_note(view: SurgesView) -> str:
    """How the headline is to be read: which detector, and how often it is wrong."""
    rows, settings = view.judged.headlines, detectors()
    shares = {
        Detector.FARRINGTON: settings.farrington_flexible.reached_share,
        Detector.EARS: settings.ears.reached_share,
    }
    told, most = [], 0.0
    for detector, (low, high) in shares.items():
        count = sum(row.detector is detector for row in rows)
        if count:
            most += count * high
            told.append(
                f"{DETECTORS[detector]} judges {count} series and alarms in {100 * low:.1f} to "
                f"{share(high, digits=1)} of their quiet weeks"
            )
    return (
        f"{'; '.join(told)}: up to {most:.1f} false alarms a week among them. A drift (CUSUM) is "
        f"raised by chance about once in {settings.cusum.quiet_run:.0f} quiet weeks of a series."
    )
