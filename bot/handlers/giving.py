"""Recording praise: the one transaction behind `/praise`, the form, the menu, a forwarded comment and an import.

What must hold: everything wrong is told at once, the allowance is never overspent, and either all recipients get it or
none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.classifier.predict import Tagger
from bot.dispatch import Call, Context, UnknownAccounts
from bot.errors import (
    AllowanceSpent,
    AmbiguousPerson,
    NobodyNamed,
    PraisedJustNow,
    PraisingBot,
    PraisingEveryone,
    PraisingLeaver,
    PraisingOneself,
    ReasonMissing,
    ReasonTooLong,
    Refusal,
    Refused,
    TooManyRecipients,
    UnknownPerson,
    UnknownTag,
)
from bot.handlers.cards import View, view
from bot.handlers.posting import announce, ask_supervisors
from bot.i18n import listing, translator
from bot.periods import Period, local_day, month_of, quarter_of, week_of
from bot.points import Cause
from bot.praise import REASON_LIMIT, Draft, Kind, Named, Status, has_reason, same_words
from bot.privacy import mask
from bot.rules import Rules
from bot.storage import identities, ledger, members, names, praises, rulebook
from bot.storage.database import Tx
from bot.storage.members import Member
from bot.storage.organisations import Organisation
from bot.storage.praises import NewPraise, Praise
from bot.storage.rulebook import Version
from bot.tags import Tag, Tagging, Tier


@dataclass(frozen=True, slots=True)
class Words:
    """A text ready to be kept: masked and tagged. ``tags`` and ``primary`` are the giver's own choice, if any.

    ``tagging`` is what the classifier says of it; ``as_praise`` its tags where a person says, or is asked, that it is
    praise: the same where the classifier says so itself.
    """

    text: str
    tagging: Tagging
    as_praise: Tagging
    tags: tuple[Tag, ...] = ()
    primary: Tag | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a praise comes from. ``giver`` gave or forwarded it; None for what a system sent. ``platform`` is preferred
    to tell people on.
    """

    organisation: Organisation
    giver: Member | None
    platform: str
    now: datetime


def origin(call: Call) -> Origin:
    """Return the origin of what a person does in a chat."""
    return Origin(call.organisation, call.actor, call.incoming.platform, call.now)


async def prepare(ctx: Context, draft: Draft) -> Words:
    """Mask and tag the reason of ``draft``, outside any transaction; what the organisation calls its people stays."""
    text = mask(draft.reason)
    if text != draft.reason:  # most texts hold nothing to mask, and then nobody's name has to be known
        text = mask(draft.reason, await ctx.read(_names))
    return worded(await ctx.tagger(), draft, text)


def _names(tx: Tx, call: Call) -> frozenset[str]:
    return names.in_use(tx, call.organisation.id)


def worded(tagger: Tagger, draft: Draft, masked: str) -> Words:
    """Return the words of ``draft``, its reason ``masked`` already, with what the classifier says of them."""
    text = masked[:REASON_LIMIT]
    tagging = tagger.tag(text)
    as_praise = tagging if tagging.praise else tagger.tag_as_praise(text)
    return Words(masked, tagging, as_praise, draft.tags, draft.primary, draft.private)


def allowance_period(rules: Rules, day: date) -> Period:
    """Return the period in which what is given on ``day`` is counted."""
    return {"week": week_of, "month": month_of, "quarter": quarter_of}[rules.allowance_period](day)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a member may still give, until the first day of the next period."""

    left: int
    until: date
    period: str


def allowance(tx: Tx, member: Member, rules: Rules, day: date) -> Allowance:
    """Return a member's allowance on ``day``."""
    period = allowance_period(rules, day)
    left = rules.allowance - praises.spent(tx, member.id, period.key())
    return Allowance(max(left, 0), period.end, period.key())


def people_named(tx: Tx, call: Call, draft: Draft) -> tuple[tuple[Member, ...], list[Refusal]]:
    """Return the members named in ``draft``, each once, and what is wrong with the naming."""
    problems: list[Refusal] = []
    incoming = call.incoming
    accounts = [named.user_id for named in draft.recipients if named.user_id is not None]
    found = identities.behind(tx, incoming.platform, incoming.workspace, accounts)
    missing = [account for account in accounts if account not in found]
    if not call.strangers.issuperset(missing):
        raise UnknownAccounts(missing)
    keys = [named.key for named in draft.recipients if named.key is not None]
    called = members.by_keys(tx, call.organisation.id, keys) if keys else {}
    chosen: dict[int, Member] = {}
    for named in draft.recipients:
        if named.user_id in missing:
            problems.append(UnknownPerson(name=named.words))
            continue
        if named.user_id is not None:
            chosen[found[named.user_id].id] = found[named.user_id]
            continue
        meant = [member for member in called.get(named.key or "", ()) if member.active] or called.get(
            named.key or "", ()
        )
        if len(meant) == 1:
            chosen[meant[0].id] = meant[0]
        elif meant:
            problems.append(_ambiguous(named, meant, call.actor.locale))
        else:
            problems.append(UnknownPerson(name=named.words))
    problems.extend(UnknownPerson(name=name) for name in draft.unknown_names)
    return tuple(chosen.values()), problems


