"""Plain functions that make an organisation and let its people act, for tests of behaviour that is not about tagging.

Everything people do goes through the product's own dispatch and handlers; nothing here writes a praise by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Table, select

from bot import handlers
from bot.chat import Address, Button, Buttons, Card, Incoming, Mention, Person, Platform, Reply, Submission, Value
from bot.dispatch import Dispatch
from bot.errors import PraisebotError
from bot.handlers import praise as giving
from bot.i18n import describe
from bot.localchat import PLATFORM, WORKSPACE, account
from bot.plain import as_text
from bot.rules import DEFAULT_RULES
from bot.storage import identities, members, organisations, praises, rulebook, tables
from bot.storage.database import Database, Tx
from bot.storage.members import Member, Role
from bot.storage.organisations import Organisation, Team
from bot.storage.praises import Praise
from bot.tags import Tag, Tagging, Tier, in_order

WEDNESDAY = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
"""Noon in Shanghai, in the middle of ISO week 47."""


@dataclass
class Clock:
    """A clock that tests move."""

    at: datetime = WEDNESDAY

    def __call__(self) -> datetime:
        return self.at

    def on(self, **amount: float) -> datetime:
        """Move on, or back, by a `timedelta`'s arguments."""
        self.at += timedelta(**amount)
        return self.at


_WORDS = {"helped": Tag.ATTITUDE, "solved": Tag.SOLUTION, "extra": Tag.VALUE_ADDED}


@dataclass(frozen=True)
class WordTagger:
    """A fake of the classifier: ``helped``, ``solved`` and ``extra`` are the tags, ``extra`` is a highlight,
    ``complaint`` surely no praise and ``maybe`` unsurely none.
    """

    name: str = "words"

    def tag(self, text: str) -> Tagging:
        if "complaint" in text:
            return Tagging(False, (), None, None, 0.9, (), self.name)
        if "maybe" in text:
            return Tagging(False, (), None, None, 0.6, (), self.name)
        return self.tag_as_praise(text)

    def tag_as_praise(self, text: str) -> Tagging:
        found = in_order(tag for word, tag in _WORDS.items() if word in text) or (Tag.ATTITUDE,)
        evidence = tuple(word for word in _WORDS if word in text)
        tier = Tier.HIGHLIGHT if Tag.VALUE_ADDED in found else Tier.BASIC
        return Tagging(True, found, found[-1], tier, 0.8, evidence, self.name)

    def cutting(self, cut: object) -> WordTagger:
        return self

    async def at(self, platform: str, workspace: str) -> WordTagger:
        """Tag for everybody."""
        return self

    async def of(self, organisation_id: int) -> WordTagger:
        """Tag for everybody."""
        return self


# --- who --------------------------------------------------------------------------------------------------------------


def rules(**changes: str) -> str:
    """Return the default rules with the values of keys changed: ``rules(amount="5", customer='"at_once"')``."""
    text = DEFAULT_RULES
    for key, value in changes.items():
        text, found = re.subn(rf"^{key}\s*=.*$", f"{key} = {value}", text, count=1, flags=re.MULTILINE)
        assert found, key
    return text


def new_organisation(
    tx: Tx,
    name: str = "Harbour Bank",
    *,
    workspace: str = WORKSPACE,
    text: str = DEFAULT_RULES,
    timezone: str = "Asia/Shanghai",
    now: datetime = WEDNESDAY,
) -> Organisation:
    """Make an organisation with its rules, reachable in a workspace of the local chat."""
    organisation = organisations.add(tx, name, "en", timezone, now)
    organisations.connect(tx, organisation.id, PLATFORM, workspace)
    rulebook.apply(tx, organisation.id, text, now, now)
    return organisation


def new_team(
    tx: Tx,
    organisation: Organisation,
    name: str,
    *,
    workspace: str = WORKSPACE,
    timezone: str | None = None,
    now: datetime = WEDNESDAY,
) -> Team:
    """Make a team with a channel of its own."""
    team = organisations.add_team(tx, organisation.id, name, "en", timezone or organisation.timezone, now)
    organisations.set_channel(tx, team.id, Address(PLATFORM, workspace, f"team-{team.id}", "channel"))
    found = organisations.team(tx, organisation.id, team.id)
    assert found is not None
    return found


