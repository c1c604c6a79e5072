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
    praises = sa.table("praises", *map(sa.column, ("id", "doubtful", "tagged_by", "comment_id")))
    comments = sa.table("comments", sa.column("id"), sa.column("praise", sa.Boolean()))
    decisions = sa.table("decisions", sa.column("praise_id"), sa.column("was_tagged_by"))
    not_praise = sa.select(comments.c.id).where(~comments.c.praise)
    by_classifier = sa.select(decisions.c.praise_id).where(decisions.c.was_tagged_by == "classifier")
    untagged = sa.or_(praises.c.tagged_by == "classifier", praises.c.id.in_(by_classifier))
    appealed = sa.and_(untagged, praises.c.comment_id.in_(not_praise))
    op.execute(sa.update(praises).where(appealed).values(doubtful=sa.true()))