def _ambiguous(named: Named, meant: Iterable[Member], locale: str) -> Refusal:
    _ = translator(locale)
    numbered = [_("{name} ({number})", name=m.name, number=m.staff_number) for m in meant if m.staff_number]
    example = next((member.staff_number for member in meant if member.staff_number), named.words)
    return AmbiguousPerson(name=named.words, candidates=listing(numbered, locale), example=example)


@dataclass(frozen=True, slots=True)
class Given:
    """What was recorded: the praises, and the giver's allowance after it."""

    gift: tuple[View, ...]
    allowance: Allowance


def give(tx: Tx, call: Call, draft: Draft, words: Words) -> Given:
    """Record peer praise as drafted. Raises `Refused` with all that is wrong, or `PraisedJustNow` to ask."""
    named, problems = people_named(tx, call, draft)
    if draft.everyone:
        problems.append(PraisingEveryone())
    elif not named and not problems:
        problems.append(NobodyNamed())
    return give_to(tx, call, named, words, problems + wrong_with_words(draft, words))


def give_to(
    tx: Tx, call: Call, named: Sequence[Member], words: Words, problems: Sequence[Refusal] = (), *, again: bool = False
) -> Given:
    """Record peer praise for ``named``; the giver is left out if others remain. ``again``: repeats were confirmed."""
    actor, now = call.actor, call.now
    members.lock(tx, {actor.id, *(member.id for member in named)})
    version = rulebook.at(tx, call.organisation.id, now)
    rules = version.rules
    recipients = tuple(member for member in named if member.id != actor.id)
    found = [*problems, *_wrong_with(recipients, rules)]
    if named and not recipients:
        found.append(PraisingOneself())
    left = allowance(tx, actor, rules, local_day(now, actor.timezone))
    needed = rules.cost(Kind.PEER) * len(recipients)
    if needed > left.left:
        found.append(AllowanceSpent(needed=needed, left=left.left, until=left.until))
    if found:
        raise Refused(tuple(found))
    if not again:
        _ask_about_repeats(tx, actor, recipients, words, rules, now)
    gift = record(tx, origin(call), recipients, words, Kind.PEER, version)
    return Given(gift, Allowance(left.left - needed, left.until, left.period))


def _wrong_with(recipients: Sequence[Member], rules: Rules) -> list[Refusal]:
    wrong: list[Refusal] = []
    for member in recipients:
        if member.bot:
            wrong.append(PraisingBot(name=member.name))
        elif not member.active:
            wrong.append(PraisingLeaver(name=member.name))
    if len(recipients) > rules.recipients:
        wrong.append(TooManyRecipients(count=len(recipients), limit=rules.recipients))
    return wrong


def wrong_with_words(draft: Draft, words: Words) -> list[Refusal]:
    """Return what is wrong with a reason and its tags."""
    wrong: list[Refusal] = [
        UnknownTag(tag=tag, tags="#态度 #解决方案 #增值服务 #attitude #solution #value_added")
        for tag in draft.unknown_tags
    ]
    if not has_reason(words.text):
        wrong.append(ReasonMissing())
    elif len(words.text) > REASON_LIMIT:
        wrong.append(ReasonTooLong(length=len(words.text), limit=REASON_LIMIT))
    return wrong


def _ask_about_repeats(
    tx: Tx, actor: Member, recipients: Sequence[Member], words: Words, rules: Rules, now: datetime
) -> None:
    since = now - timedelta(minutes=rules.repeat_minutes)
    again = praises.repeated(tx, actor.id, [member.id for member in recipients], same_words(words.text), since)
    if again:
        names = [member.name for member in recipients if member.id in again]
        others = [str(member.id) for member in recipients]
        raise PraisedJustNow(
            name=listing(names, actor.locale),
            to=",".join(others),
            praise=praises.latest_to(tx, actor.id, again[0], same_words(words.text)),
        )


