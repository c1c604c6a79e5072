"""What a supervisor presses: one decision, several at once, and the forms that ask for more."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat import Card, Choice, Field, Form, Reply
from bot.dispatch import Call, Context
from bot.errors import OwnPraise, PraisingBot, PraisingLeaver, Refusal, RejectReasonMissing, UnknownPerson
from bot.handlers import queue
from bot.handlers.cards import View, excerpt, item
from bot.handlers.deciding import REASON_LIMIT, assign, decide, open_praise
from bot.handlers.praise import number
from bot.handlers.queue import place_of
from bot.handlers.words import tag_name, tagged, tier_name
from bot.i18n import Translate, describe, translator
from bot.praise import Status
from bot.storage import members, praises
from bot.storage.database import Tx
from bot.tags import ORDER, Tag, Tier, in_order

_AT_ONCE = 50  # decisions taken by one press


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
    if call.action.text("from") in (queue.QUEUE, queue.HOME):
        return queue.again(tx, call, place_of(call.action))
    _ = translator(call.actor.locale)
    blocks = item(seen, call.actor.locale, _)
    title = _("Decided") if not seen.praise.status.open else _("Waiting for a decision")
    return Reply(Card(title, blocks, title=title, tone="good"), replaces=True)


# --- several at once --------------------------------------------------------------------------------------------------


async def batch(ctx: Context) -> Reply:
    """Confirm a page of the queue as tagged."""
    return await ctx.write(_decide_all, ctx.action.text("praises").split(","), "confirm")


def _decide_all(tx: Tx, call: Call, ids: Sequence[str], outcome: str, reason: str = "") -> Reply:
    """Decide on several; those that somebody else decided meanwhile are left out and said."""
    _ = translator(call.actor.locale)
    lines: list[str] = []
    decided = 0
    chosen = [number(part) for part in ids[:_AT_ONCE]]
    members.lock(tx, praises.lock(tx, call.organisation.id, chosen))
    for praise_id in chosen:
        try:
            decide(tx, call, praise_id, outcome, reason=reason)
            decided += 1
        except Refusal as refusal:  # each refusal comes before that praise's first write
            lines.append(describe(refusal, call.actor.locale))
    done = _("Not praise: {count}.", count=decided) if outcome == "reject" else _("Confirmed: {count}.", count=decided)
    return queue.again(tx, call, place_of(call.action), [done, *dict.fromkeys(lines)])


async def several_form(ctx: Context) -> Reply:
    """Let several of the queue be chosen and decided alike."""
    return await ctx.read(_several_form)


def _several_form(tx: Tx, call: Call, errors: dict[str, str] | None = None) -> Reply:
    _ = translator(call.actor.locale)
    sent = call.action
    waiting = queue.next_in(tx, call, place_of(sent))
    names = members.by_ids(tx, call.organisation.id, [p.recipient_id for p in waiting if p.recipient_id is not None])
    choices = tuple(
        Choice(
            str(praise.id),
            _(
                "{name}: {text}",
                name=names[praise.recipient_id].name if praise.recipient_id is not None else _("nobody yet"),
                text=excerpt(praise.text),
            ),
        )
        for praise in waiting
    )
    again = errors is not None
    outcomes = (Choice("confirm", _("Confirm as tagged")), Choice("reject", _("Not praise")))
    form = Form(
        name="confirm.several",
        title=_("Decide on several"),
        submit=_("Decide"),
        fields=(
            Field(
                "praises",
                _("Which ones?"),
                "choice",
                several=True,
                choices=choices,
                value=sent.several("praises") if again else tuple(choice.value for choice in choices),
            ),
            Field("outcome", _("Decision"), "choice", choices=outcomes, value=sent.text("outcome") or "confirm"),
            *_reason_fields(call, _),
        ),
        carries=_carried(call),
        errors=errors or {},
    )
    return Reply(form=form)


async def several(ctx: Context) -> Reply:
    """Decide on the chosen ones."""
    return await ctx.write(_several)


def _several(tx: Tx, call: Call) -> Reply:
    _ = translator(call.actor.locale)
    sent = call.action
    outcome = "reject" if sent.text("outcome") == "reject" else "confirm"
    if not sent.several("praises"):
        return _several_form(tx, call, {"praises": _("Choose at least one.")})
    reason = _reason(call) if outcome == "reject" else ""
    if outcome == "reject" and not reason:
        return _several_form(tx, call, {"why": describe(RejectReasonMissing(), call.actor.locale)})
    return _decide_all(tx, call, sent.several("praises"), outcome, reason)


# --- forms ------------------------------------------------------------------------------------------------------------


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
                value=sent.several("tags") if again else tuple(t.value for t in praise.tags if t is not praise.primary),
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
    praise = open_praise(tx, call, number(call.action.text("praise")), lock=False)
    _ = translator(call.actor.locale)
    return Reply(
        form=Form(
            name="confirm.reject",
            title=_("Not praise"),
            submit=_("Not praise"),
            fields=_reason_fields(call, _),
            carries=_carried(call),
            errors=errors or {},
            about=praise.text,
        )
    )


def _reason_fields(call: Call, _: Translate) -> tuple[Field, ...]:
    reasons = (Choice("", _("in my own words")), *(Choice(code, text) for code, text in _reasons(_).items()))
    return (
        Field(
            "why",
            _("Why is this not praise?"),
            "choice",
            required=False,
            choices=reasons,
            value=call.action.text("why"),
            hint=_("Those involved read this, and it is kept to train the classifier."),
        ),
        Field(
            "reason",
            _("In your own words"),
            "text",
            required=False,
            value=call.action.text("reason"),
            limit=REASON_LIMIT,
        ),
    )


def _reasons(_: Translate) -> dict[str, str]:
    """Return the usual reasons, by code."""
    return {
        "complaint": _("A complaint or a request"),
        "not_service": _("About goods, price or place, not about service"),
        "irony": _("Irony"),
        "courtesy": _("Mere courtesy"),
    }


def _reason(call: Call) -> str:
    """Return the reason given: the usual one chosen, one's own words, or both."""
    _ = translator(call.actor.locale)
    usual = _reasons(_).get(call.action.text("why"), "")
    own = call.action.text("reason").strip()
    return _("{usual}: {own}", usual=usual, own=own) if usual and own else usual or own


