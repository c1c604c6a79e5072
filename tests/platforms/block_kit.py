"""What Slack documents about Block Kit, as a checker of what is sent: required fields, limits, what must be unique.

From https://docs.slack.dev/reference/block-kit (blocks, block elements, composition objects), …/reference/views and
…/reference/methods/views.open. Characters are counted in the strictest way: UTF-16 units, ``&``, ``<`` and ``>`` as the
entities that Slack makes of them. What its own SDK checks is checked by that as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

MESSAGE_CHARACTERS = 13_200  # not documented; https://github.com/slackapi/bolt-js/issues/2509
UPDATE_BYTES = 4000  # of the text of chat.update
VIEW_BYTES = 250_000

# type: required fields, optional fields
FIELDS: Mapping[str, tuple[set[str], set[str]]] = {
    "header": ({"text"}, {"block_id"}),
    "section": (set(), {"text", "fields", "accessory", "block_id"}),
    "context": ({"elements"}, {"block_id"}),
    "actions": ({"elements"}, {"block_id"}),
    "divider": (set(), {"block_id"}),
    "image": ({"alt_text"}, {"image_url", "slack_file", "title", "block_id"}),
    "input": ({"label", "element"}, {"hint", "optional", "dispatch_action", "block_id"}),
    "rich_text": ({"elements"}, {"block_id"}),
    "rich_text_section": ({"elements"}, set()),
    "rich_text_quote": ({"elements"}, {"border"}),
    "rich_text_preformatted": ({"elements"}, {"border"}),
    "text": ({"text"}, {"style"}),
    "plain_text": ({"text"}, {"emoji"}),
    "mrkdwn": ({"text"}, {"verbatim"}),
    "button": ({"text"}, {"action_id", "value", "style", "confirm", "url", "accessibility_label"}),
    "plain_text_input": (
        set(),
        {"action_id", "initial_value", "multiline", "min_length", "max_length", "placeholder", "focus_on_load"},
    ),
    "static_select": ({"options"}, {"action_id", "initial_option", "placeholder", "confirm", "focus_on_load"}),
    "radio_buttons": ({"options"}, {"action_id", "initial_option", "confirm", "focus_on_load"}),
    "checkboxes": ({"options"}, {"action_id", "initial_options", "confirm", "focus_on_load"}),
    "multi_static_select": (
        {"options"},
        {"action_id", "initial_options", "placeholder", "max_selected_items", "confirm", "focus_on_load"},
    ),
    "users_select": (set(), {"action_id", "initial_user", "placeholder", "confirm", "focus_on_load"}),
    "multi_users_select": (
        set(),
        {"action_id", "initial_users", "placeholder", "max_selected_items", "confirm", "focus_on_load"},
    ),
}
BLOCKS = {"header", "section", "context", "actions", "divider", "image", "rich_text"}
INPUTS = {
    *("plain_text_input", "static_select", "radio_buttons", "checkboxes"),
    *("multi_static_select", "users_select", "multi_users_select"),
}
OPTIONS = {"static_select": 100, "multi_static_select": 100, "radio_buttons": 10, "checkboxes": 10}

# where, characters at most; a path of types and fields
TEXTS: Mapping[str, int] = {
    "header.text": 150,
    "section.text": 3000,
    "section.fields": 2000,
    "context.elements": 3000,
    "input.label": 2000,
    "input.hint": 2000,
    "image.title": 2000,
    "button.text": 75,
    "placeholder": 150,
    "option.text": 75,
    "option.description": 75,
    "confirm.title": 100,
    "confirm.text": 300,
    "confirm.confirm": 30,
    "confirm.deny": 30,
    "view.title": 24,
    "view.submit": 24,
    "view.close": 24,
}
STRINGS: Mapping[str, int] = {
    "block_id": 255,
    "action_id": 255,
    "callback_id": 255,
    "value": 2000,
    "image_url": 3000,
    "alt_text": 2000,
    "private_metadata": 3000,
}
ONLY_PLAIN = set(TEXTS) - {"section.text", "section.fields", "context.elements", "confirm.text", "option.text"}


def characters(text: str) -> int:
    """Return how many characters Slack may count at most."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return len(escaped.encode("utf-16-le")) // 2


