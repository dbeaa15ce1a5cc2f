"""Reads a file of reference data as a checked model; what is wrong in it is named with its place."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from core.errors import BadInput

Model = TypeVar("Model", bound=BaseModel)


def read_reference(path: Path, kind: type[Model]) -> Model:
    """The content of a YAML file; ``BadInput`` names the file and the first field at fault."""
    try:
        return kind.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as fault:
        first = fault.errors()[0]
        place = f"{path.name}, {'.'.join(str(p) for p in first['loc'])}"
        raise BadInput(str(first["msg"]), at=place) from fault
