"""What a supervisor presses: one decision, several at once, and the forms that ask for more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.chat import Block, Buttons, Card, Choice, Field, Form, Reply, Text
from bot.dispatch import Call, Context
from bot.errors import OwnPraise, PraisingBot, PraisingLeaver, Refusal, RejectReasonMissing, UnknownPerson
from bot.handlers import queue
from bot.handlers.asking import no_reason, reason_fields, reason_of, tagging_fields, tagging_of
from bot.handlers.cards import View, excerpt, item
from bot.handlers.deciding import assign, decide, is_theirs, open_praise
from bot.handlers.praise import number
from bot.handlers.queue import place_of
from bot.handlers.words import confidence_words, how_often, tagged
from bot.i18n import Translate, describe, listing, translator
from bot.praise import Status
from bot.storage import lines, members, organisations, praises
from bot.storage.database import Tx
from bot.storage.praises import Praise
from bot.tags import FAIRLY_SURE, Tag, Tier

_AT_ONCE = 50  # decisions taken by one press


async def confirm(ctx: Context) -> Reply:
    """Confirm as tagged."""
    return await ctx.write(_decide, "confirm")


async def raise_(ctx: Context) -> Reply:
    """Raise to highlight."""
    return await ctx.write(_decide, "raise")


def _decide(tx: Tx, call: Call, outcome: str) -> Reply:
    return _answer(tx, call, decide(tx, call, number(call.action.text("praise")), outcome))


def _answer(tx: Tx, call: Call, seen: View, said: str = "") -> Reply:
    """Return the queue drawn again when the button was pressed there, else the one card as it stands now.

    Above the queue stands what is ``said``, else what was decided of whom.
    """
    _ = translator(call.actor.locale)
    praise = seen.praise
    if call.action.text("from") in (queue.QUEUE, queue.HOME):
        return queue.again(tx, call, place_of(call.action), [Text(said or _decided(seen, _), "quiet")])
    blocks: Sequence[Block] = item(seen, call.actor.locale, _)
    if praise.status.open and not is_theirs(tx, call, praise):
        blocks = [block for block in blocks if not isinstance(block, Buttons)]
    if said:
        blocks = [Text(said), *blocks]
    title = _("Decided") if not praise.status.open else _("Waiting for a decision")
    return Reply(Card(title, tuple(blocks), title=title, tone="good"), replaces=True)


def _decided(seen: View, _: Translate) -> str:
    """Return what was just decided of whom, in one sentence."""
    praise = seen.praise
    name = seen.name(praise.recipient_id, _)
    if praise.status is Status.REJECTED:
        return _("Not praise, {name}: “{text}”", name=name, text=excerpt(praise.text))
    tags = tagged(praise.primary, praise.tags, praise.tier, _)
    if seen.outcome == "retag":
        return _("Confirmed with other tags for {name}: {tags}.", name=name, tags=tags)
    if seen.outcome == "raise":
        return _("Raised for {name}: {tags}.", name=name, tags=tags)
    return _("Confirmed for {name}: {tags}.", name=name, tags=tags)


# --- several at once --------------------------------------------------------------------------------------------------


async def batch(ctx: Context) -> Reply:
    """Confirm a page of the queue as tagged."""
    return await ctx.write(_decide_all, ctx.action.text("praises").split(","), "confirm")


def _decide_all(tx: Tx, call: Call, ids: Sequence[str], outcome: str, reason: str = "") -> Reply:
    """Decide on several; those that somebody else decided meanwhile are left out and said."""
    locale = call.actor.locale
    _ = translator(locale)
    refused: Counter[str] = Counter()
    whose: Counter[str] = Counter()
    chosen = [number(part) for part in ids[:_AT_ONCE]]
    members.lock(tx, praises.lock(tx, call.organisation.id, chosen))
    lines.hold(tx, lines.teams_of(tx, call.organisation.id, chosen))
    for praise_id in chosen:
        try:
            seen = decide(tx, call, praise_id, outcome, reason=reason)
            whose[seen.name(seen.praise.recipient_id, _)] += 1
        except Refusal as refusal:  # each refusal comes before that praise's first write
            refused[describe(refusal, locale)] += 1
    said = [Text(_("Not decided: {count}. {why}", count=count, why=why), "strong") for why, count in refused.items()]
    if whose:
        count, who = whose.total(), how_often(whose.most_common(), locale)
        done = (
            _("Not praise: {count}, {who}.", count=count, who=who)
            if outcome == "reject"
            else _("Confirmed: {count}, {who}.", count=count, who=who)
        )
        said.insert(0, Text(done, "quiet"))
    return queue.again(tx, call, place_of(call.action), said)


async def several_form(ctx: Context) -> Reply:
    """Let several of the queue be chosen and decided alike."""
    return await ctx.read(_several_form)


def _several_form(tx: Tx, call: Call, errors: dict[str, str] | None = None) -> Reply:
    locale = call.actor.locale
    _ = translator(locale)
    sent = call.action
    waiting = queue.shown(tx, call, place_of(sent))
    ids = [praise.recipient_id for praise in waiting if praise.recipient_id is not None]
    names = members.by_ids(tx, call.organisation.id, ids)
    choices = tuple(
        Choice(
            str(praise.id),
            _(
                "{name}, {what}: {text}",
                name=names[praise.recipient_id].name if praise.recipient_id is not None else _("nobody yet"),
                what=listing(_what(praise, _), locale),
                text=excerpt(praise.text),
            ),
        )
        for praise in waiting
    )
    reject = Choice("reject", _("Not praise"))
    outcomes = (Choice("confirm", _("Confirm as tagged")), reject) if ids else (reject,)
    form = Form(
        name="confirm.several",
        title=_("Decide on several"),
        submit=_("Decide"),
        fields=(
            Field("praises", _("Which ones?"), "choice", several=True, choices=choices, value=sent.several("praises")),
            Field(
                "outcome",
                _("Decision"),
                "choice",
                choices=outcomes,
                value=sent.text("outcome") if ids else reject.value,
            ),
            *reason_fields(sent, _, required=not ids and all(praise.wants_reason for praise in waiting)),
        ),
        carries=_carried(call),
        errors=errors or {},
    )
    return Reply(form=form)


def _what(praise: Praise, _: Translate) -> tuple[str, ...]:
    """Return how a praise is tagged and, where the classifier did it, how sure it is that it is one."""
    tags = tagged(praise.primary, praise.tags, praise.tier, _)
    if praise.doubtful:
        return (tags, _("perhaps praise"))
    return (tags, confidence_words(praise.confidence, _)) if praise.tagged_by == "classifier" else (tags,)


async def several(ctx: Context) -> Reply:
    """Decide on the chosen ones."""
    return await ctx.write(_several)


def _several(tx: Tx, call: Call) -> Reply:
    _ = translator(call.actor.locale)
    sent = call.action
    chosen = sent.several("praises")
    these = praises.by_ids(tx, call.organisation.id, [number(part) for part in chosen[:_AT_ONCE]])
    outcome, reason = sent.text("outcome"), ""
    errors: dict[str, str] = {}
    if not chosen:
        errors["praises"] = _("Choose at least one.")
    if outcome not in ("confirm", "reject"):
        errors["outcome"] = _("Choose one of these.")
    elif outcome == "reject":
        reason = reason_of(sent, _)
        if not reason and any(praise.wants_reason for praise in these):
            errors |= no_reason(sent, _)
    elif unnamed := sum(praise.recipient_id is None for praise in these):
        errors["praises"] = _("Nobody is named yet in {count} of these: first say whose they are.", count=unnamed)
    if errors:
        return _several_form(tx, call, errors)
    return _decide_all(tx, call, chosen, outcome, reason)


# --- forms ------------------------------------------------------------------------------------------------------------


async def retag_form(ctx: Context) -> Reply:
    """Ask for the right tags."""
    return await ctx.read(_retag_form)


def _retag_form(tx: Tx, call: Call, errors: dict[str, str] | None = None) -> Reply:
    praise = open_praise(tx, call, number(call.action.text("praise")), lock=False)
    _ = translator(call.actor.locale)
    form = Form(
        name="confirm.retag",
        title=_("Change tags"),
        submit=_("Save and confirm"),
        fields=tagging_fields(praise, call.action if errors else None, _),
        carries=_carried(call),
        errors=errors or {},
        about=praise.text,
    )
    return Reply(form=form)


def _carried(call: Call) -> dict[str, str]:
    """Return what a form's sending must still know: which praise, and the place in the queue."""
    return {name: call.action.text(name) for name in ("praise", "from", "page", "part") if call.action.text(name)}


