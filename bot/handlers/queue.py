"""The supervisor's queue: what waits for a decision, customers' words first, then the least certain."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat import Block, Button, Buttons, Card, Divider, Reply, Text
from bot.dispatch import Call, Context
from bot.handlers.cards import View, item, view
from bot.handlers.deciding import scope
from bot.handlers.praise import number
from bot.i18n import Translate, moment, translator
from bot.praise import Kind
from bot.storage import organisations, praises
from bot.storage.database import Tx
from bot.storage.members import Member

_PAGE = 5


async def show(ctx: Context) -> Reply:
    """`/praise queue`: what waits for the caller."""
    return await ctx.read(lambda tx, call: Reply(card(tx, call)))


async def turn(ctx: Context) -> Reply:
    """Turn the queue's page."""
    return await ctx.read(lambda tx, call: Reply(card(tx, call, number(call.action.text("page"))), replaces=True))


def card(tx: Tx, call: Call, page: int = 0, said: Sequence[str] = ()) -> Card:
    """Return one page of what waits for the caller, under what is ``said`` of the decisions just taken.

    Raises `NotAllowed` for who decides for no team.
    """
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
