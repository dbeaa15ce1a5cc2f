"""The versions of one published document, what is no change folded away with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from core.access.model import Person
from core.access.rules import require
from core.desk.boot import Desk
from core.errors import NotFound
from core.policy.model import Kind, PolicyVersion
from core.storage.policy_documents import policy_changes, policy_documents

BETWEEN = "/"


@dataclass(frozen=True)
class DocumentHistory:
    """A document with all that was fetched of it, the newest first."""

    service: str
    document: str
    changes: tuple[PolicyVersion, ...]
    folded: tuple[PolicyVersion, ...]  # what the feed does not show, each with its reason


def document_history(desk: Desk, person: Person, name: str) -> DocumentHistory:
    """The document of a name such as ``Service/Document``; not found where there is none."""
    require(person, "policy.read")
    with desk.store.read() as connection:
        known = policy_documents(connection)
        found = next((d for d in known if document_name(d.service, d.name) == name), None)
        if found is None:
            raise NotFound("Document", name)
        versions = policy_changes(
            connection, kinds=tuple(Kind), service=found.service, document=found.name
        )
    return DocumentHistory(
        found.service,
        found.name,
        changes=tuple(one for one in versions if one.kind is Kind.CHANGE),
        folded=tuple(one for one in versions if one.kind is not Kind.CHANGE),
    )


def document_name(service: str, document: str) -> str:
    """How a document is named in an address."""
    return f"{service}{BETWEEN}{document}"
