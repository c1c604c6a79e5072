"""What others get to see of a praise: first cards, and the same cards drawn again after a change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.chat import Address, Card
from bot.handlers.cards import View, draw, taken_back, view
from bot.handlers.collecting import came_alone, collect, redraw_lines
from bot.storage import identities, members, organisations, outbox, praises
from bot.storage.database import Tx
from bot.storage.members import Member
from bot.storage.outbox import Audience, Outgoing, Posted
from bot.storage.praises import Praise


def announce(tx: Tx, gift: Sequence[View], platform: str, now: datetime) -> None:
    """Tell each recipient, and each team's channel in one quiet line, of praises given by the same words that now
    count. What came without a person shares its line with others.
    """
    organisation_id = gift[0].praise.organisation_id
    recipients = [seen.recipient for seen in gift]
    addresses = identities.addresses(tx, [member.id for member in recipients], platform)
    messages = []
    teams_told: set[int] = set()
    for seen, recipient in zip(gift, recipients, strict=True):
        praise = seen.praise
        if (to := addresses.get(recipient.id)) is not None:
            card = draw(seen, Audience.RECIPIENT, recipient.locale)
            key = f"praise:{praise.id}:recipient:{recipient.id}"
            messages.append(Outgoing(key, to, card, praise.id, Audience.RECIPIENT, recipient.id))
        if praise.private or praise.team_id is None or praise.team_id in teams_told:
            continue
        team = organisations.team(tx, organisation_id, praise.team_id)
        if team is None or team.channel is None:
            continue
        if came_alone(praise):
            collect(tx, seen, team, now)
        else:
            teams_told.add(team.id)
            card = draw(seen, Audience.CHANNEL, team.locale)
            # One line for all whom the same words praised, also when they are confirmed one after another.
            first = praise.gift_id or praise.id
            key = f"praise:{first}:channel:{team.id}"
            messages.append(Outgoing(key, team.channel, card, first, Audience.CHANNEL))
    outbox.add(tx, organisation_id, messages, now)


def deciders(
    tx: Tx, organisation_id: int, recipient_id: int | None, team_id: int | None, aside: Collection[int | None]
) -> tuple[Member, ...]:
    """Return who is asked about a praise of a recipient in a team, leaving ``aside`` whose own it is.

    The team's supervisors; those of all teams while it is nobody's; who sees all for somebody without a team, or where
    the only supervisor stands aside.
    """
    if team_id is not None:
        found = members.supervisors_of(tx, team_id)
    elif recipient_id is not None:
        found = members.seeing_all(tx, organisation_id)
    else:
        found = members.all_supervisors(tx, organisation_id)
    others = tuple(member for member in found if member.id not in aside)
    return others or tuple(m for m in members.seeing_all(tx, organisation_id) if m.id not in aside)


def ask_supervisors(tx: Tx, seen: View, platform: str, now: datetime, *, but: int | None = None) -> None:
    """Put a praise that waits before the supervisors of its team, or of all teams while it is nobody's.

    The member ``but`` sees it already.
    """
    praise = seen.praise
    asked = deciders(
        tx, praise.organisation_id, praise.recipient_id, praise.team_id, {praise.giver_id, praise.recipient_id}
    )
    addresses = identities.addresses(tx, [member.id for member in asked], platform)
    outbox.add(
        tx,
        praise.organisation_id,
        [
            Outgoing(
                f"praise:{praise.id}:supervisor:{member.id}",
                addresses[member.id],
                draw(seen, Audience.SUPERVISOR, member.locale),
                praise.id,
                Audience.SUPERVISOR,
                member.id,
            )
            for member in asked
            if member.id in addresses and member.id != but
        ],
        now,
    )


def redraw(tx: Tx, praise: Praise, change: str, now: datetime) -> None:
    """Replace every card of a praise with how it stands now. ``change`` makes the keys of this redrawing its own."""
    seen = view(tx, praise)
    first = praise.gift_id or praise.id
    messages = []
    for posted in outbox.of_praises(tx, {praise.id, first}):
        if posted.praise_id != praise.id and posted.audience is not Audience.CHANNEL:
            continue
        card = as_it_stands(tx, seen, posted)
        messages.append(Outgoing(f"redraw:{posted.id}:{change}", posted.to, card, replaces_id=posted.id))
    outbox.add(tx, praise.organisation_id, messages, now)
    redraw_lines(tx, praise, now)


def as_it_stands(tx: Tx, seen: View, posted: Posted) -> Card:
    """Return a card of a praise as the praise stands now."""
    praise = seen.praise
    if posted.member_id is not None:
        reader = members.by_ids(tx, praise.organisation_id, [posted.member_id]).get(posted.member_id)
        locale = reader.locale if reader else "zh_CN"
        another = posted.audience is Audience.RECIPIENT and posted.member_id != praise.recipient_id
    else:
        team = organisations.by_channel(tx, praise.organisation_id, posted.to)
        locale = team.locale if team else "zh_CN"
        another = team is not None and team.id not in {one.team_id for one in seen.gift if one.status.counts}
    return taken_back(locale) if another else draw(seen, posted.audience, locale)


def for_reader(tx: Tx, key: str, reader: Member) -> Card | None:
    """Return the message ``key``, a card of a praise, as it stands now for ``reader``; None where it is no such card
    or not theirs to see.

    Who decides on the praise sees in the channel's line what they need for that, while it is open.
    """
    found = outbox.behind(tx, key)
    if found is None or found[0] != reader.organisation_id:
        return None
    organisation_id, posted = found
    praise = praises.by_id(tx, organisation_id, posted.praise_id)
    if praise is None or posted.member_id not in (None, reader.id):
        return None
    seen = view(tx, praise)
    if posted.audience is Audience.CHANNEL and reader.id in {one.id for one in _asked(tx, praise)}:
        return draw(seen, Audience.SUPERVISOR, reader.locale)
    return as_it_stands(tx, seen, posted)


def readers(tx: Tx, key: str, platform: str) -> tuple[Address, ...]:
    """Return those for whom the message ``key`` is worth drawing again when they see it: who decides on its praise."""
    found = outbox.behind(tx, key)
    if found is None:
        return ()
    organisation_id, posted = found
    praise = praises.by_id(tx, organisation_id, posted.praise_id)
    if praise is None or posted.audience is Audience.RECIPIENT:
        return ()
    if posted.audience is Audience.SUPERVISOR:
        return (posted.to,)
    asked = [member.id for member in _asked(tx, praise)]
    found_at = identities.addresses(tx, asked, platform)
    return tuple(to for to in (found_at.get(id_) for id_ in asked) if to is not None and to.platform == platform)


def _asked(tx: Tx, praise: Praise) -> tuple[Member, ...]:
    """Return who may decide on an open praise."""
    if not praise.status.open:
        return ()
    aside = {praise.giver_id, praise.recipient_id}
    return deciders(tx, praise.organisation_id, praise.recipient_id, praise.team_id, aside)


def tell(tx: Tx, praise: Praise, member_id: int, card: Card, what: str, platform: str, now: datetime) -> None:
    """Send a member one more message about a praise."""
    to = identities.addresses(tx, [member_id], platform).get(member_id)
    if to is not None:
        outbox.add(tx, praise.organisation_id, [Outgoing(f"praise:{praise.id}:{what}:{member_id}", to, card)], now)


def may_decide(praise: Praise, member_id: int) -> bool:
    """Nobody decides on praise they gave, forwarded or received."""
    return member_id not in (praise.giver_id, praise.recipient_id)
