"""Decisions on praise, and whose praise it is: what each one books, redraws and tells. A decision is final."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat import Block, Card, Quote, Text
from bot.dispatch import Call, UnknownAccounts
from bot.errors import (
    AlreadyDecided,
    NotAllowed,
    NotFound,
    NotYourTeam,
    OwnPraise,
    PraisingBot,
    PraisingLeaver,
    RecipientMissing,
    Refusal,
    RejectReasonMissing,
    UnknownPerson,
)
from bot.handlers.cards import View
from bot.handlers.collecting import came_alone
from bot.handlers.giving import book, recipients_day, reload, take_back
from bot.handlers.posting import announce, ask_supervisors, may_decide, redraw, tell
from bot.handlers.words import outcome_name, signed, tagged
from bot.i18n import translator
from bot.periods import local_day
from bot.points import Cause
from bot.praise import Kind, Status, clean
from bot.privacy import mask
from bot.storage import decisions, identities, ledger, members, names, organisations, praises, rulebook
from bot.storage.database import Tx
from bot.storage.lines import hold as hold_lines
from bot.storage.members import Member
from bot.storage.praises import Praise
from bot.tags import Tag, Tier, in_order

REASON_LIMIT = 300
"""Characters of the reason why something is not praise."""


def scope(tx: Tx, member: Member) -> tuple[int, ...] | None:
    """Return the teams a member decides for: None for all. Raises `NotAllowed` for who decides for none."""
    if member.role.sees_all:
        return None
    teams = organisations.supervised(tx, member.id)
    if not teams:
        raise NotAllowed(who=translator(member.locale)("supervisors"))
    return teams


def decide(
    tx: Tx,
    call: Call,
    praise_id: int,
    outcome: str,
    *,
    tags: tuple[Tag, ...] = (),
    primary: Tag | None = None,
    tier: Tier | None = None,
    reason: str = "",
) -> View:
    """Decide on a praise: ``confirm``, ``retag`` (with all of its tagging), ``raise`` or ``reject``.

    A rejection has a reason where `Praise.wants_reason` says so. Books or reverses points, redraws every card, tells
    the agent, keeps the decision as a training example.
    """
    praise = open_praise(tx, call, praise_id)
    members.lock(tx, [member_id for member_id in (praise.giver_id, praise.recipient_id) if member_id is not None])
    if outcome == "reject":
        return _reject(tx, call, praise, reason)
    if praise.recipient_id is None:
        raise RecipientMissing
    if outcome == "raise":
        tags, primary, tier = in_order((*praise.tags, Tag.VALUE_ADDED)), praise.primary, Tier.HIGHLIGHT
    elif outcome == "confirm":
        tags, primary, tier = praise.tags, praise.primary, praise.tier
    assert primary is not None
    assert tier is not None
    changed = (tags, primary, tier) != (praise.tags, praise.primary, praise.tier)
    if outcome == "retag" and not changed:
        outcome = "confirm"
    counted = praise.status.counts
    decisions.add(tx, praise, call.actor.id, outcome, tags, primary, tier, reason, call.now)
    praises.set_status(tx, praise.id, Status.CONFIRMED, call.actor.id, call.now)
    if changed:
        praises.retag(tx, praise.id, tags, primary, tier)
    if changed or not counted:
        _book_again(tx, call, praise, reverse=counted)
    seen = reload(tx, praise)
    redraw(tx, seen.praise, f"decided:{praise.id}", call.now)
    if not counted:
        announce(tx, (seen,), call.incoming.platform, call.now)
        _tell_forwarder(tx, call, seen)
    elif changed:
        _tell_of_change(tx, call, praise, seen)
    return seen


def _book_again(tx: Tx, call: Call, before: Praise, *, reverse: bool) -> None:
    """Book what a praise is worth now, by the rules it was given under, in place of what was booked before."""
    praise = praises.by_id(tx, before.organisation_id, before.id)
    assert praise is not None
    assert praise.recipient_id is not None
    ids = [member_id for member_id in (praise.recipient_id, praise.giver_id) if member_id is not None]
    people = members.by_ids(tx, praise.organisation_id, ids)
    recipient = people[praise.recipient_id]
    if reverse:
        ledger.reverse(tx, praise.id, local_day(call.now, recipient.timezone), call.now, causes=(Cause.PRAISE,))
    rules = rulebook.by_id(tx, praise.rules_id).rules
    points = rules.worth(praise.kind, praise.tier, praise.primary)
    giver = people.get(praise.giver_id) if praise.giver_id is not None else None
    book(tx, praise, points, recipient, giver, call.now)


def _reject(tx: Tx, call: Call, praise: Praise, reason: str) -> View:
    reason = mask(clean(reason)[0].strip(), names.in_use(tx, praise.organisation_id))[:REASON_LIMIT]
    if not reason and praise.wants_reason:
        raise RejectReasonMissing
    counted = praise.status.counts
    decisions.add(tx, praise, call.actor.id, "reject", (), None, None, reason, call.now)
    praises.set_status(tx, praise.id, Status.REJECTED, call.actor.id, call.now)
    taken = take_back(tx, praise, call.now)
    seen = reload(tx, praise)
    redraw(tx, seen.praise, f"decided:{praise.id}", call.now)
    told = {praise.giver_id} | ({praise.recipient_id} if counted else set())
    people = members.by_ids(tx, praise.organisation_id, [i for i in told if i is not None])
    for member in people.values():
        _ = translator(member.locale)
        title = _("Not counted as praise")
        lines: list[Block] = [Quote(praise.text), Text(_("{name}: “{reason}”", name=call.actor.name, reason=reason))]
        if taken and member.id == praise.recipient_id:
            lines.append(Text(_("Points: {points}", points=signed(-taken)), "quiet"))
        tell(
            tx, praise, member.id, Card(title, tuple(lines), title=title), "rejected", call.incoming.platform, call.now
        )
    return seen


def _tell_forwarder(tx: Tx, call: Call, seen: View) -> None:
    praise = seen.praise
    if praise.kind is not Kind.CUSTOMER or praise.giver_id is None:
        return
    _ = translator(seen.people[praise.giver_id].locale)
    title = _("The customer praise you forwarded is confirmed")
    line = _(
        "For {recipient}: {tags}. Confirmed by {name}.",
        recipient=seen.recipient.name,
        tags=tagged(praise.primary, praise.tags, praise.tier, _),
        name=call.actor.name,
    )
    card = Card(title, (Quote(praise.text), Text(line)), title=title, tone="good")
    tell(tx, praise, praise.giver_id, card, "confirmed", call.incoming.platform, call.now)


def _tell_of_change(tx: Tx, call: Call, before: Praise, seen: View) -> None:
    recipient = seen.recipient
    _ = translator(recipient.locale)
    praise = seen.praise
    if praise.tier is Tier.HIGHLIGHT and before.tier is not Tier.HIGHLIGHT:
        title = _("Your praise is now a highlight")
    else:
        title = _("The tags on your praise changed")
    tags = tagged(praise.primary, praise.tags, praise.tier, _)
    line = _(
        "{name}: {tags}. Points for it now: {points}.", name=call.actor.name, tags=tags, points=signed(seen.points)
    )
    card = Card(title, (Quote(praise.text), Text(line)), title=title, tone="good")
    tell(tx, praise, recipient.id, card, "changed", call.incoming.platform, call.now)


def open_praise(tx: Tx, call: Call, praise_id: int, *, lock: bool = True) -> Praise:
    """Return a praise the caller may decide on, else say why not. ``lock`` holds it until the transaction ends."""
    teams = scope(tx, call.actor)
    praise = praises.by_id(tx, call.organisation.id, praise_id, lock=lock)
    if praise is None:
        raise NotFound
    if not may_decide(praise, call.actor.id):
        raise OwnPraise
    if teams is not None and praise.recipient_id is not None and praise.team_id not in teams:
        raise NotYourTeam
    if not praise.status.open:
        raise _decided(tx, call, praise)
    return praise


def _decided(tx: Tx, call: Call, praise: Praise) -> Refusal:
    if praise.status is Status.UNDONE:
        return NotFound()
    _ = translator(call.actor.locale)
    last = decisions.last_outcome(tx, praise.id)
    outcome = outcome_name(last[0] if last else "confirm", _)
    who = praise.decided_by or 0
    people = members.by_ids(tx, call.organisation.id, [who])
    return AlreadyDecided(name=people[who].name if who in people else "?", outcome=outcome)


@dataclass(frozen=True, slots=True)
class Tags:
    """All of a praise's tagging as a supervisor wants it."""

    tags: tuple[Tag, ...]
    primary: Tag
    tier: Tier