def check_message(message: Mapping[str, Any]) -> None:
    """Fail with everything that is wrong with the arguments of chat.postMessage and chat.update."""
    found = [*_blocks(message["blocks"], 50, BLOCKS)]
    written = json.dumps(message["blocks"], ensure_ascii=False)
    if characters(written) > MESSAGE_CHARACTERS:
        found.append(f"{characters(written)} characters in all blocks")
    if not message["text"].strip() or len(message["text"].encode()) > UPDATE_BYTES:
        found.append("text is empty or too long")
    if set(message) - {"text", "blocks"}:
        found.append(f"unknown fields: {set(message)}")
    assert found == [], found
    _check_with_sdk(message["blocks"])


def check_view(view: Mapping[str, Any]) -> None:
    """Fail with everything that is wrong with a view of views.open, views.update or views.publish."""
    found: list[str] = []
    modal = view.get("type") == "modal"
    if not modal and view.get("type") != "home":
        found.append(f"type {view.get('type')}")
    allowed = {"type", "blocks", "private_metadata", "callback_id"} | ({"title", "submit", "close"} if modal else set())
    found += [f"view has {name}" for name in set(view) - allowed]
    found += _strings(view, "view")
    if modal:
        inputs = any(block.get("type") == "input" for block in view["blocks"])
        required = {"title", "submit"} if inputs else {"title"}
        found += [f"view without {name}" for name in required - set(view)]
        for name in {"title", "submit", "close"} & set(view):
            found += _text(view[name], f"view.{name}")
    found += _blocks(view["blocks"], 100, BLOCKS | {"input"})
    if len(json.dumps(view)) > VIEW_BYTES:
        found.append("more than 250 KB")
    assert found == [], found
    _check_with_sdk(view["blocks"])
    View(**view).validate_json()


def check_answer(answer: Mapping[str, Any], view: Mapping[str, Any]) -> None:
    """Fail unless ``answer`` can be given to the submission of ``view``."""
    if answer["response_action"] == "update":
        assert set(answer) == {"response_action", "view"}
        check_view(answer["view"])
        return
    assert set(answer) == {"response_action", "errors"}
    assert answer["response_action"] == "errors"
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    assert answer["errors"]
    assert set(answer["errors"]) <= inputs
    assert all(isinstance(text, str) and text.strip() for text in answer["errors"].values())


