"""A card as plain text: for terminals, logs and the conversations in tests."""

from __future__ import annotations

from bot.chat import Block, Buttons, Card, Chart, Divider, Facts, Quote, Table, Text


def as_text(card: Card) -> str:
    """Return ``card`` line by line, buttons in brackets."""
    lines = [card.title] if card.title else []
    for block in card.blocks:
        lines.extend(_lines(block))
    return "\n".join(lines)


def _lines(block: Block) -> list[str]:
    match block:
        case Text(text):
            return [text]
        case Quote(text):
            return [f"> {line}" for line in text.splitlines() or [""]]
        case Facts(items):
            return [f"{label}: {value}" for label, value in items]
        case Table(columns, rows, own):
            marked = [("* " if index == own else "  ") + " | ".join(row) for index, row in enumerate(rows)]
            return ["  " + " | ".join(columns), *marked]
        case Chart(title, labels, values, unit):
            return [title, *(f"  {label}: {value} {unit}" for label, value in zip(labels, values, strict=True))]
        case Buttons(buttons):
            return [" ".join(f"[{button.label}]" for button in buttons)]
        case Divider():
            return ["—"]
