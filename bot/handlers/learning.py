"""What those who see all of an organisation are told of its model, each thing once; and the watch over agreement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from bot.chat import Card, Text
from bot.handlers.words import measure_name
from bot.i18n import Translate, day, translator
from bot.learning.agreement import ALL, BEFORE, DOUBTFUL, Fall, falls, weekly
from bot.periods import local_day, week_of
from bot.storage import decisions, identities, members, organisations, outbox
from bot.storage.database import Database, Tx
from bot.storage.organisations import Organisation
from bot.storage.outbox import Outgoing

_MOST_DECISIONS = 50_000
_WATCHED = "agreement_watched"
"""The setting that holds the last week that was looked at."""


def model_broken(tx: Tx, organisation_id: int | None, model_id: int, now: datetime) -> None:
    """Tell that a model cannot serve: once, whichever processes notice. None: everybody, for it is shared."""
    for organisation in organisations.every(tx):
        if organisation_id in (None, organisation.id):
            _tell(tx, organisation, f"model:{model_id}:broken:{organisation.id}", _broken, now)


def _broken(_: Translate, locale: str) -> tuple[str, str]:
    return (
        _("The new model of the classifier cannot be used"),
        _("It is damaged or belongs to another version. The one before goes on tagging; nothing is lost."),
    )


def training_failed(tx: Tx, organisation_id: int, night: date, now: datetime) -> None:
    """Tell that a night's training failed."""

    def words(_: Translate, locale: str) -> tuple[str, str]:
        return (
            _("The classifier could not be trained in the night of {day}", day=day(night, locale)),
            _("The model stays as it is. The next attempt is in the next night; the log of the server says more."),
        )

    for organisation in organisations.every(tx):
        if organisation.id == organisation_id:
            _tell(tx, organisation, f"training:{organisation_id}:{night:%Y-%m-%d}:failed", words, now)


async def watch_agreement(database: Database, now: datetime) -> None:
    """When a week has closed, tell where supervisors agree with the classifier less than in the weeks before."""
    for organisation, week in await database.read(_unwatched, now):
        found = await database.read(_falls, organisation, week, now)
        await database.write(_watched, organisation, week, found, now)


def _unwatched(tx: Tx, now: datetime) -> list[tuple[Organisation, date]]:
    """Return whose last week was not looked at yet, with the week's Monday."""
    looked_at = organisations.settings_called(tx, _WATCHED)
    weeks = [(one, week_of(local_day(now, one.timezone)).previous().start) for one in organisations.every(tx)]
    return [(one, week) for one, week in weeks if looked_at.get(one.id) != week.isoformat()]


def _falls(tx: Tx, organisation: Organisation, week: date, now: datetime) -> Sequence[Fall]:
    """Return what is worth a message: the whole only where none of the tags fell that make it up."""
    since = now - timedelta(weeks=BEFORE + 2)
    taken = decisions.decided(tx, organisation.id, _MOST_DECISIONS, since=since)
    found = falls(weekly(taken, organisation.timezone), week)
    tags = [fall for fall in found if fall.now.label not in (ALL, DOUBTFUL)]
    return [fall for fall in found if fall.now.label != ALL] if tags else found


def _watched(tx: Tx, organisation: Organisation, week: date, found: Sequence[Fall], now: datetime) -> None:
    organisations.set_setting(tx, organisation.id, _WATCHED, week.isoformat())
    for fall in found:
        key = f"agreement:{organisation.id}:{week:%Y-%m-%d}:{fall.now.label}"
        _tell(tx, organisation, key, _fallen(fall), now)


def _fallen(fall: Fall) -> Callable[[Translate, str], tuple[str, str]]:
    def words(_: Translate, locale: str) -> tuple[str, str]:
        label = fall.now.label
        if label == DOUBTFUL:
            return _fallen_doubtful(fall, _, locale)
        now, before = f"{fall.now.share:.0%}", f"{fall.before.share:.0%}"
        title = (
            _("Supervisors correct the classifier more often")
            if label == ALL
            else _("Supervisors correct the classifier more often at “{tag}”", tag=measure_name(label, _))
        )
        line = _(
            "In the week of {day} {now} of {count} tags stood, in the weeks before {before}. Have the comments changed,"
            " or how they are judged? More: praisebot model agreement",
            day=day(fall.now.week, locale),
            now=now,
            count=fall.now.of,
            before=before,
        )
        return title, line

    return words


def _fallen_doubtful(fall: Fall, _: Translate, locale: str) -> tuple[str, str]:
    return (
        _("Supervisors find praise more often where the classifier doubts"),
        _(
            "In the week of {day} {now} of {count} comments that it called none were praise, in the weeks before"
            " {before}. Have the comments changed, or how they are judged? More: praisebot model agreement",
            day=day(fall.now.week, locale),
            now=f"{1 - fall.now.share:.0%}",
            count=fall.now.of,
            before=f"{1 - fall.before.share:.0%}",
        ),
    )


def _tell(
    tx: Tx, organisation: Organisation, key: str, words: Callable[[Translate, str], tuple[str, str]], now: datetime
) -> None:
    told = members.seeing_all(tx, organisation.id)
    addresses = identities.addresses(tx, [member.id for member in told])
    messages = []
    for member in told:
        if member.id in addresses:
            title, line = words(translator(member.locale), member.locale)
            card = Card(title, (Text(line),), title=title, tone="attention")
            messages.append(Outgoing(f"{key}:{member.id}", addresses[member.id], card))
    outbox.add(tx, organisation.id, messages, now)
