"""Finds and runs the parts of a bench or a proof, and goes on when one of them breaks."""

from __future__ import annotations

import importlib
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]


def find_parts(kind: str, wanted: list[str]) -> Iterator[tuple[str, Callable[[Any], None]]]:
    """Names and functions of ``tests/KIND/KIND_*.py``, all or those that are named."""
    for path in sorted((PROJECT / "tests" / kind).glob(f"{kind}_*.py")):
        name = path.stem.removeprefix(f"{kind}_")
        if not wanted or name in wanted:
            module = importlib.import_module(f"tests.{kind}.{path.stem}")
            yield name, getattr(module, kind)


def run_parts(kind: str, wanted: list[str], report: Any) -> list[str]:
    """Run the parts, say how long each took, and give the names of those that broke."""
    parts = list(find_parts(kind, wanted))
    missing = set(wanted) - {name for name, _ in parts}
    broken = sorted(f"{name} (there is no such part)" for name in missing)
    for name, part in parts:
        print(f"-- {name}", flush=True)
        started = time.perf_counter()
        try:
            part(report)
        except Exception:  # noqa: BLE001 -- the other parts still have to run
            traceback.print_exc(file=sys.stdout)
            broken.append(name)
        print(f"   {name} took {time.perf_counter() - started:.1f} s", flush=True)
    return broken
