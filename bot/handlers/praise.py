"""`/praise`: give, by words or by form; praise again; second; undo."""

from __future__ import annotations

from dataclasses import replace

from bot.chat import Block, Button, Buttons, Card, Choice, Facts, Field, Form, Quote, Reply, Text
from bot.dispatch import Call, Context
from bot.errors import (
    AllowanceSpent,
    AlreadySeconded,
    CannotSecond,
    NotFound,
    NothingToUndo,
    PraisedJustNow,
    Refusal,
    Refused,
)
from bot.handlers.giving import Given, Words, allowance, give, give_to, prepare, reload, take_back
from bot.handlers.posting import redraw
from bot.handlers.words import signed, tag_name, tagged
from bot.i18n import day, describe, listing, translator
from bot.periods import local_day
from bot.points import Cause
from bot.praise import REASON_LIMIT, Draft, Named, Status, candidates, clean, parse
from bot.storage import ledger, members, outbox, praises, rulebook
from bot.storage.database import Tx
from bot.tags import Tag


async def by_words(ctx: Context) -> Reply:
    """Understand typed words and give the praise."""
    return await _give(ctx, await understood(ctx))


async def understood(ctx: Context, *, topics: bool = False) -> Draft:
    """Parse the words of an incoming, looking typed names up first; ``topics`` as for `bot.praise.parse`."""
    keys = candidates(ctx.incoming.text, ctx.incoming.mentions)
    known = await ctx.read(lambda tx, call: frozenset(members.by_keys(tx, call.organisation.id, keys))) if keys else ()
    return parse(ctx.incoming.text, ctx.incoming.mentions, known, topics=topics)


async def _give(ctx: Context, draft: Draft) -> Reply:
    words = await prepare(ctx, draft)
    try:
        return await ctx.write(_record, draft, words)
    except PraisedJustNow as asked:
        return await ctx.read(_ask_again, asked, draft)


def _record(tx: Tx, call: Call, draft: Draft, words: Words) -> Reply:
    return Reply(_receipt(call, give(tx, call, draft, words)))


def _ask_again(tx: Tx, call: Call, asked: PraisedJustNow, draft: Draft) -> Reply:
    _ = translator(call.actor.locale)
    question = describe(asked, call.actor.locale)
    values = {
        "praise": str(asked.data["praise"]),
        "to": str(asked.data["to"]),
        "primary": draft.primary or "",
        "tags": ",".join(draft.tags),
        "private": "true" if draft.private else "",
    }
    buttons = Buttons((Button("praise.again", _("Praise again"), values, "primary"),))
    return Reply(Card(question, (Text(question), buttons), tone="attention"))


async def again(ctx: Context) -> Reply:
    """Give the same words once more, with the tags and privacy of now, after the giver was asked."""
    sent = ctx.action
    reason = await ctx.read(_said_before)
    draft = Draft(
        recipients=(),
        reason=reason,
        tags=tuple(Tag(tag) for tag in sent.text("tags").split(",") if tag in set(Tag)),
        primary=Tag(sent.text("primary")) if sent.text("primary") in set(Tag) else None,
        private=sent.text("private") == "true",
    )
    return await ctx.write(_record_again, await prepare(ctx, draft))


def _said_before(tx: Tx, call: Call) -> str:
    earlier = praises.by_id(tx, call.organisation.id, number(call.action.text("praise")))
    if earlier is None or earlier.giver_id != call.actor.id:
        raise NotFound
    return earlier.text


def _record_again(tx: Tx, call: Call, words: Words) -> Reply:
    ids = [number(part) for part in call.action.text("to").split(",")]
    named = members.by_ids(tx, call.organisation.id, ids[:100])
    if not named:
        raise NotFound
    return Reply(_receipt(call, give_to(tx, call, tuple(named.values()), words, again=True)), replaces=True)


