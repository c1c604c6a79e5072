"""How a praise looks to each who sees it. Drawn when it is given and drawn again after every decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.chat import Block, Button, Buttons, Card, Facts, Quote, Text
from bot.handlers.words import confidence_words, outcome_name, signed, tagged
from bot.i18n import Translate, listing, moment, translator
from bot.praise import Kind, Status
from bot.storage import decisions, ledger, members, praises
from bot.storage.database import Tx
from bot.storage.members import Member
from bot.storage.outbox import Audience
from bot.storage.praises import Praise
from bot.tags import FAIRLY_SURE, Tier

_EXCERPT = 120


@dataclass(frozen=True, slots=True)
class View:
    """A praise with everything that is shown of it; ``gift`` are the praises given by the same words."""

    praise: Praise
    gift: tuple[Praise, ...]
    people: dict[int, Member]
    points: int
    balance: int
    seconders: tuple[int, ...]
    outcome: str | None

    @property
    def recipient(self) -> Member:
        """Whose praise it is; asked only when that is known."""
        assert self.praise.recipient_id is not None
        return self.people[self.praise.recipient_id]

    def name(self, member_id: int | None, _: Translate) -> str:
        """Return a member's name."""
        return self.people[member_id].name if member_id is not None else _("nobody yet")

    def recipients(self, locale: str) -> str:
        """Return the names of all whom the words praised and whose praise counts."""
        counting = [p.recipient_id for p in self.gift if p.status.counts]
        return listing([self.people[r].name for r in counting if r is not None], locale)


def view(tx: Tx, praise: Praise) -> View:
    """Load what is shown of a praise."""
    gift = praises.of_gift(tx, praise)
    seconders = praises.seconders(tx, praise.id)
    ids = {praise.giver_id, praise.decided_by, *seconders, *(p.recipient_id for p in gift)} - {None}
    last = decisions.last_outcome(tx, praise.id)
    return View(
        praise=praise,
        gift=gift,
        people=members.by_ids(tx, praise.organisation_id, [i for i in ids if i is not None]),
        points=ledger.points_of(tx, praise.id),
        balance=ledger.balance(tx, praise.recipient_id) if praise.recipient_id is not None else 0,
        seconders=seconders,
        outcome=last[0] if last else None,
    )


def draw(seen: View, audience: Audience, locale: str) -> Card:
    """Return the card of a praise for one audience, as the praise stands now."""
    _ = translator(locale)
    return {
        Audience.RECIPIENT: _for_recipient,
        Audience.CHANNEL: _for_channel,
        Audience.SUPERVISOR: _for_supervisor,
    }[audience](seen, locale, _)


def taken_back(locale: str) -> Card:
    """Return what stands where a praise stood that is nobody's, or no longer the reader's."""
    line = translator(locale)("A praise was withdrawn.")
    return Card(line, (Text(line, "quiet"),))


