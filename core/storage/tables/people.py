"""People who may sign in, their sessions, their partner scope and their saved views."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.storage.tables.base import BIG, Base, Code, Key, Micros


class UserRow(Base):
    """A person with a role; wrong passwords are counted here so that every process sees them."""

    __tablename__ = "users"

    id: Mapped[Key]
    username: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[Code]
    role: Mapped[Code]
    team: Mapped[Code]
    zone: Mapped[Code]
    password_hash: Mapped[Code]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    failed_attempts: Mapped[int] = mapped_column(server_default="0")
    locked_until_at: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[Micros]


class UserPartnerRow(Base):
    """A partner that a partner manager serves."""

    __tablename__ = "user_partners"

    user_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    partner_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("partners.id", ondelete="CASCADE"), primary_key=True
    )


class SessionRow(Base):
    """A sign-in; the browser holds the token, the store only its hash."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    user_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[Micros]
    seen_at: Mapped[Micros]
    expires_at: Mapped[Micros]
    revoked_at: Mapped[int | None] = mapped_column(BigInteger)
    revoked_why: Mapped[Code]


class SavedViewRow(Base):
    """A named address of a page with its filters."""

    __tablename__ = "saved_views"

    id: Mapped[Key]
    owner: Mapped[Code]
    page: Mapped[Code]
    name: Mapped[Code]
    params: Mapped[Code]
    is_shared: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[Micros]

    __table_args__ = (UniqueConstraint("owner", "page", "name"),)
