"""What every test may ask for, and the rule for tests that need the example exports."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

# The same examples in every run, and none fails for being slow on a busy machine.
hypothesis.settings.register_profile("desk", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("desk")

pytest_plugins = [
    "tests.support.postgres",
    "tests.support.stores",
    "tests.support.program",
    "tests.support.app",
    "tests.support.browser",
    "tests.support.visits",
]

PROJECT = Path(__file__).resolve().parent.parent
EXAMPLES = PROJECT.parent / "shared" / "fixtures"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what reads the large example exports where they do not stand beside the project."""
    if EXAMPLES.is_dir():
        return
    absent = pytest.mark.skip(reason=f"the example exports are not in {EXAMPLES.parent.name}/")
    for item in items:
        if item.get_closest_marker("fixtures"):
            item.add_marker(absent)


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's folder."""
    return PROJECT


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of the large example exports; only for tests with the marker ``fixtures``."""
    return EXAMPLES
