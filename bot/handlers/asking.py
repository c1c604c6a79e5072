"""What forms about decisions ask, and what was answered: tags, and why something is not praise."""

from __future__ import annotations

from bot.chat import Choice, Field, Submission
from bot.handlers.deciding import REASON_LIMIT, Tags
from bot.handlers.words import tag_name, tier_name
from bot.i18n import Translate
from bot.storage.praises import Praise
from bot.tags import ORDER, Tag, Tier, in_order

_OTHER = "other"


def tagging_fields(praise: Praise, sent: Submission | None, _: Translate) -> tuple[Field, ...]:
    """Return the fields of all of a praise's tagging, filled in as it stands or, shown again, as ``sent``."""
    tags = tuple(Choice(tag.value, tag_name(tag, _)) for tag in ORDER)
    tiers = tuple(Choice(tier.value, tier_name(tier, _)) for tier in Tier)
    return (
        Field(
            "tags",
            _("Tags, all that fit"),
            "choice",
            several=True,
            choices=tags,
            value=sent.several("tags") if sent else tuple(tag.value for tag in praise.tags),
        ),
        Field(
            "primary",
            _("The main one of them"),
            "choice",
            choices=tags,
            value=sent.text("primary") if sent else praise.primary.value,
        ),
        Field(
            "tier",
            _("Tier"),
            "choice",
            choices=tiers,
            value=sent.text("tier") if sent else praise.tier.value,
            hint=_(
                "Highlight: a concrete act beyond the duty, or a conflict turned into satisfaction."
                " It is tagged value added as well."
            ),
        ),
    )


def tagging_of(sent: Submission) -> Tags | None:
    """Return the tagging that was filled in, None where the main tag or the tier is missing."""
    if sent.text("primary") not in set(Tag) or sent.text("tier") not in set(Tier):
        return None
    primary, tier = Tag(sent.text("primary")), Tier(sent.text("tier"))
    tags = in_order((primary, *(Tag(tag) for tag in sent.several("tags") if tag in set(Tag))))
    if tier is Tier.HIGHLIGHT:  # a highlight is by definition a concrete value-added act
        tags = in_order((*tags, Tag.VALUE_ADDED))
    return Tags(tags, primary, tier)


def reason_fields(sent: Submission, _: Translate, *, required: bool = True) -> tuple[Field, ...]:
    """Return the fields of why something is not praise; not ``required`` where it may turn out to be praise."""
    usual = (Choice(code, text) for code, text in _reasons(_).items())
    return (
        Field(
            "why",
            _("Why is this not praise?"),
            "choice",
            required=required,
            choices=(*usual, Choice(_OTHER, _("Another reason: write it below"))),
            value=sent.text("why"),
            hint=_("Those involved read this, and it is kept to train the classifier."),
        ),
        Field(
            "reason",
            _("More about it"),
            "text",
            required=False,
            value=sent.text("reason"),
            hint=_("Needed for another reason."),
            limit=REASON_LIMIT,
        ),
    )


def _reasons(_: Translate) -> dict[str, str]:
    """Return the usual reasons, by code."""
    return {
        "complaint": _("A complaint or a request"),
        "statement": _("A mere statement or question"),
        "not_service": _("About goods, price or place, not about service"),
        "other_company": _("About another company"),
        "irony": _("Irony"),
        "courtesy": _("Mere courtesy"),
    }


def reason_of(sent: Submission, _: Translate) -> str:
    """Return the reason given: the usual one chosen, one's own words, or both; empty for none."""
    usual = _reasons(_).get(sent.text("why"), "")
    own = sent.text("reason").strip()
    return _("{usual}: {own}", usual=usual, own=own) if usual and own else usual or own


def no_reason(sent: Submission, _: Translate) -> dict[str, str]:
    """Return what to say on which field where no reason was given."""
    if sent.text("why") == _OTHER:
        return {"reason": _("Write the reason here.")}
    return {"why": _("Choose a reason.")}