def excerpt(text: str) -> str:
    """Return the beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else line[: _EXCERPT - 1] + "…"


def _for_recipient(seen: View, locale: str, _: Translate) -> Card:
    praise = seen.praise
    if praise.kind is Kind.CUSTOMER:
        title = _("A customer praised you")
    else:
        title = _("{name} praised you", name=seen.name(praise.giver_id, _))
    blocks: list[Block] = [Quote(praise.text)]
    if praise.status in (Status.REJECTED, Status.UNDONE):
        blocks.append(Text(_state(seen, locale, _), "quiet"))
        return Card(title, tuple(blocks), title=title)
    facts = [
        (_("Tag"), tagged(praise.primary, praise.tags, praise.tier, _)),
        (_("Points"), signed(seen.points)),
        (_("Your balance"), str(seen.balance)),
    ]
    if praise.kind is Kind.CUSTOMER and praise.giver_id is not None:
        facts.append((_("Forwarded by"), seen.name(praise.giver_id, _)))
    if seen.seconders:
        facts.append((_("Seconded by"), listing([seen.people[i].name for i in seen.seconders], locale)))
    blocks.append(Facts(tuple(facts)))
    blocks.append(Text(_state(seen, locale, _), "quiet"))
    if praise.private:
        blocks.append(Text(_("Only you and your supervisor see this."), "quiet"))
    return Card(title, tuple(blocks), title=title, tone="good")


def _for_channel(seen: View, locale: str, _: Translate) -> Card:
    praise = seen.praise
    names = seen.recipients(locale)
    if not names:
        return taken_back(locale)
    if praise.kind is Kind.CUSTOMER:
        line = _("A customer praised {names}: “{text}”", names=names, text=excerpt(praise.text))
    else:
        giver = seen.name(praise.giver_id, _)
        line = _("{giver} praised {names}: “{text}”", giver=giver, names=names, text=excerpt(praise.text))
    if any(one.tier is Tier.HIGHLIGHT and one.status.counts for one in seen.gift):
        line = "★ " + line
    blocks: list[Block] = [Text(line)]
    if seen.seconders:
        seconders = listing([seen.people[i].name for i in seen.seconders], locale)
        blocks.append(Text(_("Seconded by {names}", names=seconders), "quiet"))
    first = praise.gift_id or praise.id
    blocks.append(Buttons((Button("praise.second", _("Second"), {"praise": str(first)}),)))
    return Card(line, tuple(blocks))


def _for_supervisor(seen: View, locale: str, _: Translate) -> Card:
    praise = seen.praise
    if praise.doubtful and praise.status.open:
        name = seen.name(praise.recipient_id, _)
        title = _("Is this praise?") if praise.recipient_id is None else _("Is this praise for {name}?", name=name)
    elif praise.recipient_id is None:
        title = _("Whose praise is this?")
    elif praise.kind is Kind.CUSTOMER:
        title = _("A customer praised {names}", names=seen.name(praise.recipient_id, _))
    else:
        title = _(
            "{giver} praised {names}", giver=seen.name(praise.giver_id, _), names=seen.name(praise.recipient_id, _)
        )
    blocks: tuple[Block, ...] = item(seen, locale, _)
    return Card(title, blocks, title=title, tone="attention" if praise.status.open else "neutral")


def item(seen: View, locale: str, _: Translate, carries: Mapping[str, str] | None = None) -> tuple[Block, ...]:
    """Return what a supervisor needs to decide: the words, what decided, how sure, and the buttons while it is open.

    The buttons carry ``carries`` too: the place in the queue, whose card is drawn again after a decision.
    """
    praise = seen.praise
    blocks: list[Block] = [Quote(praise.text, praise.evidence if praise.tagged_by == "classifier" else ())]
    tags = tagged(praise.primary, praise.tags, praise.tier, _)
    if praise.doubtful and praise.status.open:
        blocks.append(Facts(((_("Is it praise"), _doubt(seen, _)), (_("Tags if it is"), tags))))
    else:
        blocks.append(Facts(((_("Tag"), tags), (_("Tagged by"), _tagged_by(praise, _)))))
    if not praise.status.open:
        blocks.append(Text(_state(seen, locale, _), "quiet"))
        return tuple(blocks)
    if praise.tier is Tier.BASIC and praise.suggested_tier is Tier.HIGHLIGHT:
        blocks.append(Text(_("The classifier reads it as a highlight.")))
    if praise.status is Status.COUNTED:
        blocks.append(Text(_("Points already credited: {points}.", points=signed(seen.points)), "quiet"))
    values = {"praise": str(praise.id), **(carries or {})}
    buttons: list[Button] = []
    if praise.recipient_id is None:
        buttons.append(Button("confirm.assign.form", _("Assign agent"), values, "primary"))
    else:
        yes = _("It is praise") if praise.doubtful else _("Confirm")
        buttons.append(Button("confirm.confirm", yes, values, "primary"))
        buttons.append(Button("confirm.retag.form", _("Change tags"), values))
        if praise.tier is Tier.BASIC:
            buttons.append(Button("confirm.raise", _("Raise to highlight"), values))
        if praise.kind is Kind.CUSTOMER:
            buttons.append(Button("confirm.assign.form", _("Change agent"), values))
    reject = "confirm.reject.form" if praise.wants_reason else "confirm.reject"
    buttons.append(Button(reject, _("Not praise"), values, "danger"))
    blocks.append(Buttons(tuple(buttons)))
    return tuple(blocks)


def _doubt(seen: View, _: Translate) -> str:
    """Return who says whether it is praise: the classifier, and whoever appealed because it was sure that it is not."""
    praise = seen.praise
    sure = 1 - praise.confidence
    percent = round(100 * sure)
    if praise.giver_id is not None and sure >= FAIRLY_SURE:
        name = seen.name(praise.giver_id, _)
        return _("the classifier says no ({percent}% sure), {name} says yes", percent=percent, name=name)
    return _("probably not ({percent}% sure)", percent=percent)


def _tagged_by(praise: Praise, _: Translate) -> str:
    """Return who chose the tags; how sure the classifier was of them, it says only of what it called praise."""
    if praise.tagged_by == "giver":
        return _("the giver")
    if praise.tagged_by == "supervisor":
        return _("a supervisor")
    if praise.doubtful:
        return _("the classifier")
    return _("the classifier, {sure}", sure=confidence_words(praise.confidence, _))


def _state(seen: View, locale: str, _: Translate) -> str:
    """Return where a praise stands, in one sentence."""
    praise = seen.praise
    if praise.status is Status.WAITING:
        return _("Waiting for a supervisor.")
    if praise.status is Status.COUNTED:
        return _("Counted at once; a supervisor may still confirm or change it.")
    if praise.status is Status.UNDONE:
        return _("Undone by the giver.")
    assert praise.decided is not None
    who = seen.name(praise.decided_by, _)
    zone = seen.people[praise.decided_by].timezone if praise.decided_by in seen.people else "UTC"
    when = moment(praise.decided, locale, zone)
    outcome = outcome_name(seen.outcome or "confirm", _)
    return _("{outcome}: {name}, {when}", outcome=outcome, name=who, when=when)
