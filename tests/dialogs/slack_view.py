"""What Slack shows, read back: Block Kit as the cards and forms a person sees in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.chat import Block, Button, Buttons, Card, Choice, Divider, Facts, Field, Form, Quote, Table, Text, Value

Json = Mapping[str, Any]

_FIELD = "field:"
_BETWEEN = "\u2003"
_OWN = "▸"


def card_of(message: Json) -> Card | None:
    """Return the card a message or a modal shows; None for words alone."""
    if not message.get("blocks"):
        return None
    title, blocks = None, []
    for block in message["blocks"]:
        if block["type"] == "header":
            title = block["text"]["text"]
        else:
            blocks.append(_block(block))
    return Card(str(message.get("text", "")), tuple(blocks), title)


def _block(block: Json) -> Block:
    match block["type"]:
        case "section":
            return Text(block["text"]["text"])
        case "context":
            return Text(block["elements"][0]["text"], "quiet")
        case "actions":
            return Buttons(tuple(button_of(element) for element in block["elements"]))
        case "divider":
            return Divider()
        case "image":
            return Text(block["alt_text"])
        case "rich_text":
            return _rich(block["elements"][0])
    raise AssertionError(f"no card is made of {block['type']}")


def button_of(element: Json) -> Button:
    """Return the button an element is."""
    asks = element.get("confirm", {}).get("text", {}).get("text")
    name = element["action_id"].rpartition("#")[0]
    return Button(name, element["text"]["text"], json.loads(element["value"]), element.get("style", "normal"), asks)


def _rich(rich: Json) -> Block:
    pieces = rich["elements"]
    text = "".join(piece["text"] for piece in pieces)
    if rich["type"] == "rich_text_quote":
        return Quote(text, tuple(piece["text"] for piece in pieces if _bold(piece)))
    if rich["type"] == "rich_text_preformatted":
        return _table(text)
    if len(pieces) == 1 and _bold(pieces[0]):
        return Text(text, "strong")
    return Facts(tuple(_fact(line) for line in text.split("\n")))


def _bold(piece: Json) -> bool:
    return bool(piece.get("style", {}).get("bold"))


def _fact(line: str) -> tuple[str, str]:
    name, _, value = line.partition(_BETWEEN)
    return name, value


def _table(text: str) -> Table:
    head, *lines = text.split("\n")
    own = next((index for index, line in enumerate(lines) if line.startswith(_OWN)), None)
    return Table(_cells(head), tuple(_cells(line) for line in lines), own)


def _cells(line: str) -> tuple[str, ...]:
    return tuple(re.split(r" {2,}", line[2:].strip()))


# --- forms ------------------------------------------------------------------------------------------------------------


def inputs(view: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield each input of a modal: its block, its action, and the element."""
    for block in view["blocks"]:
        if block["type"] == "input":
            yield block["block_id"], block["element"]["action_id"], block["element"]


def form_of(view: Json, typed: Mapping[str, Value], errors: Mapping[str, str]) -> Form:
    """Return the form a modal shows, with what is ``typed`` in it and the ``errors`` at its fields."""
    fields = tuple(_field(block, typed) for block in view["blocks"] if block["type"] == "input")
    about = [block["elements"][0] for block in view["blocks"] if block["type"] == "rich_text"]
    quoted = "\n".join(piece["text"] for rich in about for piece in rich["elements"])
    at_fields = {block_id.removeprefix(_FIELD): text for block_id, text in errors.items()}
    return Form(
        view["callback_id"], view["title"]["text"], view["submit"]["text"], fields, errors=at_fields, about=quoted
    )


def _field(block: Json, typed: Mapping[str, Value]) -> Field:
    name, element = block["block_id"].removeprefix(_FIELD), block["element"]
    kind = element["action_id"]
    several = kind != "toggle" and element["type"] in ("multi_users_select", "multi_static_select", "checkboxes")
    return Field(
        name,
        block["label"]["text"],
        kind,
        required=not block.get("optional", False),
        several=several,
        choices=tuple(_choice(option) for option in element.get("options", ())) if kind == "choice" else (),
        value=typed.get(name, _initial(element, several)),
    )


def _choice(option: Json) -> Choice:
    more = option.get("description", {}).get("text", "")
    return Choice(_value(option), option["text"]["text"] + more)


def _value(option: Json) -> str:
    return str(option["value"]).removeprefix("=")


def _initial(element: Json, several: bool) -> Value:
    match element["type"]:
        case "plain_text_input":
            return str(element.get("initial_value", ""))
        case "users_select":
            return str(element.get("initial_user", ""))
        case "multi_users_select":
            return tuple(element.get("initial_users", ()))
        case "static_select" | "radio_buttons":
            return _value(element["initial_option"]) if "initial_option" in element else ""
    chosen = tuple(_value(option) for option in element.get("initial_options", ()))
    return chosen if several else "".join(chosen)


def filled(element: Json, value: Value) -> dict[str, Any]:
    """Return what Slack sends of an element that ``value`` was put into."""
    values: Sequence[str] = value if isinstance(value, tuple) else ((value,) if value else ())
    chosen = [option for option in element.get("options", ()) if _value(option) in values]
    content: dict[str, Any]
    match element["type"]:
        case "plain_text_input":
            content = {"value": "".join(values) or None}
        case "users_select":
            content = {"selected_user": values[0] if values else None}
        case "multi_users_select":
            content = {"selected_users": list(values)}
        case "static_select" | "radio_buttons":
            content = {"selected_option": chosen[0] if chosen else None}
        case _:
            content = {"selected_options": chosen}
    return {"type": element["type"], **content}
