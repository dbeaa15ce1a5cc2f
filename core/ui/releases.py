"""Releases of the public report on the Data page: look at a file, bring it in, take one back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.access.rules import may
from core.desk import reference_series
from core.desk.reference_series import ReferenceResult
from core.errors import BadInput, Refused
from core.storage.reference_series import Release
from core.ui import brought_in, states, uploads
from core.ui.brought_in import TakingBack
from core.ui.flash import attempt
from core.ui.format import DASH, count, exact, plural
from core.ui.rows_told import refused_rows, row_tiles
from core.ui.state import asked_later, the_desk, the_zone
from core.ui.tables import Act, click_list

RELEASE = "release"  # in the address
TYPES = ["csv", "gz", "zip"]
SEEN = "release-seen"
LONGEST_NAME = 200


def show_releases(person: Person) -> None:
    """A new release for those who may bring one in, then the history."""
    if may(person, "import.run"):
        with st.container(border=True, key="new-release"):
            _new(person)
    st.markdown("### Releases so far")
    _history(person)


def _new(person: Person) -> None:
    """Upload, look at what would become of it, bring it in."""
    st.markdown("**Bring a release in**")
    st.caption("Its figures stand beside our own on the Risk page and are never mixed into them.")
    local_dir = the_desk().settings.local_dir
    path = uploads.uploaded(
        "The report as CSV, as it is published", TYPES, local_dir, "release-file"
    )
    if path is None:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        name = st.text_input(
            "Name", key="release-name", placeholder="by its last quarter", max_chars=LONGEST_NAME
        )
        published = st.date_input("Published on", value=None, key="release-published", width=180)
    try:
        seen = _foreseen(person, path, name, published)
    except (BadInput, Refused) as refusal:
        states.refused(refusal)
        return
    _outcome(seen)
    if not seen.is_known:
        st.button(
            "Bring the release in",
            type="primary",
            key="release-commit",
            on_click=_bring,
            args=(person, path, name, published),
        )


def _foreseen(person: Person, path: Path, name: str, published: date | None) -> ReferenceResult:
    """What would become of the file; read once for each file, name, day and set of releases."""
    refs = tuple(r.ref for r in _in_force(person))
    asked = (path, name, published, refs)
    return uploads.read_once(
        SEEN, asked, partial(_run, person, path, name, published, dry_run=True)
    )


def _in_force(person: Person) -> list[Release]:
    found = reference_series.list_releases(the_desk(), person)
    return [release for release in found if release.undone_at is None]


def _run(
    person: Person, path: Path, name: str, published: date | None, *, dry_run: bool
) -> ReferenceResult:
    return reference_series.import_release(
        the_desk(),
        person,
        path,
        name=name,
        published_on=published.isoformat() if published else "",
        dry_run=dry_run,
    )


def _bring(person: Person, path: Path, name: str, published: date | None) -> None:
    def act() -> str:
        done = _run(person, path, name, published, dry_run=False)
        return f"{done.ref} is in: {plural(done.count.accepted, 'figure')}."

    attempt(act)


def _outcome(seen: ReferenceResult) -> None:
    """Every row accounted for, what it says anew, and the rows that would be refused."""
    rows = seen.count
    cells = {
        "Read": rows.read,
        "Accepted": rows.accepted,
        "Repeated": rows.repeated,
        "Rejected": rows.rejected,
    }
    row_tiles(cells)
    if seen.is_known:
        st.caption(f"The same release is here as {seen.ref}; it would change nothing.")
    else:
        st.caption(
            "Rows read = accepted + repeated + rejected. "
            f"{count(rows.not_published)} of the accepted say that no figure was published. "
            f"Up to {seen.last_quarter}; {plural(len(seen.restatements), 'figure')} restated."
        )
    for note in seen.notes:
        st.text(note)
    refused_rows(seen.rejects, rows.rejected, "release-rejects")


def _history(person: Person) -> None:
    """Every release, the last imported first; one that is clicked can be taken back."""
    found = reference_series.list_releases(the_desk(), person)
    if not found:
        hint = "Upload one above." if may(person, "import.run") else "A team lead brings one in."
        states.empty("No release of the public report is here.", hint)
        return
    zone = the_zone(person)
    _listing(found, zone)
    asked = st.query_params.get(RELEASE)
    chosen = next((release for release in found if release.ref == asked), None)
    if chosen is None:
        st.caption("Click a release to see its counts and rejected rows.")
        return
    with st.container(border=True, gap="small", key="release-chosen"):
        _told(chosen, zone)
        _acts(person, chosen)


def _listing(found: list[Release], zone: str) -> None:
    def choose(row: int) -> None:
        st.query_params[RELEASE] = found[row].ref

    rows = pd.DataFrame(
        {
            "ref": [r.ref for r in found],
            "state": ["In force" if r.undone_at is None else "Taken back" for r in found],
            "name": [r.name for r in found],
            "quarter": [r.last_quarter for r in found],
            "published": [r.published_on or DASH for r in found],
            "figures": [r.count.accepted for r in found],
            "rejected": [r.count.rejected for r in found],
            "imported": [exact(r.imported_at, zone) for r in found],
            "by": [r.by for r in found],
        }
    )
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    columns = {
        "state": text("State", width=84),
        "name": text("Name", width=300),
        "quarter": text("Up to", width=76),
        "published": text("Published", width=92),
        "figures": number("Figures", width=78, format="localized"),
        "rejected": number("Rejected", width=78, format="localized"),
        "imported": text("Imported", width=160),
        "by": text("By", width=90),
    }
    opened = Act("Release", choose, 78, "Click to see its counts", pinned=True)
    alt = f"{plural(len(found), 'release')}, the last imported first"
    click_list(rows, "releases", alt, {"ref": opened}, columns)


def _told(release: Release, zone: str) -> None:
    rows = release.count
    # As plain text: the names of the release and of its file are not ours.
    st.text(f"{release.ref} · {release.name} · {release.file_name}")
    st.caption(
        f"{plural(rows.read, 'row')} read = {rows.accepted:,} accepted + {rows.repeated:,} repeated "
        f"+ {rows.rejected:,} rejected."
    )
    if release.undone_at is not None:
        st.caption(f"Taken back {exact(release.undone_at, zone)}.")


def _acts(person: Person, release: Release) -> None:
    taking_back = TakingBack(
        key="release-undo",
        words=f"Take {release.ref} back",
        title="Take a release back",
        changes=f"The {plural(release.count.accepted, 'figure')} of {release.ref} go; what earlier "
        "releases say of the same is shown again. It stays in the history as taken back.",
        yes="Take it back",
        act=partial(_undo, person, release.ref),
    )
    can_undo = release.undone_at is None and may(person, "import.undo")
    rejects = partial(_refused_rows, asked_later(), release.ref)
    brought_in.acts(release.ref, release.count.rejected, rejects, taking_back if can_undo else None)


def _refused_rows(asks: Callable[[], Person], ref: str) -> pd.DataFrame:
    return reference_series.release_rejects(the_desk(), asks(), ref)


def _undo(person: Person, ref: str) -> str:
    gone = reference_series.undo_release(the_desk(), person, ref)
    return f"{ref}: {plural(gone, 'figure')} taken back."
