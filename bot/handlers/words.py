"""Words for the product's own notions, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from bot.i18n import Translate, listing, translator
from bot.learning.agreement import ALL, DOUBTFUL
from bot.tags import FAIRLY_SURE, SURE, Tag, Tier

_NAMED = 5


def tag_name(tag: Tag, _: Translate) -> str:
    """Return a tag as people say it."""
    if tag is Tag.VALUE_ADDED:
        return _("value added")
    return _("solution") if tag is Tag.SOLUTION else _("attitude")


def tier_name(tier: Tier, _: Translate) -> str:
    """Return a tier as people say it."""
    return _("highlight") if tier is Tier.HIGHLIGHT else _("basic praise")


def tagged(primary: Tag, tags: tuple[Tag, ...], tier: Tier, _: Translate) -> str:
    """Return all of a tagging in one phrase, the primary tag first."""
    names = [tag_name(primary, _), *(tag_name(tag, _) for tag in tags if tag is not primary)]
    return _("{tier} ({tags})", tier=tier_name(tier, _), tags=_(" + ").join(names))


def confidence_words(confidence: float, _: Translate) -> str:
    """Return how sure the classifier is, in words; the figure follows for who wants it."""
    percent = round(confidence * 100)
    if confidence >= SURE:
        return _("very sure ({percent}%)", percent=percent)
    if confidence >= FAIRLY_SURE:
        return _("fairly sure ({percent}%)", percent=percent)
    return _("unsure ({percent}%)", percent=percent)


def outcome_name(outcome: str, _: Translate) -> str:
    """Return what a supervisor decided."""
    return {
        "confirm": _("confirmed"),
        "retag": _("confirmed with other tags"),
        "raise": _("raised to highlight"),
        "reject": _("not praise"),
    }[outcome]


def how_often(counted: Sequence[tuple[str, int]], locale: str) -> str:
    """Return names with how often each stands there, in the order given; the first few of many."""
    _ = translator(locale)
    named = [_("{name} ({number})", name=name, number=count) if count > 1 else name for name, count in counted[:_NAMED]]
    who = listing(named, locale)
    if len(counted) > _NAMED:
        return _("{who} and others, {count} people in all", who=who, count=len(counted))
    return who


def measure_name(measure: str, _: Translate) -> str:
    """Return what a board counts."""
    return {
        "points": _("Points"),
        "received": _("Praise received"),
        "given": _("Given"),
        "attitude": _("attitude"),
        "solution": _("solution"),
        "value_added": _("value added"),
        "highlight": _("highlights"),
    }[measure]


def agreement_name(label: str, _: Translate) -> str:
    """Return on what the agreement of supervisors and classifier is counted; see `bot.learning.agreement`."""
    return {ALL: _("all praise"), DOUBTFUL: _("perhaps praise")}.get(label) or measure_name(label, _)


def signed(amount: int) -> str:
    """Return an amount with its sign, with a true minus."""
    return f"+{amount}" if amount >= 0 else f"−{-amount}"
