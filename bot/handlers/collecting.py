"""One line in a team's channel for many praises of customers that came without a person, from a file or a system.

A supervisor who goes through an import confirms dozens in minutes. The channel hears of them together, once it has been
quiet for a while; each agent is told of each praise at once all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.chat import Block, Card, Text
from bot.handlers.cards import View, draw, excerpt, taken_back, view
from bot.handlers.words import how_often
from bot.i18n import translator
from bot.praise import Kind
from bot.storage import lines, members, organisations, praises
from bot.storage.database import Tx
from bot.storage.lines import Line
from bot.storage.organisations import Team
from bot.storage.outbox import Audience, Outgoing
from bot.storage.outbox import add as send
from bot.storage.praises import Praise
from bot.wire import card_to_json

QUIET = timedelta(minutes=10)
"""How long no further praise must come before a line goes out."""
LONGEST = timedelta(hours=1)
"""How long a line waits at most; `bot.storage.outbox.FURTHEST` is longer."""
_MOST = 500  # praises of one line: each further one counts them all again


def came_alone(praise: Praise) -> bool:
    """Return whether a praise came without a person: nobody gave or forwarded it."""
    return praise.kind is Kind.CUSTOMER and praise.giver_id is None


def collect(tx: Tx, seen: View, team: Team, now: datetime) -> None:
    """Let the team's line that still waits tell of one more praise that counts now, or begin one.

    What the same words praised stays together, also where its line has gone out already.
    """
    assert team.channel is not None
    praise = seen.praise
    lines.hold(tx, [team.id])
    told = [line for line in lines.telling_of(tx, praise.gift_id or praise.id) if line.team_id == team.id]
    if told:
        lines.add_to(tx, told[-1], praise.id)
        _draw_again(tx, told[-1], praise.organisation_id, now)
        return
    waiting = lines.newest_of(tx, team.id)
    if waiting is None or waiting.to != team.channel or sum(lines.tally(tx, waiting).values()) >= _MOST:
        card = draw(seen, Audience.CHANNEL, team.locale)
        message = Outgoing(f"imported:{team.id}:{praise.id}", team.channel, card)
        lines.add_to(tx, lines.begin(tx, praise.organisation_id, team.id, message, now, now + QUIET), praise.id)
        return
    lines.add_to(tx, waiting, praise.id)
    lines.put_off(tx, waiting, now, QUIET, LONGEST)
    _draw_again(tx, waiting, praise.organisation_id, now)


def redraw_lines(tx: Tx, praise: Praise, now: datetime) -> None:
    """Draw the lines that tell of a praise, or of others given by the same words, as it stands now."""
    if not came_alone(praise):
        return
    if praise.team_id is not None:
        lines.hold(tx, [praise.team_id])
    found = lines.telling_of(tx, praise.gift_id or praise.id)
    lines.hold(tx, {line.team_id for line in found} - {praise.team_id})
    for line in found:
        _draw_again(tx, line, praise.organisation_id, now)


def _draw_again(tx: Tx, line: Line, organisation_id: int, now: datetime) -> None:
    """Change a line while it waits; one that has gone out is replaced, unless it would say the same again."""
    team = organisations.team(tx, organisation_id, line.team_id)
    assert team is not None
    told = lines.tally(tx, line)
    newest = lines.newest_version(tx, line.id)
    if not told and newest.held and newest.id == line.id:
        lines.withdraw(tx, line)  # nobody has seen it: there is nothing to take back
        return
    card = _card(tx, line, organisation_id, told, team.locale) if told else taken_back(team.locale)
    if newest.held:
        lines.change(tx, newest, card)
    elif card_to_json(card) != newest.card:
        send(tx, organisation_id, [Outgoing(f"redraw:{line.id}:{newest.id}", line.to, card, replaces_id=line.id)], now)


def _card(tx: Tx, line: Line, organisation_id: int, told: Mapping[int, int], locale: str) -> Card:
    """Return a line's card: that of a single praise, or how many each has, and the words of one highlight."""
    only = lines.only_words(tx, line)
    if only is not None:
        return draw(view(tx, _praise(tx, organisation_id, only)), Audience.CHANNEL, locale)
    _ = translator(locale)
    people = members.by_ids(tx, organisation_id, list(told))
    text = _(
        "{count} new customer praises: {who}",
        count=sum(told.values()),
        who=how_often([(people[member_id].name, count) for member_id, count in told.items()], locale),
    )
    blocks: list[Block] = [Text(text)]
    if (best := lines.highlight(tx, line)) is not None:
        praise = _praise(tx, organisation_id, best)
        name = people[praise.recipient_id or 0].name
        blocks.append(Text(_("★ {name}: “{text}”", name=name, text=excerpt(praise.text))))
    return Card(text, tuple(blocks))


def _praise(tx: Tx, organisation_id: int, praise_id: int) -> Praise:
    found = praises.by_id(tx, organisation_id, praise_id)
    assert found is not None
    return found
