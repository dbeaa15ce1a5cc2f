"""How updates, versions and differences of words are written for a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from core.desk.policy_feed import FeedLine
from core.policy.feed import BETWEEN, DOCUMENT, Standing, Update
from core.policy.model import Edit, Words
from core.taxonomy import taxonomy
from core.ui.format import DASH, escape, relative

IMPORTANCE_COLOURS = {"critical": "red", "major": "orange", "minor": "blue", "note": "gray"}
ONE_DAY = timedelta(days=1)
# Words, icon and colour of how a person stands to an update; never colour alone.
STANDINGS: dict[Standing, tuple[str, str, str]] = {
    Standing.NOT_ASKED: ("Not asked of you", "remove", "gray"),
    Standing.ASKED: ("To confirm", "pending_actions", "blue"),
    Standing.OVERDUE: ("Overdue", "alarm", "red"),
    Standing.CONFIRMED: ("Confirmed", "task_alt", "green"),
    Standing.CLOSED: ("Past", "history", "gray"),
}
LEGEND = "Struck out: taken away. Bold: new."


def importance_badge(importance: str) -> str:
    """The importance as a badge with its icon."""
    term = taxonomy().policy_importances.get(importance)
    if term is None:
        return f":gray-badge[{escape(importance)}]"
    return f":{IMPORTANCE_COLOURS[importance]}-badge[:material/{term['icon']}: {term.label}]"


def kind_badge(kind: str) -> str:
    """The kind as a badge with its icon."""
    term = taxonomy().policy_update_kinds[kind]
    return f":gray-badge[:material/{term['icon']}: {term.label}]"


def standing_badge(standing: Standing) -> str:
    """How a person stands to an update, as a badge."""
    words, icon, colour = STANDINGS[standing]
    return f":{colour}-badge[:material/{icon}: {words}]"


def standing_words(line: FeedLine, at: datetime) -> str:
    """The same in a cell of a table, with the day: ``Overdue: 2026-03-09``."""
    due = line.update.due_at
    words = STANDINGS[line.standing][0]
    if line.standing is Standing.OVERDUE and due:
        return f"Overdue: {last_day(due)}"
    if line.standing is Standing.ASKED and due:
        return f"Confirm until {last_day(due)}"
    if line.standing is Standing.CONFIRMED and line.mine:
        return f"Confirmed {relative(line.mine.at, at)}"
    return DASH if line.standing in {Standing.NOT_ASKED, Standing.CLOSED} else words


def last_day(due_at: datetime) -> str:
    """The last day that a due moment, the end of a UTC day, leaves."""
    return f"{due_at.astimezone(UTC) - ONE_DAY:%Y-%m-%d}"


def day_of(at: datetime | None) -> str:
    """A day of UTC, as versions begin and end on."""
    return DASH if at is None else f"{at.astimezone(UTC):%Y-%m-%d}"


def effect_words(update: Update, at: datetime) -> str:
    """Since or from when it holds."""
    if update.kind == DOCUMENT:
        return f"fetched {day_of(update.announced_at)}; when it took effect is not known"
    if update.effective_at is None:
        return ""
    day = day_of(update.effective_at)
    if update.effective_at > at:
        return f"takes effect {day}, {relative(update.effective_at, at)}"
    return f"in effect since {day}"


def areas_words(areas: Iterable[str]) -> str:
    """Abuse types by their names."""
    return ", ".join(taxonomy().label("abuse_types", area) for area in areas)


def roles_words(roles: Iterable[str]) -> str:
    """Roles by their names."""
    return ", ".join(taxonomy().label("roles", role) for role in roles)


def version_words(ref: str) -> str:
    """A version of a clause in words: ``BH-2 version 3.0``."""
    return ref.replace(BETWEEN, " version ")


def runs_words(runs: Iterable[Words]) -> str:
    """Runs of words as Markdown: what went is struck out, what came is bold."""
    return " ".join(_run(run) for run in runs if run.text.strip())


def _run(run: Words) -> str:
    text = escape(run.text.strip())
    if run.edit is Edit.REMOVED:
        return f":red-background[~~{text}~~]"
    return f":green-background[**{text}**]" if run.edit is Edit.ADDED else text
