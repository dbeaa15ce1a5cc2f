"""Runs ``python -m core …`` the way a person does: in another process, with a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "COVERAGE_PROCESS_CONFIG")
DEMO_PASSWORD = "demo-password-of-the-tests"


def desk_environment(local_dir: Path, **more: str) -> dict[str, str]:
    """An environment that holds nothing of the caller's store or secrets."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    own = {"DESK_LOCAL_DIR": str(local_dir), "DESK_DEMO_PASSWORD": DEMO_PASSWORD}
    return kept | own | more


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The command line of the desk over one local folder."""

    local_dir: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(
        self, *arguments: str | Path, stdin: str = "", timeout: float = 300
    ) -> subprocess.CompletedProcess[str]:
        """Run one command to its end; the caller looks at the exit code and at both outputs."""
        return subprocess.run(
            [sys.executable, "-m", "core", *map(str, arguments)],
            cwd=PROJECT,
            env=desk_environment(self.local_dir, **self.environment),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )


@pytest.fixture
def command_line(tmp_path: Path) -> CommandLine:
    """The command line over an empty local folder."""
    return CommandLine(tmp_path)
