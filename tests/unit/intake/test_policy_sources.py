"""Folders, archives and repositories give the same versions; what cannot be one says why."""

from __future__ import annotations

import io
import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest
from dulwich.objects import Blob
from dulwich.repo import Repo

from core.errors import BadInput
from core.intake.policy_names import DocumentName, document_in, has_time, moment_in
from core.intake.policy_sources import Item, PassedOver, open_policy_source
from core.intake.policy_texts import FetchedFault, FetchedText, read_text
from core.policy.rules import policy_rules
from core.settings import Settings
from tests.support.policy_versions import (
    RULES,
    STRICTER,
    VERSIONS,
    write_repository,
    write_tar,
    write_versions,
    write_zip,
)

NOW = datetime(2026, 3, 2, tzinfo=UTC)
NOBODY = DocumentName("", "")


def items(path: Path, given: DocumentName = NOBODY, megabytes: int = 100) -> list[Item]:
    settings = Settings(local_dir=path.parent, import_max_megabytes=megabytes)
    return list(open_policy_source(path, given, settings, policy_rules(), NOW).items())


def versions(path: Path) -> list[tuple[str, str, str, str]]:
    found = [item for item in items(path) if isinstance(item, FetchedText)]
    return [(v.service, v.document, v.at.date().isoformat(), v.text) for v in found]


def faults(path: Path) -> list[str]:
    return [item.reason for item in items(path) if isinstance(item, FetchedFault)]


def expected() -> list[tuple[str, str, str, str]]:
    return [("Facebook", "House Rules", name[:10], text) for name, text in VERSIONS.items()]


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "tar.xz", "tar.bz2"])
def test_a_packed_tar_gives_its_versions(tmp_path: Path, ending: str) -> None:
    assert versions(write_tar(tmp_path / f"rules.{ending}")) == expected()


def test_folder_and_zip_give_the_same(tmp_path: Path) -> None:
    assert versions(write_versions(tmp_path / "folder")) == expected()
    assert versions(write_zip(tmp_path / "rules.zip")) == expected()


@pytest.mark.parametrize("bare", [False, True])
def test_the_history_of_a_repository_gives_the_time_of_each_fetch(
    tmp_path: Path, bare: bool
) -> None:
    path = write_repository(tmp_path / "history", bare=bare)
    found = [item for item in items(path) if isinstance(item, FetchedText)]
    assert versions(path) == expected()
    assert {version.at.hour for version in found} == {12}
    assert all(version.has_time for version in found)


def test_a_repository_is_narrowed_to_the_document_that_was_named(tmp_path: Path) -> None:
    path = write_repository(tmp_path / "history")
    assert all(isinstance(item, PassedOver) for item in items(path, DocumentName("Instagram", "")))
    assert len(items(path, DocumentName("Facebook", "House Rules"))) == len(VERSIONS)


def test_a_repository_that_lacks_texts_or_trees_gives_the_others(tmp_path: Path) -> None:
    path = write_repository(tmp_path / "history")
    with Repo(str(path)) as repository:
        text = Blob.from_string(STRICTER.encode()).id.decode()
        tree = repository[repository.head()].tree.decode()  # type: ignore[attr-defined]  # a commit
    for name in (text, tree):
        (path / ".git" / "objects" / name[:2] / name[2:]).unlink()
    assert set(faults(path)) == {"damaged"}
    assert [v[2] for v in versions(path)][:2] == ["2026-01-05", "2026-01-06"]


def test_a_repository_without_commits_is_refused(tmp_path: Path) -> None:
    Repo.init(str(tmp_path / "empty"), mkdir=True).close()
    with pytest.raises(BadInput, match="cannot be followed"):
        items(tmp_path / "empty")


def test_a_folder_that_is_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="more than 1 MB"):
        items(write_versions(tmp_path, {"2026-01-05.md": "word " * 300_000}), megabytes=1)


def test_hidden_files_are_not_looked_at(tmp_path: Path) -> None:
    assert items(write_versions(tmp_path, {".2026-01-05.md": RULES})) == []


def test_each_file_that_is_no_version_says_why(tmp_path: Path) -> None:
    rules = policy_rules()
    write_versions(
        tmp_path,
        {
            "2026-01-05.md": RULES,
            "2026-01-06.md": "",
            "2026-01-07.md": b"\x00\x01\x02" * 50,
            "2026-01-08.md": b"%PDF-1.7 and so on",
            "2026-01-09.md": RULES.encode().replace(b"safe", b"s\x81\x9afe\xfe" * 3),
            "2026-01-10.md": RULES.replace("e", "\ufffd"),
            "2026-01-11.md": "x" * (rules.bounds.text_megabytes * 1_000_000 + 1),
            "2036-01-01.md": RULES,
            "undated.md": RULES,
            "2026-13-45.md": RULES,
            "notes.csv": "a,b",
        },
    )
    found = {Path(i.name).name: i.reason for i in items(tmp_path) if isinstance(i, FetchedFault)}
    assert found == {
        "2026-01-06.md": "empty",
        "2026-01-07.md": "binary",
        "2026-01-08.md": "binary",
        "2026-01-09.md": "encoding",
        "2026-01-10.md": "encoding_broken",
        "2026-01-11.md": "too_large",
        "2036-01-01.md": "date_out_of_range",
        "undated.md": "no_date",
        "2026-13-45.md": "no_date",
    }
    assert sum(isinstance(item, PassedOver) for item in items(tmp_path)) == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings_are_read_when_they_leave_no_doubt(encoding: str) -> None:
    text = RULES + "\nDie Würde des Menschen wäre für alle gleich; das müssen wir schützen.\n"
    assert read_text(text.encode(encoding), policy_rules()) == (text, None)


