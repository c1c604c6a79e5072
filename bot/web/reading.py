"""What the page reads, and the checks that keep one person's direct messages from another's eyes."""

from __future__ import annotations

from aiohttp import web

from bot.web.answers import SECURITY_HEADERS, Problem, json_answer
from bot.web.charts import Charts, Look
from bot.web.conversations import direct_id, is_direct, may_read, message_data, partner
from bot.web.directory import BOT_PERSON, Directory
from bot.web.live import LOOK_BACK
from bot.web.store import BOT, Colleague, Message, Store

_HISTORY_LIMIT = 100
_MISSED_LIMIT = 500
"""Messages a page can catch up on; after a longer absence it reads the conversations anew."""


class Reading:
    """Answers the page's questions; each names an account (``as``) and is answered with what that account may read."""

    def __init__(self, store: Store, workspace: str, directory: Directory) -> None:
        self._store = store
        self._workspace = workspace
        self._directory = directory
        self._charts = Charts()

    # --- what may be read --------------------------------------------------------------------------------------------

    async def reader(self, request: web.Request) -> str:
        """Return the account the page reads as; raise a `Problem` (400) when nobody can be it."""
        account = request.query.get("as", "")
        await self.check_account(account)
        return account

    async def check_account(self, account: str) -> None:
        """Raise a `Problem` (400) unless ``account`` is somebody who can be chosen: no bot, and not gone."""
        person = await self._directory.person(account)
        if person is None or person.bot or not person.active:
            raise Problem(400, "This chat knows no such person. Please choose again who you are.")

    async def check_readable(self, conversation: str, account: str) -> None:
        """Raise a `Problem` (404) unless ``account`` may read ``conversation``."""
        # One answer for what does not exist and for what is not one's own: nobody can probe who talks with whom.
        if is_direct(conversation):
            other = partner(conversation, account)
            known: object = None if other is None else await self._directory.person(other)
        else:
            known = await self._directory.channel(conversation)
        if known is None:
            raise Problem(404, "There is no such conversation.")

    async def message(self, message_id: str, account: str) -> Message:
        """Return a message that ``account`` may read; raise a `Problem` (404) otherwise."""
        try:
            message = await self._store.message(self._workspace, str(_decimal(message_id)))
        except (KeyError, ValueError):
            raise Problem(404, "That is no longer there.") from None
        if not may_read(message.conversation, account):
            raise Problem(404, "That is no longer there.")
        return message

    # --- what is asked -----------------------------------------------------------------------------------------------

    async def state(self, request: web.Request) -> web.Response:
        """Everyone and every channel; for an account also its direct messages and the newest message of each."""
        people = await self._directory.people()
        channels = await self._directory.channels()
        data: dict[str, object] = {"channels": [{"id": channel.id, "name": channel.name} for channel in channels]}
        if "as" not in request.query:
            data["people"] = [_person_data(person) for person in people]
            return json_answer(data)
        account = await self.reader(request)
        conversations = [channel.id for channel in channels]
        conversations += [direct_id(account, person.id) for person in (*people, BOT_PERSON) if person.id != account]
        data["revision"] = await self._store.head(self._workspace)
        data["latest"] = [message_data(m) for m in await self._store.latest(self._workspace, conversations)]
        data["people"] = [_person_data(person) | {"direct": direct_id(account, person.id)} for person in people]
        data["botDirect"] = direct_id(account, BOT)
        return json_answer(data)

    async def history(self, request: web.Request) -> web.Response:
        """A page of a conversation, oldest first, and whether there are ``more`` before it."""
        account = await self.reader(request)
        conversation = request.query.get("conversation", "")
        await self.check_readable(conversation, account)
        limit = min(_number(request, "limit", 50) or 50, _HISTORY_LIMIT)
        messages = await self._store.history(
            self._workspace, conversation, before=_number(request, "before", None), limit=limit
        )
        data = [message_data(message) for message in messages]
        return json_answer({"messages": data, "more": len(messages) == limit})

    async def missed(self, request: web.Request) -> web.Response:
        """What the account may read of the revisions from a little before ``since``; ``complete`` if that is all."""
        account = await self.reader(request)
        since = max(0, (_number(request, "since", 0) or 0) - LOOK_BACK)
        messages = await self._store.since(self._workspace, since, limit=_MISSED_LIMIT)
        readable = [message_data(message) for message in messages if may_read(message.conversation, account)]
        return json_answer({"messages": readable, "complete": len(messages) < _MISSED_LIMIT})

    async def chart(self, request: web.Request) -> web.Response:
        """A chart of a message's card as PNG; ``theme=dark`` for the dark one, ``size=wide`` for other than phones."""
        account = await self.reader(request)
        message = await self.message(request.match_info["message"], account)
        look = Look(dark=request.query.get("theme") == "dark", wide=request.query.get("size") == "wide")
        picture = await self._charts.picture(message, int(request.match_info["number"]), look)
        # The address holds the revision, so what it shows never changes.
        headers = SECURITY_HEADERS | {"Content-Type": "image/png", "Cache-Control": "private, max-age=86400"}
        return web.Response(body=picture, headers=headers)


def _person_data(person: Colleague) -> dict[str, object]:
    data: dict[str, object] = {"id": person.id, "name": person.name, "active": person.active, "bot": person.bot}
    known = {
        "staffNumber": person.staff_number,
        "team": person.team,
        "role": person.role,
        "otherNames": person.other_names,
        "home": person.home,
    }
    return data | {name: value for name, value in known.items() if value}


def _number(request: web.Request, name: str, default: int | None) -> int | None:
    """Return a query parameter as a number; raise a `Problem` when it is none that a database could hold."""
    text = request.query.get(name)
    if text is None:
        return default
    try:
        return _decimal(text)
    except ValueError:
        raise Problem(400, "The server did not understand this request. Please reload the page.", name) from None


def _decimal(text: str) -> int:
    """Return a number of up to 18 digits, so that it fits a database's; raise `ValueError` for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise ValueError(text)
    return int(text)