def record(
    tx: Tx,
    source: Origin,
    recipients: Sequence[Member | None],
    words: Words,
    kind: Kind,
    version: Version,
    *,
    comment_id: int | None = None,
    ask: bool = True,
) -> tuple[View, ...]:
    """Write a praise for each recipient (None: not yet known whose) with its points and messages.

    ``ask`` puts what waits before the supervisors at once; without, it only joins their queue. A customer's words that
    the classifier does not call praise wait for one whatever the rules, and are doubtful unless the giver tagged them.
    """
    rules, now, giver = version.rules, source.now, source.giver
    primary, tags, suggested, tagged_by = tagging_of(words)
    sure = kind is Kind.PEER or words.tagging.praise
    doubtful = not sure and tagged_by == "classifier"
    here = giver.timezone if giver else source.organisation.timezone
    gift: list[Praise] = []
    booked: list[tuple[int, int]] = []
    for recipient in recipients:
        # What somebody forwards for themselves waits for another's word, whatever the rules.
        own = giver is not None and recipient is not None and giver.id == recipient.id
        counted = rules.at_once[kind] and recipient is not None and not own and sure
        # What nobody has confirmed earns its basic points only; a supervisor raises it.
        tier = Tier.BASIC if counted else suggested
        praise = praises.add(
            tx,
            NewPraise(
                organisation_id=source.organisation.id,
                kind=kind,
                status=Status.COUNTED if counted else Status.WAITING,
                giver_id=giver.id if giver else None,
                recipient_id=recipient.id if recipient else None,
                team_id=recipient.team_id if recipient else None,
                comment_id=comment_id,
                gift_id=gift[0].id if gift else None,
                text=words.text,
                words=same_words(words.text),
                private=words.private,
                doubtful=doubtful,
                tags=tags,
                primary=primary,
                tier=tier,
                suggested_tier=suggested,
                tagged_by=tagged_by,
                confidence=words.tagging.likely_praise,
                evidence=words.as_praise.evidence,
                model=words.as_praise.model,
                rules_id=version.id,
                cost=rules.cost(kind),
                allowance_period=allowance_period(rules, local_day(now, here)).key(),
                created=now,
                day=local_day(now, recipient.timezone if recipient else here),
            ),
        )
        points = balance = 0
        if counted and recipient is not None:
            points = rules.worth(kind, tier, primary)
            balance = book(tx, praise, points, recipient, giver, now)
        gift.append(praise)
        booked.append((points, balance))
    people = {member.id: member for member in (giver, *recipients) if member is not None}
    seen = tuple(
        View(praise, tuple(gift), people, points, balance, (), None)
        for praise, (points, balance) in zip(gift, booked, strict=True)
    )
    counting = tuple(one for one in seen if one.praise.status is Status.COUNTED)
    if counting:
        announce(tx, counting, source.platform, now)
    if ask:
        for one in seen:
            if one.praise.status is Status.WAITING:
                ask_supervisors(tx, one, source.platform, now)
    return seen


def book(tx: Tx, praise: Praise, points: int, recipient: Member, giver: Member | None, now: datetime) -> int:
    """Book the points of a praise today; only a colleague's praise credits its giver. Return the new balance."""
    credited = (giver.id, giver.team_id) if giver is not None and praise.kind is Kind.PEER else (None, None)
    entry = ledger.entry_of(praise, Cause.PRAISE, credited, local_day(now, recipient.timezone))
    return ledger.book(tx, entry, points, now)


def take_back(tx: Tx, praise: Praise, now: datetime) -> int:
    """Reverse all that stands booked for a praise; return the points taken back.

    It counts on the recipient's day, as the booking did: the giver or the supervisor may still be in the week before.
    """
    if praise.recipient_id is None:
        return 0
    return ledger.reverse(tx, praise.id, recipients_day(tx, praise, now), now)


def recipients_day(tx: Tx, praise: Praise, now: datetime) -> date:
    """Return the date it is for the recipient, on whose days a praise is booked and reversed."""
    assert praise.recipient_id is not None
    recipient = members.by_ids(tx, praise.organisation_id, [praise.recipient_id])[praise.recipient_id]
    return local_day(now, recipient.timezone)


def tagging_of(words: Words) -> tuple[Tag, tuple[Tag, ...], Tier, str]:
    """Return (primary, tags, tier, who chose): the giver's explicit tag wins over the classifier's."""
    if words.primary is not None:
        highlight = words.tagging.tier is Tier.HIGHLIGHT and Tag.VALUE_ADDED in words.tags
        return words.primary, words.tags, Tier.HIGHLIGHT if highlight else Tier.BASIC, "giver"
    found = words.as_praise
    assert found.primary is not None
    assert found.tier is not None
    return found.primary, found.tags, found.tier, "classifier"


def reload(tx: Tx, praise: Praise) -> View:
    """Return a praise as it stands after a change."""
    fresh = praises.by_id(tx, praise.organisation_id, praise.id)
    assert fresh is not None
    return view(tx, fresh)