def new_member(
    tx: Tx,
    organisation: Organisation,
    name: str,
    team: Team | None = None,
    *,
    role: Role = Role.AGENT,
    workspace: str = WORKSPACE,
    now: datetime = WEDNESDAY,
    **more: Any,
) -> Member:
    """Make a member with an account in the local chat; a supervisor of a team supervises it."""
    member_id = members.add(
        tx, organisation.id, name, now=now, team_id=team.id if team else None, role=role, locale="en", **more
    )
    identities.link(tx, member_id, PLATFORM, workspace, account(member_id))
    if role is Role.SUPERVISOR and team is not None:
        organisations.supervise(tx, team.id, member_id)
    return members.by_ids(tx, organisation.id, [member_id])[member_id]


@dataclass(frozen=True)
class Bank:
    """An organisation with two teams: people by name."""

    organisation: Organisation
    workspace: str
    teams: Mapping[str, Team]
    people: Mapping[str, Member]

    def __getitem__(self, name: str) -> Member:
        return self.people[name]


AGENTS = {"Cards": ("Ann", "Bo", "Cai", "Dan"), "Loans": ("Eve", "Fay")}
SUPERVISORS = {"Cards": ("Sun", "Shen"), "Loans": ("Lu",)}
MANAGER = "Mo"


def new_bank(
    tx: Tx,
    name: str = "Harbour Bank",
    *,
    workspace: str = WORKSPACE,
    text: str = DEFAULT_RULES,
    timezones: Mapping[str, str] | None = None,
    surname: str = "",
    now: datetime = WEDNESDAY,
) -> Bank:
    """Make a bank: Cards (Ann, Bo, Cai, Dan under Sun and Shen), Loans (Eve, Fay under Lu), and the manager Mo.

    The bank's `Bank.people` go by these names whatever ``surname`` they and their teams are given.
    """
    organisation = new_organisation(tx, name, workspace=workspace, text=text, now=now)
    teams = {
        team: new_team(
            tx, organisation, team + surname, workspace=workspace, timezone=(timezones or {}).get(team), now=now
        )
        for team in AGENTS
    }
    people: dict[str, Member] = {}
    for team, made in teams.items():
        for role, names in ((Role.SUPERVISOR, SUPERVISORS[team]), (Role.AGENT, AGENTS[team])):
            for one in names:
                people[one] = new_member(tx, organisation, one + surname, made, role=role, workspace=workspace, now=now)
    people[MANAGER] = new_member(tx, organisation, MANAGER + surname, role=Role.MANAGER, workspace=workspace, now=now)
    return Bank(organisation, workspace, teams, people)


def new_agents(tx: Tx, bank: Bank, team: str, count: int) -> tuple[Member, ...]:
    """Make more agents of a bank's team."""
    made = bank.teams[team]
    return tuple(
        new_member(tx, bank.organisation, f"Agent {number}", made, workspace=bank.workspace) for number in range(count)
    )


# --- what they do -----------------------------------------------------------------------------------------------------


def new_dispatch(
    database: Database,
    clock: Clock,
    platforms: Mapping[str, Platform] | None = None,
    tagger: WordTagger | None = None,
) -> Dispatch:
    """Return the product's dispatch with the tiny tagger in the classifier's place."""
    return Dispatch(
        database,
        tagger or WordTagger(),  # type: ignore[arg-type]
        clock,
        commands=handlers.COMMANDS,
        actions=handlers.ACTIONS,
        give=giving.by_words,
        form=giving.form,
        platforms=platforms or {},
    )


