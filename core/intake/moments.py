"""Text columns of moments into microseconds since 1970 UTC, in the forms that the mapping states.

The order of day and month is a property of the column: a value never changes how it is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import BadInput
from core.intake.limits import limits
from core.intake.model import TextColumn

ISO, EPOCH_S, EPOCH_MS, EXCEL, AUTO = "iso", "epoch_s", "epoch_ms", "excel", "auto"
NAMED_FORMS = (ISO, EPOCH_S, EPOCH_MS, EXCEL)
ISO_START = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?$"
ISO_ZONED = r"\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})$"
EXCEL_ORIGIN_US = -2_209_161_600_000_000  # 1899-12-30
DAY_US, SECOND_US = 86_400_000_000, 1_000_000
BEYOND_ARROW = ("%f", "%Z", "%j", "%U")  # left to pandas


@dataclass(frozen=True, slots=True)
class Bounds:
    """Moments that are believed, both ends inclusive, in microseconds."""

    earliest: int
    latest: int


@dataclass(slots=True)
class Moments:
    """A column of moments; where neither known nor empty, the text could not be read."""

    micros: np.ndarray
    known: np.ndarray
    faulty: np.ndarray
    skipped: np.ndarray  # a time that the zone's clocks jumped over
    naive: bool  # some values had no zone of their own


def read_moments(values: TextColumn, forms: tuple[str, ...], zone: str) -> Moments:
    """Read each value by the first form that fits; empty values stay unknown."""
    n = len(values)
    empty = _flags(pc.equal(values, ""))
    out = Moments(np.zeros(n, np.int64), np.zeros(n, bool), ~empty, np.zeros(n, bool), naive=False)
    for form in forms:
        if not out.faulty.any():
            break
        rows = np.flatnonzero(out.faulty)
        todo = values if len(rows) == n else values.take(pa.array(rows))
        micros, fits, zoned = _read(todo, form)
        skipped = np.zeros(len(rows), bool)
        local = fits & ~zoned
        if local.any():
            out.naive = True
            micros, skipped = _to_utc(micros, local, zone)
        good = rows[fits & ~skipped]
        out.micros[good] = micros[fits & ~skipped]
        out.known[good] = True
        out.faulty[rows[fits]] = False
        out.skipped[rows[skipped]] = True
    out.faulty |= out.skipped
    return out


def _read(values: TextColumn, form: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Microseconds, which fit, and which had a zone of their own."""
    if form == ISO:
        return _read_iso(values)
    if form in {EPOCH_S, EPOCH_MS, EXCEL}:
        return _read_number(values, form)
    if any(sign in form for sign in BEYOND_ARROW):
        return _read_slowly(values, form)
    parsed = pc.strptime(values, format=form, unit="us", error_is_null=True)
    fits = _flags(pc.is_valid(parsed))
    micros = _ints(parsed)
    _refute_overflow(values, form, micros, fits)
    return micros, fits, np.full(len(fits), "%z" in form)


def _refute_overflow(values: TextColumn, form: str, micros: np.ndarray, fits: np.ndarray) -> None:
    """Arrow reads 31 February as 2 March; look again where a date fell on a month's first days."""
    days = micros.astype("datetime64[us]").astype("datetime64[D]")
    early = fits & ((days - days.astype("datetime64[M]")).astype(np.int64) < 3)
    suspects = np.flatnonzero(early)
    if not len(suspects):
        return
    written = values.take(pa.array(suspects)).to_pandas()
    suspects = suspects[written.str.contains(r"\b(?:29|30|31)\b", regex=True).to_numpy(bool)]
    if len(suspects):
        _, right, _ = _read_slowly(values.take(pa.array(suspects)), form)
        fits[suspects] &= right


