"""Small exports that imitate the shapes and faults of real ones; every name in them is invented."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from core.clock import to_micros

# ServiceNow: '?' for nothing, day first and not padded, moments of the end back-filled on all rows.
SERVICENOW_COLUMNS = (
    "number,incident_state,made_sla,reassignment_count,caller_id,opened_at,sys_updated_by,"
    "sys_updated_at,contact_type,location,category,subcategory,u_symptom,impact,urgency,priority,"
    "assignment_group,assigned_to,resolved_at,closed_at"
)
SERVICENOW_ROWS = (
    # Reopened once; the final resolution is the stated one; the category changes on the way.
    "INC1,New,true,0,Caller 1,1/3/2016 09:00,U 1,1/3/2016 09:05,Phone,L 1,Cat 1,Sub 1,?,2,2,3 - Moderate,?,?,5/3/2016 10:00,9/3/2016 12:00",
    "INC1,Active,true,0,Caller 1,1/3/2016 09:00,U 1,1/3/2016 10:00,Phone,L 1,Cat 1,Sub 1,?,2,2,3 - Moderate,Group  A,Ann  B,5/3/2016 10:00,9/3/2016 12:00",
    "INC1,Resolved,true,0,Caller 1,1/3/2016 09:00,U 2,2/3/2016 11:00,Phone,L 1,Cat 1,Sub 1,?,2,2,3 - Moderate,Group  A,Ann  B,5/3/2016 10:00,9/3/2016 12:00",
    "INC1,Active,false,1,Caller 1,1/3/2016 09:00,U 1,3/3/2016 08:00,Phone,L 1,Cat 2,Sub 1,?,2,2,2 - High,Group B,Cid D,5/3/2016 10:00,9/3/2016 12:00",
    "INC1,Resolved,false,1,Caller 1,1/3/2016 09:00,U 2,5/3/2016 09:30,Phone,L 1,Cat 2,Sub 1,?,2,2,2 - High,Group B,Cid D,5/3/2016 10:00,9/3/2016 12:00",
    "INC1,Closed,false,1,Caller 1,1/3/2016 09:00,U 9,9/3/2016 12:00,Phone,L 1,Cat 2,Sub 1,?,2,2,2 - High,Group B,Cid D,5/3/2016 10:00,9/3/2016 12:00",
    # No New row; resolved at a moment that the source does not stand by; nobody had it at the end.
    "INC2,Active,true,0,Caller 2,13/3/2016 07:00,U 1,13/3/2016 07:10,Email,L 2,Cat 1,Sub 2,?,2,2,4 - Low,Group A,Ann B,?,20/3/2016 07:00",
    "INC2,Awaiting User Info,true,0,Caller 2,13/3/2016 07:00,U 1,13/3/2016 08:00,Email,L 2,Cat 1,Sub 2,?,2,2,4 - Low,Group A,Ann B,?,20/3/2016 07:00",
    "INC2,Resolved,true,0,Caller 2,13/3/2016 07:00,U 1,15/3/2016 07:00,Email,L 2,Cat 1,Sub 2,?,2,2,4 - Low,Group A,Ann B,?,20/3/2016 07:00",
    "INC2,Closed,true,0,Caller 2,13/3/2016 07:00,U 9,20/3/2016 07:00,Email,L 2,Cat 1,Sub 2,?,2,2,4 - Low,Group A,?,?,20/3/2016 07:00",
)
HELPDESK_COLUMNS = (
    "concept:name,lifecycle:transition,org:resource,time:timestamp,Activity,case:concept:name"
)
HELPDESK_ROWS = (
    "Assign seriousness,complete,V 1,2012-01-02 08:00:00+00:00,Assign seriousness,Case 1",
    "Take in charge ticket,complete,V 2,2012-01-02 09:00:00+00:00,Take in charge ticket,Case 1",
    "Wait,complete,V 2,2012-01-02 09:00:00+00:00,Wait,Case 1",
    "Resolve ticket,complete,V 2,2012-01-03 09:00:00+01:00,Resolve ticket,Case 1",
    "Closed,complete,V 3,2012-01-20 10:00:00+00:00,Closed,Case 1",
    "Closed,complete,V 3,2012-01-20 10:00:00+00:00,Closed,Case 1",
    "Assign seriousness,complete,V 1,2012-02-02 08:00:00+00:00,Assign seriousness,Case 2",
    "VERIFIED,complete,V 1,2012-02-02 08:30:00+00:00,VERIFIED,Case 2",
    "Take in charge ticket,complete,V 1,2012-02-02 09:00:00+00:00,Take in charge ticket,Case 2",
)
CFPB_COLUMNS = (
    "Date received,Product,Sub-product,Issue,Sub-issue,Company,State,ZIP code,"
    "Consumer consent provided?,Submitted via,Date sent to company,Company response to consumer,"
    "Timely response?,Consumer disputed?"
)
CFPB_ROWS = (
    '1/13/2016,Loan,,"Billing, fees",,Example Bank,CA,06106,N/A,Web,1/20/2016,Closed,Yes,No',
    '1/13/2016,Loan,,"Billing, fees",,Example Bank,CA,06106,N/A,Web,1/20/2016,Closed,Yes,No',
    "2/1/2016,Card,,Rewards,Points,Other Bank,NY,10065,N/A,Phone,1/30/2016,In progress,Yes,",
)

TICKET_MAPPING = """\
name: tickets
source: tickets
shape: case_per_row
identity: {column: id}
received_at: opened
moments: {first_response: answered, resolved: solved}
status:
  column: state
  values: {open: in_progress, solved: resolved, closed: closed}
times:
  zone: Europe/Berlin
  format: ["%d.%m.%Y %H:%M"]
fields:
  priority: {column: prio, values: {high: P1, low: P3}}
  market: country
  title: subject
  channel: {constant: partner_email}
  requester_kind: {constant: partner}
"""
TICKET_COLUMNS = "id,opened,answered,solved,state,prio,country,subject"
TICKET_ROWS = (
    "T1,01.02.2026 09:00,01.02.2026 10:00,02.02.2026 09:00,solved,high,DE,Page gone",
    "T2,03.02.2026 09:00,,,open,low,NA,Clips down",
    "T3,04.02.2026 09:00,,,closed,low,,Account lost",
)


def as_csv(columns: str, rows: tuple[str, ...]) -> str:
    """Header and rows as one text."""
    return "\n".join((columns, *rows)) + "\n"


def write(folder: Path, name: str, content: str | bytes) -> Path:
    """A file in a folder."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def at(text: str) -> int:
    """``2026-02-01 09:00`` in UTC as microseconds."""
    return to_micros(datetime.fromisoformat(text).replace(tzinfo=UTC))
