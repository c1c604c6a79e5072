"""Making teams and saying who is in them, in the chat itself: `/praise team`, and what whoever connects one is told."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import available_timezones

from bot.chat import Address, Button, Buttons, Card, Field, Form, Person, Reply, Text
from bot.dispatch import Call, Context, UnknownAccounts
from bot.errors import NotAllowed, PraisingBot, UnknownPerson
from bot.i18n import Translate, describe, listing, nearest_locale, translator
from bot.praise import clean, name_key
from bot.storage import decisions, identities, members, organisations, outbox
from bot.storage.database import Tx
from bot.storage.members import Member, Role
from bot.storage.organisations import Organisation, Team
from bot.storage.outbox import Outgoing

_LONGEST_NAME = 60  # characters


def team_button(_: Translate, name: str = "") -> Button:
    """Return the button that opens the form for a team."""
    return Button("team.form", _("Make a team"), {"name": name[:_LONGEST_NAME]} if name else {}, "primary")


async def form(ctx: Context) -> Reply:
    """Ask for a team's name and people."""
    return await ctx.read(_form)


def _form(tx: Tx, call: Call, errors: dict[str, str] | None = None) -> Reply:
    _ = translator(call.actor.locale)
    _allowed(call, _)
    sent = call.action
    return Reply(
        form=Form(
            name="team.submit",
            title=_("A team"),
            submit=_("Save"),
            fields=(
                Field("name", _("Its name"), "text", value=sent.text("name"), limit=_LONGEST_NAME),
                Field(
                    "supervisors",
                    _("Who decides on its praise?"),
                    "people",
                    several=True,
                    value=sent.several("supervisors"),
                ),
                Field(
                    "members",
                    _("Who else is in it?"),
                    "people",
                    required=False,
                    several=True,
                    value=sent.several("members"),
                    hint=_("More can be added later, with the same name."),
                ),
            ),
            errors=errors or {},
        )
    )


def _allowed(call: Call, _: Translate) -> None:
    if not call.actor.role.sees_all:
        raise NotAllowed(who=_("managers and administrators"))


async def submit(ctx: Context) -> Reply:
    """Make the team, or add to the one of that name."""
    return await ctx.write(_submit)


def _submit(tx: Tx, call: Call) -> Reply:
    _ = translator(call.actor.locale)
    _allowed(call, _)
    name = " ".join(clean(call.action.text("name"))[0].split())[:_LONGEST_NAME]
    supervisors, members_named = call.action.several("supervisors"), call.action.several("members")
    found, errors = _people(tx, call, {"supervisors": supervisors, "members": members_named})
    if not name_key(name):
        errors["name"] = _("Give the team a name.")
    if not supervisors:
        errors["supervisors"] = _("Choose at least one.")
    if errors:
        return _form(tx, call, errors)
    team = _team(tx, call, name)
    for account in dict.fromkeys((*supervisors, *members_named)):
        _join(tx, team, found[account], supervises=account in supervisors)
    where = call.incoming.where
    if team.channel is None and where.kind == "channel":
        organisations.set_channel(tx, team.id, where)
    details = {"people": [member.id for member in found.values()]}
    decisions.note(tx, call.organisation.id, call.actor.id, "team", f"team {team.id}", details, call.now)
    return Reply(_saved(tx, call, team, _))


def _people(tx: Tx, call: Call, named: dict[str, tuple[str, ...]]) -> tuple[dict[str, Member], dict[str, str]]:
    """Return the members behind the accounts named in fields, and what is wrong with each field."""
    incoming, accounts = call.incoming, {account for field in named.values() for account in field}
    found = identities.behind(tx, incoming.platform, incoming.workspace, accounts)
    missing = sorted(accounts - found.keys())
    if not call.strangers.issuperset(missing):
        raise UnknownAccounts(missing)
    errors: dict[str, str] = {}
    for field, chosen in named.items():
        wrong = [UnknownPerson(name=account) for account in chosen if account in missing]
        bots = [PraisingBot(name=found[account].name) for account in chosen if account in found and found[account].bot]
        if problems := [describe(problem, call.actor.locale) for problem in (*wrong, *bots)]:
            errors[field] = "\n".join(problems)
    return found, errors


def _team(tx: Tx, call: Call, name: str) -> Team:
    there = organisations.teams_of(tx, call.organisation.id)
    known = next((team for team in there if name_key(team.name) == name_key(name)), None)
    if known is not None:
        return known
    of = call.organisation
    return organisations.add_team(tx, of.id, name, of.locale, of.timezone, call.now)


def _join(tx: Tx, team: Team, member: Member, *, supervises: bool) -> None:
    """Let a member be in a team. Who supervises it and is in another stays there."""
    if not supervises:
        members.set_team(tx, member.id, team.id)
        return
    if member.team_id is None:
        members.set_team(tx, member.id, team.id)
    if member.role is Role.AGENT:
        members.set_role(tx, member.id, Role.SUPERVISOR)
    if team.id not in organisations.supervised(tx, member.id):
        organisations.supervise(tx, team.id, member.id)


def _saved(tx: Tx, call: Call, team: Team, _: Translate) -> Card:
    locale = call.actor.locale
    supervisors = listing([member.name for member in members.supervisors_of(tx, team.id)], locale)
    line = _("{team} is there; {names} decide on its praise.", team=team.name, names=supervisors)
    fresh = organisations.team(tx, call.organisation.id, team.id)
    lines = [Text(line)]
    if fresh is not None and fresh.channel is not None:
        lines.append(Text(_("Its channel is set. The bot must be a member of it: /invite @praisebot"), "quiet"))
    else:
        lines.append(Text(_next_step(team.name, _)))
    return Card(line, tuple(lines), tone="good")


def _next_step(team: str, _: Translate) -> str:
    return _("Next, in the team’s channel: /invite @praisebot, then /praise channel {team}", team=team)


# --- who connects a chat ----------------------------------------------------------------------------------------------


def welcome(tx: Tx, organisation: Organisation, platform: str, workspace: str, person: Person, now: datetime) -> None:
    """Let whoever connected a workspace administer its organisation when nobody does, and tell them how to begin.

    A new organisation speaks their language and keeps their time.
    """
    member_id = identities.enrol(tx, organisation, platform, workspace, person, now)
    if not members.seeing_all(tx, organisation.id):
        members.set_role(tx, member_id, Role.ADMIN)
        if not organisations.teams_of(tx, organisation.id):
            timezone = person.timezone if person.timezone in available_timezones() else organisation.timezone
            locale = nearest_locale(person.locale, organisation.locale)
            organisations.describe(tx, organisation.id, locale, timezone or organisation.timezone)
            members.set_locale(tx, member_id, locale)
    member = members.by_ids(tx, organisation.id, [member_id])[member_id]
    if not member.role.sees_all:
        return
    to = Address(platform, workspace, person.id, "direct")
    key = f"welcome:{platform}:{workspace}:{member_id}"
    outbox.add(tx, organisation.id, [Outgoing(key, to, _welcome(member))], now)


def _welcome(member: Member) -> Card:
    _ = translator(member.locale)
    title = _("Praisebot is installed")
    return Card(
        title,
        (
            Text(_("You administer it. Anybody can praise at once; three steps make it whole:")),
            Text(_("1. Make a team: say who is in it, and who decides on its praise.")),
            Text(_("2. In the team’s channel: /invite @praisebot, then /praise channel and the team’s name.")),
            Text(_("3. Say it to the team: /praise @colleague and why. /praise help shows the rest.")),
            Buttons((team_button(_),)),
        ),
        title=title,
        tone="good",
    )
