"""Reading mapping files: one YAML document each, every fault named with its place."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import yaml
from pydantic import ValidationError

from core.errors import BadInput
from core.intake.mapping import Document, Mapping
from core.settings import REFERENCE_DIR

READY_DIR = REFERENCE_DIR / "mappings"
TEMPLATE = "template"


def ready_names() -> tuple[str, ...]:
    """The mappings that come with the desk, by name; the template is none of them."""
    return tuple(sorted(p.stem for p in READY_DIR.glob("*.yaml") if p.stem != TEMPLATE))


def read_mapping(name_or_path: str) -> Mapping:
    """A ready mapping by its name, or one from a file."""
    ready = READY_DIR / f"{name_or_path}.yaml"
    path = ready if name_or_path in ready_names() else Path(name_or_path)
    if not path.is_file():
        names = ", ".join(ready_names())
        raise BadInput("There is no such mapping.", at=name_or_path, hint=f"a file, or: {names}")
    return parse_mapping(path.read_bytes().decode("utf-8", "replace"), at=path.name)


def parse_mapping(text: str, at: str = "mapping") -> Mapping:
    """A mapping from its text; all faults of the document are told at once."""
    return as_mapping(read_document(text, at), at)


def read_document(text: str, at: str) -> Document:
    """The YAML document with every scalar as text."""
    try:
        document = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 -- builds text, lists and maps only
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        place = f"{at}, line {mark.line + 1}" if mark else at
        reason = getattr(problem, "problem", "") or "the text is not YAML"
        raise BadInput(f"The mapping cannot be read: {reason}.", at=place) from None
    if not isinstance(document, dict):
        raise BadInput("The mapping is empty.", at=at, hint="start from --suggest")
    return document


def as_mapping(document: Document, at: str) -> Mapping:
    """A checked mapping from a document."""
    try:
        return Mapping.model_validate(document)
    except ValidationError as problem:
        told = [_told(error["loc"], error["msg"]) for error in problem.errors()]
        raise BadInput(
            f"The mapping is not usable: {'; '.join(told)}.",
            at=at,
            hint="docs/mapping.md lists what a mapping may say",
        ) from None


def _told(place: tuple[int | str, ...], message: str) -> str:
    sentence = message.removeprefix("Value error, ")
    where = ".".join(str(p) for p in place)
    return f"{where}: {sentence}" if where else sentence


def check_columns(mapping: Mapping, columns: tuple[str, ...], at: str) -> None:
    """Refuse when the file lacks columns that the mapping needs; say which look alike."""
    lacking = {c: place for c, place in mapping.columns().items() if c not in columns}
    if not lacking:
        return
    named = "; ".join(f"'{c}' ({place}){_alike(c, columns)}" for c, place in lacking.items())
    raise BadInput(
        f"The mapping '{mapping.name}' does not fit this file. Missing columns: {named}.",
        at=f"{at}, header",
        hint="choose another mapping, or let --suggest write one",
    )


def _alike(column: str, columns: tuple[str, ...]) -> str:
    folded = {c.casefold(): c for c in columns}
    found = get_close_matches(column.casefold(), folded, n=1)
    return f", perhaps '{folded[found[0]]}'" if found else ""


def fitting(columns: tuple[str, ...]) -> str:
    """The ready mapping whose columns all stand in the file, or nothing."""
    for name in ready_names():
        if set(read_mapping(name).columns()) <= set(columns):
            return name
    return ""
