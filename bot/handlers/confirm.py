"""The supervisor's word: the queue, and decisions one by one or several at once. A decision is final."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat import Block, Button, Buttons, Card, Choice, Divider, Field, Form, Quote, Reply, Text
from bot.dispatch import Call, Context, UnknownAccounts
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
from bot.handlers.cards import View, item, view
from bot.handlers.giving import book, reload, take_back
from bot.handlers.posting import announce, ask_supervisors, may_decide, redraw, tell
from bot.handlers.praise import number
from bot.handlers.words import outcome_name, signed, tag_name, tagged, tier_name
from bot.i18n import Translate, describe, moment, translator
from bot.periods import local_day
from bot.points import Cause
from bot.praise import Kind, Status, clean
from bot.privacy import mask
from bot.storage import decisions, ledger, members, organisations, praises, rulebook
from bot.storage.database import Tx
from bot.storage.members import Member
from bot.storage.praises import Praise
from bot.tags import ORDER, Tag, Tier, in_order

_PAGE = 5
_REASON_LIMIT = 300

# --- deciding ---------------------------------------------------------------------------------------------------------


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
    """Decide on a praise: ``confirm``, ``retag`` (with all of its tagging), ``raise`` or ``reject`` (with a reason).

    Books or reverses points, redraws every card, tells the agent, keeps the decision as a training example.
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
    reason = mask(clean(reason)[0].strip())[:_REASON_LIMIT]
    if not reason:
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
    if teams is not None and praise.team_id is not None and praise.team_id not in teams:
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


def assign(tx: Tx, call: Call, praise_id: int, account: str) -> View:
    """Say whose praise it is. In another supervisor's team it waits for them. What already counts moves with it."""
    praise = open_praise(tx, call, praise_id)
    if praise.kind is Kind.PEER:  # a colleague said whom they meant
        raise NotFound
    found = members.by_accounts(tx, call.incoming.platform, call.incoming.workspace, [account])
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
    members.lock(tx, [member_id for member_id in (praise.recipient_id, recipient.id) if member_id is not None])
    praises.assign(tx, praise.id, recipient.id, recipient.team_id)
    decisions.note(
        tx, call.organisation.id, call.actor.id, "assign", f"praise {praise.id}", {"to": recipient.id}, call.now
    )
    if moves:
        ledger.move(tx, reload(tx, praise).praise, local_day(call.now, recipient.timezone), call.now)
    seen = reload(tx, praise)
    redraw(tx, seen.praise, f"assigned:{call.incoming.event_id}", call.now)
    if moves:
        announce(tx, (seen,), call.incoming.platform, call.now)
    if recipient.team_id != praise.team_id:
        ask_supervisors(tx, seen, call.incoming.platform, call.now)
    return seen


# --- what is pressed --------------------------------------------------------------------------------------------------


async def confirm(ctx: Context) -> Reply:
    """Confirm as tagged."""
    return await ctx.write(_decide, "confirm")


async def raise_(ctx: Context) -> Reply:
    """Raise to highlight."""
    return await ctx.write(_decide, "raise")


def _decide(tx: Tx, call: Call, outcome: str) -> Reply:
    return _answer(tx, call, decide(tx, call, number(call.action.text("praise")), outcome))


def _answer(tx: Tx, call: Call, seen: View) -> Reply:
    """Return the queue drawn again when the button was pressed there, else the one card as it stands now."""
    if call.action.text("from") == "queue":
        return Reply(_queue(tx, call, 0), replaces=True)
    _ = translator(call.actor.locale)
    blocks = item(seen, call.actor.locale, _)
    title = _("Decided") if not seen.praise.status.open else _("Waiting for a decision")
    return Reply(Card(title, blocks, title=title, tone="good"), replaces=True)


async def batch(ctx: Context) -> Reply:
    """Confirm several as tagged; those that somebody else decided meanwhile are left out and said."""
    return await ctx.write(_batch)


def _batch(tx: Tx, call: Call) -> Reply:
    _ = translator(call.actor.locale)
    lines: list[str] = []
    confirmed = 0
    chosen = [number(part) for part in call.action.text("praises").split(",")[:50]]
    members.lock(tx, praises.lock(tx, call.organisation.id, chosen))
    for praise_id in chosen:
        try:
            decide(tx, call, praise_id, "confirm")
            confirmed += 1
        except Refusal as refusal:  # each refusal comes before that praise's first write
            lines.append(describe(refusal, call.actor.locale))
    lines.insert(0, _("Confirmed: {count}.", count=confirmed))
    return Reply(_queue(tx, call, 0, tuple(lines)), replaces=True)


