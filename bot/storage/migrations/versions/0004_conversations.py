"""How conversations are reached in chats where an address alone does not say it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "conversations",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False, comment="the address of the service that reaches it"),
        sa.Column("place", sa.Text(), nullable=False, comment="what the conversation is called there"),
        sa.Column("known_as", sa.Text(), comment="what the person of a direct conversation is called there"),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace", "conversation", "kind", name=op.f("pk_conversations")),
        comment="How a conversation is reached where its address alone does not say it",
    )
    op.create_index("ix_conversations_known_as", "conversations", ["platform", "workspace", "known_as"])
