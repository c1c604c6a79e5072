"""Customers' words: forwarded in the chat, imported from a file, received by the webhook. One recording for all of
them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.chat import Button, Buttons, Card, Facts, Field, Form, Quote, Reply, Text
from bot.dispatch import Call, Context
from bot.errors import (
    AlreadyForwarded,
    AlreadyForwardedByYou,
    NotFound,
    PraisingBot,
    PraisingLeaver,
    Refusal,
    Refused,
)
from bot.handlers.giving import (
    Origin,
    Words,
    origin,
    people_named,
    prepare,
    record,
    tagging_of,
    wrong_with_words,
)
from bot.handlers.matching import agents_in
from bot.handlers.praise import filled, number, understood
from bot.handlers.words import confidence_words, tagged
from bot.i18n import listing, translator
from bot.periods import local_day
from bot.praise import REASON_LIMIT, Draft, Kind, Named, clean, same_words
from bot.storage import comments, members, rulebook
from bot.storage.comments import Comment, NewComment
from bot.storage.database import Tx
from bot.storage.members import Member


async def forward(ctx: Context) -> Reply:
    """`/praise customer @agent <words>`: keep a customer's words; what is or may be praise goes to the supervisor."""
    if not ctx.incoming.text.strip():
        return await form(ctx)
    draft = await understood(ctx, topics=True)
    quoted = ctx.incoming.quoted
    return await ctx.write(_forward, draft, await prepare(ctx, draft), quoted.link if quoted else None)


def _forward(tx: Tx, call: Call, draft: Draft, words: Words, link: str | None) -> Reply:
    named, problems = people_named(tx, call, draft)
    problems += wrong_with_words(draft, words)
    problems += _beyond_praise(named)
    if problems:
        raise Refused(tuple(problems))
    agents: Sequence[Member] = named or agents_in(tx, call.organisation.id, words.text)
    known = _forwarded(call, words, agents, link)
    earlier = comments.same(tx, call.organisation.id, known)
    if earlier is not None and not comments.release(tx, earlier[0], digest(known, str(earlier[0]))):
        return _again(tx, call, *earlier, agents)
    kept = keep(tx, origin(call), words, agents, source="chat", known=known)
    return Reply(_receipt(call, words, agents, kept))


def _again(tx: Tx, call: Call, comment_id: int, brought_by: int | None, agents: Sequence[Member]) -> Reply:
    """Answer words that were forwarded before: who did it may still say that they are praise."""
    if brought_by != call.actor.id:
        people = members.by_ids(tx, call.organisation.id, [brought_by] if brought_by else [])
        raise AlreadyForwarded(name=next((member.name for member in people.values()), "?"))
    comment = comments.by_id(tx, call.organisation.id, comment_id)
    if comment is None or comment.is_praise:
        raise AlreadyForwardedByYou
    return Reply(_not_praise(call, comment_id, comment.text, comment.tagging.confidence, agents))


def _beyond_praise(agents: Iterable[Member]) -> list[Refusal]:
    return [
        PraisingBot(name=member.name) if member.bot else PraisingLeaver(name=member.name)
        for member in agents
        if member.bot or not member.active
    ]


def _forwarded(call: Call, words: Words, agents: Sequence[Member], link: str | None) -> str:
    """Return the digest of forwarded words.

    ``link``, the message they stand in, is what the chat says; the words beside it keep a made-up one from standing in
    the way of others'. The same short words without one may well come from two customers, but hardly on one day about
    one agent.
    """
    came = call.incoming
    day = local_day(call.now, call.organisation.timezone)
    where = f"{came.platform}|{came.workspace}|{link}" if link else f"{day:%Y-%m-%d}"
    return digest("chat", where, same_words(words.text), *(str(member.id) for member in agents))


