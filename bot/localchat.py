"""The local chat's store, on the product's own database. One organisation, one workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.chat import Address, Card, Mention
from bot.praise import name_key
from bot.privacy import mask
from bot.storage import chatlog, identities, names, organisations
from bot.storage.chatlog import Logged
from bot.storage.database import Database, Tx
from bot.storage.members import Member
from bot.storage.organisations import Team
from bot.web.store import Colleague, Conversation, Message

PLATFORM = "web"
WORKSPACE = "local"


def account(member_id: int) -> str:
    """Return the account a member has in the local chat."""
    return f"m{member_id}"


def team_channel(team_id: int) -> Address:
    """Return the channel of a team in the local chat."""
    return Address(PLATFORM, WORKSPACE, f"team-{team_id}", "channel")


class ChatStore:
    """Implements `bot.web.store.Store`. Everybody of the organisation has an account; every team has a channel."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def people(self, workspace: str) -> Sequence[Colleague]:
        """Return everyone with an account, leavers included, so that their old messages keep a name."""

        def find(tx: Tx) -> tuple[Colleague, ...]:
            organisation = organisations.of_workspace(tx, PLATFORM, workspace)
            if organisation is None:
                return ()
            teams = {team.id: team for team in organisations.teams_of(tx, organisation.id)}
            keys = names.by_member(tx, organisation.id)
            found = identities.in_workspace(tx, PLATFORM, workspace).items()
            return tuple(_colleague(user_id, member, teams, keys.get(member.id, ())) for user_id, member in found)

        return await self._database.read(find)

    async def channels(self, workspace: str) -> Sequence[Conversation]:
        """Return the channels of all teams."""

        def find(tx: Tx) -> tuple[Conversation, ...]:
            organisation = organisations.of_workspace(tx, PLATFORM, workspace)
            teams = organisations.teams_of(tx, organisation.id) if organisation else ()
            return tuple(
                Conversation(team.channel.conversation, team.name, "channel")
                for team in teams
                if team.channel is not None and team.channel.platform == PLATFORM
            )

        return await self._database.read(find)

    async def post(
        self,
        workspace: str,
        conversation: str,
        author: str,
        *,
        key: str,
        text: str = "",
        mentions: tuple[Mention, ...] = (),
        card: Card | None = None,
    ) -> Message:
        """Keep a message, once per key; personal data people type is masked before it is stored, here too."""
        now = self._clock()
        if text:
            text, mentions = masked(text, mentions, await self._database.read(_names_in_use, workspace))
        return _message(
            await self._database.write(chatlog.post, workspace, conversation, author, key, text, mentions, card, now)
        )

    async def replace(self, workspace: str, message_id: str, card: Card) -> Message:
        """Put ``card`` in the place of a message's."""
        return _found(await self._database.write(chatlog.replace, workspace, _number(message_id), card))

    async def message(self, workspace: str, message_id: str) -> Message:
        """Return one message."""
        return _found(await self._database.read(chatlog.message, workspace, _number(message_id)))

    async def history(
        self, workspace: str, conversation: str, *, before: int | None = None, limit: int = 50
    ) -> Sequence[Message]:
        """Return the newest messages, oldest first."""
        found = await self._database.read(chatlog.history, workspace, conversation, before, limit)
        return tuple(_message(logged) for logged in found)

    async def since(self, workspace: str, revision: int, *, limit: int = 200) -> Sequence[Message]:
        """Return what was posted or replaced after ``revision``."""
        return tuple(_message(one) for one in await self._database.read(chatlog.since, workspace, revision, limit))

    async def latest(self, workspace: str, conversations: Sequence[str]) -> Sequence[Message]:
        """Return the newest message of each conversation."""
        found = await self._database.read(chatlog.latest, workspace, conversations)
        return tuple(_message(logged) for logged in found)

    async def head(self, workspace: str) -> int:
        """Return the largest revision."""
        return await self._database.read(chatlog.head, workspace)


def _names_in_use(tx: Tx, workspace: str) -> frozenset[str]:
    organisation = organisations.of_workspace(tx, PLATFORM, workspace)
    return names.in_use(tx, organisation.id) if organisation else frozenset()


def masked(
    text: str, mentions: Sequence[Mention], keep: frozenset[str] = frozenset()
) -> tuple[str, tuple[Mention, ...]]:
    """Return ``text`` with personal data masked, mentions left whole and their spans where they are then.

    ``keep`` are the names and numbers that stay, as for `bot.privacy.mask`.
    """
    pieces: list[str] = []
    moved: list[Mention] = []
    position = length = 0
    for mention in sorted(mentions, key=lambda mention: mention.start):
        if mention.start < position:
            continue  # overlaps the one before
        before = mask(text[position : mention.start], keep)
        name = text[mention.start : mention.end]
        start = length + len(before)
        moved.append(Mention(start, start + len(name), mention.user_id))
        pieces += [before, name]
        length = start + len(name)
        position = mention.end
    return "".join([*pieces, mask(text[position:], keep)]), tuple(moved)


def _colleague(user_id: str, member: Member, teams: Mapping[int, Team], keys: Sequence[str]) -> Colleague:
    team = teams.get(member.team_id or 0)
    channel = team.channel if team else None
    shown = {name_key(member.name), name_key(member.staff_number or "")}
    return Colleague(
        id=user_id,
        name=member.name,
        locale=member.locale,
        timezone=member.timezone,
        bot=member.bot,
        active=member.active,
        staff_number=member.staff_number or "",
        team=team.name if team else "",
        role=member.role.value,
        other_names=tuple(key for key in keys if key not in shown),
        home=channel.conversation if channel and channel.platform == PLATFORM else "",
    )


def _message(logged: Logged) -> Message:
    return Message(
        id=str(logged.id),
        revision=logged.revision,
        conversation=logged.conversation,
        author=logged.author,
        posted=logged.posted,
        text=logged.text,
        mentions=logged.mentions,
        card=logged.card,
        edited=logged.edited,
    )


def _found(logged: Logged | None) -> Message:
    if logged is None:
        raise KeyError("no such message")
    return _message(logged)


def _number(message_id: str) -> int:
    if not (message_id.isascii() and message_id.isdigit() and len(message_id) < 19):
        raise KeyError(message_id)
    return int(message_id)
