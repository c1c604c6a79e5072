"""Customers' comments from files and systems into the database: masked, tagged, matched, each once."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from bot.chat import Button, Buttons, Card, Text
from bot.classifier.predict import Tagger
from bot.handlers.comment import Found, digest, found_in, keep
from bot.handlers.giving import Origin, Words, worded
from bot.handlers.matching import agents_in
from bot.handlers.posting import deciders
from bot.i18n import translator
from bot.intake import CommentRow, Problem, RowError
from bot.praise import Draft, same_words
from bot.privacy import mask
from bot.storage import comments, identities, names, outbox
from bot.storage.database import Database, Tx
from bot.storage.members import Member
from bot.storage.organisations import Organisation
from bot.storage.outbox import Outgoing

_CHUNK = 50  # rows in one transaction: a stopped import has kept whole chunks, and running it again skips them


@dataclass(slots=True)
class Summary:
    """What became of the rows of one import, as far as it has come."""

    praise: int = 0
    unclear: int = 0
    doubtful: int = 0
    not_praise: int = 0
    known: int = 0
    errors: list[RowError] = field(default_factory=list)

    @property
    def kept(self) -> int:
        """Rows that were new."""
        return self.praise + self.doubtful + self.not_praise

    @property
    def done(self) -> int:
        """Rows gone through."""
        return self.kept + self.known + len(self.errors)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A row without personal data, except for the agent as written: by that the agent is found."""

    written_agent: str | None
    words: Words
    agent: str | None
    channel: str | None
    occurred: datetime | None
    known: str


@dataclass(slots=True)
class _Arrivals:
    """What was new in one chunk, or in several: comments by the agents they are about and what becomes of them."""

    counts: Counter[tuple[tuple[Member, ...], Found]] = field(default_factory=Counter)
    digests: set[str] = field(default_factory=set)
    first: int = 0
    """Id of the first comment kept; 0 before it, and in a dry run."""

    def add(self, more: _Arrivals) -> None:
        self.counts += more.counts
        self.digests |= more.digests
        self.first = self.first or more.first