def is_theirs(tx: Tx, call: Call, praise: Praise) -> bool:
    """Return whether an open praise is the caller's to decide: neither their own nor another supervisor's."""
    teams = scope(tx, call.actor)
    return may_decide(praise, call.actor.id) and (teams is None or praise.team_id in teams)


def assign(
    tx: Tx, call: Call, praise_id: int, account: str, *, wanted: Tags | None = None, confirm: bool = False
) -> View:
    """Say whose praise it is. In another supervisor's team it waits for them. What already counts moves with it.

    ``confirm`` also decides, where the caller may (`is_theirs`): as tagged, or as ``wanted``. What only waits is tagged
    as ``wanted`` for whoever decides.
    """
    praise = open_praise(tx, call, praise_id)
    if praise.kind is Kind.PEER:  # a colleague said whom they meant
        raise NotFound
    found = identities.behind(tx, call.incoming.platform, call.incoming.workspace, [account])
    if account in call.strangers:
        raise UnknownPerson(name=account)
    if account not in found:
        raise UnknownAccounts([account])
    recipient = found[account]
    if recipient.bot:
        raise PraisingBot(name=recipient.name)
    if not recipient.active:
        raise PraisingLeaver(name=recipient.name)
    if recipient.id == praise.giver_id:
        raise OwnPraise
    moves = praise.status.counts and recipient.id != praise.recipient_id
    if moves and recipient.id == call.actor.id:  # it would credit them without another's decision
        raise OwnPraise
    left = recipients_day(tx, praise, call.now) if moves else None
    members.lock(tx, [member_id for member_id in (praise.recipient_id, recipient.id) if member_id is not None])
    if moves and came_alone(praise):
        hold_lines(tx, {team for team in (praise.team_id, recipient.team_id) if team is not None})
    praises.assign(tx, praise.id, recipient.id, recipient.team_id)
    decisions.note(
        tx, call.organisation.id, call.actor.id, "assign", f"praise {praise.id}", {"to": recipient.id}, call.now
    )
    decides = confirm and is_theirs(tx, call, reload(tx, praise).praise)
    if wanted is not None and not decides and praise.status is Status.WAITING:
        _suggest(tx, call, praise, wanted)
    if left is not None:
        ledger.move(tx, reload(tx, praise).praise, left, local_day(call.now, recipient.timezone), call.now)
    seen = reload(tx, praise)
    redraw(tx, seen.praise, f"assigned:{call.incoming.event_id}", call.now)
    if moves:
        announce(tx, (seen,), call.incoming.platform, call.now)
    if decides and wanted is not None:
        return decide(tx, call, praise_id, "retag", tags=wanted.tags, primary=wanted.primary, tier=wanted.tier)
    if decides:
        return decide(tx, call, praise_id, "confirm")
    if recipient.team_id != praise.team_id:
        ask_supervisors(tx, seen, call.incoming.platform, call.now, but=call.actor.id)
    return seen


def _suggest(tx: Tx, call: Call, praise: Praise, wanted: Tags) -> None:
    """Tag what waits as a supervisor wants it, who does not decide on it."""
    if wanted == Tags(praise.tags, praise.primary, praise.tier):
        return
    praises.retag(tx, praise.id, wanted.tags, wanted.primary, wanted.tier)
    details = {"tags": wanted.tags, "primary": wanted.primary, "tier": wanted.tier}
    decisions.note(tx, call.organisation.id, call.actor.id, "suggest", f"praise {praise.id}", details, call.now)
