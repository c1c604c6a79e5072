"""The supervisor's queue: what waits for a decision, customers' words first, then what teaches the classifier most."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from bot.chat import Block, Button, Buttons, Card, Divider, Reply, Submission, Text
from bot.dispatch import Call, Context
from bot.errors import NotAllowed
from bot.handlers import points
from bot.handlers.cards import View, item, view
from bot.handlers.deciding import scope
from bot.handlers.praise import number
from bot.handlers.words import tagged
from bot.i18n import Translate, listing, moment, translator
from bot.learning.order import varied
from bot.praise import Kind
from bot.storage import comments, organisations, praises
from bot.storage.database import Tx
from bot.storage.members import Member
from bot.storage.praises import Part, Praise
from bot.tags import SURE

QUEUE, HOME = "queue", "home"
"""Where a button of the queue stands: in a message of its own, or on the page of `home`."""
_PAGE = 5
_WINDOW = 50
"""So many of the least certain are put in turn at a time, some pages: what stands further back stays there."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the queue somebody is; buttons carry it, so that a decision does not lead away from it."""

    page: int = 0
    part: Part = Part.ALL
    at_home: bool = False
    """Whether the queue stands below one's own points, on a page of one's own."""

    def values(self) -> dict[str, str]:
        """Return the place as a button carries it."""
        return {"from": HOME if self.at_home else QUEUE, "page": str(self.page), "part": self.part}


def place_of(sent: Submission) -> Place:
    """Return the place that a button or a form carried."""
    part = sent.text("part")
    at_home = sent.text("from") == HOME
    return Place(number(sent.text("page") or "0"), Part(part) if part in set(Part) else Part.ALL, at_home)


async def home(ctx: Context) -> Reply:
    """Everybody's own page: their points, and the queue of who decides."""
    return await ctx.read(lambda tx, call: again(tx, call, Place(at_home=True)))


def again(tx: Tx, call: Call, place: Place, said: Sequence[Text] = ()) -> Reply:
    """Return the queue drawn again where it stands, under what is ``said``; see `card`."""
    if not place.at_home:
        return Reply(card(tx, call, place, said), replaces=True)
    below: tuple[Card, ...] = ()
    with suppress(NotAllowed):
        below = (card(tx, call, place, said),)
    return Reply(points.own(tx, call), below=below, replaces=True)


async def show(ctx: Context) -> Reply:
    """`/praise queue`: what waits for the caller."""
    return await ctx.read(lambda tx, call: Reply(card(tx, call, Place())))


async def turn(ctx: Context) -> Reply:
    """Turn the queue's page, or show another part of it."""
    return await ctx.read(lambda tx, call: again(tx, call, place_of(call.action)))


def shown(tx: Tx, call: Call, place: Place) -> tuple[Praise, ...]:
    """Return the praises that stand on a page: the least certain first, and not one kind after another."""
    teams = scope(tx, call.actor)
    offset = place.page * _PAGE
    start = offset - offset % _WINDOW
    waiting = praises.queue(tx, call.organisation.id, teams, call.actor.id, _WINDOW, start, place.part)
    return tuple(_in_turn(waiting)[offset - start : offset - start + _PAGE])


def _in_turn(waiting: Sequence[Praise]) -> list[Praise]:
    """Return what waits in the order it is asked about; what earns nothing before it is confirmed stays first."""
    return [
        praise
        for _, own in groupby(waiting, key=lambda praise: praise.status)
        for praise in varied(
            tuple(own),
            kind=lambda praise: None if praise.doubtful else (praise.primary, praise.suggested_tier),
            # Who were praised by the same words at once are decided on together.
            words=lambda praise: praise.id if praise.gift_id else praise.words,
        )
    ]


