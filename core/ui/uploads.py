"""The file that a person has uploaded, kept on disk while they look at it and gone afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

KEY = "desk.upload"
FOLDER = "uploads"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kept:
    """An uploaded file and the folder that goes away with it."""

    file_id: str
    path: Path
    folder: tempfile.TemporaryDirectory[str]


def keep(upload: UploadedFile, local_dir: Path) -> Path:
    """Where the uploaded file lies; written once per upload, the one before is removed."""
    kept: Kept | None = st.session_state.get(KEY)
    if kept and kept.file_id == upload.file_id:
        return kept.path
    forget()
    place = local_dir / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    folder = tempfile.TemporaryDirectory(dir=place)
    path = Path(folder.name) / (Path(upload.name).name or "upload")
    with path.open("wb") as file:
        shutil.copyfileobj(upload, file)
    st.session_state[KEY] = Kept(upload.file_id, path, folder)
    return path


def uploaded(
    label: str, types: Sequence[str], local_dir: Path, key: str | None = None
) -> Path | None:
    """Where the file lies that a person uploads; None until they have chosen one."""
    upload = st.file_uploader(label, types, key=key)
    if upload is None:
        forget()
        return None
    return keep(upload, local_dir)


def read_once(key: str, asked: object, read: Callable[[], T]) -> T:
    """What a file says, read once for each file and whatever else is asked about it."""
    kept: tuple[object, T] | None = st.session_state.get(key)
    if kept and kept[0] == asked:
        return kept[1]
    with st.spinner("Reading the file …"):
        found = read()
    st.session_state[key] = (asked, found)
    return found


def forget() -> None:
    """Remove the file that was kept."""
    kept: Kept | None = st.session_state.pop(KEY, None)
    if kept:
        kept.folder.cleanup()
