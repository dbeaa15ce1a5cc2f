"""Reads the history of a local git repository in which each commit holds newly fetched texts.

The layout is that of Open Terms Archive: ``Service/Document.md``, one commit for each fetch.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from dulwich.diff_tree import tree_changes
from dulwich.errors import ChecksumMismatch, FileFormatException, NotGitRepository
from dulwich.objects import Blob, Commit, ObjectID
from dulwich.repo import Repo

from core.errors import BadInput
from core.intake.policy_texts import FetchedFault
from core.policy.rules import PolicyRules

SHORT = 8  # letters of a commit that name it
LACKS = "fetch the repository again: it lacks a part"
# What reading a repository raises that lacks objects or holds broken ones.
DAMAGED = (
    KeyError,
    ValueError,
    TypeError,
    OSError,
    zlib.error,
    FileFormatException,
    ChecksumMismatch,
)
DEPTH = 2  # Service/Document.md; what lies above is about the repository itself


@dataclass(frozen=True, slots=True)
class Committed:
    """A text as it stood in a commit."""

    path: PurePosixPath
    at: datetime
    commit: str
    data: bytes


def is_repository(path: Path) -> bool:
    """True for a folder with a history of git in it, bare or not."""
    return path.is_dir() and any(
        (base / "HEAD").is_file() and (base / "objects").is_dir() for base in (path / ".git", path)
    )


def committed_files(path: Path, rules: PolicyRules) -> Iterator[Committed | FetchedFault]:
    """Every text that a commit added or changed, from the first commit on along first parents."""
    try:
        repository = Repo(str(path))
    except NotGitRepository as fault:
        raise BadInput("The folder is no git repository.", at=path.name, hint=str(fault)) from None
    with repository:
        try:
            commits = _line(repository, rules)
        except DAMAGED:
            raise BadInput(
                "The history of the repository cannot be followed.",
                at=path.name,
                hint="fetch it whole: an empty or damaged copy lacks commits",
            ) from None
        before: ObjectID | None = None
        for commit in reversed(commits):
            try:
                yield from _of_commit(repository, before, commit)
            except DAMAGED:
                yield FetchedFault(commit.id.decode("ascii")[:SHORT], "damaged", LACKS)
            before = commit.tree


def _line(repository: Repo, rules: PolicyRules) -> list[Commit]:
    """The commits from the newest back; a shallow copy ends where it was cut."""
    found: list[Commit] = []
    shallow = repository.get_shallow()
    at: ObjectID | None = repository.head()
    while at is not None and len(found) < rules.bounds.commits:
        commit = repository[at]
        if not isinstance(commit, Commit):
            raise TypeError
        found.append(commit)
        at = commit.parents[0] if commit.parents and at not in shallow else None
    return found


def _of_commit(
    repository: Repo, before: ObjectID | None, commit: Commit
) -> Iterator[Committed | FetchedFault]:
    at = datetime.fromtimestamp(commit.commit_time, tz=UTC)
    short = commit.id.decode("ascii")[:SHORT]
    for change in tree_changes(repository.object_store, before, commit.tree):
        new = change.new
        if new is None or not new.path or not new.sha or change.type == "delete":
            continue
        path = PurePosixPath(new.path.decode("utf-8", "replace"))
        if len(path.parts) < DEPTH or any(part.startswith(".") for part in path.parts):
            continue
        try:
            blob = repository[new.sha]
        except DAMAGED:
            yield FetchedFault(f"{short} {path}", "damaged", LACKS)
            continue
        if isinstance(blob, Blob):
            yield Committed(path, at, short, blob.data)
