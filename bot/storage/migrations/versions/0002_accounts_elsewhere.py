"""What chats that are not ours need: tokens of workspaces, and addresses by which accounts are one person's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "credentials",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False, comment="encrypted with PRAISEBOT_SECRET_KEY"),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace", name=op.f("pk_credentials")),
        comment="What a workspace gave when the app was installed there",
    )
    email = sa.Column(
        "email", sa.Text(), comment="in lower case; accounts of several chats with one address are one member's"
    )
    op.add_column("members", email)
    op.create_index("ix_members_email", "members", ["organisation_id", "email"], unique=True)
    about_praise = sa.text("audience = 'channel'")
    op.create_index(
        "ix_outbox_message", "outbox", ["message_id"], sqlite_where=about_praise, postgresql_where=about_praise
    )
