"""Everything that leaves: written in the transaction that caused it, delivered later, each key once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, not_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.chat import Address, Card
from bot.storage.database import Tx
from bot.storage.prepared import Prepared
from bot.storage.tables import outbox
from bot.wire import card_from_json, card_to_json


class Audience(StrEnum):
    """For whom a card of a praise is drawn; kept so that it can be drawn again after a decision."""

    RECIPIENT = "recipient"
    CHANNEL = "channel"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to write to the outbox. The same ``key`` again is left out, so scheduled posts cannot double."""

    key: str
    to: Address
    card: Card
    praise_id: int | None = None
    audience: Audience | None = None
    member_id: int | None = None
    replaces_id: int | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row claimed for sending. ``replacing`` is the platform's id of the message it takes the place of."""

    id: int
    key: str
    to: Address
    card: Card
    attempts: int
    replacing: str | None


@dataclass(frozen=True, slots=True)
class Posted:
    """A card of a praise that is or will be in a chat."""

    id: int
    praise_id: int
    to: Address
    audience: Audience
    member_id: int | None


def add(
    tx: Tx, organisation_id: int, messages: Sequence[Outgoing], now: datetime, *, due: datetime | None = None
) -> None:
    """Write messages; they go out at once, or when they are ``due``, at most `FURTHEST` from now."""
    if not messages:
        return
    rows = [
        {
            "organisation_id": organisation_id,
            "key": message.key,
            "platform": message.to.platform,
            "workspace": message.to.workspace,
            "conversation": message.to.conversation,
            "conversation_kind": message.to.kind,
            "card": card_to_json(message.card),
            "praise_id": message.praise_id,
            "audience": message.audience,
            "member_id": message.member_id,
            "replaces_id": message.replaces_id,
            "state": "waiting",
            "attempts": 0,
            "due": due or now,
            "created": now,
        }
        for message in messages
    ]
    _ADD[tx.dialect.name].run_all(tx, rows)


_GIVEN = [column.name for column in outbox.c if column.name not in ("id", "message_id", "error")]
_ADD = {
    dialect: Prepared(into.inline().on_conflict_do_nothing(index_elements=["key"]), columns=_GIVEN)
    for dialect, into in (("sqlite", sqlite.insert(outbox)), ("postgresql", postgresql.insert(outbox)))
}

_original = outbox.alias("original")
_earlier = outbox.alias("earlier")
_address = outbox.c.platform + "/" + outbox.c.workspace + "/" + outbox.c.conversation
_CLAIM = Prepared(
    select(
        outbox.c.id,
        outbox.c.key,
        outbox.c.platform,
        outbox.c.workspace,
        outbox.c.conversation,
        outbox.c.conversation_kind,
        outbox.c.card,
        outbox.c.attempts,
        _original.c.message_id,
    )
    .outerjoin(_original, _original.c.id == outbox.c.replaces_id)
    .where(
        outbox.c.state == "waiting",
        outbox.c.due > bindparam("after"),
        outbox.c.due <= bindparam("until"),
        _address.not_in(bindparam("busy", expanding=True)),
        # A replacement waits until what it replaces has arrived or failed,
        # and replacements of one message follow each other, so the newest stays on top.
        or_(
            outbox.c.replaces_id.is_(None),
            and_(
                _original.c.state != "waiting",
                not_(
                    exists().where(
                        _earlier.c.replaces_id == outbox.c.replaces_id,
                        _earlier.c.state == "waiting",
                        _earlier.c.id < outbox.c.id,
                    )
                ),
            ),
        ),
    )
    .order_by(outbox.c.due, outbox.c.id)
    .limit(bindparam("limit"))
    .with_for_update(of=outbox, skip_locked=True)
)


FURTHEST = timedelta(hours=4)
"""No message is ever put off for longer, and no lease is longer."""
_BEGINNING, _END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

_THIS = outbox.c.id == bindparam("outbox_id")
_HIDE = Prepared(update(outbox).where(_THIS).values(due=bindparam("until"), attempts=outbox.c.attempts + 1))
_SENT = Prepared(update(outbox).where(_THIS).values(state="sent", message_id=bindparam("message"), error=None))


