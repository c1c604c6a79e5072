"""What an administrator is told when a message cannot arrive: where, why, and what to do."""

from __future__ import annotations

from datetime import datetime

from bot.chat import Address, Card, Text, Why
from bot.i18n import Translate, translator
from bot.periods import local_day
from bot.storage import identities, members, organisations, outbox
from bot.storage.database import Tx
from bot.storage.members import Member
from bot.storage.outbox import Delivery, Outgoing

_KEY = "undeliverable:"


def tell(tx: Tx, delivery: Delivery, why: Why, now: datetime) -> None:
    """Tell who sees all of the organisation, once a day for each place. What says so itself tells nobody."""
    to = delivery.to
    organisation = organisations.of_workspace(tx, to.platform, to.workspace)
    if organisation is None or delivery.key.startswith(_KEY):
        return
    told = members.seeing_all(tx, organisation.id)
    addresses = identities.addresses(tx, [member.id for member in told], "" if why == "revoked" else to.platform)
    day = local_day(now, organisation.timezone)
    messages = [
        Outgoing(
            f"{_KEY}{to.platform}/{to.workspace}/{to.conversation}:{why}:{day:%Y-%m-%d}:{member.id}",
            addresses[member.id],
            _card(_name(tx, organisation.id, to), why, member),
        )
        for member in told
        if member.id in addresses and addresses[member.id] != to
    ]
    outbox.add(tx, organisation.id, messages, now)


def _name(tx: Tx, organisation_id: int, to: Address) -> str:
    if to.kind == "channel":
        team = organisations.by_channel(tx, organisation_id, to)
        return team.name if team else to.conversation
    member = identities.behind(tx, to.platform, to.workspace, [to.conversation]).get(to.conversation)
    return member.name if member else to.conversation


def _card(name: str, why: Why, reader: Member) -> Card:
    _ = translator(reader.locale)
    title = _("Messages to {name} do not arrive", name=name)
    return Card(title, (Text(_remedy(why, _)),), title=title, tone="attention")


def _remedy(why: Why, _: Translate) -> str:
    return {
        "gone": _("The channel or the account is no longer there. Give the team another channel."),
        "not_member": _("The bot is not in the channel. Invite it there: /invite @praisebot"),
        "archived": _("The channel is archived. Unarchive it, or give the team another channel."),
        "revoked": _("The workspace took the app away. Install it there again."),
        "forbidden": _("The app may not write there. Check its permissions and those of the channel."),
    }[why]
