"""Shapes of the frames in which whole cases travel from an importer or generator into the store.

Empty text means unknown; a missing moment or number is ``<NA>``; moments are int64 microseconds.
"""

from __future__ import annotations

from core.frames import FrameShape

CASE_LINES = FrameShape(
    name="case lines",
    grain="one case, as it shall stand in the store after the batch; sorted by key",
    columns={
        "key": "int64",  # position of the case inside its batch, joins the other frames
        "source": "str",  # name of the system that the case came from
        "external_id": "str",  # identity inside the source, unique per source
        "line": "int64",  # first line of the file that speaks of the case, 0 when there is none
        "content_hash": "str",  # hash of everything the source said; equal means unchanged
        "received_at": "int64",
        "channel": "str",
        "source_type": "str",
        "requester_kind": "str",
        "platform": "str",
        "surface": "str",
        "abuse_type": "str",
        "clause": "str",
        "partner": "str",  # name or alias, resolved by the directory; '' = no partner
        "tier": "str",
        "market": "str",
        "language": "str",
        "team": "str",
        "assignee": "str",
        "priority": "str",
        "calendar": "str",  # key of the calendar that the own time is measured by
        "first_priority": "str",  # values when received; later ones stand as events
        "first_tier": "str",
        "first_requester_kind": "str",
        "outcome": "str",
        "overturn_reason": "str",
        "enforcement_action": "str",
        "csat": "Int64",
        "restriction": "str",
        "legal_hold": "bool",
        # Personal text, kept apart from the case so that it can be erased.
        "title": "str",
        "summary": "str",
        "requester_name": "str",
        "requester_contact": "str",
        "attributes": "str",  # canonical JSON of columns that no field took up
    },
)

EVENT_LINES = FrameShape(
    name="event lines",
    grain="one event of a case; sorted by key, then in order of happening",
    columns={
        "key": "int64",
        "at": "int64",
        "kind": "str",
        "value": "str",
        "field": "str",  # which attribute changed, for kind 'attribute'
        "actor": "str",
        "actor_kind": "str",  # us, requester or system
        "text": "str",  # personal body of a message or note, '' when there is none
        "line": "int64",
    },
)

ENTITY_LINES = FrameShape(
    name="entity lines",
    grain="one linkable thing that a case mentions",
    columns={"key": "int64", "kind": "str", "value": "str"},
)

PARTNER_LINES = FrameShape(
    name="partner lines",
    grain="one partner organisation",
    columns={
        "name": "str",
        "category": "str",
        "tier": "str",
        "market": "str",
        "language": "str",
        "zone": "str",
        "manager": "str",  # username of the partner manager, '' = nobody
    },
)

ACCOUNT_LINES = FrameShape(
    name="account lines",
    grain="one account of a partner on a platform",
    columns={"partner": "str", "platform": "str", "handle": "str"},
)

ALIAS_LINES = FrameShape(
    name="alias lines",
    grain="one other spelling of a partner's name",
    columns={"partner": "str", "alias": "str"},
)

PERSON_LINES = FrameShape(
    name="person lines",
    grain="one person who may sign in",
    columns={
        "username": "str",
        "name": "str",
        "role": "str",
        "team": "str",
        "zone": "str",
        "partners": "str",  # names joined by '|', for partner managers
    },
)