def _receipt(call: Call, given: Given) -> Card:
    """Return what the giver sees: whom, what, and what is left of the allowance."""
    locale = call.actor.locale
    _ = translator(locale)
    first = given.gift[0].praise
    names = listing([seen.recipient.name for seen in given.gift], locale)
    title = _("You praised {names}", names=names)
    facts = [(_("Tag"), tagged(first.primary, first.tags, first.tier, _))]
    if first.status is Status.COUNTED:
        facts.append((_("Points"), signed(given.gift[0].points)))
    else:
        facts.append((_("Points"), _("after a supervisor has confirmed")))
    left = given.allowance
    facts.append((_("Allowance left"), _("{left} (resets {day})", left=left.left, day=day(left.until, locale))))
    blocks: list[Block] = [Quote(first.text), Facts(tuple(facts))]
    if first.private:
        blocks.append(Text(_("Private: nothing is posted in the channel."), "quiet"))
    blocks.append(Buttons((Button("praise.undo", _("Undo"), {"praise": str(first.id)}),)))
    return Card(title, tuple(blocks), title=title, tone="good")


# --- the form ---------------------------------------------------------------------------------------------------------


async def form(ctx: Context) -> Reply:
    """Open the form; from a message's menu its author is filled in."""
    return await ctx.read(_form)


def _form(tx: Tx, call: Call) -> Reply:
    quoted = call.incoming.quoted
    author = quoted.author if quoted and quoted.author not in (None, call.incoming.sender) else None
    return Reply(form=praise_form(call, author))


def praise_form(call: Call, author: str | None = None) -> Form:
    """Return the form for praising a colleague."""
    _ = translator(call.actor.locale)
    tags = (Choice("", _("choose for me")), *(Choice(tag.value, tag_name(tag, _)) for tag in Tag))
    return Form(
        name="praise.submit",
        title=_("Praise a colleague"),
        submit=_("Praise"),
        fields=(
            Field("to", _("Who is it for?"), "people", several=True, value=(author,) if author else ()),
            Field(
                "reason",
                _("What did they do?"),
                "text",
                hint=_("Be specific, so that others can learn from it."),
                limit=REASON_LIMIT,
            ),
            Field("tag", _("Tag"), "choice", required=False, choices=tags),
            Field("private", _("Private: only they and their supervisor see it"), "toggle", required=False),
        ),
    )


async def submit(ctx: Context) -> Reply:
    """Give the praise filled in; what is wrong is shown on its field, and nothing typed is lost."""
    sent = ctx.action
    tag = Tag(sent.text("tag")) if sent.text("tag") in set(Tag) else None
    reason, _ = clean(sent.text("reason"))
    draft = Draft(
        recipients=tuple(Named(account, user_id=account) for account in dict.fromkeys(sent.several("to"))),
        reason=reason.strip(),
        tags=(tag,) if tag else (),
        primary=tag,
        private=sent.text("private") == "true",
    )
    try:
        return await _give(ctx, draft)
    except Refused as refused:
        return await ctx.read(_form_again, refused.problems)


def _form_again(tx: Tx, call: Call, problems: tuple[Refusal, ...]) -> Reply:
    return Reply(form=filled(praise_form(call), call, problems, words="reason"))


def filled(form: Form, call: Call, problems: tuple[Refusal, ...], words: str) -> Form:
    """Return ``form`` as it was sent, each problem on its field: the text's on ``words``, all others on ``to``."""
    on_words = {"ReasonMissing", "ReasonTooLong"}
    errors: dict[str, str] = {}
    for problem in problems:
        name = words if type(problem).__name__ in on_words else "to"
        text = describe(problem, call.actor.locale)
        errors[name] = f"{errors[name]}\n{text}" if name in errors else text
    sent = call.action.values
    fields = tuple(replace(field, value=sent.get(field.name, field.value)) for field in form.fields)
    return replace(form, fields=fields, errors=errors)


# --- second and undo --------------------------------------------------------------------------------------------------


async def second(ctx: Context) -> Reply:
    """Second somebody else's praise, once."""
    return await ctx.write(lambda tx, call: _second(tx, call, number(call.action.text("praise"))))


