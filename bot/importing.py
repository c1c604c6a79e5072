"""Customers' comments from files and systems into the database: masked, tagged, matched, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sqlalchemy.exc import IntegrityError

from bot.chat import Button, Buttons, Card, Text
from bot.classifier.predict import Tagger
from bot.handlers.comment import digest, keep
from bot.handlers.giving import Origin, Words, prepare
from bot.handlers.matching import agents_in
from bot.i18n import translator
from bot.intake import CommentRow, RowError
from bot.praise import Draft, same_words
from bot.storage import members, organisations, outbox, praises
from bot.storage.database import Database, Tx
from bot.storage.organisations import Organisation
from bot.storage.outbox import Outgoing

_CHUNK = 50  # rows in one transaction: a stopped import has kept whole chunks, and running it again skips them
ASKED_ONE_BY_ONE = 5
"""So many comments at once still make a card each for the supervisors; more make one line."""


@dataclass(slots=True)
class Summary:
    """What became of the rows of one import."""

    praise: int = 0
    unclear: int = 0
    not_praise: int = 0
    known: int = 0
    errors: list[RowError] = field(default_factory=list)

    @property
    def kept(self) -> int:
        """Rows that were new."""
        return self.praise + self.not_praise


@dataclass(frozen=True, slots=True)
class _Prepared:
    row: CommentRow
    words: Words
    agent: str | None


async def import_rows(
    database: Database,
    tagger: Tagger,
    organisation: Organisation,
    rows: Iterable[CommentRow | RowError],
    *,
    source: str,
    clock: Callable[[], datetime],
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> Summary:
    """Keep each row once and return what became of them; ``progress`` is told how many are done.

    ``dry_run`` reads, masks, tags and matches, and keeps nothing.
    """
    summary = Summary()
    before = await database.read(_waiting_per_supervisor, organisation.id)
    done = 0
    for chunk in _chunks(rows):
        good = []
        for row in chunk:
            if isinstance(row, RowError):
                summary.errors.append(row)
            else:
                draft = Draft((), row.text.strip())
                good.append(_Prepared(row, prepare(tagger, draft), row.agent))
        origin = Origin(organisation, None, "", clock())
        if dry_run:
            outcomes = await database.read(_keep_all, origin, good, source, False)
        else:
            outcomes = await _kept(database, origin, good, source)
        for outcome, count in outcomes.items():
            setattr(summary, outcome, getattr(summary, outcome) + count)
        done += len(chunk)
        progress(done)
    if not dry_run and summary.praise:
        await database.write(_tell_supervisors, organisation, before, source, clock())
    return summary


async def _kept(database: Database, came: Origin, rows: Sequence[_Prepared], source: str) -> Counter[str]:
    try:
        return await database.write(_keep_all, came, rows, source, True)
    except IntegrityError:  # another process kept one of them at the same time; now it is there to be seen
        return await database.write(_keep_all, came, rows, source, True)


def _chunks(rows: Iterable[CommentRow | RowError]) -> Iterator[Sequence[CommentRow | RowError]]:
    iterator = iter(rows)
    while chunk := tuple(islice(iterator, _CHUNK)):
        yield chunk


def _keep_all(tx: Tx, came: Origin, rows: Sequence[_Prepared], source: str, writing: bool) -> Counter[str]:
    """Return how many rows had each outcome, named as the fields of `Summary`."""
    outcomes: Counter[str] = Counter()
    met: set[str] = set()
    for prepared in rows:
        row = prepared.row
        if row.external_id:
            known = digest("import", row.external_id, same_words(prepared.words.text))
        else:
            when = row.occurred_at.isoformat() if row.occurred_at else ""
            known = digest("import", when, row.agent or "", same_words(prepared.words.text))
        if known in met or praises.same_comment(tx, came.organisation.id, known) is not None:
            outcomes["known"] += 1
            continue
        met.add(known)
        agents = agents_in(tx, came.organisation.id, prepared.words.text, prepared.agent)
        if writing:
            kept = keep(
                tx,
                came,
                prepared.words,
                agents,
                source=source,
                known=known,
                agent=row.agent,
                channel=row.channel,
                occurred=row.occurred_at,
                ask=False,
            )
            praise = kept.praise
        else:
            praise = prepared.words.tagging.praise
        outcomes["praise" if praise else "not_praise"] += 1
        outcomes["unclear"] += praise and not agents
    return outcomes


def _waiting_per_supervisor(tx: Tx, organisation_id: int) -> dict[int, int]:
    return {
        member.id: praises.queue_length(tx, organisation_id, organisations.supervised(tx, member.id), member.id)
        for member in members.all_supervisors(tx, organisation_id)
    }


def _tell_supervisors(tx: Tx, organisation: Organisation, before: dict[int, int], source: str, now: datetime) -> None:
    """Tell each supervisor in one message how many came into their queue, rather than one card a comment."""
    after = _waiting_per_supervisor(tx, organisation.id)
    supervisors = {member.id: member for member in members.all_supervisors(tx, organisation.id)}
    addresses = members.addresses(tx, list(supervisors))
    messages = []
    for member_id, waiting in after.items():
        new = waiting - before.get(member_id, 0)
        if new > 0 and member_id in addresses:
            _ = translator(supervisors[member_id].locale)
            line = _("New customer comments for you: {count}.", count=new)
            card = Card(line, (Text(line), Buttons((Button("confirm.queue", _("Open the queue"), style="primary"),))))
            messages.append(Outgoing(f"import:{source}:{now.isoformat()}:{member_id}", addresses[member_id], card))
    outbox.add(tx, organisation.id, messages, now)
