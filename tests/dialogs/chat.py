"""Whole conversations, as people have them: a `Chat` is told who types, presses and fills in what, and shows it.

It speaks to a platform through a `Driver`, so that the same conversations can be held on every platform: a driver knows
how a text, a press, a form and a menu item reach the product there, and what stands in a conversation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Protocol
from uuid import uuid4

from bot.app import Product
from bot.chat import Button, Buttons, Card, Form, Reply, Value
from bot.localchat import account
from bot.plain import as_text
from bot.storage import members, organisations


@dataclass
class Clock:
    """A clock that tests move."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Seen:
    """A message as it stands in a conversation."""

    id: str
    author: str
    text: str
    card: Card | None

    @property
    def words(self) -> str:
        return self.text or (as_text(self.card) if self.card else "")


class Driver(Protocol):
    """How one platform is used. Accounts and channels are the platform's own names."""

    async def type(self, event: str, who: str, where: str | None, text: str, named: Mapping[str, str]) -> Reply:
        """Type ``text`` at the bot, in a channel or (None) to it directly; ``named`` are names picked, by account."""

    async def act(
        self, event: str, who: str, name: str, values: Mapping[str, Value], message: str | None = None
    ) -> Reply:
        """Press a button, send a form, or choose an item of the menu of ``message``."""

    async def say(self, who: str, channel: str, text: str) -> str:
        """Write an ordinary message in a channel; return its id."""

    async def messages(self, who: str, where: str | None) -> Sequence[Seen]:
        """Return what stands in a channel or (None) in the direct messages with the bot."""


@dataclass
class Chat:
    """A product with people in it, used through a driver."""

    product: Product
    driver: Driver
    clock: Clock
    accounts: dict[str, str]
    channels: dict[str, str]
    events: count[int] = field(default_factory=lambda: count(1))

    async def type(
        self,
        who: str,
        text: str,
        *,
        channel: str | None = None,
        picking: Sequence[str] = (),
        event: str | None = None,
    ) -> Reply:
        """``who`` types ``text`` after the command word. Names in ``picking`` are picked from the chat's list."""
        named = {name: self.accounts[name] for name in picking}
        where = self.channels[channel] if channel else None
        return await self._done(self.driver.type(event or self._event(), self.accounts[who], where, text, named))

    async def press(self, who: str, label: str, on: Reply | Seen, *, event: str | None = None) -> Reply:
        """``who`` presses the button called ``label`` on a card."""
        button = next(button for button in buttons(on) if button.label == label)
        return await self._done(
            self.driver.act(event or self._event(), self.accounts[who], button.name, dict(button.values))
        )

    async def fill(self, who: str, form: Reply, **values: Value) -> Reply:
        """``who`` fills in the form that was opened and sends it; ``to`` takes names."""
        opened = the_form(form)
        if "to" in values:
            names = values["to"]
            several = (names,) if isinstance(names, str) else names
            values["to"] = tuple(self.accounts[name] for name in several)
        filled: dict[str, Value] = {each.name: each.value for each in opened.fields}
        filled |= dict(opened.carries) | values
        return await self._done(self.driver.act(self._event(), self.accounts[who], opened.name, filled))

    async def choose(self, who: str, item: str, message: str | None = None) -> Reply:
        """``who`` chooses an item, of the menu of ``message`` or of the page."""
        return await self._done(self.driver.act(self._event(), self.accounts[who], item, {}, message))

    async def say(self, who: str, channel: str, text: str) -> str:
        """``who`` writes an ordinary message in a channel."""
        return await self.driver.say(self.accounts[who], self.channels[channel], text)

    async def inbox(self, who: str) -> list[Seen]:
        """Return the bot's direct messages to ``who``, oldest first."""
        seen = await self.driver.messages(self.accounts[who], None)
        return [message for message in seen if message.card is not None]

    async def latest(self, who: str) -> Seen:
        """Return the bot's newest direct message to ``who``."""
        return (await self.inbox(who))[-1]

    async def in_channel(self, channel: str) -> list[Seen]:
        """Return what stands in a channel, oldest first."""
        anybody = next(iter(self.accounts.values()))
        return list(await self.driver.messages(anybody, self.channels[channel]))

    async def later(self, **by: float) -> None:
        """Let time pass, and what is due happen."""
        self.clock.at += timedelta(**by)
        await self.product.worker.run_jobs()
        await self._deliver()

    async def until(self, moment: datetime) -> None:
        """Let time pass until ``moment``."""
        await self.later(seconds=(moment - self.clock.at).total_seconds())

    async def _done(self, what: object) -> Reply:
        reply: Reply = await what  # type: ignore[misc]
        await self._deliver()
        return reply

    async def _deliver(self) -> None:
        while await self.product.worker.deliver():
            pass

    def _event(self) -> str:
        return f"event-{next(self.events)}-{uuid4().hex[:8]}"


def said(reply: Reply) -> str:
    """Return the words of an answer."""
    assert reply.card is not None, "the answer is a form, not a card"
    return as_text(reply.card)


def the_form(reply: Reply) -> Form:
    """Return the form an answer opens."""
    assert reply.form is not None, f"no form but: {reply.card}"
    return reply.form


def buttons(on: Reply | Seen) -> list[Button]:
    """Return the buttons of a card."""
    card = on.card
    return [button for block in (card.blocks if card else ()) if isinstance(block, Buttons) for button in block.buttons]


def labels(on: Reply | Seen) -> list[str]:
    """Return the labels of the buttons of a card."""
    return [button.label for button in buttons(on)]


async def chat_of(
    product: Product,
    driver: Driver,
    clock: Clock,
    accounts: Mapping[str, str] | None = None,
    channels: Mapping[str, str] | None = None,
) -> Chat:
    """Return a chat with everybody of the product's organisation in it: with their ``accounts`` and the ``channels`` of
    teams by name, without them those of the local chat.
    """
    if accounts is not None and channels is not None:
        return Chat(product, driver, clock, dict(accounts), dict(channels))

    def read(tx: object) -> tuple[dict[str, str], dict[str, str]]:
        organisation = organisations.every(tx)[0]  # type: ignore[arg-type]
        people = members.everyone(tx, organisation.id)  # type: ignore[arg-type]
        teams = organisations.teams_of(tx, organisation.id)  # type: ignore[arg-type]
        found = {team.name: team.channel.conversation for team in teams if team.channel is not None}
        return {member.name: account(member.id) for member in people}, found

    return Chat(product, driver, clock, *await product.database.read(read))
