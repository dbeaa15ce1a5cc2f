"""The servers that tests are given are the real thing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pytest

from core.settings import PROJECT_ROOT, Settings
from tests.support.browser import FAULT_WORDS


@pytest.mark.postgres
def test_postgres_gives_an_empty_utf8_database(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        encoding = connection.execute("SHOW server_encoding").fetchone()
        tables = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()
    assert (encoding, tables) == (("UTF8",), (0,))


def test_store_settings_point_at_a_store_of_the_asked_kind(
    store_kind: str, store_settings: Settings
) -> None:
    wanted = {"sqlite": "sqlite:///", "postgres": "postgresql+psycopg://"}
    assert store_settings.store_url.startswith(wanted[store_kind])


def test_sqlite_can_search_text_by_trigrams(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "probe.db")
    connection.execute("CREATE VIRTUAL TABLE words USING fts5(word, tokenize='trigram')")
    connection.close()


@pytest.mark.browser
def test_a_chromium_is_there(chromium: Path) -> None:
    assert chromium.is_file()


def test_the_watch_over_pages_knows_the_words_for_a_fault_of_ours() -> None:
    assert FAULT_WORDS in (PROJECT_ROOT / "core" / "ui" / "states.py").read_text(encoding="utf-8")