async def retag(ctx: Context) -> Reply:
    """Confirm with other tags."""
    return await ctx.write(_retag)


def _retag(tx: Tx, call: Call) -> Reply:
    wanted = tagging_of(call.action)
    if wanted is None:
        return _retag_form(tx, call, _untagged(call))
    praise_id = number(call.action.text("praise"))
    seen = decide(tx, call, praise_id, "retag", tags=wanted.tags, primary=wanted.primary, tier=wanted.tier)
    return _answer(tx, call, seen)


def _untagged(call: Call) -> dict[str, str]:
    """Return what to say on the fields without which there is no tagging."""
    text = translator(call.actor.locale)("Choose one of these.")
    allowed: dict[str, set[str]] = {"primary": set(Tag), "tier": set(Tier)}
    return {name: text for name, values in allowed.items() if call.action.text(name) not in values}


async def reject_form(ctx: Context) -> Reply:
    """Ask why it is not praise."""
    return await ctx.read(_reject_form)


def _reject_form(tx: Tx, call: Call, errors: dict[str, str] | None = None) -> Reply:
    praise = open_praise(tx, call, number(call.action.text("praise")), lock=False)
    _ = translator(call.actor.locale)
    return Reply(
        form=Form(
            name="confirm.reject",
            title=_("Not praise"),
            submit=_("Not praise"),
            fields=reason_fields(call.action, _),
            carries=_carried(call),
            errors=errors or {},
            about=praise.text,
        )
    )


