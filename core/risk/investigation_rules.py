"""What may be done to an investigation, and how much of it a reader is shown: pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from urllib.parse import parse_qs, urlsplit

from core.cases.filter import CaseFilter, Segment, Whose
from core.errors import BadInput, Refused
from core.risk.investigation import Investigation, Reader, investigation_limits
from core.taxonomy import taxonomy

# Pages whose address says a list of cases.
LISTS_OF_CASES = frozenset({"queue", "risk"})


def moves(status: str) -> tuple[str, ...]:
    """The statuses that an investigation may be given from this one."""
    return tuple(taxonomy().investigation_statuses[status]["moves"].split())


def judgements(state: str) -> tuple[str, ...]:
    """The states that a hypothesis may be given from this one."""
    return tuple(taxonomy().hypothesis_states[state]["moves"].split())


def why_not_change(found: Investigation) -> Refused | None:
    """An ended investigation stands as it was concluded, until somebody opens it again."""
    if found.is_open:
        return None
    word = taxonomy().label("investigation_statuses", found.status).lower()
    return Refused(f"{found.ref} is {word} and is not changed any more.", hint="Reopen it first.")


def why_not_move(found: Investigation, to: str, outcome: str, findings: int) -> Refused | None:
    """Why it cannot be given this status: not from here, or not without an outcome that is founded."""
    labels = taxonomy().investigation_statuses
    if to not in moves(found.status):
        allowed = " or ".join(labels[status].label.lower() for status in moves(found.status))
        said = labels[to].label.lower() if to in labels else to
        return Refused(
            f"An investigation that is {labels[found.status].label.lower()} does not become {said}.",
            hint=f"It can become {allowed}.",
        )
    if labels[to].is_set("is_open"):
        return None
    if not outcome.strip():
        return Refused("It does not end without an outcome.", hint="Say what came of it.")
    if to == "concluded" and not findings:
        return Refused("A conclusion rests on a finding.", hint="Add one, or drop the question.")
    return None


def why_not_judge(state: str, to: str, reason: str) -> Refused | None:
    """Why a hypothesis cannot be given this state."""
    if to not in judgements(state):
        return Refused("That hypothesis has been judged already.", hint="Look at it again first.")
    if to != "open" and not reason.strip():
        return Refused(
            "A hypothesis is not judged without a reason.", hint="Say what speaks for it."
        )
    return None


def usable_url(url: str) -> str:
    """An address that a browser opens as a page; anything that would run is refused."""
    parts = urlsplit(url.strip())
    if parts.scheme in {"http", "https"} and parts.netloc:
        return parts.geturl()
    raise BadInput(f"'{url[:80]}' is no link.", at="links", hint="begin it with https://")


def list_of_address(address: str) -> CaseFilter:
    """The filter that the address of a list says; what it cannot mean is refused, not dropped."""
    parts = urlsplit(address.strip())
    if parts.path.rstrip("/").rsplit("/", 1)[-1] not in LISTS_OF_CASES:
        raise BadInput(
            f"'{address[:80]}' is no list of cases.",
            at="lists",
            hint="copy the address of the queue with its filters",
        )
    found, ignored = CaseFilter.from_params(parse_qs(parts.query))
    if ignored:
        raise BadInput(ignored[0], at="lists", hint="copy the address again")
    return found


def absolute(filter_: CaseFilter, username: str, team: str) -> CaseFilter:
    """The filter with 'mine' and 'my team' said by name, so that it means the same to everybody."""
    is_mine = filter_.segment is Segment.MINE or Whose.ME in filter_.whose
    is_teams = filter_.segment is Segment.TEAM or Whose.TEAM in filter_.whose
    parts: dict[str, object] = {"whose": ()}
    if filter_.segment in {Segment.MINE, Segment.TEAM}:
        parts["segment"] = Segment.OPEN
    if is_mine and not filter_.assignee:
        parts["assignee"] = (username,)
    if is_teams and not filter_.team:
        parts["team"] = (team,)
    if not filter_.has_dates:
        parts["zone"] = "UTC"  # says nothing without a day, and would make two lists of one
    return filter_.but(**parts)


def may_open(reader: Reader, people: Collection[str], visible_pins: int) -> bool:
    """Whoever is held to their partners opens what they are named in or have a case in."""
    return not reader.is_bound or reader.username in people or visible_pins > 0


def shows_text(reader: Reader, people: Collection[str], cases: int, visible: int) -> bool:
    """A text goes as far as the cases that it rests on do; one that rests on none stays in the team."""
    if not reader.reads_text or visible < cases:
        return False
    return not reader.is_bound or reader.username in people or cases > 0


def shows_outcome(reader: Reader, people: Collection[str]) -> bool:
    """The outcome sums up everything, so it is for those who may read everything."""
    return reader.reads_text and (not reader.is_bound or reader.username in people)


def shows_filter(
    reader: Reader, filter_: CaseFilter, own_partners: Collection[str], seen_cases: Collection[str]
) -> bool:
    """A filter is shown unless it names a partner or case, or a text, that the reader may not know."""
    if filter_.text and (reader.is_bound or not reader.reads_text):
        return False
    if not set(filter_.cases) <= set(seen_cases):
        return False
    return not reader.is_bound or set(filter_.partner) <= set(own_partners)


def usable_refs(refs: Sequence[str]) -> tuple[str, ...]:
    """References of cases as they were typed, each once."""
    found = tuple(dict.fromkeys(ref.strip().upper() for ref in refs if ref.strip()))
    most = investigation_limits().most_pins
    if len(found) > most:
        raise BadInput(f"{len(found):,} cases are named.", at="cases", hint=f"at most {most:,}")
    return found