async def retag_form(ctx: Context) -> Reply:
    """Ask for the right tags."""
    return await ctx.read(_retag_form)


def _retag_form(tx: Tx, call: Call, errors: dict[str, str] | None = None) -> Reply:
    praise = open_praise(tx, call, number(call.action.text("praise")), lock=False)
    _ = translator(call.actor.locale)
    sent = call.action
    again = errors is not None
    tags = tuple(Choice(tag.value, tag_name(tag, _)) for tag in ORDER)
    form = Form(
        name="confirm.retag",
        title=_("Change tags"),
        submit=_("Save and confirm"),
        fields=(
            Field(
                "primary",
                _("Main tag"),
                "choice",
                choices=tags,
                value=sent.text("primary") if again else praise.primary.value,
            ),
            Field(
                "tags",
                _("Other tags"),
                "choice",
                required=False,
                several=True,
                choices=tags,
                value=sent.several("tags") if again else tuple(tag.value for tag in praise.tags),
            ),
            Field(
                "tier",
                _("Tier"),
                "choice",
                choices=tuple(Choice(tier.value, tier_name(tier, _)) for tier in Tier),
                value=sent.text("tier") if again else praise.tier.value,
                hint=_("Highlight: a concrete act beyond the duty, or a conflict turned into satisfaction."),
            ),
        ),
        carries=_carried(call),
        errors=errors or {},
    )
    return Reply(form=form)


def _carried(call: Call) -> dict[str, str]:
    return {name: call.action.text(name) for name in ("praise", "from") if call.action.text(name)}


async def retag(ctx: Context) -> Reply:
    """Confirm with other tags."""
    return await ctx.write(_retag)


def _retag(tx: Tx, call: Call) -> Reply:
    sent = call.action
    _ = translator(call.actor.locale)
    if sent.text("primary") not in set(Tag) or sent.text("tier") not in set(Tier):
        return _retag_form(tx, call, {"primary": _("Choose one of these.")})
    primary, tier = Tag(sent.text("primary")), Tier(sent.text("tier"))
    tags = in_order((primary, *(Tag(tag) for tag in sent.several("tags") if tag in set(Tag))))
    if tier is Tier.HIGHLIGHT:  # a highlight is by definition a concrete value-added act
        tags = in_order((*tags, Tag.VALUE_ADDED))
    seen = decide(tx, call, number(sent.text("praise")), "retag", tags=tags, primary=primary, tier=tier)
    return _answer(tx, call, seen)


async def reject_form(ctx: Context) -> Reply:
    """Ask why it is not praise."""
    return await ctx.read(_reject_form)


def _reject_form(tx: Tx, call: Call, errors: dict[str, str] | None = None) -> Reply:
    open_praise(tx, call, number(call.action.text("praise")), lock=False)
    _ = translator(call.actor.locale)
    return Reply(
        form=Form(
            name="confirm.reject",
            title=_("Not praise"),
            submit=_("Not praise"),
            fields=(
                Field(
                    "reason",
                    _("Why is this not praise?"),
                    "text",
                    value=call.action.text("reason"),
                    hint=_("Those involved read this, and the classifier learns from it."),
                    limit=_REASON_LIMIT,
                ),
            ),
            carries=_carried(call),
            errors=errors or {},
        )
    )


async def reject(ctx: Context) -> Reply:
    """Decide that it is not praise."""
    try:
        return await ctx.write(_reject_sent)
    except RejectReasonMissing as missing:
        return await ctx.read(_reject_form_again, missing)


def _reject_form_again(tx: Tx, call: Call, missing: Refusal) -> Reply:
    return _reject_form(tx, call, {"reason": describe(missing, call.actor.locale)})


def _reject_sent(tx: Tx, call: Call) -> Reply:
    sent = call.action
    return _answer(tx, call, decide(tx, call, number(sent.text("praise")), "reject", reason=sent.text("reason")))


async def assign_form(ctx: Context) -> Reply:
    """Ask whose praise it is."""
    return await ctx.read(_assign_form)


