"""Versions of an invented policy document, and the folders, archives and repositories that hold them."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dulwich import porcelain
from dulwich.repo import Repo

from core.policy.document import Document, read_document
from core.policy.rules import policy_rules

RULES = """# Rules of the house

![](https://pictures.invalid/head.png?key=1)

## Bullying and Harassment

People have to feel safe when they speak. That is what these rules are for.

* Do not attack a private person with insults.
* Do not direct many people against one person.

## Fraud and Deception

* Do not promise profit without risk, as [the guide](https://rules.invalid/guide) explains.
* Do not gather data with prizes that nobody can win.
"""
PICTURE = RULES.replace("key=1", "key=2")
STRICTER = RULES.replace("one person.", "one person, also not by quoting them again and again.")
LAID_OUT = RULES.replace("* Do not", "-  **Do not**").replace("## ", "### ")
SHORT = RULES[:90]
FOLDER = "Facebook/House Rules"
# Name by text, in the order of time; the fetch of 9 January went wrong.
VERSIONS: Mapping[str, str] = {
    "2026-01-05.md": RULES,
    "2026-01-06.md": PICTURE,
    "2026-01-07.md": STRICTER,
    "2026-01-08.md": LAID_OUT,
    "2026-01-09.md": SHORT,
    "2026-01-10.md": RULES,
    "2026-01-11.md": STRICTER,
}
VERDICTS = ("first", "noise", "change", "revert", "rejected", "duplicate", "revert")


def a_document(text: str) -> Document:
    return read_document(text, policy_rules())


def write_versions(
    root: Path, versions: Mapping[str, str | bytes] = VERSIONS, folder: str = FOLDER
) -> Path:
    """A folder of dated texts below ``root``."""
    into = root / folder
    into.mkdir(parents=True, exist_ok=True)
    for name, text in versions.items():
        (into / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return root


def write_tar(path: Path, versions: Mapping[str, str] = VERSIONS, folder: str = FOLDER) -> Path:
    """A packed tar; the ending says how."""
    packing = path.suffix.removeprefix(".")
    mode: Any = f"w:{packing}" if packing != "tar" else "w"
    with tarfile.open(path, mode) as archive:
        for name, text in versions.items():
            member = tarfile.TarInfo(f"{folder}/{name}")
            data = text.encode()
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def write_zip(path: Path, versions: Mapping[str, str] = VERSIONS, folder: str = FOLDER) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in versions.items():
            archive.writestr(f"{folder}/{name}", text)
    return path


def write_repository(
    path: Path, versions: Mapping[str, str] = VERSIONS, *, bare: bool = False
) -> Path:
    """A history in which each commit is a fetch at noon of the day in the name."""
    path.mkdir(parents=True)
    work = path if not bare else path.with_name(path.name + "-work")
    work.mkdir(exist_ok=True)
    with Repo.init(str(work)) as repository:
        (work / "README.md").write_text("About this collection.")
        file = work / f"{FOLDER}.md"
        file.parent.mkdir(parents=True)
        for name, text in versions.items():
            file.write_text(text, encoding="utf-8")
            porcelain.add(repository, paths=[str(work / "README.md"), str(file)])
            noon = datetime.fromisoformat(f"{name[:10]}T12:00:00+00:00").astimezone(UTC)
            seconds = int(noon.timestamp())
            who = b"Fetcher <fetcher@rules.invalid>"
            porcelain.commit(
                repository,
                message=b"Record a fetch",
                author=who,
                committer=who,
                commit_timestamp=seconds,
                author_timestamp=seconds,
                commit_timezone=0,
                author_timezone=0,
            )
    if bare:
        porcelain.clone(str(work), str(path), bare=True, errstream=io.BytesIO()).close()
    return path