async def second_by_sign(ctx: Context) -> Reply:
    """Second the praise that a message of the bot is about; nothing is said of a sign given to anything else."""
    praise_id = await ctx.read(_behind_message)
    return Reply() if praise_id is None else await ctx.write(_second, praise_id)


def _behind_message(tx: Tx, call: Call) -> int | None:
    came = call.incoming
    return outbox.praise_behind(tx, call.organisation.id, came.platform, came.workspace, call.action.text("message"))


def _second(tx: Tx, call: Call, praise_id: int) -> Reply:
    actor, now = call.actor, call.now
    first = praises.by_id(tx, call.organisation.id, praise_id)
    if first is None or first.private:
        raise NotFound
    gift = [praise for praise in praises.of_gift(tx, first, lock=True) if praise.status.counts]
    if not gift:
        raise NotFound
    if any(actor.id in (praise.giver_id, praise.recipient_id) for praise in gift):
        raise CannotSecond
    members.lock(tx, {actor.id, *(p.recipient_id for p in gift if p.recipient_id is not None)})
    version = rulebook.at(tx, call.organisation.id, now)
    rules = version.rules
    today = local_day(now, actor.timezone)
    left = allowance(tx, actor, rules, today)
    needed = rules.second_cost * len(gift)
    if needed > left.left:
        raise AllowanceSpent(needed=needed, left=left.left, until=left.until)
    recipients = members.by_ids(tx, call.organisation.id, [p.recipient_id for p in gift if p.recipient_id is not None])
    for praise in gift:
        if actor.id in praises.seconders(tx, praise.id):
            raise AlreadySeconded
        praises.add_second(tx, praise.id, actor.id, rules.second_cost, left.period, now)
        assert praise.recipient_id is not None
        recipient_day = local_day(now, recipients[praise.recipient_id].timezone)
        entry = ledger.entry_of(praise, Cause.SECOND, (actor.id, actor.team_id), recipient_day)
        ledger.book(tx, replace(entry, rules_id=version.id), rules.second_points, now)
    for praise in gift:
        redraw(tx, praise, f"second:{actor.id}", now)
    _ = translator(actor.locale)
    names = listing([member.name for member in recipients.values()], actor.locale)
    line = _("You seconded the praise for {names}. Allowance left: {left}.", names=names, left=left.left - needed)
    return Reply(Card(line, (Text(line),), tone="good"))


async def undo(ctx: Context) -> Reply:
    """Take back one's last praise, or that of a receipt, while it is undecided; the allowance is restored."""
    return await ctx.write(_undo)


def _undo(tx: Tx, call: Call) -> Reply:
    actor, now = call.actor, call.now
    chosen = call.action.text("praise")
    gift = praises.undoable(tx, actor.id, number(chosen) if chosen else None)
    if not gift:
        raise NothingToUndo
    members.lock(tx, {actor.id, *(p.recipient_id for p in gift if p.recipient_id is not None)})
    for praise in gift:
        praises.set_status(tx, praise.id, Status.UNDONE, actor.id, now)
        take_back(tx, praise, now)
    for praise in gift:
        redraw(tx, reload(tx, praise).praise, "undo", now)
    rules = rulebook.at(tx, call.organisation.id, now).rules
    left = allowance(tx, actor, rules, local_day(now, actor.timezone))
    _ = translator(actor.locale)
    seen = reload(tx, gift[0])
    ids = [praise.recipient_id for praise in gift if praise.recipient_id is not None]
    names = listing([member.name for member in members.by_ids(tx, call.organisation.id, ids).values()], actor.locale)
    line = _("Undone: your praise for {names}. Allowance left: {left}.", names=names or "–", left=left.left)
    return Reply(Card(line, (Text(line), Quote(seen.praise.text))), replaces=True)


def number(text: str) -> int:
    """Return the id in an action's value; `NotFound` for anything that is none."""
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    raise NotFound
