"""Customers' words that may be praise, told apart from what the classifier calls praise."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column; what was appealed against before is doubtful too."""
    op.add_column(
        "praises",
        sa.Column(
            "doubtful",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="a customer's words that the classifier does not call praise: it is unsure, or a person insists",
        ),
    )
    praises = sa.table("praises", sa.column("doubtful"), sa.column("tagged_by"), sa.column("comment_id"))
    comments = sa.table("comments", sa.column("id"), sa.column("praise", sa.Boolean()))
    not_praise = sa.select(comments.c.id).where(~comments.c.praise)
    appealed = sa.and_(praises.c.tagged_by != "giver", praises.c.comment_id.in_(not_praise))
    op.execute(sa.update(praises).where(appealed).values(doubtful=sa.true()))