async def reject(ctx: Context) -> Reply:
    """Decide that it is not praise."""
    try:
        return await ctx.write(_reject_sent)
    except RejectReasonMissing as missing:
        return await ctx.read(_reject_form_again, missing)


def _reject_form_again(tx: Tx, call: Call, missing: Refusal) -> Reply:
    return _reject_form(tx, call, {"why": describe(missing, call.actor.locale)})


def _reject_sent(tx: Tx, call: Call) -> Reply:
    return _answer(tx, call, decide(tx, call, number(call.action.text("praise")), "reject", reason=_reason(call)))


async def assign_form(ctx: Context) -> Reply:
    """Ask whose praise it is."""
    return await ctx.read(_assign_form)


def _assign_form(tx: Tx, call: Call, errors: dict[str, str] | None = None) -> Reply:
    praise = open_praise(tx, call, number(call.action.text("praise")), lock=False)
    _ = translator(call.actor.locale)
    fields = [Field("to", _("Agent"), "people", value=call.action.several("to"))]
    if praise.status is Status.WAITING:
        tags = tagged(praise.primary, praise.tags, praise.tier, _)
        confirm = call.action.text("confirm") if errors is not None else "true"
        label = _("Confirm at once as {tags}", tags=tags)
        fields.append(Field("confirm", label, "toggle", required=False, value=confirm))
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
    confirm = sent.text("confirm") == "true"
    return _answer(tx, call, assign(tx, call, number(sent.text("praise")), sent.text("to"), confirm=confirm))