def test_an_archive_that_breaks_off_gives_what_stands_before(tmp_path: Path) -> None:
    whole = write_tar(tmp_path / "rules.tar")
    data = whole.read_bytes()
    cut = tmp_path / "cut.tar"
    cut.write_bytes(data[: data.index(b"2026-01-09.md") + 550])
    assert len(versions(cut)) == 4
    assert faults(cut) == ["archive_cut"]


def test_an_archive_of_which_nothing_can_be_read_is_refused(tmp_path: Path) -> None:
    whole = write_tar(tmp_path / "rules.tar.gz")
    whole.write_bytes(whole.read_bytes()[:40])
    with pytest.raises(BadInput, match="damaged"):
        items(whole)


@pytest.mark.parametrize("ending", ["tar.xz", "tar.gz", "zip"])
def test_an_archive_that_unpacks_to_more_than_allowed_is_refused(
    tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"bomb.{ending}"
    many = {f"2026-01-{day:02d}.md": "word " * 190_000 for day in range(1, 5)}
    write_zip(path, many) if ending == "zip" else write_tar(path, many)
    assert path.stat().st_size < 100_000
    with pytest.raises(BadInput, match="more than 2 MB"):
        items(path, megabytes=2)


def test_headers_that_never_end_are_a_bomb(tmp_path: Path) -> None:
    path = tmp_path / "headers.tar.gz"
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        member = tarfile.TarInfo("F/2026-01-05.md")
        member.pax_headers = {"comment": "a" * 9_000_000}
        archive.addfile(member, io.BytesIO())
    with pytest.raises(BadInput):
        items(path)


def test_links_and_folders_in_an_archive_are_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "links.tar"
    with tarfile.open(path, "w") as archive:
        link = tarfile.TarInfo("F/2026-01-05.md")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        archive.addfile(link)
    assert items(path) == []


def test_a_protected_or_damaged_file_of_a_zip_is_told_and_the_others_are_read(
    tmp_path: Path,
) -> None:
    path = write_zip(tmp_path / "rules.zip", {"2026-01-05.md": RULES, "2026-01-06.md": RULES * 2})
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        second = archive.infolist()[1].header_offset
    data[second + 80] ^= 0xFF
    path.write_bytes(data)
    assert (len(versions(path)), faults(path)) == (1, ["damaged"])


def test_something_else_is_refused_with_the_way_out(tmp_path: Path) -> None:
    text = tmp_path / "2026-01-05.md"
    text.write_text(RULES)
    for path in (text, tmp_path / "absent"):
        with pytest.raises(BadInput):
            items(path)


@pytest.mark.parametrize(
    ("name", "moment", "with_time"),
    [
        ("F/2022-10-28_49c076c2.md", datetime(2022, 10, 28, tzinfo=UTC), False),
        ("F/2022-10-28_12345678.md", datetime(2022, 10, 28, tzinfo=UTC), False),
        ("F/2022-10-28T18-30-09Z.md", datetime(2022, 10, 28, 18, 30, 9, tzinfo=UTC), True),
        ("F/20221028.txt", datetime(2022, 10, 28, tzinfo=UTC), False),
        ("F/2022-10-28/terms.md", datetime(2022, 10, 28, tzinfo=UTC), False),
        ("F/2022.10.28 18:30.md", datetime(2022, 10, 28, 18, 30, tzinfo=UTC), True),
    ],
)
def test_the_moment_is_read_from_the_name(name: str, moment: datetime, with_time: bool) -> None:
    assert moment_in(PurePosixPath(name)) == moment
    assert has_time(PurePosixPath(name)) is with_time


@pytest.mark.parametrize(
    ("path", "given", "service", "document"),
    [
        ("Facebook/Live Policy/2026-01-05.md", NOBODY, "Facebook", "Live Policy"),
        ("top/Facebook/Live Policy/2026-01-05.md", NOBODY, "Facebook", "Live Policy"),
        ("Facebook_Live_Policy/2026-01-05.md", NOBODY, "Facebook", "Live Policy"),
        ("Live_Policy/2026-01-05.md", NOBODY, "", "Live Policy"),
        ("2026-01-05.md", NOBODY, "Instagram", "Rules"),
        ("Live_Policy/2026-01-05.md", DocumentName("Threads", "Terms"), "Threads", "Terms"),
    ],
)
def test_the_document_is_read_from_the_folders(
    path: str, given: DocumentName, service: str, document: str
) -> None:
    found = document_in(PurePosixPath(path), "Instagram_Rules.tar.xz", given)
    assert found == DocumentName(service, document)