def digest(*parts: str) -> str:
    """Return what makes a comment the same one again."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()


class Found(StrEnum):
    """What becomes of a comment: praise and what may be praise go to the supervisors, the rest is only kept."""

    PRAISE = "praise"
    DOUBTFUL = "doubtful"
    NOT_PRAISE = "not_praise"


def found_in(words: Words) -> Found:
    """Return what becomes of a comment of these words."""
    if words.tagging.praise or words.primary is not None:  # or who brought it said so with a tag
        return Found.PRAISE
    return Found.DOUBTFUL if words.tagging.doubtful else Found.NOT_PRAISE


@dataclass(frozen=True, slots=True)
class Kept:
    """A comment that was kept, and what becomes of it."""

    comment_id: int
    found: Found


def keep(
    tx: Tx,
    came: Origin,
    words: Words,
    agents: Sequence[Member],
    *,
    source: str,
    known: str,
    agent: str | None = None,
    channel: str | None = None,
    occurred: datetime | None = None,
    ask: bool = True,
) -> Kept:
    """Keep a comment; when it is or may be praise, a praise for each agent (or one whose agent is asked for)."""
    said = words.tagging
    comment_id = comments.add(
        tx,
        NewComment(
            organisation_id=came.organisation.id,
            digest=known,
            source=source,
            text=words.text,
            agent=agent,
            channel=channel,
            brought_by=came.giver.id if came.giver else None,
            occurred=occurred,
            received=came.now,
            praise=said.praise,
            tags=said.tags,
            primary=said.primary,
            tier=said.tier,
            confidence=said.confidence,
            model=said.model,
        ),
    )
    found = found_in(words)
    if found is not Found.NOT_PRAISE:
        version = rulebook.at(tx, came.organisation.id, came.now)
        if version.rules.at_once[Kind.CUSTOMER]:
            members.lock(tx, [agent.id for agent in agents])
        record(tx, came, agents or (None,), words, Kind.CUSTOMER, version, comment_id=comment_id, ask=ask)
    return Kept(comment_id, found)


def _receipt(call: Call, words: Words, agents: Sequence[Member], kept: Kept) -> Card:
    locale = call.actor.locale
    _ = translator(locale)
    if kept.found is Found.NOT_PRAISE:
        return _not_praise(call, kept.comment_id, words.text, words.tagging.confidence, agents)
    names = listing([member.name for member in agents], locale) or _("nobody yet: a supervisor will say whose it is")
    for_whom = (_("For"), names)
    if kept.found is Found.DOUBTFUL:
        title = _("Passed to the supervisor: is it praise?")
        why = _("The classifier is not sure this is praise. A supervisor decides, and you will be told.")
        return Card(title, (Quote(words.text), Facts((for_whom,)), Text(why, "quiet")), title=title)
    primary, tags, tier, _by = tagging_of(words)
    title = _("Thank you! Passed to the supervisor")
    facts = Facts((for_whom, (_("Tag"), tagged(primary, tags, tier, _))))
    return Card(title, (Quote(words.text, words.as_praise.evidence), facts), title=title, tone="good")


def _not_praise(call: Call, comment_id: int, text: str, confidence: float, agents: Sequence[Member]) -> Card:
    _ = translator(call.actor.locale)
    title = _("Saved, but it doesn’t look like praise")
    sure = _("The classifier is {sure}.", sure=confidence_words(confidence, _))
    values = {"comment": str(comment_id), "to": ",".join(str(member.id) for member in agents)}
    ask = Buttons((Button("comment.appeal", _("It is praise: send to the supervisor"), values),))
    return Card(title, (Quote(text), Text(sure, "quiet"), ask), title=title)


# --- the form and the menu --------------------------------------------------------------------------------------------


async def form(ctx: Context) -> Reply:
    """Open the form; from a message's menu its text is filled in."""
    return await ctx.read(_form)


def _form(tx: Tx, call: Call) -> Reply:
    quoted = call.incoming.quoted
    return Reply(
        form=_comment_form(call, quoted.text[:REASON_LIMIT] if quoted else "", quoted.link if quoted else None)
    )


def _comment_form(call: Call, text: str, link: str | None) -> Form:
    _ = translator(call.actor.locale)
    return Form(
        name="comment.submit",
        title=_("A customer’s words"),
        submit=_("Forward"),
        fields=(
            Field(
                "to",
                _("Which agent?"),
                "people",
                required=False,
                several=True,
                hint=_(
                    "Leave empty if unclear: a name or staff number in the text is found, else the supervisor is asked."
                ),
            ),
            Field(
                "words",
                _("What did the customer say?"),
                "text",
                value=text,
                hint=_("Phone, card and ID numbers are masked before anything is stored."),
                limit=REASON_LIMIT,
            ),
        ),
        carries={"link": link} if link else {},
    )


async def submit(ctx: Context) -> Reply:
    """Keep what was filled in; what is wrong is shown on its field."""
    sent = ctx.action
    text, _ = clean(sent.text("words"))
    draft = Draft(
        recipients=tuple(Named(account, user_id=account) for account in dict.fromkeys(sent.several("to"))),
        reason=text.strip(),
    )
    try:
        return await ctx.write(_forward, draft, await prepare(ctx, draft), sent.text("link") or None)
    except Refused as refused:
        return await ctx.read(_form_again, refused.problems)


def _form_again(tx: Tx, call: Call, problems: tuple[Refusal, ...]) -> Reply:
    blank = _comment_form(call, "", call.action.text("link") or None)
    return Reply(form=filled(blank, call, problems, words="words"))


async def appeal(ctx: Context) -> Reply:
    """The forwarder says that a comment is praise after all: a supervisor decides."""
    comment = await ctx.read(_appealed)
    tagger = await ctx.tagger()
    words = Words(comment.text, comment.tagging, tagger.tag_as_praise(comment.text[:REASON_LIMIT]))
    return await ctx.write(_appeal, words)


def _appealed(tx: Tx, call: Call) -> Comment:
    comment = comments.by_id(tx, call.organisation.id, number(call.action.text("comment")))
    if comment is None or comment.brought_by != call.actor.id or comment.is_praise:
        raise NotFound
    return comment


def _appeal(tx: Tx, call: Call, words: Words) -> Reply:
    members.lock(tx, [call.actor.id])  # pressed twice, it asks once
    comment = _appealed(tx, call)
    ids = [number(part) for part in call.action.text("to").split(",") if part]
    agents = tuple(members.by_ids(tx, call.organisation.id, ids[:100]).values())
    if problems := _beyond_praise(agents):
        raise Refused(tuple(problems))
    version = rulebook.at(tx, call.organisation.id, call.now)
    record(tx, origin(call), agents or (None,), words, Kind.CUSTOMER, version, comment_id=comment.id)
    _ = translator(call.actor.locale)
    line = _("Sent to a supervisor for review.")
    return Reply(Card(line, (Text(line), Quote(comment.text)), tone="good"), replaces=True)
