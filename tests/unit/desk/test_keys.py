"""The key of the session cookie: demanded in production, made and kept privately elsewhere."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.desk.keys import cookie_key, mark_of
from core.errors import BadInput
from core.settings import Environment, Settings

STRONG = "0123456789abcdef0123456789abcdef"


def settings(folder: Path, key: str = "", env: Environment = Environment.PRODUCTION) -> Settings:
    return Settings(local_dir=folder, env=env, cookie_key=SecretStr(key) if key else None)


def test_production_does_not_start_without_a_key(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refusal:
        cookie_key(settings(tmp_path))
    assert refusal.value.at == "DESK_COOKIE_KEY"
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("env", list(Environment))
@pytest.mark.parametrize("key", ["short", "x" * 64, "abcabcabcabcabcabcabcabcabcabcabcabc"])
def test_a_weak_key_is_refused_everywhere(tmp_path: Path, key: str, env: Environment) -> None:
    with pytest.raises(BadInput, match="too weak") as refusal:
        cookie_key(settings(tmp_path, key, env))
    assert key not in str(refusal.value)


def test_a_strong_key_is_taken_as_it_is(tmp_path: Path) -> None:
    assert cookie_key(settings(tmp_path, STRONG)) == STRONG


def test_development_keeps_a_random_key_that_only_the_owner_reads(tmp_path: Path) -> None:
    first = cookie_key(settings(tmp_path, env=Environment.DEVELOPMENT))
    assert len(first) >= 32
    assert cookie_key(settings(tmp_path, env=Environment.DEVELOPMENT)) == first
    assert stat.S_IMODE((tmp_path / "keys" / "cookie.key").stat().st_mode) == 0o600
    assert [f.name for f in (tmp_path / "keys").iterdir()] == ["cookie.key"]


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    development = settings(tmp_path, env=Environment.DEVELOPMENT)
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: cookie_key(development), range(16)))) == 1


def test_a_mark_stands_for_a_text_and_does_not_tell_it(tmp_path: Path) -> None:
    mine = settings(tmp_path, STRONG)
    assert mark_of(mine, "somebody") == mark_of(mine, "somebody")
    assert mark_of(mine, "somebody") != mark_of(mine, "somebody else")
    assert mark_of(mine, "somebody") != mark_of(settings(tmp_path, STRONG[::-1]), "somebody")