def _assign_form(tx: Tx, call: Call, errors: dict[str, str] | None = None) -> Reply:
    open_praise(tx, call, number(call.action.text("praise")), lock=False)
    _ = translator(call.actor.locale)
    field = Field("to", _("Agent"), "people", value=call.action.several("to"))
    return Reply(
        form=Form(
            name="confirm.assign",
            title=_("Whose praise is this?"),
            submit=_("Assign"),
            fields=(field,),
            carries=_carried(call),
            errors=errors or {},
        )
    )


async def assigned(ctx: Context) -> Reply:
    """Say whose praise it is; it stays open for a decision."""
    try:
        return await ctx.write(_assigned)
    except (UnknownPerson, PraisingBot, PraisingLeaver, OwnPraise) as refusal:
        return await ctx.read(_assign_form_again, refusal)


def _assign_form_again(tx: Tx, call: Call, refusal: Refusal) -> Reply:
    return _assign_form(tx, call, {"to": describe(refusal, call.actor.locale)})


def _assigned(tx: Tx, call: Call) -> Reply:
    seen = assign(tx, call, number(call.action.text("praise")), call.action.text("to"))
    return _answer(tx, call, seen)


# --- the queue --------------------------------------------------------------------------------------------------------


async def queue(ctx: Context) -> Reply:
    """`/praise queue`: what waits for the caller, customers' words first, then the least certain."""
    return await ctx.read(lambda tx, call: Reply(_queue(tx, call, 0)))


async def queue_page(ctx: Context) -> Reply:
    """Turn the queue's page."""
    return await ctx.read(lambda tx, call: Reply(_queue(tx, call, number(call.action.text("page"))), replaces=True))


def _queue(tx: Tx, call: Call, page: int, said: Sequence[str] = ()) -> Card:
    actor = call.actor
    teams = scope(tx, actor)
    _ = translator(actor.locale)
    total = praises.queue_length(tx, call.organisation.id, teams, actor.id)
    page = min(page, max(0, (total - 1) // _PAGE))
    shown = praises.queue(tx, call.organisation.id, teams, actor.id, _PAGE, page * _PAGE)
    blocks: list[Block] = [Text(line, "strong") for line in said]
    if not shown:
        title = _("Your queue is empty")
        return Card(title, (*blocks, Text(_("All done, thank you."))), title=title, tone="good")
    title = _("{count} to decide", count=total)
    names = organisations.names(organisations.teams_of(tx, call.organisation.id))
    for praise in shown:
        seen = view(tx, praise)
        if blocks:
            blocks.append(Divider())
        blocks.append(Text(_headline(seen, names, actor, _), "strong"))
        blocks.extend(item(seen, actor.locale, _, listed=True))
    sure = [praise for praise in shown if praise.recipient_id is not None]
    last: list[Button] = []
    if len(sure) > 1:
        ids = ",".join(str(praise.id) for praise in sure)
        asks = _("Confirm all {count} as they are tagged?", count=len(sure))
        last.append(
            Button("confirm.batch", _("Confirm these {count}", count=len(sure)), {"praises": ids}, "primary", asks)
        )
    if page > 0:
        last.append(Button("confirm.page", _("Previous"), {"page": str(page - 1)}))
    if (page + 1) * _PAGE < total:
        last.append(Button("confirm.page", _("Next"), {"page": str(page + 1)}))
    if last:
        blocks += [Divider(), Buttons(tuple(last))]
    return Card(title, tuple(blocks), title=title)


def _headline(seen: View, teams: dict[int, str], reader: Member, _: Translate) -> str:
    praise = seen.praise
    when = moment(praise.created, reader.locale, reader.timezone)
    name = seen.name(praise.recipient_id, _)
    if praise.recipient_id is None:
        return _("Customer praise, nobody named, {when}", when=when)
    team = teams.get(praise.team_id or 0, "–")
    if praise.giver_id is None:
        return _("Customer praise for {name} ({team}), {when}", name=name, team=team, when=when)
    giver = seen.name(praise.giver_id, _)
    if praise.kind is Kind.CUSTOMER:
        return _(
            "Customer praise for {name} ({team}), forwarded by {giver}, {when}",
            name=name,
            team=team,
            giver=giver,
            when=when,
        )
    return _("{giver} praised {name} ({team}), {when}", giver=giver, name=name, team=team, when=when)
