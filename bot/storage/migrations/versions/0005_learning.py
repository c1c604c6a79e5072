"""Models trained from decisions, the nights they were trained in, and organisations' own words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "models",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("organisation_id", ID, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False, comment="over card and weights"),
        sa.Column("card", sa.Text(), nullable=False, comment="JSON"),
        sa.Column("weights", sa.LargeBinary(), nullable=False, comment="npz"),
        sa.Column("state", sa.Text(), nullable=False, comment="candidate, serving or retired"),
        sa.Column(
            "why", sa.Text(), nullable=False, comment="JSON: how it came to this state, and what it was compared by"
        ),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("promoted", sa.BigInteger(), nullable=True, comment="when it last began to serve"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_models_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_models")),
        comment="Models trained from decisions; one without an organisation is for all that have none of their own",
    )
    op.create_index(op.f("ix_models_organisation_id"), "models", ["organisation_id"], unique=False)
    serving = sa.text("state = 'serving'")
    op.create_index(
        "ix_models_serving",
        "models",
        ["organisation_id"],
        unique=True,
        sqlite_where=serving,
        postgresql_where=serving,
    )
    op.create_table(
        "trainings",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("finished", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True, comment="promoted, kept or failed"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_trainings_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "night", name=op.f("pk_trainings")),
        comment="Which nights an organisation's model was trained anew: each night once, whatever became of it",
    )
    op.create_table(
        "words",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_words_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "word", name=op.f("pk_words")),
        comment="An organisation's own words, such as its products: uploaded, each cut as one word",
    )
    op.add_column(
        "decisions",
        sa.Column(
            "was_tagged_by", sa.Text(), comment="giver, classifier or supervisor; unknown of the oldest decisions"
        ),
    )
