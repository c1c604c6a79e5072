"""Where a team's board and its quiet lines go: `/praise channel <team>`, typed in the channel itself."""

from __future__ import annotations

import re

from bot.chat import Buttons, Card, Reply, Text
from bot.dispatch import Call, Context
from bot.errors import ChannelOnly, NotAllowed, NoTeam, TeamUnknown
from bot.handlers.teams import team_button
from bot.i18n import Translate, describe, listing, translator
from bot.praise import name_key
from bot.storage import decisions, organisations
from bot.storage.database import Tx
from bot.storage.organisations import Team


async def take(ctx: Context) -> Reply:
    """Let this channel be a team's, the caller's own unless named; for its supervisors and who sees all."""
    return await ctx.write(_take)


def _take(tx: Tx, call: Call) -> Reply:
    actor, where = call.actor, call.incoming.where
    _ = translator(actor.locale)
    try:
        team = _meant(tx, call)
    except (TeamUnknown, NoTeam) as refusal:
        if actor.role.sees_all and where.kind == "channel":
            return _asking(describe(refusal, actor.locale), call, _)
        raise
    if not actor.role.sees_all and team.id not in organisations.supervised(tx, actor.id):
        raise NotAllowed(who=_("supervisors"))
    if where.kind != "channel":
        raise ChannelOnly
    organisations.set_channel(tx, team.id, where)
    place = f"{where.platform}/{where.workspace}/{where.conversation}"
    decisions.note(tx, call.organisation.id, actor.id, "channel", f"team {team.id}", {"channel": place}, call.now)
    line = _("The board and the news of {team} come to this channel from now on.", team=team.name)
    return Reply(Card(line, (Text(line), Text(_("The bot must be a member of it."), "quiet")), tone="good"))


def _asking(refusal: str, call: Call, _: Translate) -> Reply:
    """Return what is said to who can make the team that is not there."""
    return Reply(Card(refusal, (Text(refusal), Buttons((team_button(_, _named(call)),))), tone="attention"))


def _named(call: Call) -> str:
    return re.sub(r"^[#＃]+", "", call.incoming.text.strip())


def _meant(tx: Tx, call: Call) -> Team:
    teams = organisations.teams_of(tx, call.organisation.id)
    wanted = name_key(_named(call))
    own = next((one for one in teams if one.id == call.actor.team_id), None)
    found = next((one for one in teams if name_key(one.name) == wanted), None) if wanted else own
    if found is None and wanted:
        raise TeamUnknown(
            name=call.incoming.text.strip(), teams=listing([one.name for one in teams], call.actor.locale) or "–"
        )
    if found is None:
        raise NoTeam
    return found
