"""What a supervisor presses: one decision, several at once, and the forms that ask for more."""

from __future__ import annotations

from bot.chat import Card, Choice, Field, Form, Reply
from bot.dispatch import Call, Context
from bot.errors import OwnPraise, PraisingBot, PraisingLeaver, Refusal, RejectReasonMissing, UnknownPerson
from bot.handlers import queue
from bot.handlers.cards import View, item
from bot.handlers.deciding import REASON_LIMIT, assign, decide, open_praise
from bot.handlers.praise import number
from bot.handlers.words import tag_name, tier_name
from bot.i18n import describe, translator
from bot.storage import members, praises
from bot.storage.database import Tx
from bot.tags import ORDER, Tag, Tier, in_order


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
        return Reply(queue.card(tx, call), replaces=True)
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
    return Reply(queue.card(tx, call, said=lines), replaces=True)


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
                    hint=_("Those involved read this, and it is kept to train the classifier."),
                    limit=REASON_LIMIT,
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
