"""The running app for browser tests: a demo workspace behind a real server on the loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.program import DEMO_PASSWORD, PROJECT, CommandLine, desk_environment

DEMO_CASES = 600
DEMO_SEED = 7
START_SECONDS = 120
STOP_SECONDS = 10


@dataclass(frozen=True, slots=True)
class AppServer:
    """Where the app answers, and the folder it writes to."""

    url: str
    local_dir: Path
    log: Path
    password: str = DEMO_PASSWORD

    @property
    def command_line(self) -> CommandLine:
        """The command line over the same store."""
        return CommandLine(self.local_dir)


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """True when the address gives a good answer."""
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:  # noqa: S310 -- our own loopback
            return bool(reply.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def await_health(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Wait until the server is healthy, or fail with the end of its log."""
    deadline = time.monotonic() + START_SECONDS
    while not answers(f"{url}/_stcore/health"):
        if server.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"the app did not come up:\n{log.read_text()[-4000:]}")
        time.sleep(0.1)


def end_group(server: subprocess.Popen[bytes]) -> None:
    """End the server and whatever it started, politely first."""
    for signum in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(server.pid, signum)
            server.wait(STOP_SECONDS)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
        else:
            return


@contextmanager
def serving(local_dir: Path, **environment: str) -> Iterator[AppServer]:
    """Serve the store in ``local_dir`` until the block ends."""
    port = free_port()
    log = local_dir / "server.log"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=desk_environment(local_dir, **environment),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        await_health(server, url, log)
        yield AppServer(url, local_dir, log)
    finally:
        end_group(server)


def make_demo(local_dir: Path, cases: int = DEMO_CASES) -> None:
    """Fill an empty local folder with the demo workspace."""
    done = CommandLine(local_dir).run("demo", "--cases", str(cases), "--seed", str(DEMO_SEED))
    if done.returncode != 0:
        pytest.fail(f"the demo workspace could not be made:\n{done.stdout}\n{done.stderr}")


@pytest.fixture(scope="session")
def app_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """The app over a demo workspace, shared by the browser tests of this test process."""
    local_dir = tmp_path_factory.mktemp("app")
    make_demo(local_dir)
    with serving(local_dir) as server:
        yield server
