"""What an entry of the audit record says in words; the record itself keeps codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from core.audit.model import Detail, Entry
from core.taxonomy import taxonomy
from core.ui.format import DASH, exact

ACTS: Mapping[str, str] = {
    "assessment.override": "Overrode a verdict",
    "assessment.record": "Assessed a risk",
    "case.export": "Exported cases",
    "case.rate": "Recorded a rating",
    "case.read_restricted": "Read a restricted case",
    "clocks.refresh": "Renewed due times",
    "demo.create": "Made the demo workspace",
    "finding.confirm": "Confirmed a surge",
    "finding.dismiss": "Dismissed a finding",
    "finding.take_back": "Took back a verdict on a finding",
    "gap.add_task": "Added a task to a gap",
    "gap.candidate_accept": "Filed a candidate as a gap",
    "gap.candidate_dismiss": "Dismissed a candidate for a gap",
    "gap.candidate_merge": "Added a candidate to a gap",
    "gap.candidate_take_back": "Took back a verdict on a candidate",
    "gap.claim": "Set a gap aside unverified",
    "gap.edit": "Changed a gap",
    "gap.end": "Ended a gap without the change",
    "gap.finish_task": "Finished a task of a gap",
    "gap.link": "Linked cases to a gap",
    "gap.note": "Added a note to a gap",
    "gap.propose": "Proposed a gap",
    "gap.reopen": "Reopened a gap",
    "gap.reopen_task": "Took up a task of a gap again",
    "gap.respond": "Answered a gap",
    "gap.set_matching": "Said which cases a gap is about",
    "gap.ship": "Recorded a gap as shipped",
    "gap.start": "Began work on a gap",
    "gap.undo_link": "Took linking or unlinking back",
    "gap.unlink": "Unlinked cases from a gap",
    "gap.verify": "Verified and closed a gap",
    "import.fail": "Import failed",
    "import.recover": "Import given up after a crash",
    "import.run": "Imported a file",
    "import.start": "Import began",
    "import.undo": "Took an import back",
    "investigation.add_finding": "Added a finding",
    "investigation.add_hypothesis": "Added a hypothesis",
    "investigation.add_person": "Put somebody on an investigation",
    "investigation.edit_finding": "Changed a finding",
    "investigation.judge_hypothesis": "Judged a hypothesis",
    "investigation.move": "Moved an investigation on",
    "investigation.open": "Opened an investigation",
    "investigation.pin": "Pinned cases",
    "investigation.remove_person": "Took somebody off an investigation",
    "investigation.rename": "Changed a question",
    "investigation.set_lead": "Named another lead",
    "investigation.set_scope": "Changed the scope of an investigation",
    "investigation.unpin": "Took pins back",
    "partner.add_account": "Added an account of a partner",
    "partner.add_commitment": "Promised something to a partner",
    "partner.add_contact": "Logged a contact with a partner",
    "partner.add_note": "Added a note on a partner",
    "partner.add_spelling": "Added a spelling of a partner",
    "partner.brief": "Took a partner's brief out",
    "partner.cover": "Let somebody cover a partner",
    "partner.create": "Added a partner",
    "partner.delete_contact": "Deleted a logged contact",
    "partner.delete_note": "Deleted a note on a partner",
    "partner.dismiss_pair": "Said that two partners differ",
    "partner.edit": "Changed a partner",
    "partner.edit_commitment": "Changed a commitment",
    "partner.edit_contact": "Changed a logged contact",
    "partner.edit_note": "Changed a note on a partner",
    "partner.end_band": "Ended a band set by hand",
    "partner.end_cover": "Ended a cover",
    "partner.export": "Exported partners",
    "partner.import": "Imported partners",
    "partner.merge": "Merged two partners",
    "partner.export_list": "Exported the list of partners",
    "partner.move_commitment": "Gave a commitment another state",
    "partner.propose_pair": "Proposed two partners again",
    "partner.remove_account": "Removed an account of a partner",
    "partner.remove_spelling": "Removed a spelling of a partner",
    "partner.restore_contact": "Took the deletion of a contact back",
    "partner.restore_note": "Took the deletion of a note back",
    "partner.resume_cover": "Took up a cover again",
    "partner.set_band": "Set a band by hand",
    "partner.set_managers": "Set who serves a partner",
    "partner.unmerge": "Took a merge of partners back",
    "person.add": "Added a person",
    "person.disable": "Disabled a person",
    "person.enable": "Enabled a person",
    "person.end_sessions": "Ended sessions",
    "person.set_partners": "Set partners of a person",
    "person.set_password": "Set a password",
    "person.set_role": "Set a role",
    "person.sign_in": "Sign-in",
    "person.sign_out": "Sign-out",
    "policy.acknowledge": "Confirmed a policy update",
    "policy.add_clause_version": "Added a version of a clause",
    "policy.edit_post": "Changed a post",
    "policy.import": "Imported versions of policy documents",
    "policy.post": "Posted in the feed",
    "policy.remind": "Reminded people of a policy update",
    "policy.restore_post": "Put a withdrawn post back",
    "policy.take_back": "Took a confirmation back",
    "policy.undo": "Took versions of policy documents back",
    "policy.withdraw_post": "Withdrew a post",
    "reference.import": "Imported a public report",
    "reference.seed": "Loaded reference data",
    "reference.undo": "Took a public report back",
    "requester.erase": "Erased a requester",
    "retention.erase": "Erased what is past its keeping",
    "risk.add": "Put a risk on the register",
    "risk.assign": "Gave a risk to an owner",
    "risk.close": "Closed a risk",
    "risk.export": "Exported a heatmap",
    "risk.plan_review": "Set a risk's next review",
    "risk.reopen": "Opened a risk again",
    "store.backup": "Made a backup",
    "store.restore": "Restored a backup",
}
NAMES: Mapping[str, str] = {
    "before": "role before",
    "cases": "cases",
    "outcome": "",
    "failed": "wrong attempts in a row",
    "sha256": "SHA-256",
    "version": "data version",
}
OUTCOMES: Mapping[str, str] = {
    "let_in": "let in",
    "wrong": "refused: wrong username or password",
    "locked": "refused: locked",
    "disabled": "refused: disabled",
}
LISTS: Mapping[str, str] = {
    "role": "roles",
    "before": "roles",
    "restriction": "restriction_levels",
    "response": "gap_responses",
    "implementation": "gap_implementations",
    "severity": "gap_severities",
    "strength": "evidence_strengths",
    "type": "gap_types",
}
UNKNOWN_NAME = "unknown:"
SHORT = 6


def act_words(act: str) -> str:
    """What was done; an act without words of its own is told as it is recorded."""
    return ACTS.get(act, act)


def who_words(entry: Entry) -> str:
    """Who did it; before a sign-in nobody is known yet."""
    return entry.actor or DASH


def subject_words(entry: Entry) -> str:
    """What it was done to; a name that nobody has is kept as a mark only."""
    if entry.subject.startswith(UNKNOWN_NAME):
        return f"unknown {entry.subject.removeprefix(UNKNOWN_NAME)[:SHORT]}"
    return entry.subject


def details(entry: Entry, zone: str) -> str:
    """The details of an entry as one line."""
    return " · ".join(_parts(entry, zone))


def _parts(entry: Entry, zone: str) -> Iterator[str]:
    # What came of it is told first; the record itself keeps its keys in order of the alphabet.
    for name, value in sorted(entry.details.items(), key=lambda part: part[0] != "outcome"):
        if value is None or (name == "failed" and not value):
            continue
        told = _value(name, value, zone)
        label = NAMES.get(name, name.replace("_", " "))
        yield f"{label}: {told}" if label else told


def _value(name: str, value: Detail, zone: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list):
        return ", ".join(_value(name, part, zone) for part in value) or "none"
    if isinstance(value, dict):
        parts = (f"{k.replace('_', ' ')} {_value(k, v, zone)}" for k, v in value.items())
        return "; ".join(parts) or "none"
    return _text(name, DASH if value is None else str(value), zone)


def _text(name: str, text: str, zone: str) -> str:
    if name == "locked_until":
        return exact(datetime.fromisoformat(text), zone)
    if name == "outcome":
        return OUTCOMES.get(text, text)
    return taxonomy().label(LISTS[name], text) if name in LISTS else text