def typed(
    who: Member,
    text: str,
    named: Sequence[Member] = (),
    *,
    command: str = "",
    event: str | None = None,
    workspace: str = WORKSPACE,
) -> Incoming:
    """Return what comes in when a member types a command, picks the members ``named`` and writes ``text``."""
    words = f"{command} " if command else ""
    mentions = []
    for member in named:
        mentions.append(Mention(len(words), len(words) + 1 + len(member.name), account(member.id)))
        words += f"@{member.name} "
    return _incoming(who, event, workspace, text=words + text, mentions=tuple(mentions))


def pressed(
    who: Member, action: str, *, event: str | None = None, workspace: str = WORKSPACE, **values: Value | int
) -> Incoming:
    """Return what comes in when a member presses a button or sends a form."""
    carried = {name: str(value) if isinstance(value, int) else value for name, value in values.items()}
    return _incoming(who, event, workspace, action=Submission(action, carried))


def _incoming(who: Member, event: str | None, workspace: str, **what: Any) -> Incoming:
    sender = account(who.id)
    where = Address(PLATFORM, workspace, sender, "direct")
    return Incoming(event or uuid4().hex, PLATFORM, workspace, sender, where, **what)


async def press(dispatch: Dispatch, who: Member, on: Card | None, label: str) -> Reply:
    """Let a member press the button called ``label`` on a card."""
    button = next(button for button in buttons(on) if button.label == label)
    return await dispatch.receive(pressed(who, button.name, **button.values))


def buttons(card: Card | None) -> list[Button]:
    """Return the buttons of a card, in order."""
    assert card is not None
    return [button for block in card.blocks if isinstance(block, Buttons) for button in block.buttons]


def labels(card: Card | None) -> list[str]:
    """Return what the buttons of a card say."""
    return [button.label for button in buttons(card)]


async def give(dispatch: Dispatch, giver: Member, recipient: Member, reason: str) -> None:
    """Let a member praise another, and see that it went through."""
    reply = await dispatch.receive(typed(giver, reason, [recipient]))
    assert went_through(reply), said(reply.card)


def went_through(reply: Reply) -> bool:
    """Return whether something was done and is shown as such."""
    return reply.card is not None and reply.card.tone == "good"


def told(error: PraisebotError) -> str:
    """Return what people here are told of an error."""
    return describe(error, "en")


def said(card: Card | None) -> str:
    """Return a card as text; empty for none."""
    return "" if card is None else as_text(card)


# --- what there is afterwards -----------------------------------------------------------------------------------------


def rows(tx: Tx, table: Table) -> list[dict[str, Any]]:
    """Return a table as it stands, oldest first where it has ids."""
    query = select(table).order_by(table.c.id) if "id" in table.c else select(table)
    return [dict(row) for row in tx.execute(query).mappings()]


def waiting(tx: Tx) -> list[datetime]:
    """Return when the messages that wait are due, the next one first."""
    due = select(tables.outbox.c.due).where(tables.outbox.c.state == "waiting")
    return list(tx.execute(due.order_by(tables.outbox.c.due)).scalars())


def praises_of(tx: Tx, reason: str) -> tuple[Praise, ...]:
    """Return the praises given with a reason, oldest first."""
    query = select(tables.praises.c.organisation_id, tables.praises.c.id).where(tables.praises.c.text == reason)
    found = [praises.by_id(tx, *row) for row in tx.execute(query.order_by(tables.praises.c.id))]
    return tuple(praise for praise in found if praise is not None)


def praise_of(tx: Tx, reason: str) -> Praise:
    """Return the one praise given with a reason."""
    (found,) = praises_of(tx, reason)
    return found


@dataclass(frozen=True)
class Directory:
    """The part of a platform that knows who an account is; it delivers nothing."""

    people: Mapping[str, Person]
    name: str = PLATFORM
    pace: float = 0.0

    def bind(self, app: object, receive: object) -> None:
        raise NotImplementedError

    async def send(
        self, to: Address, card: Card, *, key: str, replacing: str | None = None, again: bool = False
    ) -> str:
        raise NotImplementedError

    async def profile(self, workspace: str, user_id: str) -> Person:
        return self.people[user_id]
