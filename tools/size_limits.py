"""Refuses modules and functions that have grown too long to read at one sitting.

A docstring does not count towards the length of its function. Migrations are left out: a frozen
list of columns is long and read by nobody after its day.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 40
MIGRATIONS = "versions"


def python_files(roots: list[Path]) -> Iterator[Path]:
    """Every Python file below ``roots``, which may be folders or files."""
    for root in roots:
        found = sorted(root.rglob("*.py")) if root.is_dir() else [root]
        yield from (path for path in found if path.parent.name != MIGRATIONS)


def long_functions(tree: ast.Module) -> Iterator[tuple[int, str, int]]:
    """Line, name and length of every function over the limit."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = function_length(node)
            if length > MAX_FUNCTION_LINES:
                yield node.lineno, node.name, length


def function_length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from ``def`` to the end, without the docstring."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node, clean=False) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def complaints(path: Path) -> Iterator[str]:
    """What is too long in one file."""
    source = path.read_text(encoding="utf-8")
    lines = source.count("\n")
    if lines > MAX_MODULE_LINES:
        yield f"{path}: {lines} lines, at most {MAX_MODULE_LINES}"
    for line, name, length in long_functions(ast.parse(source)):
        yield f"{path}:{line} {name}: {length} lines, at most {MAX_FUNCTION_LINES}"


def main(arguments: list[str]) -> int:
    """Print each complaint; 1 when there is any."""
    files = list(python_files([Path(a) for a in arguments]))
    found = [complaint for path in files for complaint in complaints(path)]
    for complaint in found:
        print(complaint, file=sys.stderr)
    print(f"sizes: {len(files)} modules, {len(found)} too long")
    return int(bool(found))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