def card(tx: Tx, call: Call, place: Place, said: Sequence[Text] = ()) -> Card:
    """Return one page of what waits for the caller, under what is ``said`` of the decisions just taken.

    A part that is done stays that part: what else waits is asked for. Raises `NotAllowed` for who decides for no team.
    """
    actor = call.actor
    teams = scope(tx, actor)
    _ = translator(actor.locale)
    counts = {part: praises.queue_length(tx, call.organisation.id, teams, actor.id, part) for part in Part}
    total = counts[place.part]
    pages = max(1, -(-total // _PAGE))
    here = replace(place, page=min(place.page, pages - 1))
    waiting = shown(tx, call, here)
    if not waiting:
        return _done(counts, here, said, _)
    blocks: list[Block] = list(said)
    if pages > 1:
        title = _("{count} to decide, page {page} of {pages}", count=total, page=here.page + 1, pages=pages)
    else:
        title = _("{count} to decide", count=total)
    if len(parts := _parts(counts, here, _)) > 1:
        blocks.append(Buttons(parts))
    occurred = comments.occurred(tx, [praise.comment_id for praise in waiting if praise.comment_id is not None])
    names = organisations.names(organisations.teams_of(tx, call.organisation.id))
    views = [view(tx, praise) for praise in waiting]
    for place_on_page, seen in enumerate(views):
        praise = seen.praise
        said_on = occurred.get(praise.comment_id or 0, praise.created)
        if blocks or place_on_page:
            blocks.append(Divider())
        blocks.append(Text(_headline(seen, said_on, names, actor, _), "strong"))
        blocks.extend(item(seen, actor.locale, _, here.values()))
    blocks += [Divider(), *_at_the_end(views, here, pages, actor.locale)]
    return Card(title, tuple(blocks), title=title)


def _done(counts: dict[Part, int], here: Place, said: Sequence[Text], _: Translate) -> Card:
    """Return the card of a part in which nothing waits any more, with the way to what else does."""
    title = {
        Part.ALL: _("Your queue is empty"),
        Part.UNASSIGNED: _("Every praise has its agent now"),
        Part.DOUBTFUL: _("No more comments of this kind"),
        Part.SURE: _("All of the very sure are decided"),
    }[here.part]
    blocks: list[Block] = list(said)
    if others := _parts(counts, here, _):
        blocks += [Text(_("More waits in the rest of the queue.")), Buttons(others)]
    else:
        blocks.append(Text(_("All done, thank you.")))
    return Card(title, tuple(blocks), title=title, tone="good")


def _parts(counts: dict[Part, int], here: Place, _: Translate) -> tuple[Button, ...]:
    if counts[Part.ALL] <= _PAGE and counts[here.part] == counts[Part.ALL]:
        return ()
    labels = {
        Part.ALL: _("All {count}", count=counts[Part.ALL]),
        Part.UNASSIGNED: _("Agent unknown: {count}", count=counts[Part.UNASSIGNED]),
        Part.DOUBTFUL: _("Perhaps praise: {count}", count=counts[Part.DOUBTFUL]),
        Part.SURE: _("Very sure: {count}", count=counts[Part.SURE]),
    }
    return tuple(
        Button(
            "confirm.page",
            label,
            replace(here, page=0, part=part).values(),
            "primary" if part is here.part else "normal",
        )
        for part, label in labels.items()
        if counts[part] > 0 and (part is Part.ALL or counts[part] < counts[Part.ALL])
    )


def _at_the_end(views: Sequence[View], here: Place, pages: int, locale: str) -> list[Block]:
    _ = translator(locale)
    buttons: list[Button] = []
    if len(views) > 1 and all(_very_sure(seen.praise) for seen in views):
        ids = ",".join(str(seen.praise.id) for seen in views)
        what = listing([_in_short(seen, _) for seen in views], locale)
        asks = _("Confirm {count} as they are tagged? {what}", count=len(views), what=what)
        label = _("Confirm these {count}", count=len(views))
        buttons.append(Button("confirm.batch", label, {"praises": ids, **here.values()}, "primary", asks))
    if len(views) > 1:
        buttons.append(Button("confirm.several.form", _("Choose several …"), here.values()))
    if here.page > 0:
        buttons.append(Button("confirm.page", _("Previous"), replace(here, page=here.page - 1).values()))
    if here.page < pages - 1:
        buttons.append(Button("confirm.page", _("Next"), replace(here, page=here.page + 1).values()))
    return [Buttons(tuple(buttons))] if buttons else []


def _very_sure(praise: Praise) -> bool:
    """Return whether a praise may be confirmed among others without being looked at alone."""
    return praise.recipient_id is not None and not praise.doubtful and praise.confidence >= SURE


def _in_short(seen: View, _: Translate) -> str:
    praise = seen.praise
    tags = tagged(praise.primary, praise.tags, praise.tier, _)
    return _("{name}: {tags}", name=seen.name(praise.recipient_id, _), tags=tags)


def _headline(seen: View, said_on: datetime, teams: dict[int, str], reader: Member, _: Translate) -> str:
    praise = seen.praise
    when = moment(said_on, reader.locale, reader.timezone)
    name = seen.name(praise.recipient_id, _)
    if praise.recipient_id is None:
        if praise.doubtful:
            return _("Perhaps praise, nobody named, {when}", when=when)
        return _("Customer praise, nobody named, {when}", when=when)
    team = teams.get(praise.team_id or 0, "–")
    if praise.giver_id is None:
        if praise.doubtful:
            return _("Perhaps praise for {name} ({team}), {when}", name=name, team=team, when=when)
        return _("Customer praise for {name} ({team}), {when}", name=name, team=team, when=when)
    giver = seen.name(praise.giver_id, _)
    if praise.doubtful:
        return _(
            "Perhaps praise for {name} ({team}), forwarded by {giver}, {when}",
            name=name,
            team=team,
            giver=giver,
            when=when,
        )
    if praise.kind is Kind.CUSTOMER:
        return _(
            "Customer praise for {name} ({team}), forwarded by {giver}, {when}",
            name=name,
            team=team,
            giver=giver,
            when=when,
        )
    return _("{giver} praised {name} ({team}), {when}", giver=giver, name=name, team=team, when=when)
