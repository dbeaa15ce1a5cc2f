"""Finding out how the text of a file is encoded; where the file cannot tell, the person is asked."""

from __future__ import annotations

import codecs
import re
from typing import IO

from charset_normalizer import from_bytes

from core.errors import BadInput
from core.intake.limits import limits

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CHUNK = 1 << 20
GUESS = "guess"  # as a stated encoding: take the likeliest
LAST_RESORTS = ("cp1252", "latin-1")  # the second reads any bytes
FEWEST_BYTES = 8  # fewer bytes beyond ASCII than this say nothing about an encoding
# In cp1252 read from another encoding, capitals stand inside words and signs between letters.
IMPLAUSIBLE = re.compile(
    "[a-zß-öø-ÿ][ŠŒŽŸÀ-ÖØ-Þ]"
    "|[^\\W\\d_][ŠŒŽŸÀ-ÖØ-Þ][a-zß-öø-ÿ]"
    "|[^\\W\\d_][¡-¦¨-ª¬-¶¸-»¼-¿†‡ˆ‰˜‹›¤][^\\W\\d_]"
    "|[¢-¦¨©¬-¶¸¹¼-¾†‡ˆ˜][^\\W\\d_]"
    "|[\x80-\x9f]"
)


def find_encoding(file: IO[bytes], stated: str, name: str) -> str:
    """The stated encoding once checked, else the one that the bytes leave no doubt about."""
    file.seek(0)
    head = file.read(4)
    bom = next((found for mark, found in BOMS if head.startswith(mark)), "")
    if stated == GUESS:
        return bom or find_candidates(file)[0]
    if stated:
        encoding = bom if bom and _same(bom, stated) else _known(stated, name)
        _check(file, encoding, name)
        return encoding
    if bom:
        _check(file, bom, name)
        return bom
    candidates = find_candidates(file)
    if len(candidates) > 1:
        raise _ask(name, candidates)
    return candidates[0]


def find_candidates(file: IO[bytes]) -> tuple[str, ...]:
    """The encodings that a text without a mark may be in, the likeliest first; one means sure."""
    if wide := _without_bom(file):
        return (wide,)
    return ("utf-8",) if first_fault(file, "utf-8") is None else _by_statistics(file)


def first_fault(file: IO[bytes], encoding: str) -> int | None:
    """Offset of the first byte that does not fit the encoding, or None."""
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    offset = 0
    try:
        while chunk := file.read(CHUNK):
            kept = len(decoder.getstate()[0])
            decoder.decode(chunk)
            offset += len(chunk)
        kept = len(decoder.getstate()[0])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as fault:
        return offset - kept + fault.start
    finally:
        file.seek(0)
    return None


def _same(bom: str, stated: str) -> bool:
    return bom.replace("-sig", "").replace("-", "")[:5] == stated.lower().replace("-", "")[:5]


def _known(stated: str, name: str) -> str:
    try:
        return codecs.lookup(stated).name
    except LookupError:
        raise BadInput(
            f"The encoding '{stated}' is not known.", at=name, hint="for example utf-8 or cp1252"
        ) from None


def _check(file: IO[bytes], encoding: str, name: str) -> None:
    fault = first_fault(file, encoding)
    if fault is None:
        return
    file.seek(0)
    line = file.read(fault).count(b"\n") + 1
    raise BadInput(
        f"The text is not {encoding.replace('-sig', '')}: byte {fault + 1} does not fit.",
        at=f"{name}, line {line}",
        hint="state file.encoding in the mapping, or leave it out to have it found",
    )


def _without_bom(file: IO[bytes]) -> str:
    """UTF-16 without its mark: every other byte of mostly Latin text is zero."""
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    half = len(head) // 2
    low, high = head[0::2].count(0), head[1::2].count(0)
    if half < FEWEST_BYTES or max(low, high) < half // 2 or min(low, high) > half // 20:
        return ""
    encoding = "utf-16-le" if high > low else "utf-16-be"
    return encoding if first_fault(file, encoding) is None else ""


def _by_statistics(file: IO[bytes]) -> tuple[str, ...]:
    sample = _speaking_lines(file)
    if reads_western(sample) and first_fault(file, "cp1252") is None:
        return ("cp1252",)
    every = from_bytes(sample, enable_fallback=False)
    matches = [m for m in every if first_fault(file, m.encoding) is None]
    telling = sum(byte > 127 for byte in sample)
    found = tuple(str(m.encoding) for m in matches)
    if telling >= FEWEST_BYTES and matches and _clear([(m.chaos, m.coherence) for m in matches]):
        return found[:1]
    last = (e for e in LAST_RESORTS if first_fault(file, e) is None)
    return tuple(dict.fromkeys((*found, *last)))


def _speaking_lines(file: IO[bytes]) -> bytes:
    """Lines with bytes beyond ASCII, as many as the sample holds: only they can tell."""
    file.seek(0)
    lines: list[bytes] = []
    size = 0
    for line in file:
        if not line.isascii():
            lines.append(line)
            size += len(line)
            if size > limits().reading.encoding_sample_bytes:
                break
    file.seek(0)
    return b"".join(lines)


def reads_western(sample: bytes) -> bool:
    """True when the bytes read as cp1252 give words that Western languages could hold."""
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    letters = sum(c.isalpha() for c in text)
    foreign = sum(c.isalpha() and not c.isascii() for c in text)
    # Alphabets of their own put every letter beyond ASCII; accents are the exception in a text.
    return foreign * 10 <= letters * 4 and not IMPLAUSIBLE.search(text)


def _clear(scores: list[tuple[float, float]]) -> bool:
    """A language was recognised, and no other reading comes near."""
    chaos, coherence = scores[0]
    rivals = [c for c, _ in scores[1:]]
    return coherence >= 0.5 or (chaos < 0.05 and all(c - chaos >= 0.1 for c in rivals))


def _ask(name: str, candidates: tuple[str, ...]) -> BadInput:
    return BadInput(
        f"The encoding of the text is in doubt (candidates: {', '.join(candidates[:6])}).",
        at=name,
        hint="state file.encoding in the mapping",
    )
