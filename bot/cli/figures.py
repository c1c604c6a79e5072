"""Comparisons of models as tables, and what they led to in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.cli.terminal import LOCALE, _, out
from bot.i18n import listing

if TYPE_CHECKING:
    from bot.learning.comparison import Comparison
    from bot.learning.verdict import Reason, Verdict


def label_name(label: str) -> str:
    """Return what a figure is about."""
    from bot.handlers.words import measure_name

    if label == "decision":
        return _("whole decision right")
    return _("praise or not") if label == "praise" else measure_name(label, _)


def print_verdict(verdict: Verdict) -> None:
    """Print both comparisons of a candidate, and what they led to."""
    for title, comparison in (
        (_("Frozen comments of the corpus: {count}", count=verdict.frozen.rows), verdict.frozen),
        (_("Recent decisions, held back: {count}", count=verdict.recent.rows), verdict.recent),
    ):
        out.print(title, style="bold", markup=False)
        _print_comparison(comparison)
    if verdict.promotes:
        out.print(_("Nothing is worse beyond noise."))
    for reason in verdict.against:
        out.print(reason_text(reason), markup=False)


def _print_comparison(comparison: Comparison) -> None:
    from rich.table import Table

    table = Table("", box=None)
    for heading in (_("comments"), _("so far"), _("candidate"), _("difference, 98 % sure"), ""):
        table.add_column(heading, justify="right")
    for one in comparison.differences:
        table.add_row(
            label_name(one.label),
            str(one.of),
            f"{one.before:.3f}",
            f"{one.after:.3f}",
            f"{one.low:+.3f} … {one.high:+.3f}",
            _("worse") if one.worse else _("better") if one.better else "",
        )
    out.print(table)


def reason_text(reason: Reason) -> str:
    """Return what speaks against a candidate."""
    one = reason.difference
    label, figures = label_name(one.label), f"{one.before:.3f} → {one.after:.3f}"
    if reason.code == "fewer_right":
        return _("It gets fewer of the recent decisions right: {figures}.", figures=figures)
    if reason.on == "frozen":
        return _("Worse beyond noise on the frozen comments, {label}: {figures}.", label=label, figures=figures)
    return _("Worse beyond noise on recent decisions, {label}: {figures}.", label=label, figures=figures)


def why_text(why: Mapping[str, Any]) -> str:
    """Return how a model of the registry came to its state."""
    code = why.get("code", "")
    if code == "worse" and "compared" in why:
        from bot.learning.verdict import verdict_from_json

        against = verdict_from_json(why["compared"]).against
        worse = dict.fromkeys(label_name(reason.difference.label) for reason in against)
        return _("not promoted, worse at: {labels}", labels=listing(tuple(worse), LOCALE))
    return {
        "not_worse": _("promoted, nothing is worse beyond noise"),
        "changed_meanwhile": _("not promoted, another model took over while it was judged"),
        "by_hand": _("promoted by hand"),
        "rolled_back": _("rolled back by hand"),
        "rolled_back_to": _("serves again after a rollback"),
    }.get(code, "–")
