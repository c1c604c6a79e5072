"""What happens to a payload: understood, handed to the product, acknowledged after its commit, answered."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.chat import Incoming, Receive, Reply, Text
from bot.errors import place_of
from bot.platforms import slack_forms, slack_incoming
from bot.platforms.answering import Answered, refuses
from bot.platforms.slack_access import Access, Accesses
from bot.platforms.slack_answers import Answers, Place, place_of_body, place_of_form
from bot.platforms.slack_people import People
from bot.platforms.slack_store import Store
from bot.platforms.slack_text import scrub, shorten

log = logging.getLogger(__name__)

Body = dict[str, Any]
_ERROR = 1000


class Listeners:
    """Registers itself with Bolt. ``reaction`` is the name of the emoji that seconds a praise; empty for none."""

    def __init__(
        self,
        receive: Receive,
        *,
        accesses: Accesses,
        answers: Answers,
        people: People,
        store: Store,
        reaction: str = "",
    ) -> None:
        self._receive = receive
        self._accesses = accesses
        self._answers = answers
        self._people = people
        self._store = store
        self._reaction_name = reaction
        self._answered = Answered()

    def register(self, app: AsyncApp) -> None:
        """Let ``app`` call these; what is used most is asked first."""
        app.command(re.compile(""))(self.command)
        app.action(re.compile(r"#\d+$"))(self.press)
        app.view(re.compile(""))(self.submit)
        app.view_closed(re.compile(""))(self.closed)
        app.shortcut(re.compile(""))(self.shortcut)
        app.event("message")(self.message)
        app.event("app_mention")(self.message)
        app.event("app_home_opened")(self.home)
        app.event("reaction_added")(self.reaction)
        app.event("user_change")(self.person)
        app.event("team_join")(self.person)
        app.event("app_uninstalled")(self.uninstalled)
        app.event("tokens_revoked")(self.revoked)
        app.error(failed)

    # --- interactions ------------------------------------------------------------------------------------------------

    async def command(self, body: Body, context: AsyncBoltContext, ack: AsyncAck) -> None:
        """A slash command: the answer is the acknowledgement."""
        workspace = _workspace(context)
        incoming = slack_incoming.command(body, workspace, await self._names(workspace, slack_incoming.words_of(body)))
        reply = await self._receive(incoming)
        place = place_of_body(body, workspace, incoming.sender)
        card = reply.card
        if reply.form is not None:
            if await self._answers.opened(reply.form, place):
                await ack()
                return
            card = await self._answers.asking_to_open(place, slack_incoming.words_of(body))
        if card is None:
            await ack()
            return
        content = await self._answers.content(card, workspace, incoming.sender)
        await ack({"response_type": "ephemeral", "unfurl_links": False, "unfurl_media": False, **content})

    async def press(self, body: Body, context: AsyncBoltContext, ack: AsyncAck) -> None:
        """A button."""
        workspace = _workspace(context)
        incoming = slack_incoming.press(body, workspace)
        place = place_of_body(body, workspace, incoming.sender)
        assert incoming.action is not None
        if incoming.action.name == slack_incoming.FORM:
            words = incoming.action.text("words")
            incoming = slack_incoming.asked_again({"words": words}, incoming, await self._names(workspace, words))
        await self._act(incoming, place)
        await ack()

    async def shortcut(self, body: Body, context: AsyncBoltContext, ack: AsyncAck) -> None:
        """An item of a message's menu, or a global shortcut."""
        workspace = _workspace(context)
        said = body.get("message") or {}
        incoming = slack_incoming.shortcut(body, workspace, await self._names(workspace, slack_incoming.words_of(said)))
        await self._act(incoming, place_of_body(body, workspace, incoming.sender))
        await ack()

    async def _act(self, incoming: Incoming, place: Place) -> None:
        """Receive; open the form, or answer later."""
        reply = await self._receive(incoming)
        if not self._answered.first(incoming, reply):
            return
        if reply.form is not None and not await self._answers.opened(reply.form, place):
            reply = Reply(await self._answers.not_opened(place))
        self._answers.later(self._answers.show(reply, place))

    async def submit(self, body: Body, context: AsyncBoltContext, ack: AsyncAck) -> None:
        """A form: what is wrong with it stands at its fields, and nothing filled in is lost."""
        workspace = _workspace(context)
        view = body["view"]
        incoming = slack_incoming.form(body, workspace)
        assert incoming.action is not None
        reply = await self._receive(incoming)
        place = place_of_form(view, workspace, incoming.sender, body.get("trigger_id") or "")
        if reply.form is not None:
            locale = await self._answers.locale(workspace, incoming.sender)
            await ack(slack_forms.answer(reply.form, locale, incoming.action.name, place.origin()))
            return
        if reply.card is None:
            await ack()
            return
        inputs = [block["block_id"] for block in view.get("blocks") or () if block.get("type") == "input"]
        if inputs and (reply.unsaved or refuses(reply.card)):
            await ack(response_action="errors", errors={inputs[0]: _all_of(reply)})
            return
        if place.surface == "home" and not reply.replaces:
            shown = await self._answers.card_view(reply.card, workspace, incoming.sender)
            await ack(response_action="update", view=shown)
            return
        await ack()
        if self._answered.first(incoming, reply):
            self._answers.later(self._answers.show(reply, place))

    async def closed(self, ack: AsyncAck) -> None:
        """A form that was closed: nothing was kept of it."""
        await ack()

    # --- events ------------------------------------------------------------------------------------------------------

    async def message(self, body: Body, event: Body, context: AsyncBoltContext) -> None:
        """Words written to the bot, or mentioning it."""
        access = await self._access(context)
        if access is None or (event.get("type") == "message" and event.get("channel_type") != "im"):
            return
        said = slack_incoming.words_of(event)
        names = await self._names(access.workspace, said)
        incoming = slack_incoming.message(event, access.workspace, access.bot_user, names)
        if incoming is None:
            return
        place = Place(access.workspace, incoming.sender, channel=event["channel"], thread=event.get("thread_ts") or "")
        reply = await self._receive(incoming)
        if not self._answered.first(incoming, reply):
            return
        card = reply.card
        if reply.form is not None:  # words open no form
            card = await self._answers.asking_to_open(place, slack_incoming.said_to_bot(said, access.bot_user))
        if card is not None:
            self._answers.later(self._answers.say(card, place))

    async def home(self, event: Body, context: AsyncBoltContext) -> None:
        """The App Home was opened."""
        if event.get("tab") == "home":
            workspace = _workspace(context)
            reply = await self._receive(slack_incoming.home(event, workspace))
            self._answers.later(self._answers.publish(reply, workspace, event["user"]))

    async def reaction(self, event: Body, context: AsyncBoltContext) -> None:
        """A reaction: the one that was chosen for it seconds a praise."""
        if not self._reaction_name or event.get("reaction", "").split("::")[0] != self._reaction_name:
            return
        access = await self._access(context)
        incoming = slack_incoming.reaction(event, access.workspace, access.bot_user) if access else None
        if access is None or incoming is None:
            return
        reply = await self._receive(incoming)
        if reply.card is not None and self._answered.first(incoming, reply):
            place = Place(access.workspace, incoming.sender, channel=event["item"]["channel"])
            self._answers.later(self._answers.say(reply.card, place))

    async def person(self, event: Body, context: AsyncBoltContext) -> None:
        """Somebody joined, left, came back or is called otherwise."""
        workspace = _workspace(context)
        user = event.get("user")
        if not isinstance(user, Mapping) or not user.get("id"):
            raise ValueError("no user")
        person = await self._people.changed(workspace, user)
        if person is not None:
            await self._store.met(workspace, person)

    async def uninstalled(self, context: AsyncBoltContext) -> None:
        """The app was taken away."""
        await self._accesses.revoked(_workspace(context))

    async def revoked(self, event: Body, context: AsyncBoltContext) -> None:
        """Tokens were: those of the bot end the installation."""
        if (event.get("tokens") or {}).get("bot"):
            await self._accesses.revoked(_workspace(context))

    # --- pieces ------------------------------------------------------------------------------------------------------

    async def _names(self, workspace: str, text: str) -> Mapping[str, str]:
        accounts = slack_incoming.nameless(text)
        return await self._people.names(workspace, accounts) if accounts else {}

    async def _access(self, context: AsyncBoltContext) -> Access | None:
        return await self._accesses.of(_workspace(context))


def _workspace(context: AsyncBoltContext) -> str:
    return slack_incoming.workspace_of(context.enterprise_id, context.team_id, context.is_enterprise_install)


def _all_of(reply: Reply) -> str:
    """Return what a reply says, as an error beside a field."""
    assert reply.card is not None
    lines = [block.text for block in reply.card.blocks if isinstance(block, Text)]
    return shorten(scrub("\n".join(lines) or reply.card.summary), _ERROR)


async def failed(error: Exception, request: AsyncBoltRequest, response: BoltResponse | None) -> BoltResponse:
    """Answer what could not be handled: 400 for a payload of another shape, else 503, so that Slack sends it again."""
    if isinstance(error, ValueError):
        log.warning("a payload of another shape: %s", place_of(error))
        return BoltResponse(status=400, body="")
    log.error("a payload could not be handled: %s", place_of(error))
    return BoltResponse(status=503, body="")
