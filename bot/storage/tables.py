"""All tables, in one place. Moments are UTC, kept as whole milliseconds; days are local dates of the team they belong
to.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
    types,
)

from bot.tags import Tag, in_order

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Moment(types.TypeDecorator[datetime]):
    """An aware datetime as milliseconds since 1970: the same on both databases, and exact to compare."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return milliseconds."""
        return None if value is None else (value - _EPOCH) // _MILLISECOND

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Return an aware datetime in UTC."""
        return None if value is None else _EPOCH + value * _MILLISECOND


class Tags(types.TypeDecorator[tuple[Tag, ...]]):
    """Tags in their order, separated by spaces."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[Tag, ...] | None, dialect: Dialect) -> str:
        """Return the words."""
        return " ".join(in_order(value or ()))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[Tag, ...]:
        """Return the tags."""
        return tuple(Tag(word) for word in (value or "").split())


Id = BigInteger().with_variant(Integer, "sqlite")


def _key() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)


def _of(name: str, table: str, *, null: bool = False, index: bool = False) -> Column[int]:
    return Column(name, Id, ForeignKey(f"{table}.id"), nullable=null, index=index)


# --- who --------------------------------------------------------------------------------------------------------------

organisations = Table(
    "organisations",
    metadata,
    _key(),
    Column("name", Text, nullable=False, unique=True),
    Column("locale", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("created", Moment, nullable=False),
)

workspaces = Table(
    "workspaces",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("workspace", Text, primary_key=True),
    _of("organisation_id", "organisations"),
)

teams = Table(
    "teams",
    metadata,
    _key(),
    _of("organisation_id", "organisations"),
    Column("name", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("platform", Text),
    Column("workspace", Text),
    Column("channel", Text),
    Column("on_boards", Boolean, nullable=False, default=True),
    Column("boards_since", Moment, nullable=False, comment="weeks that closed before are never posted"),
    Column("created", Moment, nullable=False),
    UniqueConstraint("organisation_id", "name"),
)

members = Table(
    "members",
    metadata,
    _key(),
    _of("organisation_id", "organisations"),
    _of("team_id", "teams", null=True, index=True),
    Column("name", Text, nullable=False),
    Column("staff_number", Text),
    Column("email", Text, comment="in lower case; accounts of several chats with one address are one member's"),
    Column("role", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("bot", Boolean, nullable=False, default=False),
    Column("active", Boolean, nullable=False, default=True),
    Column("on_boards", Boolean, nullable=False, default=True),
    Column("created", Moment, nullable=False),
    UniqueConstraint("organisation_id", "staff_number"),
)

Index("ix_members_email", members.c.organisation_id, members.c.email, unique=True)

member_names = Table(
    "member_names",
    metadata,
    Column("organisation_id", Id, ForeignKey("organisations.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("member_id", Id, ForeignKey("members.id"), primary_key=True),
    comment="Every name, other name and staff number a member is known by, in the form names are compared in",
)

identities = Table(
    "identities",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("workspace", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    _of("member_id", "members", index=True),
)

supervisors = Table(
    "supervisors",
    metadata,
    Column("team_id", Id, ForeignKey("teams.id"), primary_key=True),
    Column("member_id", Id, ForeignKey("members.id"), primary_key=True, index=True),
)

# --- praise -----------------------------------------------------------------------------------------------------------

comments = Table(
    "comments",
    metadata,
    _key(),
    _of("organisation_id", "organisations"),
    Column("digest", Text, nullable=False, comment="SHA-256 over what makes a comment the same one"),
    Column("source", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("agent", Text, comment="as the source names the agent"),
    Column("channel", Text),
    _of("brought_by", "members", null=True),
    Column("occurred", Moment),
    Column("received", Moment, nullable=False),
    Column("praise", Boolean, nullable=False),
    Column("tags", Tags, nullable=False),
    Column("primary_tag", Text),
    Column("tier", Text),
    Column("confidence", Float, nullable=False),
    Column("model", Text, nullable=False),
    UniqueConstraint("organisation_id", "digest"),
)

praises = Table(
    "praises",
    metadata,
    _key(),
    _of("organisation_id", "organisations"),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    _of("giver_id", "members", null=True),
    _of("recipient_id", "members", null=True),
    _of("team_id", "teams", null=True),
    _of("comment_id", "comments", null=True, index=True),
    Column("gift_id", Id, ForeignKey("praises.id"), index=True, comment="the first praise given by the same words"),
    Column("text", Text, nullable=False),
    Column("words", Text, nullable=False, comment="the reason as compared when asking: the same praise twice?"),
    Column("private", Boolean, nullable=False),
    Column(
        "doubtful",
        Boolean,
        nullable=False,
        server_default=false(),
        comment="a customer's words that the classifier does not call praise: it is unsure, or a person insists",
    ),
    Column("tags", Tags, nullable=False),
    Column("primary_tag", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("suggested_tier", Text, nullable=False, comment="the classifier's, for the supervisor to see"),
    Column("tagged_by", Text, nullable=False, comment="giver, classifier or supervisor"),
    Column("confidence", Float, nullable=False),
    Column("evidence", Text, nullable=False, comment="JSON list of the pieces of the text that decided"),
    Column("model", Text, nullable=False),
    Column("rules_id", Id, ForeignKey("rules_versions.id"), nullable=False),
    Column("cost", Integer, nullable=False),
    Column("allowance_period", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("day", Date, nullable=False),
    _of("decided_by", "members", null=True),
    Column("decided", Moment),
)
Index("ix_praises_allowance", praises.c.giver_id, praises.c.allowance_period)
Index("ix_praises_recipient", praises.c.recipient_id, praises.c.created)
Index(
    "ix_praises_open",
    praises.c.organisation_id,
    praises.c.team_id,
    praises.c.confidence,
    sqlite_where=praises.c.status.in_(("waiting", "counted")),
    postgresql_where=praises.c.status.in_(("waiting", "counted")),
)

seconds = Table(
    "seconds",
    metadata,
    Column("praise_id", Id, ForeignKey("praises.id"), primary_key=True),
    Column("member_id", Id, ForeignKey("members.id"), primary_key=True),
    Column("cost", Integer, nullable=False),
    Column("allowance_period", Text, nullable=False),
    Column("created", Moment, nullable=False),
)
Index("ix_seconds_allowance", seconds.c.member_id, seconds.c.allowance_period)

decisions = Table(
    "decisions",
    metadata,
    _key(),
    _of("organisation_id", "organisations"),
    _of("praise_id", "praises", index=True),
    _of("decided_by", "members"),
    Column("outcome", Text, nullable=False),
    Column("tags", Tags, nullable=False),
    Column("primary_tag", Text),
    Column("tier", Text),
    Column("was_tags", Tags, nullable=False),
    Column("was_primary_tag", Text, nullable=False),
    Column("was_tier", Text, nullable=False),
    Column("was_tagged_by", Text, comment="giver, classifier or supervisor; unknown of the oldest decisions"),
    Column("confidence", Float, nullable=False),
    Column("model", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created", Moment, nullable=False),
    comment="Every decision, kept as audit and as a training example",
)
Index("ix_decisions_organisation", decisions.c.organisation_id, decisions.c.created)

# --- points -----------------------------------------------------------------------------------------------------------

rules_versions = Table(
    "rules_versions",
    metadata,
    _key(),
    _of("organisation_id", "organisations"),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("effective", Moment, nullable=False),
    Column("created", Moment, nullable=False),
    UniqueConstraint("organisation_id", "version"),
)

entries = Table(
    "entries",
    metadata,
    _key(),
    _of("organisation_id", "organisations"),
    Column("cause", Text, nullable=False, comment="praise or second; a reversal has the cause of what it reverses"),
    _of("praise_id", "praises", index=True),
    _of("recipient_id", "members"),
    _of("team_id", "teams", null=True),
    _of("giver_id", "members", null=True),
    _of("giver_team_id", "teams", null=True),
    Column("kind", Text, nullable=False),
    Column("tags", Tags, nullable=False),
    Column("tier", Text, nullable=False),
    Column("sign", SmallInteger, nullable=False, comment="1, or -1 for a reversal"),
    Column("reverses_id", Id, ForeignKey("entries.id"), unique=True),
    _of("rules_id", "rules_versions"),
    Column("day", Date, nullable=False),
    Column("created", Moment, nullable=False),
    comment="One booking of the ledger: its cause, what it counted and the rules it followed. Append-only",
)

Index(
    "ix_entries_highlights",
    entries.c.team_id,
    entries.c.day,
    sqlite_where=entries.c.tier == "highlight",
    postgresql_where=entries.c.tier == "highlight",
)

Index(
    "ix_entries_reversals",
    entries.c.organisation_id,
    entries.c.day,
    sqlite_where=entries.c.reverses_id.is_not(None),
    postgresql_where=entries.c.reverses_id.is_not(None),
)

postings = Table(
    "postings",
    metadata,
    _key(),
    _of("entry_id", "entries", index=True),
    Column("account", Text, nullable=False, comment="the kind of account: issued, personal"),
    Column("owner", Id, nullable=False, comment="a member's id; 0 for the organisation"),
    Column("amount", BigInteger, nullable=False),
    comment="Points moved by an entry; they sum to zero. Append-only",
)

totals = Table(
    "totals",
    metadata,
    Column("organisation_id", Id, ForeignKey("organisations.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("member_id", Id, ForeignKey("members.id"), primary_key=True),
    Column("team_id", Id, primary_key=True, comment="the member's team on that day; 0 for none"),
    *(
        Column(name, BigInteger, nullable=False, server_default="0")
        for name in ("points", "received", "given", "attitude", "solution", "value_added", "highlight")
    ),
    sqlite_with_rowid=False,
    comment="Kept in the transaction of each entry; can be rebuilt from entries and postings at any time",
)

balances = Table(
    "balances",
    metadata,
    Column("member_id", Id, ForeignKey("members.id"), primary_key=True),
    Column("amount", BigInteger, nullable=False),
    sqlite_with_rowid=False,
    comment="Each member's personal account, kept in the transaction of each entry; can be rebuilt from postings",
)

# --- in and out -------------------------------------------------------------------------------------------------------

events = Table(
    "events",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("workspace", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("reply", Text, nullable=False),
    Column("created", Moment, nullable=False, index=True),
    comment="What came in and the answer it got, so that a retry gets the same one",
)

outbox = Table(
    "outbox",
    metadata,
    _key(),
    _of("organisation_id", "organisations"),
    Column("key", Text, nullable=False, unique=True),
    Column("platform", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("conversation", Text, nullable=False),
    Column("conversation_kind", Text, nullable=False),
    Column("card", Text, nullable=False),
    _of("praise_id", "praises", null=True, index=True),
    Column("audience", Text, comment="for whom a card of a praise is drawn: recipient, channel, supervisor"),
    _of("member_id", "members", null=True),
    _of("replaces_id", "outbox", null=True, index=True),
    Column("state", Text, nullable=False, comment="waiting, sent or failed"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due", Moment, nullable=False),
    Column("message_id", Text),
    Column("error", Text),
    Column("created", Moment, nullable=False),
)
Index(
    "ix_outbox_due",
    outbox.c.due,
    outbox.c.id,
    sqlite_where=outbox.c.state == "waiting",
    postgresql_where=outbox.c.state == "waiting",
)

Index(
    "ix_outbox_message",
    outbox.c.message_id,
    sqlite_where=outbox.c.audience == "channel",
    postgresql_where=outbox.c.audience == "channel",
)

collected = Table(
    "collected",
    metadata,
    Column("praise_id", Id, ForeignKey("praises.id"), primary_key=True),
    Column("team_id", Id, ForeignKey("teams.id"), primary_key=True),
    Column("outbox_id", Id, ForeignKey("outbox.id"), nullable=False),
    comment="Which line in a team's channel tells of a praise together with others",
)
Index("ix_collected_line", collected.c.team_id, collected.c.outbox_id)

audit = Table(
    "audit",
    metadata,
    _key(),
    _of("organisation_id", "organisations"),
    _of("member_id", "members", null=True),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("created", Moment, nullable=False),
)
Index("ix_audit_organisation", audit.c.organisation_id, audit.c.created)

settings = Table(
    "settings",
    metadata,
    Column("organisation_id", Id, ForeignKey("organisations.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

credentials = Table(
    "credentials",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("workspace", Text, primary_key=True),
    Column("sealed", Text, nullable=False, comment="encrypted with PRAISEBOT_SECRET_KEY"),
    Column("updated", Moment, nullable=False),
    comment="What a workspace gave when the app was installed there",
)

conversations = Table(
    "conversations",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("workspace", Text, primary_key=True),
    Column("conversation", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("service", Text, nullable=False, comment="the address of the service that reaches it"),
    Column("place", Text, nullable=False, comment="what the conversation is called there"),
    Column("known_as", Text, comment="what the person of a direct conversation is called there"),
    Column("updated", Moment, nullable=False),
    comment="How a conversation is reached where its address alone does not say it",
)
Index(
    "ix_conversations_known_as",
    conversations.c.platform,
    conversations.c.workspace,
    conversations.c.known_as,
)

# --- learning ---------------------------------------------------------------------------------------------------------

models = Table(
    "models",
    metadata,
    _key(),
    _of("organisation_id", "organisations", null=True, index=True),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False, comment="over card and weights"),
    Column("card", Text, nullable=False, comment="JSON"),
    Column("weights", LargeBinary, nullable=False, comment="npz"),
    Column("state", Text, nullable=False, comment="candidate, serving or retired"),
    Column("why", Text, nullable=False, comment="JSON: how it came to this state, and what it was compared by"),
    Column("created", Moment, nullable=False),
    Column("promoted", Moment, comment="when it last began to serve"),
    comment="Models trained from decisions; one without an organisation is for all that have none of their own",
)
Index(
    "ix_models_serving",
    models.c.organisation_id,
    unique=True,
    sqlite_where=models.c.state == "serving",
    postgresql_where=models.c.state == "serving",
)

trainings = Table(
    "trainings",
    metadata,
    Column("organisation_id", Id, ForeignKey("organisations.id"), primary_key=True),
    Column("night", Date, primary_key=True),
    Column("started", Moment, nullable=False),
    Column("finished", Moment),
    Column("outcome", Text, comment="promoted, kept or failed"),
    comment="Which nights an organisation's model was trained anew: each night once, whatever became of it",
)

words = Table(
    "words",
    metadata,
    Column("organisation_id", Id, ForeignKey("organisations.id"), primary_key=True),
    Column("word", Text, primary_key=True),
    comment="An organisation's own words, such as its products: uploaded, each cut as one word",
)

# --- the local chat's own ---------------------------------------------------------------------------------------------

chat_revision = Sequence("chat_revision", metadata=metadata)
"""Numbers posts and replacements on PostgreSQL; SQLite's one writer counts by itself."""

chat_messages = Table(
    "chat_messages",
    metadata,
    _key(),
    Column("revision", BigInteger, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("conversation", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("mentions", Text, nullable=False),
    Column("card", Text),
    Column("edited", Boolean, nullable=False, default=False),
    Column("posted", Moment, nullable=False),
    UniqueConstraint("workspace", "key"),
)
Index("ix_chat_messages_revision", chat_messages.c.workspace, chat_messages.c.revision)
Index("ix_chat_messages_history", chat_messages.c.workspace, chat_messages.c.conversation, chat_messages.c.id)
