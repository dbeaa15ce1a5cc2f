"""Finds the Chromium that browser tests drive, or brings one, or fails and says so.

Order: ``$CHROMIUM``, a browser on the PATH, playwright's own, then installing by playwright or,
as root, by the system's packages. Prints the path of the browser.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = (
    "No Chromium could be found or installed, and browser tests are never skipped. "
    "Install Chromium or Chrome, or name the program in the variable CHROMIUM."
)


def candidates() -> Iterator[Path]:
    """Browsers that may be on this machine, the wished-for first."""
    named = os.environ.get("CHROMIUM")
    if named:
        yield Path(named)
    for name in NAMES:
        on_path = shutil.which(name)
        if on_path:
            yield Path(on_path)
    yield from playwright_browser()


def playwright_browser() -> Iterator[Path]:
    """The browser in playwright's cache, whether it is there or not."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- slow, and needed last

    with sync_playwright() as playwright:
        yield Path(playwright.chromium.executable_path)


def answers(browser: Path) -> bool:
    """True when the program starts and says its version."""
    try:
        done = subprocess.run([browser, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def find() -> Path | None:
    """The first browser on this machine that starts; nothing is installed."""
    return next((browser for browser in candidates() if answers(browser)), None)


def installers() -> Iterator[list[str]]:
    """Commands that may bring a browser, the one with the fewest side effects first."""
    yield [sys.executable, "-m", "playwright", "install", "chromium"]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        yield ["apt-get", "update", "-qq"]
        yield ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]


def provide() -> Path | None:
    """A browser that starts, installed if need be."""
    browser = find()
    for command in installers():
        if browser:
            break
        print("no Chromium yet, trying:", *command, file=sys.stderr)
        subprocess.run(command, stdout=sys.stderr, timeout=900, check=False)
        browser = find()
    return browser


def main() -> int:
    """Print the path of the browser; 1 when there is none."""
    browser = provide()
    print(browser or "", end="\n" if browser else "")
    if browser is None:
        print(ADVICE, file=sys.stderr)
    return int(browser is None)


if __name__ == "__main__":
    raise SystemExit(main())
