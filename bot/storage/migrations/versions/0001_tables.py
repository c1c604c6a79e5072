"""All tables, and triggers that keep the ledger append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make everything."""
    if _postgresql():
        op.execute("CREATE SEQUENCE chat_revision")
    op.create_table(
        "chat_messages",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mentions", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), nullable=True),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("posted", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_messages")),
        sa.UniqueConstraint("workspace", "key", name=op.f("uq_chat_messages_workspace_key")),
    )
    op.create_index("ix_chat_messages_history", "chat_messages", ["workspace", "conversation", "id"], unique=False)
    op.create_index("ix_chat_messages_revision", "chat_messages", ["workspace", "revision"], unique=False)
    op.create_table(
        "events",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace", "event_id", name=op.f("pk_events")),
        comment="What came in and the answer it got, so that a retry gets the same one",
    )
    op.create_index(op.f("ix_events_created"), "events", ["created"], unique=False)
    op.create_table(
        "organisations",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("name", name=op.f("uq_organisations_name")),
    )
    op.create_table(
        "rules_versions",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("effective", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_rules_versions_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules_versions")),
        sa.UniqueConstraint("organisation_id", "version", name=op.f("uq_rules_versions_organisation_id_version")),
    )
    op.create_table(
        "settings",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_settings_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "name", name=op.f("pk_settings")),
    )
    op.create_table(
        "teams",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=True),
        sa.Column("workspace", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("on_boards", sa.Boolean(), nullable=False),
        sa.Column("boards_since", sa.BigInteger(), nullable=False, comment="weeks that closed before are never posted"),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_teams_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_teams_organisation_id_name")),
    )
    op.create_table(
        "workspaces",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_workspaces_organisation_id")),
        sa.PrimaryKeyConstraint("platform", "workspace", name=op.f("pk_workspaces")),
    )
    op.create_table(
        "members",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("staff_number", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("bot", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("on_boards", sa.Boolean(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_members_organisation_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_members_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("organisation_id", "staff_number", name=op.f("uq_members_organisation_id_staff_number")),
    )
    op.create_index(op.f("ix_members_team_id"), "members", ["team_id"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_audit_member_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_audit_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_organisation", "audit", ["organisation_id", "created"], unique=False)
    op.create_table(
        "balances",
        sa.Column("member_id", ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_balances_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_balances")),
        comment="Each member's personal account, kept in the transaction of each entry; can be rebuilt from postings",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "comments",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False, comment="SHA-256 over what makes a comment the same one"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=True, comment="as the source names the agent"),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("brought_by", ID, nullable=True),
        sa.Column("occurred", sa.BigInteger(), nullable=True),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("praise", sa.Boolean(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("primary_tag", sa.Text(), nullable=True),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["brought_by"], ["members.id"], name=op.f("fk_comments_brought_by")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_comments_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sa.UniqueConstraint("organisation_id", "digest", name=op.f("uq_comments_organisation_id_digest")),
    )
    op.create_table(
        "identities",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_identities_member_id")),
        sa.PrimaryKeyConstraint("platform", "workspace", "user_id", name=op.f("pk_identities")),
    )
    op.create_index(op.f("ix_identities_member_id"), "identities", ["member_id"], unique=False)
    op.create_table(
        "member_names",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_member_names_member_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_member_names_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "key", "member_id", name=op.f("pk_member_names")),
        comment="Every name, other name and staff number a member is known by, in the form names are compared in",
    )
    op.create_table(
        "supervisors",
        sa.Column("team_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_supervisors_member_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_supervisors_team_id")),
        sa.PrimaryKeyConstraint("team_id", "member_id", name=op.f("pk_supervisors")),
    )
    op.create_index(op.f("ix_supervisors_member_id"), "supervisors", ["member_id"], unique=False)
    op.create_table(
        "totals",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False, comment="the member's team on that day; 0 for none"),
        sa.Column("points", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("received", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("given", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("attitude", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("solution", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("value_added", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("highlight", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_totals_member_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_totals_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "day", "member_id", "team_id", name=op.f("pk_totals")),
        comment="Kept in the transaction of each entry; can be rebuilt from entries and postings at any time",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "praises",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("giver_id", ID, nullable=True),
        sa.Column("recipient_id", ID, nullable=True),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("comment_id", ID, nullable=True),
        sa.Column("gift_id", ID, nullable=True, comment="the first praise given by the same words"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "words", sa.Text(), nullable=False, comment="the reason as compared when asking: the same praise twice?"
        ),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("primary_tag", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column(
            "suggested_tier",
            sa.Text(),
            nullable=False,
            comment="the classifier's, for the supervisor to see",
        ),
        sa.Column("tagged_by", sa.Text(), nullable=False, comment="giver, classifier or supervisor"),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False, comment="JSON list of the pieces of the text that decided"),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("rules_id", ID, nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("allowance_period", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_praises_comment_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["members.id"], name=op.f("fk_praises_decided_by")),
        sa.ForeignKeyConstraint(["gift_id"], ["praises.id"], name=op.f("fk_praises_gift_id")),
        sa.ForeignKeyConstraint(["giver_id"], ["members.id"], name=op.f("fk_praises_giver_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_praises_organisation_id")),
        sa.ForeignKeyConstraint(["recipient_id"], ["members.id"], name=op.f("fk_praises_recipient_id")),
        sa.ForeignKeyConstraint(["rules_id"], ["rules_versions.id"], name=op.f("fk_praises_rules_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_praises_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_praises")),
    )
    op.create_index("ix_praises_allowance", "praises", ["giver_id", "allowance_period"], unique=False)
    op.create_index(op.f("ix_praises_comment_id"), "praises", ["comment_id"], unique=False)
    op.create_index(op.f("ix_praises_gift_id"), "praises", ["gift_id"], unique=False)
    op.create_index(
        "ix_praises_open",
        "praises",
        ["organisation_id", "team_id", "confidence"],
        unique=False,
        sqlite_where=sa.text("status IN ('waiting', 'counted')"),
        postgresql_where=sa.text("status IN ('waiting', 'counted')"),
    )
    op.create_index("ix_praises_recipient", "praises", ["recipient_id", "created"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("praise_id", ID, nullable=False),
        sa.Column("decided_by", ID, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("primary_tag", sa.Text(), nullable=True),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("was_tags", sa.Text(), nullable=False),
        sa.Column("was_primary_tag", sa.Text(), nullable=False),
        sa.Column("was_tier", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["members.id"], name=op.f("fk_decisions_decided_by")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_decisions_organisation_id")),
        sa.ForeignKeyConstraint(["praise_id"], ["praises.id"], name=op.f("fk_decisions_praise_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        comment="Every decision, kept as audit and as a training example",
    )
    op.create_index("ix_decisions_organisation", "decisions", ["organisation_id", "created"], unique=False)
    op.create_index(op.f("ix_decisions_praise_id"), "decisions", ["praise_id"], unique=False)
    op.create_table(
        "entries",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column(
            "cause", sa.Text(), nullable=False, comment="praise or second; a reversal has the cause of what it reverses"
        ),
        sa.Column("praise_id", ID, nullable=False),
        sa.Column("recipient_id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("giver_id", ID, nullable=True),
        sa.Column("giver_team_id", ID, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("sign", sa.SmallInteger(), nullable=False, comment="1, or -1 for a reversal"),
        sa.Column("reverses_id", ID, nullable=True),
        sa.Column("rules_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["giver_id"], ["members.id"], name=op.f("fk_entries_giver_id")),
        sa.ForeignKeyConstraint(["giver_team_id"], ["teams.id"], name=op.f("fk_entries_giver_team_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_entries_organisation_id")),
        sa.ForeignKeyConstraint(["praise_id"], ["praises.id"], name=op.f("fk_entries_praise_id")),
        sa.ForeignKeyConstraint(["recipient_id"], ["members.id"], name=op.f("fk_entries_recipient_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["entries.id"], name=op.f("fk_entries_reverses_id")),
        sa.ForeignKeyConstraint(["rules_id"], ["rules_versions.id"], name=op.f("fk_entries_rules_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_entries_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_entries_reverses_id")),
        comment="One booking of the ledger: its cause, what it counted and the rules it followed. Append-only",
    )
    op.create_index(op.f("ix_entries_praise_id"), "entries", ["praise_id"], unique=False)
    op.create_index(
        "ix_entries_highlights",
        "entries",
        ["team_id", "day"],
        unique=False,
        sqlite_where=sa.text("tier = 'highlight'"),
        postgresql_where=sa.text("tier = 'highlight'"),
    )
    op.create_index(
        "ix_entries_reversals",
        "entries",
        ["organisation_id", "day"],
        unique=False,
        sqlite_where=sa.text("reverses_id IS NOT NULL"),
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("conversation_kind", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("praise_id", ID, nullable=True),
        sa.Column(
            "audience",
            sa.Text(),
            nullable=True,
            comment="for whom a card of a praise is drawn: recipient, channel, supervisor",
        ),
        sa.Column("member_id", ID, nullable=True),
        sa.Column("replaces_id", ID, nullable=True),
        sa.Column("state", sa.Text(), nullable=False, comment="waiting, sent or failed"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_outbox_member_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_outbox_organisation_id")),
        sa.ForeignKeyConstraint(["praise_id"], ["praises.id"], name=op.f("fk_outbox_praise_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["outbox.id"], name=op.f("fk_outbox_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["due", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(op.f("ix_outbox_praise_id"), "outbox", ["praise_id"], unique=False)
    op.create_index(op.f("ix_outbox_replaces_id"), "outbox", ["replaces_id"], unique=False)
    op.create_table(
        "seconds",
        sa.Column("praise_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("allowance_period", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_seconds_member_id")),
        sa.ForeignKeyConstraint(["praise_id"], ["praises.id"], name=op.f("fk_seconds_praise_id")),
        sa.PrimaryKeyConstraint("praise_id", "member_id", name=op.f("pk_seconds")),
    )
    op.create_index("ix_seconds_allowance", "seconds", ["member_id", "allowance_period"], unique=False)
    op.create_table(
        "postings",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("account", sa.Text(), nullable=False, comment="the kind of account: issued, personal"),
        sa.Column("owner", ID, nullable=False, comment="a member's id; 0 for the organisation"),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_postings_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postings")),
        comment="Points moved by an entry; they sum to zero. Append-only",
    )
    op.create_index(op.f("ix_postings_entry_id"), "postings", ["entry_id"], unique=False)

    for table in ("entries", "postings"):
        _append_only(table)


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


# For each of what is unique in a table. An id that is not given is not yet any row's.
_IN_THE_WAY = {
    "entries": "EXISTS (SELECT 1 FROM entries WHERE id = NEW.id) "
    "OR EXISTS (SELECT 1 FROM entries WHERE reverses_id = NEW.reverses_id)",
    "postings": "EXISTS (SELECT 1 FROM postings WHERE id = NEW.id)",
}


def _append_only(table: str) -> None:
    """Let the database itself refuse to change or delete what is booked."""
    if _postgresql():
        op.execute(
            f"""
            CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION '{table} is append-only'; END $$
            """
        )
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    # REPLACE takes away the row in its way without asking the triggers for DELETE.
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {_IN_THE_WAY[table]} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )
