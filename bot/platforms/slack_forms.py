"""Forms as modals, and a sent modal as the submission that every chat sends.

A field is one ``input`` block: its ``block_id`` tells the name and its ``action_id`` the kind, so that what was sent
can be read without the form. Limits: https://docs.slack.dev/reference/views/modal-views and
https://docs.slack.dev/reference/block-kit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.chat import Choice, Field, Form, Submission, Value
from bot.i18n import translator
from bot.platforms.slack_blocks import VIEW, quotation
from bot.platforms.slack_elements import Json, label, packed, plain, section, strong, texts, unpacked
from bot.platforms.slack_text import length, scrub, shorten, split

_TITLE, _METADATA, _ID, _VIEW = 24, 3000, 255, 250_000
_LABEL, _HINT, _ERROR = 2000, 2000, 1000
_OPTION, _OPTION_VALUE = 75, 150
_OPTIONS, _BOXES, _RADIOS = 100, 10, 6  # Slack allows ten radio buttons too; the local chat shows six
_WRITTEN, _ONE_LINE = 3000, 150
_ABOUT = 6000
_FIELD = "field:"
_ACCOUNT = re.compile(r"[UW][A-Z0-9]+")
_NOTHING: Mapping[str, str] = {}


def modal(form: Form, locale: str, origin: Mapping[str, str] = _NOTHING) -> Json:
    """Return the view of a form; ``origin`` comes back with it (see `origin_of`): where an answer to it belongs.

    A field of choices without any is left out. Errors stand above their fields, for a form that is opened with them;
    for one that is open already see `answer`. Raises `ValueError` when names, values or what is carried are longer than
    Slack takes, or a form has two fields of one name, or more than fits into a view: forms are written in the program,
    and with a part of one left out something else would be sent than was asked for.
    """
    if len(form.name) > _ID:
        raise ValueError(f"{form.name[:40]}…: a form's name is at most {_ID} characters")
    if len({field.name for field in form.fields}) < len(form.fields):
        raise ValueError(f"{form.name}: two fields of one name")
    inputs = {field.name: block for field in form.fields if (block := _input(field, locale))}
    blocks = [paragraph for name, text in form.errors.items() if name not in inputs for paragraph in _error(text)]
    blocks += quotation(form.about, longest=_ABOUT)
    for name, block in inputs.items():
        blocks += [*_error(form.errors.get(name, "")), block]
    if len(blocks) > VIEW.blocks:
        raise ValueError(f"{form.name}: {len(blocks)} blocks, where {VIEW.blocks} are possible")
    view = {
        "type": "modal",
        "callback_id": form.name,
        "private_metadata": packed({"carries": dict(form.carries), "origin": dict(origin)}, _METADATA),
        "title": label(form.title, _TITLE),
        "submit": label(form.submit, _TITLE),
        "close": label(translator(locale)("Cancel"), _TITLE),
        "blocks": blocks or [section(form.title)],
    }
    if (size := len(json.dumps(view))) > _VIEW:
        raise ValueError(f"{form.name}: {size} bytes, where {_VIEW} are possible")
    return view


def answer(form: Form, locale: str, sent: str, origin: Mapping[str, str] = _NOTHING) -> Json:
    """Return the acknowledgement of a ``view_submission`` of the form ``sent`` that shows ``form`` next.

    The same form with errors stays open with them at its fields, and what was typed in it. Slack takes errors at
    ``input`` blocks only: those of no field go to the first. Another form takes its place.
    """
    errors = _errors_at_inputs(form, locale) if form.name == sent else {}
    if errors:
        return {"response_action": "errors", "errors": errors}
    return {"response_action": "update", "view": modal(form, locale, origin)}


def submission(view: Mapping[str, Any]) -> Submission:
    """Return what was filled in, from the ``view`` of a ``view_submission`` payload, as the local chat sends it: a
    toggle as ``"true"`` or ``""``, people as their ids, several as a tuple, an empty text as ``""``.

    Raises `ValueError` when `modal` made no such view.
    """
    try:
        filled: dict[str, Value] = {
            block_id.removeprefix(_FIELD): _value(kind, element)
            for block_id, elements in view["state"]["values"].items()
            if block_id.startswith(_FIELD)
            for kind, element in elements.items()
        }
        return Submission(str(view["callback_id"]), {**_carried(view, "carries"), **filled})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not the view of a form") from error


def origin_of(view: Mapping[str, Any]) -> dict[str, str]:
    """Return the ``origin`` that `modal` was given, from the view of a payload. Raises `ValueError` as `submission`
    does.
    """
    return _carried(view, "origin")


def _carried(view: Mapping[str, Any], what: str) -> dict[str, str]:
    carried = unpacked(view.get("private_metadata"))
    return texts(carried.get(what) if isinstance(carried, dict) else None)


def _value(kind: str, element: Mapping[str, Any]) -> Value:
    if kind == "text":
        return scrub(element.get("value") or "")
    if kind == "people":
        several = element.get("selected_users")
        return tuple(map(scrub, several)) if several is not None else scrub(element.get("selected_user") or "")
    if kind == "toggle":
        return "true" if element.get("selected_options") else ""
    if kind != "choice":
        raise ValueError(f"no kind of field: {kind[:40]}")
    if element["type"] in ("checkboxes", "multi_static_select"):
        return tuple(_chosen(option) for option in element.get("selected_options") or ())
    option = element.get("selected_option")
    return _chosen(option) if option else ""


def _chosen(option: Mapping[str, Any]) -> str:
    return scrub(option["value"]).removeprefix("=")


# --- errors ----------------------------------------------------------------------------------------------------------


def _error(text: str) -> list[Json]:
    said = shorten(scrub(text).strip(), _ERROR)
    return [strong(said)] if said else []


def _errors_at_inputs(form: Form, locale: str) -> dict[str, str]:
    places = [field.name for field in form.fields if _input(field, locale)]
    found: dict[str, list[str]] = {}
    for name, text in form.errors.items():
        if places and scrub(text).strip():
            found.setdefault(name if name in places else places[0], []).append(scrub(text).strip())
    return {_block_id(name): shorten("\n".join(said), _ERROR) for name, said in found.items()}


# --- fields ----------------------------------------------------------------------------------------------------------


def _block_id(name: str) -> str:
    if length(_FIELD + name) > _ID:
        raise ValueError(f"{name[:40]}…: a field's name is at most {_ID - len(_FIELD)} characters")
    return _FIELD + name


def _input(field: Field, locale: str) -> Json | None:
    """Return the ``input`` block of a field, None for choices without any."""
    element = _ELEMENTS[field.kind](field, locale)
    if element is None:
        return None
    block: Json = {
        "type": "input",
        "block_id": _block_id(field.name),
        "label": label(field.label, _LABEL),
        "element": {**element, "action_id": field.kind},
        # Slack would not send a required box that is not ticked.
        "optional": not field.required or field.kind == "toggle",
    }
    if hint := _hint(field, locale):
        block["hint"] = plain(hint, _HINT)
    return block


def _hint(field: Field, locale: str) -> str:
    left_out = len(_distinct(field.choices)) - _OPTIONS if field.kind == "choice" else 0
    notice = translator(locale)("Not shown for lack of room: {count}.", count=left_out) if left_out > 0 else ""
    return "\n".join(part for part in (notice, scrub(field.hint).strip()) if part)


def _text(field: Field, _: str) -> Json | None:
    limit = min(max(field.limit, 1), _WRITTEN)
    element: Json = {"type": "plain_text_input", "multiline": limit > _ONE_LINE, "max_length": limit}
    if words := shorten(scrub("".join(_values(field)[:1])), limit):
        element["initial_value"] = words
    return element


def _people(field: Field, _: str) -> Json | None:
    # Anything but an account of Slack's would make it refuse the view.
    chosen = [account for account in dict.fromkeys(_values(field)) if _ACCOUNT.fullmatch(account)]
    if field.several:
        return {"type": "multi_users_select"} | ({"initial_users": chosen} if chosen else {})
    return {"type": "users_select"} | ({"initial_user": chosen[0]} if chosen else {})


def _toggle(field: Field, locale: str) -> Json | None:
    yes = _option(Choice("true", translator(locale)("Yes")))
    ticked = "true" in _values(field)
    return {"type": "checkboxes", "options": [yes]} | ({"initial_options": [yes]} if ticked else {})


def _choice(field: Field, _: str) -> Json | None:
    chosen = _values(field)
    choices = _distinct(field.choices)
    first = sorted(choices, key=lambda choice: choice.value not in chosen)[:_OPTIONS]  # what is chosen must be there
    shown = {choice.value for choice in first}
    options = {choice.value: _option(choice) for choice in choices if choice.value in shown}
    initial = [option for value, option in options.items() if value in chosen]
    if not options:
        return None
    if field.several:
        kind = "checkboxes" if len(options) <= _BOXES else "multi_static_select"
        return {"type": kind, "options": [*options.values()]} | ({"initial_options": initial} if initial else {})
    kind = "radio_buttons" if len(options) <= _RADIOS else "static_select"
    return {"type": kind, "options": [*options.values()]} | ({"initial_option": initial[0]} if initial else {})


_ELEMENTS: Mapping[str, Callable[[Field, str], Json | None]] = {
    "text": _text,
    "people": _people,
    "choice": _choice,
    "toggle": _toggle,
}


def _values(field: Field) -> tuple[str, ...]:
    return (field.value,) if isinstance(field.value, str) else field.value


def _distinct(choices: tuple[Choice, ...]) -> list[Choice]:
    found: dict[str, Choice] = {}
    for choice in choices:
        found.setdefault(choice.value, choice)
    return list(found.values())


def _option(choice: Choice) -> Json:
    """Return an option; a label too long for one line goes on in the line below. Its value must not be empty."""
    value = "=" + choice.value
    if length(value) > _OPTION_VALUE:
        raise ValueError(f"{choice.value[:40]}…: a choice's value is at most {_OPTION_VALUE - 1} characters")
    first, *rest = split(" ".join(scrub(choice.label).split()), _OPTION)
    option: Json = {"text": label(first, _OPTION), "value": value}
    if rest:
        option["description"] = label("".join(rest), _OPTION)
    return option
