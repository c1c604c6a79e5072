"""What Teams shows, read back: Adaptive Cards as the cards and forms a person sees in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from bot.chat import Block, Button, Buttons, Card, Choice, Facts, Field, Form, Quote, Table, Text, Value

Json = Mapping[str, Any]

_BETWEEN = "\u2003"
_INPUTS = ("Input.Text", "Input.ChoiceSet", "Input.Toggle")


def card_of(shown: Json) -> Card:
    """Return the card that an Adaptive Card shows."""
    title, blocks = None, []
    for place, element in enumerate(shown["body"]):
        if not place and element["type"] == "RichTextBlock" and element["inlines"][0].get("size") == "Medium":
            title = _text(element)
        else:
            blocks.append(_block(element))
    return Card(str(shown["speak"]), tuple(blocks), title)


def is_form(shown: Json) -> bool:
    """Whether there is something to fill in."""
    return any(element["type"] in _INPUTS for element in shown["body"])


def _block(element: Json) -> Block:
    match element["type"]:
        case "RichTextBlock":
            return _line(element)
        case "Container":
            lines = [_text(line) for line in element["items"]]
            marks = [run["text"] for line in element["items"] for run in line["inlines"] if run.get("highlight")]
            return Quote("\n".join(lines), tuple(marks))
        case "Table":
            return _table(element)
        case "Image":
            return Text(element["altText"])
        case "ActionSet":
            return Buttons(tuple(button_of(action) for action in element["actions"]))
    raise AssertionError(f"no card is made of {element['type']}")


def _line(element: Json) -> Block:
    runs = element["inlines"]
    if runs[0].get("weight") == "Bolder" and len(runs) > 1 and runs[1]["text"].startswith(_BETWEEN):
        return Facts(((runs[0]["text"], runs[1]["text"].removeprefix(_BETWEEN)),))
    return Text(_text(element), "quiet" if runs[0].get("isSubtle") else "normal")


def _text(element: Json) -> str:
    return "".join(run["text"] for run in element["inlines"])


def _table(element: Json) -> Table:
    rows = [tuple(_cell(cell) for cell in row["cells"]) for row in element["rows"]]
    own = next((index - 1 for index, row in enumerate(element["rows"]) if row.get("style") == "accent"), None)
    return Table(rows[0], tuple(rows[1:]), own)


def _cell(cell: Json) -> str:
    return "".join(_text(item) for item in cell["items"]).replace("\xa0", "")


def actions_of(shown: Json) -> Iterator[Json]:
    """Yield every action of a card that sends something."""
    found = [action for element in shown["body"] if element["type"] == "ActionSet" for action in element["actions"]]
    for action in (*found, *shown.get("actions", ())):
        yield action["card"]["actions"][0] if action["type"] == "Action.ShowCard" else action


def button_of(action: Json) -> Button:
    """Return the button an action is."""
    asks = None
    if action["type"] == "Action.ShowCard":
        asks = "\n".join(_text(line) for line in action["card"]["body"])
        action = action["card"]["actions"][0]
    style = {"positive": "primary", "destructive": "danger"}.get(action.get("style", ""), "normal")
    carried = action["data"]["praisebot"]
    return Button(carried["name"], action["title"], carried.get("values", {}), style, asks)  # type: ignore[arg-type]


# --- forms ------------------------------------------------------------------------------------------------------------


def form_of(shown: Json) -> Form:
    """Return the form a card shows, with the errors that stand above its fields."""
    errors: dict[str, str] = {}
    fields: list[Field] = []
    about: list[str] = []
    pending: list[str] = []
    for element in shown["body"]:
        if element["type"] in _INPUTS:
            fields.append(_field(element))
            if pending:
                errors[fields[-1].name] = "\n".join(pending)
            pending = []
        elif element["type"] == "Container":
            about += [_text(line) for line in element["items"]]
        elif element["type"] == "RichTextBlock" and element["inlines"][0].get("color") == "Attention":
            pending.append(_text(element))
    send = next(iter(actions_of(shown)))
    name = send["data"]["praisebot"]["name"]
    return Form(name, str(shown["speak"]), send["title"], tuple(fields), errors=errors, about="\n".join(about))


def _field(element: Json) -> Field:
    kind, _, name = element["id"].partition(":")
    several = kind.endswith("*")
    kind = kind.rstrip("*")
    choices = element.get("choices", ()) if kind == "choice" else ()
    return Field(
        name,
        element["label"],
        kind,  # type: ignore[arg-type]
        required=element.get("isRequired", False),
        several=several,
        choices=tuple(Choice(_unpacked(one["value"]), one["title"]) for one in choices),
        value=_initial(kind, several, element.get("value", "")),
    )


def _initial(kind: str, several: bool, value: str) -> Value:
    if kind == "text":
        return value
    if kind == "toggle":
        return "true" if value == "true" else ""
    parts = tuple(_unpacked(part) if kind == "choice" else part for part in value.split(",") if part)
    return parts if several else "".join(parts[:1])


def _unpacked(value: str) -> str:
    return unquote(value.removeprefix("="))


def filled(shown: Json, values: Mapping[str, Value]) -> dict[str, str]:
    """Return what Teams sends of a form's inputs when ``values`` were put into them."""
    found = {}
    for element in shown["body"]:
        if element["type"] in _INPUTS:
            name = element["id"].partition(":")[2]
            found[element["id"]] = _sent(element, values[name]) if name in values else element.get("value", "")
    return found


def _sent(element: Json, value: Value) -> str:
    parts: Sequence[str] = value if isinstance(value, tuple) else ((value,) if value else ())
    match element["type"]:
        case "Input.Toggle":
            return "true" if "true" in parts else "false"
        case "Input.ChoiceSet" if element["id"].startswith("choice"):
            chosen = [one["value"] for one in element["choices"] if _unpacked(one["value"]) in parts]
            return ",".join(chosen)
    return ",".join(parts) if element["type"] == "Input.ChoiceSet" else "".join(parts)
