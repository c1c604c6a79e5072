"""The model card for people: what a model was made of, how good it is, and whom it may fail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LIMITS = (
    "It reads one comment by itself: no conversation, no history, no rating, no emoji meanings, no voice.",
    "It was trained on comments written from imagination for this project; no real customer's words are in it.",
    "It sees words, characters and word classes, not meaning: irony, hearsay and unusual turns of phrase escape it.",
    "It reads the first 4,000 characters of a comment.",
    "Its confidence is calibrated on held-out sources of its own corpus; other ground may be less sure than it says.",
    "It knows Chinese (simplified and traditional) best, English less, other languages not at all.",
)
"""What the model cannot do, whatever it was trained on."""

MAY_FAIL = (
    "Agents whose customers praise without praise words ('he came back in the rain with the parcel').",
    "Agents who are thanked in passing inside a long complaint about something else.",
    "Agents who serve in English, Cantonese or a dialect: their praise is missed more often.",
    "Agents who bear the blame of others: kind words that are only a concession are easily taken for praise.",
    "Trades that are not in the corpus, whose ordinary duties look like acts beyond the duty, or the other way round.",
    "People who are praised together: it says what was good, not who it was.",
)
"""Whom decisions made by the model alone would treat unfairly. A supervisor's word stands above it."""

_LABELS = ("praise", "attitude", "solution", "value_added", "highlight")
_FACETS = {"source": "source", "domain": "domain", "lang": "language", "channel": "channel"}
_FEWEST = 10  # comments below which a line of figures says nothing


def as_markdown(card: Mapping[str, Any]) -> str:
    """Return the card as the README beside the model."""
    data, figures = card["data"], card["figures"]
    overall = figures["overall"]
    parts = [
        f"# Model card: {card['model']}",
        "Says of a customer's comment whether it is praise of somebody's service, what for (attitude, solution, value "
        "added), whether it is basic or a highlight, and how sure that is. Linear weights over words, character runs "
        "and word classes score the comment and each clause; a small network judges by these scores (see "
        "`docs/classifier.md`). Written by training; edit nothing here.",
        "## Data",
        f"{data['rows']} comments (`models/corpus/`, SHA-256 of what training reads `{data['sha256'][:16]}…`, seed "
        f"{data['seed']}): " + ", ".join(f"{name} {count}" for name, count in data["sources"].items()) + ".",
        "Made with "
        + ", ".join(f"{name} {number}" for name, number in card["versions"].items())
        + f". {card['features']}"
        f" features; `weights.npz` has the SHA-256 `{card['sha256']}`.",
        "## Figures",
        "By cross-validation over sources: every comment is judged by a model, thresholds and calibration that saw no "
        "comment of its source. F1, then how often praise-or-not, primary tag and tier are all right.",
        _table("", {"all": overall}),
        f"Precision and recall of praise {overall['praise']['precision']:.3f} and {overall['praise']['recall']:.3f}; "
        f"primary tag {overall['primary']:.3f} and tier {overall['tier']:.3f} right where praise is found; expected "
        f"calibration error {overall['calibration_error']:.3f}; by confidence alone {overall['coverage']:.1%} of the "
        "comments can be decided with 95 % precision.",
        *(_table(title, figures[facet]) for facet, title in _FACETS.items()),
        "### By what makes them hard",
        "| kind | comments | decided rightly |\n|---|---|---|\n"
        + "\n".join(f"| {kind} | {of['rows']} | {of['decision']:.3f} |" for kind, of in figures["hard"].items()),
        "## Limits",
        "\n".join(f"- {limit}" for limit in card["limits"]),
        "## Whom it may fail",
        "\n".join(f"- {group}" for group in card["may_fail"]),
    ]
    return "\n\n".join(parts) + "\n"


def _table(title: str, figures: Mapping[str, Any]) -> str:
    lines = [f"| {title} | comments | {' | '.join(_LABELS)} | decision |", "|---" * (len(_LABELS) + 3) + "|"]
    for name, of in figures.items():
        if of["rows"] >= _FEWEST:
            cells = (f"{of[label]['f1']:.3f}" if of[label]["labelled"] else "–" for label in _LABELS)
            lines.append(f"| {name} | {of['rows']} | {' | '.join(cells)} | {of['decision']:.3f} |")
    return "\n".join(lines)