async def import_rows(
    database: Database,
    tagger: Tagger,
    organisation: Organisation,
    rows: Iterable[CommentRow | RowError],
    *,
    source: str,
    clock: Callable[[], datetime],
    summary: Summary | None = None,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> Summary:
    """Keep each row once and return what became of them; ``progress`` is told how many are done.

    ``summary`` is filled as rows are kept, so that it is true also when this raises: what ``rows`` raise, or
    `bot.errors.Unavailable`. Supervisors are told then too. ``dry_run`` reads, masks, tags and matches, and keeps
    nothing.
    """
    summary = summary or Summary()
    called = await database.read(names.in_use, organisation.id)
    arrived = _Arrivals()
    try:
        for chunk in _chunks(rows):
            good = [row for row in chunk if isinstance(row, CommentRow)]
            # Long texts take their time, and the server has other things to do.
            prepared = await asyncio.to_thread(_prepared, tagger, called, good)
            origin = Origin(organisation, None, "", clock())
            if dry_run:
                new = await database.read(_sort_out, origin, prepared, arrived.digests)
            else:
                new = await _kept(database, origin, prepared, source)
            arrived.add(new)
            _count(summary, new, len(good))
            summary.errors += (row for row in chunk if isinstance(row, RowError))
            progress(summary.done)
    finally:
        if arrived.first:
            await database.write(_tell_supervisors, organisation, arrived, clock())
    return summary


def _chunks(rows: Iterable[CommentRow | RowError]) -> Iterator[Sequence[CommentRow | RowError]]:
    chunk: list[CommentRow | RowError] = []
    try:
        for row in rows:
            chunk.append(row)
            if len(chunk) == _CHUNK:
                yield chunk
                chunk = []
    except Problem:  # damaged from here on: what came before is good
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


def _prepared(tagger: Tagger, called: frozenset[str], rows: Sequence[CommentRow]) -> list[_Prepared]:
    return [_prepare(tagger, called, row) for row in rows]


def _prepare(tagger: Tagger, called: frozenset[str], row: CommentRow) -> _Prepared:
    """Mask and tag a row; what the organisation's people are ``called`` stays."""
    draft = Draft((), row.text.strip())
    # What makes it the same comment again must not change with who joins the organisation, nor hold what is masked.
    plain = mask(draft.reason)
    agent = mask(row.agent, called) if row.agent else None
    when = row.occurred_at.isoformat() if row.occurred_at else ""
    return _Prepared(
        written_agent=row.agent,
        words=worded(tagger, draft, plain if plain == draft.reason else mask(draft.reason, called)),
        agent=agent,
        channel=mask(row.channel, called) if row.channel else None,
        occurred=row.occurred_at,
        # An id may be the number of a row, which starts anew in every file.
        known=digest("import", row.external_id or "", when, agent or "", same_words(plain)),
    )


def _count(summary: Summary, new: _Arrivals, good: int) -> None:
    for (agents, found), count in new.counts.items():
        if found is Found.PRAISE:
            summary.praise += count
            summary.unclear += 0 if agents else count
        elif found is Found.DOUBTFUL:
            summary.doubtful += count
        else:
            summary.not_praise += count
    summary.known += good - new.counts.total()


async def _kept(database: Database, came: Origin, rows: Sequence[_Prepared], source: str) -> _Arrivals:
    for _ in rows:
        try:
            return await database.write(_keep_all, came, rows, source)
        except IntegrityError:
            # Another process kept one of them at the same time: that one is there to be seen now, so there are at
            # most as many failures as rows.
            continue
    return await database.write(_keep_all, came, rows, source)


def _keep_all(tx: Tx, came: Origin, rows: Sequence[_Prepared], source: str) -> _Arrivals:
    return _sort_out(tx, came, rows, (), source)


def _sort_out(
    tx: Tx, came: Origin, rows: Sequence[_Prepared], met: Collection[str], source: str | None = None
) -> _Arrivals:
    """Find out which rows are new, neither kept earlier nor ``met``, and whose; keep them if they have a ``source``."""
    new = _Arrivals()
    for row in rows:
        if row.known in new.digests or row.known in met:
            continue
        if comments.same(tx, came.organisation.id, row.known) is not None:
            continue
        agents = agents_in(tx, came.organisation.id, row.words.text, row.written_agent)
        if source is not None:
            kept = keep(
                tx,
                came,
                row.words,
                agents,
                source=source,
                known=row.known,
                agent=row.agent,
                channel=row.channel,
                occurred=row.occurred,
                ask=False,
            )
            new.first = new.first or kept.comment_id
        new.digests.add(row.known)
        new.counts[agents, found_in(row.words)] += 1
    return new


def _tell_supervisors(tx: Tx, organisation: Organisation, arrived: _Arrivals, now: datetime) -> None:
    """Tell each supervisor in one message how much came in for them to decide, rather than one card a comment.

    What names nobody may be any supervisor's: it is not called theirs.
    """
    news: dict[Member, _News] = defaultdict(_News)
    for (agents, found), count in arrived.counts.items():
        about: list[tuple[int | None, int | None]] = [(agent.id, agent.team_id) for agent in agents] or [(None, None)]
        for supervisor in {one for agent, team in about for one in deciders(tx, organisation.id, agent, team, {agent})}:
            news[supervisor].add(count, found, named=bool(agents))
    told = [member for member, of_member in news.items() if of_member.theirs or of_member.nobodys]
    addresses = identities.addresses(tx, [member.id for member in told])
    messages = [
        Outgoing(
            f"import:{arrived.first}:{member.id}",
            addresses[member.id],
            _arrived(news[member], member.locale),
        )
        for member in told
        if member.id in addresses
    ]
    outbox.add(tx, organisation.id, messages, now)


@dataclass(slots=True)
class _News:
    """How many new comments may concern a supervisor: all, of them praise and perhaps praise, and of these two those
    with an agent of theirs and those with none.
    """

    all_new: int = 0
    praise: int = 0
    doubtful: int = 0
    theirs: int = 0
    nobodys: int = 0

    def add(self, count: int, found: Found, *, named: bool) -> None:
        self.all_new += count
        if found is Found.NOT_PRAISE:
            return
        if found is Found.PRAISE:
            self.praise += count
        else:
            self.doubtful += count
        if named:
            self.theirs += count
        else:
            self.nobodys += count


def _arrived(news: _News, locale: str) -> Card:
    _ = translator(locale)
    lines = [_("New customer comments: {count}, of which {praise} are praise.", count=news.all_new, praise=news.praise)]
    if news.doubtful:
        lines.append(_("Perhaps praise: {count}. The classifier is not sure and asks you.", count=news.doubtful))
    if news.theirs:
        lines.append(_("For you to decide: {count}.", count=news.theirs))
    if news.nobodys:
        lines.append(_("No agent named: {count}. Any supervisor who knows can say whose they are.", count=news.nobodys))
    open_queue = Buttons((Button("confirm.queue", _("Open the queue"), style="primary"),))
    return Card(lines[0], (*(Text(line) for line in lines), open_queue))
