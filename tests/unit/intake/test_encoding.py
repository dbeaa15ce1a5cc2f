"""The encoding of a text is found where the bytes leave no doubt, and asked where they do."""

from __future__ import annotations

import io

import pytest

from core.errors import BadInput
from core.intake.encoding import GUESS, find_candidates, find_encoding

RUSSIAN = "id,name\n1,Жалоба на страницу новостей\n2,Москва приехали сегодня вечером\n"
JAPANESE = "id,名前\n1,東京都の報道\n2,日本語です\n"


@pytest.mark.parametrize(
    ("text", "written", "found"),
    [
        ("id,name\n1,plain\n", "ascii", "utf-8"),
        ("id,name\n1,Müller ✓\n", "utf-8", "utf-8"),
        ("id,name\n1,Müller\n", "utf-8-sig", "utf-8-sig"),
        ("id,name\n1,Müller\n", "utf-16", "utf-16"),
        ("id,name\n1,Müller\n2,Meier\n", "utf-16-le", "utf-16-le"),
        ("id,name\n1,Müller\n2,Meier\n", "utf-16-be", "utf-16-be"),
        ("id,name\n1,Müller\n2,Café à la “carte”, £20, l’été\n", "cp1252", "cp1252"),
        ("id,name\n1,Müller\n", "latin-1", "cp1252"),
        (RUSSIAN, "cp1251", "cp1251"),
        (JAPANESE, "shift_jis", "cp932"),
    ],
)
def test_common_encodings_are_found(text: str, written: str, found: str) -> None:
    raw = io.BytesIO(text.encode(written))
    encoding = find_encoding(raw, "", "f.csv")
    assert encoding == found
    assert raw.getvalue().decode(encoding) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("id,name\n1,Łódź\n2,Müller\n", "cp1250"),
        ("id,name\n1,Müller\n", "cp850"),
        ("id,name\n1,Müller\n", "mac_roman"),
        ("id,name\n1,Москва\n", "koi8-r"),
    ],
)
def test_a_doubtful_encoding_is_asked_for(text: str, written: str) -> None:
    with pytest.raises(BadInput, match="in doubt") as refusal:
        find_encoding(io.BytesIO(text.encode(written)), "", "f.csv")
    assert "file.encoding" in refusal.value.hint


def test_a_stated_encoding_that_does_not_fit_names_line_and_byte() -> None:
    raw = io.BytesIO("id,name\n1,ok\n2,Müller\n".encode("cp1252"))
    with pytest.raises(BadInput, match="byte 17 does not fit") as refusal:
        find_encoding(raw, "utf-8", "f.csv")
    assert refusal.value.at == "f.csv, line 3"


def test_a_stated_encoding_is_taken_at_its_word() -> None:
    raw = io.BytesIO("id,name\n1,Łódź\n".encode("cp1250"))
    assert find_encoding(raw, "cp1250", "f.csv") == "cp1250"


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(BadInput, match="not known"):
        find_encoding(io.BytesIO(b"a\n"), "utf-99", "f.csv")


def test_a_guess_takes_the_likeliest_and_names_the_others() -> None:
    raw = io.BytesIO("id,name\n1,Łódź\n2,Müller\n".encode("cp1250"))
    first, *others = find_candidates(raw)
    assert find_encoding(raw, GUESS, "f.csv") == first
    assert "cp1252" in (first, *others)
    assert "cp1250" in (first, *others)