def objects(data: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every object in ``data``."""
    if isinstance(data, Mapping):
        yield data
        for value in data.values():
            yield from objects(value)
    elif isinstance(data, list):
        for value in data:
            yield from objects(value)


def words(data: Any) -> str:
    """Return everything that blocks say, as a person reads it from top to bottom."""
    return "\n".join(str(one["text"]) for one in objects(data) if one.get("type") in ("plain_text", "mrkdwn", "text"))


def _check_with_sdk(blocks: Sequence[Mapping[str, Any]]) -> None:
    parsed = Block.parse_all([dict(block) for block in blocks])
    assert len(parsed) == len(blocks)
    for block in parsed:
        assert block is not None
        block.to_dict()  # raises SlackObjectFormationError


def _blocks(blocks: Sequence[Mapping[str, Any]], most: int, allowed: set[str]) -> Iterator[str]:
    if not 1 <= len(blocks) <= most:
        yield f"{len(blocks)} blocks"
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(set(ids)) < len(ids):
        yield "a block_id twice"
    for index, block in enumerate(blocks):
        for problem in _block(block, allowed):
            yield f"blocks/{index}: {problem}"


def _block(block: Mapping[str, Any], allowed: set[str]) -> Iterator[str]:
    kind = block.get("type", "")
    yield from _fields(block, allowed)
    if kind in ("header", "section") and "text" in block:
        yield from _text(block["text"], f"{kind}.text")
    if kind == "section":
        if "text" not in block and not block.get("fields"):
            yield "neither text nor fields"
        if len(block.get("fields", ())) > 10:
            yield "too many fields"
        for field in block.get("fields", ()):
            yield from _text(field, "section.fields")
    elif kind == "context":
        if not 1 <= len(block["elements"]) <= 10:
            yield "too few or many elements"
        for element in block["elements"]:
            yield from _text(element, "context.elements")
    elif kind == "actions":
        yield from _actions(block)
    elif kind == "image" and ("image_url" in block) == ("slack_file" in block):
        yield "either an address or a file"
    elif kind == "input":
        yield from _input(block)
    elif kind == "rich_text":
        yield from _rich_text(block)


def _actions(block: Mapping[str, Any]) -> Iterator[str]:
    elements = block["elements"]
    if not 1 <= len(elements) <= 25:
        yield f"{len(elements)} elements"
    ids = [element["action_id"] for element in elements]
    if len(set(ids)) < len(ids):
        yield "an action_id twice"
    for button in elements:
        yield from _fields(button, {"button"})
        yield from _text(button["text"], "button.text")
        if button.get("style", "primary") not in ("primary", "danger"):
            yield f"style {button['style']}"
        if confirm := button.get("confirm"):
            if set(confirm) - {"title", "text", "confirm", "deny", "style"}:
                yield "unknown fields in confirm"
            for name in ("title", "text", "confirm", "deny"):
                yield from _text(confirm.get(name), f"confirm.{name}")


def _input(block: Mapping[str, Any]) -> Iterator[str]:
    element = block["element"]
    kind = element.get("type", "")
    yield from _text(block["label"], "input.label")
    if "hint" in block:
        yield from _text(block["hint"], "input.hint")
    yield from _fields(element, INPUTS)
    if kind == "plain_text_input":
        longest = element.get("max_length", 3000)
        if not 1 <= longest <= 3000:
            yield f"max_length {longest}"
        if "initial_value" in element and not 1 <= characters(element["initial_value"]) <= longest:
            yield "initial_value is empty or too long"
    if kind in OPTIONS:
        yield from _options(element, OPTIONS[kind])
    for initial in ("initial_users", "initial_options"):
        if element.get(initial) == []:
            yield f"{initial} must not be empty"


def _options(element: Mapping[str, Any], most: int) -> Iterator[str]:
    options = element["options"]
    if not 1 <= len(options) <= most:
        yield f"{len(options)} options"
    values = [option["value"] for option in options]
    if len(set(values)) < len(values):
        yield "a value twice"
    for option in options:
        if set(option) - {"text", "value", "description"}:
            yield "unknown fields in an option"
        if not 1 <= characters(option["value"]) <= 150:
            yield "an option's value is empty or too long"
        for name in {"text", "description"} & (set(option) | {"text"}):
            yield from _text(option.get(name), f"option.{name}")
    initial = element.get("initial_options", [element["initial_option"]] if "initial_option" in element else [])
    if any(option not in options for option in initial):
        yield "what is chosen is none of the options"


def _rich_text(block: Mapping[str, Any]) -> Iterator[str]:
    if not block["elements"]:
        yield "no elements"
    for element in block["elements"]:
        yield from _fields(element, {"rich_text_section", "rich_text_quote", "rich_text_preformatted"})
        if not element["elements"]:
            yield "no elements in an element"
        for piece in element["elements"]:
            yield from _fields(piece, {"text"})
            if not piece["text"]:
                yield "a piece of no characters"
            if piece.get("style", {"bold": True}) != {"bold": True}:
                yield f"style {piece['style']}"
        if sum(characters(piece["text"]) for piece in element["elements"]) > 3000:
            yield "too long"


def _fields(data: Mapping[str, Any], allowed: set[str]) -> Iterator[str]:
    kind = data.get("type", "")
    if kind not in allowed:
        yield f"{kind} is not allowed here"
        return
    required, optional = FIELDS[kind]
    yield from (f"{kind} without {name}" for name in required - set(data))
    yield from (f"{kind} with {name}" for name in set(data) - required - optional - {"type"})
    yield from _strings(data, kind)


def _strings(data: Mapping[str, Any], where: str) -> Iterator[str]:
    for name, most in STRINGS.items():
        if name in data and not (isinstance(data[name], str) and 1 <= characters(data[name]) <= most):
            yield f"{where}.{name} is empty or too long"


def _text(data: Mapping[str, Any] | None, where: str) -> Iterator[str]:
    if data is None:
        yield f"{where} is missing"
        return
    yield from _fields(data, {"plain_text"} if where in ONLY_PLAIN else {"plain_text", "mrkdwn"})
    text = data.get("text", "")
    if not text.strip() or characters(text) > TEXTS[where]:
        yield f"{where} is empty or too long: {characters(text)}"
    if "\n" in text and where in ("header.text", "button.text", "view.title", "option.text"):
        yield f"{where} has several lines"