def claim(
    tx: Tx, now: datetime, lease: timedelta, limit: int = 50, *, busy: Collection[Address] = ()
) -> tuple[Delivery, ...]:
    """Take messages that are due and hide them from other workers for ``lease``; a worker that dies loses only time.

    Those to addresses that are ``busy`` are left. A message that is due later than `FURTHEST` is due now: the clock was
    set back since its time was written.
    """
    others = [f"{to.platform}/{to.workspace}/{to.conversation}" for to in busy]
    rows: list[tuple[Any, ...]] = []
    for after, until in ((_BEGINNING, now), (now + FURTHEST, _END)):
        rows = rows or _CLAIM.rows(tx, {"after": after, "until": until, "busy": others, "limit": limit})
    if rows:
        _HIDE.run_all(tx, [{"outbox_id": row[0], "until": now + lease} for row in rows])
    return tuple(
        Delivery(
            id_, key, Address(platform, workspace, conversation, kind), card_from_json(card), attempts + 1, replacing
        )
        for id_, key, platform, workspace, conversation, kind, card, attempts, replacing in rows
    )


def sent(tx: Tx, outbox_id: int, message_id: str) -> None:
    """Record that a message arrived, under the platform's ``message_id``."""
    _SENT.run(tx, {"outbox_id": outbox_id, "message": message_id})


def retry(tx: Tx, outbox_id: int, due: datetime, error: str) -> None:
    """Put a message back until ``due``."""
    tx.execute(update(outbox).where(outbox.c.id == outbox_id).values(due=due, error=error[:500]))


def put_back(tx: Tx, ids: Collection[int], due: datetime) -> None:
    """Put claimed messages that were not sent back until ``due``, as if this claim had not been."""
    values = {"due": due, "attempts": outbox.c.attempts - 1}
    tx.execute(update(outbox).where(outbox.c.id.in_(ids)).values(values))


def failed(tx: Tx, outbox_id: int, error: str) -> None:
    """Give a message up."""
    tx.execute(update(outbox).where(outbox.c.id == outbox_id).values(state="failed", error=error[:500]))


_OF_PRAISES = (
    select(
        outbox.c.id,
        outbox.c.praise_id,
        outbox.c.platform,
        outbox.c.workspace,
        outbox.c.conversation,
        outbox.c.conversation_kind,
        outbox.c.audience,
        outbox.c.member_id,
    )
    .where(
        outbox.c.praise_id.in_(bindparam("praises", expanding=True)),
        outbox.c.audience.is_not(None),
        outbox.c.replaces_id.is_(None),
        outbox.c.state != "failed",
    )
    .order_by(outbox.c.id)
)


def of_praises(tx: Tx, praise_ids: Collection[int]) -> tuple[Posted, ...]:
    """Return the cards of praises that stand in chats, so that they can be replaced."""
    return tuple(
        Posted(id_, praise_id, Address(platform, workspace, conversation, kind), Audience(audience), member_id)
        for id_, praise_id, platform, workspace, conversation, kind, audience, member_id in tx.execute(
            _OF_PRAISES, {"praises": list(praise_ids)}
        )
    )


def praise_behind(tx: Tx, organisation_id: int, platform: str, workspace: str, message_id: str) -> int | None:
    """Return the praise that a line in a channel is about, by the platform's id of the message."""
    query = select(outbox.c.praise_id).where(
        outbox.c.organisation_id == organisation_id,
        outbox.c.platform == platform,
        outbox.c.workspace == workspace,
        outbox.c.message_id == message_id,
        outbox.c.audience == Audience.CHANNEL,
    )
    return tx.execute(query.limit(1)).scalar()


_first = outbox.alias("first")
_BEHIND = Prepared(
    select(
        _first.c.organisation_id,
        _first.c.id,
        _first.c.praise_id,
        _first.c.platform,
        _first.c.workspace,
        _first.c.conversation,
        _first.c.conversation_kind,
        _first.c.audience,
        _first.c.member_id,
    )
    .select_from(outbox.join(_first, _first.c.id == func.coalesce(outbox.c.replaces_id, outbox.c.id)))
    .where(outbox.c.key == bindparam("key"), _first.c.praise_id.is_not(None), _first.c.audience.is_not(None))
)


def behind(tx: Tx, key: str) -> tuple[int, Posted] | None:
    """Return whose, and what card of a praise, the message ``key`` is or takes the place of."""
    row = _BEHIND.row(tx, {"key": key})
    if row is None:
        return None
    organisation_id, id_, praise_id, platform, workspace, conversation, kind, audience, member_id = row
    to = Address(platform, workspace, conversation, kind)
    return organisation_id, Posted(id_, praise_id, to, Audience(audience), member_id)


def has(tx: Tx, key: str) -> bool:
    """Return whether a message with ``key`` was ever written."""
    return bool(tx.execute(select(exists().where(outbox.c.key == key))).scalar())
