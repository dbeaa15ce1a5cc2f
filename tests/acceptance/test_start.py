"""What the server does before it listens."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.app import free_port
from tests.support.program import PROJECT, desk_environment


def start(local_dir: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port"]
    return subprocess.run(
        [*command, str(free_port()), "--server.address", "127.0.0.1"],
        cwd=PROJECT,
        env=desk_environment(local_dir, **environment),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


@pytest.mark.parametrize("key", ["", "weak"])
def test_a_production_desk_without_a_strong_key_says_so_and_ends(tmp_path: Path, key: str) -> None:
    done = start(tmp_path, DESK_ENV="production", DESK_COOKIE_KEY=key)
    assert done.returncode == 2
    assert "DESK_COOKIE_KEY" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "desk.db").exists()
