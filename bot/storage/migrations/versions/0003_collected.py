"""Lines in a channel that tell of several praises together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "collected",
        sa.Column("praise_id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("outbox_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_collected_outbox_id")),
        sa.ForeignKeyConstraint(["praise_id"], ["praises.id"], name=op.f("fk_collected_praise_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_collected_team_id")),
        sa.PrimaryKeyConstraint("praise_id", "team_id", name=op.f("pk_collected")),
        comment="Which line in a team's channel tells of a praise together with others",
    )
    op.create_index("ix_collected_line", "collected", ["team_id", "outbox_id"], unique=False)