def _read_slowly(values: TextColumn, form: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    zoned = "%z" in form or "%Z" in form
    parsed = pd.to_datetime(values.to_pandas(), format=form, errors="coerce", utc=zoned)
    return _of_pandas(parsed), parsed.notna().to_numpy(), np.full(len(parsed), zoned)


def _read_iso(values: TextColumn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    shaped = _flags(pc.match_substring_regex(values, ISO_START))
    zoned = _flags(pc.match_substring_regex(values, ISO_ZONED))
    try:
        if shaped.all() and (zoned.all() or not zoned.any()):
            kind = pa.timestamp("us", "UTC") if zoned.all() and len(zoned) else pa.timestamp("us")
            return _ints(pc.cast(values, kind)), shaped, zoned
    except pa.ArrowInvalid:
        pass
    text = values.to_pandas().where(pd.Series(shaped))
    parsed = pd.to_datetime(text, format="ISO8601", errors="coerce", utc=True)
    return _of_pandas(parsed), parsed.notna().to_numpy(), zoned


def _read_number(values: TextColumn, form: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    shaped = _flags(pc.match_substring_regex(values, r"^-?\d{1,14}(\.\d+)?$"))
    numbers = pd.to_numeric(values.to_pandas().where(pd.Series(shaped)), errors="coerce")
    found = numbers.to_numpy(dtype=np.float64, na_value=np.nan)
    scale = {EPOCH_S: SECOND_US, EPOCH_MS: 1000, EXCEL: DAY_US}[form]
    safe = np.nan_to_num(found)
    micros = np.rint(np.clip(safe * scale, -9e18, 9e18)).astype(np.int64)
    if form == EXCEL:  # serial days are fractions; a whole second is all they can mean
        micros = EXCEL_ORIGIN_US + np.rint(micros / SECOND_US).astype(np.int64) * SECOND_US
    return micros, ~np.isnan(found), np.full(len(found), form != EXCEL)


def _to_utc(micros: np.ndarray, local: np.ndarray, zone: str) -> tuple[np.ndarray, np.ndarray]:
    """Wall time of the zone as UTC; the doubled hour of autumn is read as its first pass."""
    skipped = np.zeros(len(micros), bool)
    if zone in {"UTC", "Etc/UTC"}:
        return micros, skipped
    wall = pd.DatetimeIndex(micros[local].view("datetime64[us]"))
    first_pass = np.ones(len(wall), dtype=bool)
    moved = wall.tz_localize(known_zone(zone), ambiguous=first_pass, nonexistent="NaT")
    out = micros.copy()
    out[local] = moved.tz_convert("UTC").tz_localize(None).as_unit("us").asi8
    skipped[local] = moved.isna()
    return out, skipped


def known_zone(zone: str) -> ZoneInfo:
    """The zone of that name."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError):
        raise BadInput(
            f"The time zone '{zone}' is not known.",
            at="mapping, times.zone",
            hint="an IANA name such as Europe/Berlin",
        ) from None


def outside(found: Moments, bounds: Bounds) -> np.ndarray:
    """Which known moments nobody can mean."""
    early, late = found.micros < bounds.earliest, found.micros > bounds.latest
    return np.asarray(found.known & (early | late))


def swapped(form: str) -> str:
    """The same form with day and month in each other's place, or nothing."""
    if "%d" not in form or "%m" not in form:
        return ""
    return form.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")


def refuse_wrong_order(
    values: TextColumn, found: Moments, forms: tuple[str, ...], column: str, place: str
) -> None:
    """Stop when many values fit only with day and month exchanged: the others would be misread."""
    other = tuple(s for f in forms if (s := swapped(f)))
    rows = np.flatnonzero(found.faulty & ~found.skipped)
    if not other or not len(rows):
        return
    fitting = read_moments(values.take(pa.array(rows)), other, "UTC").known
    if fitting.sum() <= limits().times.wrong_order_share * max(len(values), 1):
        return
    example = values[int(rows[np.flatnonzero(fitting)[0]])].as_py()
    raise BadInput(
        f"Column '{column}' is mapped as {forms[0]}, but '{example}' only fits {other[0]}.",
        at=place,
        hint=f"write {other[0]} in times.formats; nothing was read, as half would be misread",
    )


def check_forms(forms: tuple[str, ...], column: str) -> None:
    """Refuse a form that is neither named nor a pattern."""
    for form in forms:
        if form not in (*NAMED_FORMS, AUTO) and not _is_pattern(form):
            raise BadInput(
                f"'{form}' is no form of a moment.",
                at=f"mapping, times, column '{column}'",
                hint="iso, epoch_s, epoch_ms, excel, auto or a pattern like %d/%m/%Y %H:%M",
            )


def _is_pattern(form: str) -> bool:
    try:
        datetime.strptime("", form)  # noqa: DTZ007 -- only asks whether the pattern can be read
    except ValueError as problem:
        told = str(problem)
        return "%" in form and "directive" not in told and "stray" not in told
    return False


def bounds_at(now: datetime) -> Bounds:
    """What is believed at a moment."""
    rule = limits().times
    latest = int(now.timestamp() * SECOND_US) + rule.ahead_hours * 3600 * SECOND_US
    return Bounds(int(rule.earliest.timestamp() * SECOND_US), latest)


def _flags(found: TextColumn) -> np.ndarray:
    return np.asarray(pc.fill_null(found, fill_value=False).to_numpy(zero_copy_only=False))


def _ints(found: TextColumn) -> np.ndarray:
    whole = pc.fill_null(pc.cast(found, pa.int64()), 0)
    return np.array(whole.to_numpy(zero_copy_only=False), dtype=np.int64)


def _of_pandas(parsed: pd.Series) -> np.ndarray:
    plain = pd.DatetimeIndex(parsed)
    plain = plain.tz_localize(None) if plain.tz is not None else plain
    micros = plain.as_unit("us").asi8.copy()
    micros[plain.isna()] = 0
    return np.asarray(micros)
