"""The local chat as a platform: its routes, and the messages of the bot."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from urllib.parse import parse_qs

from aiohttp import web

from bot.chat import Address, Card, Incoming, MenuItem, Person, Quoted, Receive, Reply, Undeliverable
from bot.config import Settings
from bot.i18n import translator
from bot.web.access import COOKIE, SIGNED_IN_SECONDS, Gate
from bot.web.answers import SECURITY_HEADERS, Problem, json_answer, raw_json_answer, read_body
from bot.web.conversations import PLATFORM, address_of, conversation_of, is_with_bot
from bot.web.directory import Directory
from bot.web.incoming import Sent, command_length, parse, shifted
from bot.web.live import Live
from bot.web.page import chat_page, locale_of, sign_in_page, static_file
from bot.web.reading import Reading
from bot.web.store import BOT, Message, Store
from bot.wire import reply_to_json

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WebChat:
    """The local chat. It keeps its own messages in ``store`` and knows nothing of praise but its command word."""

    name = PLATFORM
    pace = 0.0

    def __init__(
        self,
        store: Store,
        *,
        workspace: str,
        menu: Sequence[MenuItem],
        settings: Settings,
        demo_controls: Sequence[MenuItem] = (),
    ) -> None:
        self._store = store
        self._workspace = workspace
        self._menu = tuple(menu)
        self._settings = settings
        self._demo_controls = tuple(demo_controls)
        self._gate = Gate(settings.web_secret)
        self._directory = Directory(store, workspace)
        self._live = Live(store, workspace)
        self._reading = Reading(store, workspace, self._directory)
        self._receive: Receive | None = None

    # --- the platform ------------------------------------------------------------------------------------------------

    def bind(self, app: web.Application, receive: Receive) -> None:
        """Add the page and its API to ``app``; see `bot.chat.Platform`."""
        if not self._settings.loopback and not self._gate.has_secret:
            raise ValueError("the local chat needs an access secret where other machines reach it")
        self._receive = receive
        app.router.add_get("/", self._guarded(self._page, otherwise=_to_sign_in))
        app.router.add_get("/chat/static/{name}", self._guarded(_static, signed_in=False))
        app.router.add_get("/chat/api/state", self._guarded(self._reading.state))
        app.router.add_get("/chat/api/history", self._guarded(self._reading.history))
        app.router.add_get("/chat/api/missed", self._guarded(self._reading.missed))
        app.router.add_post("/chat/api/incoming", self._guarded(self._incoming))
        app.router.add_get("/chat/charts/{message}/{number:[0-9]{1,3}}.png", self._guarded(self._reading.chart))
        app.router.add_get("/chat/ws", self._guarded(self._socket))
        if self._gate.has_secret:
            app.router.add_get("/chat/login", self._guarded(self._sign_in_form, signed_in=False))
            app.router.add_post("/chat/login", self._guarded(self._sign_in, signed_in=False))
            app.router.add_post("/chat/logout", self._guarded(_sign_out, signed_in=False))
        app.on_shutdown.append(self._close)

    async def send(
        self, to: Address, card: Card, *, key: str, replacing: str | None = None, again: bool = False
    ) -> str:
        """Post ``card`` as the bot or put it in the place of a message; see `bot.chat.Platform`."""
        await self._check_exists(to)
        message = await self._replaced(replacing, card) if replacing is not None else None
        if message is None:
            message = await self._store.post(self._workspace, conversation_of(to), BOT, key=key, card=card)
        self._live.wake()
        return message.id

    async def profile(self, workspace: str, user_id: str) -> Person:
        """Return the account; see `bot.chat.Platform`."""
        person = await self._directory.person(user_id) if workspace == self._workspace else None
        if person is None:
            raise KeyError(user_id)
        return person

    async def _check_exists(self, to: Address) -> None:
        if to.workspace != self._workspace:
            raise Undeliverable(f"workspace {to.workspace}")
        if to.kind == "direct":
            known: object = await self._directory.person(to.conversation)
        else:
            known = await self._directory.channel(to.conversation)
        if known is None:
            raise Undeliverable(f"{to.kind} {to.conversation}")

    async def _replaced(self, message_id: str, card: Card) -> Message | None:
        try:
            return await self._store.replace(self._workspace, message_id, card)
        except KeyError:
            return None

    async def _close(self, _app: web.Application) -> None:
        await self._live.close()

    # --- what every request passes -----------------------------------------------------------------------------------

    def _guarded(
        self, handler: Handler, *, signed_in: bool = True, otherwise: Callable[[], web.Response] | None = None
    ) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                self._gate.check_origin(request)
                if signed_in:
                    self._gate.check_signed_in(request)
                return await handler(request)
            except Problem as problem:
                log.info("%s %s: %d %s", request.method, request.path, problem.status, problem.detail)
                if problem.status == 401 and otherwise is not None:
                    return otherwise()
                return self._told(request, problem)
            except web.HTTPException:
                raise
            except Exception as error:
                # Its text may hold what somebody wrote (a database error quotes its parameters): only type and place.
                log.error("%s %s failed: %s", request.method, request.path, _trace(error))
                return self._told(request, Problem(503, "The chat cannot take this right now."))

        return answer

    def _told(self, request: web.Request, problem: Problem) -> web.Response:
        _ = translator(locale_of(request, self._settings.locale))
        return json_answer({"error": _(problem.message)}, problem.status)

    # --- the page ----------------------------------------------------------------------------------------------------

    async def _page(self, request: web.Request) -> web.Response:
        return chat_page(
            locale_of(request, self._settings.locale),
            menu=self._menu,
            demo_controls=self._demo_controls,
            can_sign_out=self._gate.has_secret,
        )

    async def _sign_in_form(self, request: web.Request) -> web.Response:
        return sign_in_page(locale_of(request, self._settings.locale))

    async def _sign_in(self, request: web.Request) -> web.Response:
        form = parse_qs((await read_body(request, 4096)).decode("utf-8", "replace"))
        try:
            cookie = self._gate.sign_in(form.get("secret", [""])[0], request.remote or "")
        except Problem as problem:
            locale = locale_of(request, self._settings.locale)
            return sign_in_page(locale, translator(locale)(problem.message), problem.status)
        answer = web.Response(status=303, headers=SECURITY_HEADERS | {"Location": "/"})
        encrypted = request.secure or request.headers.get("X-Forwarded-Proto") == "https"
        answer.set_cookie(COOKIE, cookie, max_age=SIGNED_IN_SECONDS, httponly=True, samesite="Strict", secure=encrypted)
        return answer

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        reader = await self._reading.reader(request)
        return await self._live.serve(request, reader, self._gate.seconds_left(request))

    # --- speaking ----------------------------------------------------------------------------------------------------

    async def _incoming(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            raise Problem(415, "The server did not understand this request. Please reload the page.", "not JSON")
        sent = parse(await read_body(request))
        await self._reading.check_account(sent.account)
        await self._reading.check_readable(sent.conversation, sent.account)
        reply = await self._answer(sent)
        if reply.unsaved and reply.card is not None:
            return json_answer({"error": reply.card.summary}, 503)  # the page keeps everything and sends it again
        return raw_json_answer(reply_to_json(reply))

    async def _answer(self, sent: Sent) -> Reply:
        if sent.action is not None:
            return await self._received(sent, await self._quoted(sent))
        word = command_length(sent.text)
        with_bot = is_with_bot(sent.conversation, sent.account)
        if word is None or with_bot:
            await self._keep(sent)
        if word is None and not with_bot:
            return Reply()
        return await self._received(sent, None, word or 0)

    async def _received(self, sent: Sent, quoted: Quoted | None, skip: int = 0) -> Reply:
        assert self._receive is not None
        return await self._receive(
            Incoming(
                event_id=sent.event_id,
                platform=PLATFORM,
                workspace=self._workspace,
                sender=sent.account,
                where=address_of(self._workspace, sent.conversation, sent.account),
                text=sent.text[skip:],
                mentions=shifted(sent.mentions, skip),
                action=sent.action,
                quoted=quoted,
            )
        )

    async def _keep(self, sent: Sent) -> None:
        # The account in the key: an event id made up by one person can never name the message of another.
        key = f"typed:{sent.account}:{sent.event_id}"
        await self._store.post(
            self._workspace, sent.conversation, sent.account, key=key, text=sent.text, mentions=sent.mentions
        )
        self._live.wake()

    async def _quoted(self, sent: Sent) -> Quoted | None:
        if sent.quoted is None:
            return None
        message = await self._reading.message(sent.quoted, sent.account)
        words = message.text or (message.card.summary if message.card else "")
        return Quoted(text=words, author=message.author, link=f"{PLATFORM}:{message.id}")


def _trace(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    return f"{type(error).__qualname__} at {places}"


async def _static(request: web.Request) -> web.Response:
    return static_file(request.match_info["name"], request.headers.get("If-None-Match"))


async def _sign_out(_request: web.Request) -> web.Response:
    answer = _to_sign_in()
    answer.del_cookie(COOKIE, httponly=True, samesite="Strict")
    return answer


def _to_sign_in() -> web.Response:
    return web.Response(status=303, headers=SECURITY_HEADERS | {"Location": "/chat/login"})