async def reject(ctx: Context) -> Reply:
    """Decide that it is not praise."""
    try:
        return await ctx.write(_reject_sent)
    except RejectReasonMissing:
        return await ctx.read(_reject_form_again)


def _reject_form_again(tx: Tx, call: Call) -> Reply:
    return _reject_form(tx, call, no_reason(call.action, translator(call.actor.locale)))


def _reject_sent(tx: Tx, call: Call) -> Reply:
    reason = reason_of(call.action, translator(call.actor.locale))
    return _answer(tx, call, decide(tx, call, number(call.action.text("praise")), "reject", reason=reason))


async def assign_form(ctx: Context) -> Reply:
    """Ask whose praise it is."""
    return await ctx.read(_assign_form)


def _assign_form(tx: Tx, call: Call, errors: dict[str, str] | None = None) -> Reply:
    praise = open_praise(tx, call, number(call.action.text("praise")), lock=False)
    _ = translator(call.actor.locale)
    sent = call.action if errors else None
    fields = [Field("to", _("Agent"), "people", value=call.action.several("to"))]
    if praise.status is Status.WAITING:
        sure = "true" if praise.confidence >= FAIRLY_SURE and not praise.doubtful else ""
        fields += tagging_fields(praise, sent, _)
        fields.append(
            Field(
                "confirm",
                _("Confirm at once as above"),
                "toggle",
                required=False,
                value=sent.text("confirm") if sent else sure,
                hint=_("What is for an agent of another supervisor waits for them in any case."),
            )
        )
    return Reply(
        form=Form(
            name="confirm.assign",
            title=_("Whose praise is this?"),
            submit=_("Assign"),
            fields=tuple(fields),
            carries=_carried(call),
            errors=errors or {},
            about=praise.text,
        )
    )


async def assigned(ctx: Context) -> Reply:
    """Say whose praise it is; it stays open for a decision unless that is taken with it."""
    try:
        return await ctx.write(_assigned)
    except (UnknownPerson, PraisingBot, PraisingLeaver, OwnPraise) as refusal:
        return await ctx.read(_assign_form_again, refusal)


def _assign_form_again(tx: Tx, call: Call, refusal: Refusal) -> Reply:
    return _assign_form(tx, call, {"to": describe(refusal, call.actor.locale)})


def _assigned(tx: Tx, call: Call) -> Reply:
    sent = call.action
    wanted = tagging_of(sent)
    if wanted is None and ("primary" in sent.values or "tier" in sent.values):
        return _assign_form(tx, call, _untagged(call))
    confirm = sent.text("confirm") == "true"
    seen = assign(tx, call, number(sent.text("praise")), sent.text("to"), wanted=wanted, confirm=confirm)
    return _answer(tx, call, seen, _assigned_to(tx, call, seen) if seen.praise.status.open else "")


def _assigned_to(tx: Tx, call: Call, seen: View) -> str:
    """Return whose a praise is now, and who decides on it."""
    _ = translator(call.actor.locale)
    praise, name = seen.praise, seen.recipient.name
    if praise.recipient_id == call.actor.id:
        return _("Assigned to you, not confirmed: somebody else decides on it.")
    if is_theirs(tx, call, praise):
        return _("Assigned to {name}, not confirmed yet.", name=name)
    team = organisations.team(tx, call.organisation.id, praise.team_id) if praise.team_id is not None else None
    if team is None:
        return _("Assigned to {name}, who is in no team; not confirmed: a manager decides on it.", name=name)
    return _(
        "Assigned to {name} ({team}), not confirmed: the supervisors there decide on it.", name=name, team=team.name
    )
