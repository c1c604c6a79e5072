"""Forms as Adaptive Cards, in a message or in a dialog, and what was filled in as the submission every chat sends.

An input's id tells the field's name and kind, so that what was sent can be read without the form.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any, Literal
from urllib.parse import quote, unquote

from bot.chat import Choice, Field, Form, Submission, Value
from bot.i18n import translator
from bot.platforms.teams_cards import quotation
from bot.platforms.teams_elements import (
    LARGEST,
    OURS,
    REFRESH,
    Json,
    action_set,
    adaptive,
    execute,
    line,
    lines,
    run,
    weight,
)
from bot.platforms.teams_text import inert, on_one_line, scrub, shorten

_TITLE, _LABEL, _HINT, _ERROR = 200, 500, 1000, 1000
_OPTION = 150
_OPTIONS, _RADIOS, _PEOPLE = 100, 6, 100
_WRITTEN, _ONE_LINE = 3000, 150
_ABOUT = (6000, 3000, 1000, 300)
_NOTHING: Mapping[str, str] = {}
_DIRECTORY = "graph.microsoft.com/users"


def form_card(
    form: Form,
    locale: str,
    *,
    names: Mapping[str, str] = _NOTHING,
    origin: Mapping[str, str] = _NOTHING,
    shown: Literal["message", "dialog"] = "message",
) -> Json:
    """Return the card of a form, at most `LARGEST` bytes.

    ``names`` are those of people who can be chosen without a search, by account. ``origin`` comes back with the form
    (see `origin_of`): where an answer to it belongs. A dialog has its own title and cannot be cancelled by a button of
    the card. A field of choices without any is left out. Raises `ValueError` when it cannot be made to fit: forms are
    written in the program, and with a part of one left out something else would be sent than was asked for.
    """
    if len({field.name for field in form.fields}) < len(form.fields):
        raise ValueError(f"{form.name}: two fields of one name")
    for longest in _ABOUT:
        body = _body(form, locale, names, longest, shown)
        more: Json = {}
        carried = {
            "name": form.name,
            "form": True,
            "values": dict(form.carries),
            "origin": dict(origin),
            "once": secrets.token_urlsafe(9),  # makes each form that is shown one of its own
        }
        if shown == "dialog":
            submit = execute(form.submit, carried, "primary", inputs=True)
            more["actions"] = [{"type": "Action.Submit", "title": submit["title"], "data": submit["data"]}]
        else:
            cancel = {"name": REFRESH, "key": origin.get("key", ""), "form": True}
            body.append(
                action_set(
                    [
                        execute(form.submit, carried, "primary", inputs=True),
                        execute(translator(locale)("Cancel"), cancel),
                    ]
                )
            )
        card = adaptive(body, on_one_line(form.title, _TITLE) or "–", **more)
        if weight(card) <= LARGEST:
            return card
    raise ValueError(f"{form.name}: {weight(card)} bytes, where {LARGEST} are possible")


def title_of(form: Form) -> str:
    """Return the title of a form's dialog."""
    return inert(on_one_line(form.title, 60)) or "–"


def _body(form: Form, locale: str, names: Mapping[str, str], longest: int, shown: str) -> list[Json]:
    inputs = {field.name: found for field in form.fields if (found := _input(field, locale, names))}
    title = on_one_line(form.title, _TITLE)
    body = [line([run(title, bold=True) | {"size": "Medium"}])] if title and shown == "message" else []
    body += [element for name, text in form.errors.items() if name not in inputs for element in _error(text)]
    body += quotation(form.about, longest=longest)
    for name, elements in inputs.items():
        body += [*_error(form.errors.get(name, "")), *elements]
    return body


def _error(text: str) -> list[Json]:
    return lines(shorten(scrub(text).strip(), _ERROR), bold=True, color="Attention")


# --- fields ----------------------------------------------------------------------------------------------------------


def _input(field: Field, locale: str, names: Mapping[str, str]) -> list[Json]:
    """Return the elements of a field, none for choices without any."""
    element = _ELEMENTS[field.kind](field, names, locale)
    if element is None:
        return []
    required = field.required and field.kind != "toggle"
    element |= {
        "id": f"{field.kind}{'*' if field.several else ''}:{field.name}",
        "label": inert(on_one_line(field.label, _LABEL)) or "–",
    }
    if required:
        element |= {"isRequired": True, "errorMessage": translator(locale)("Please fill this in.")}
    hint = shorten(scrub(_hint(field, locale)).strip(), _HINT)
    return [element, *lines(hint, quiet=True)]


def _hint(field: Field, locale: str) -> str:
    left_out = len(_distinct(field.choices)) - _OPTIONS if field.kind == "choice" else 0
    notice = translator(locale)("Not shown for lack of room: {count}.", count=left_out) if left_out > 0 else ""
    return "\n".join(part for part in (notice, field.hint) if part)


def _text(field: Field, _: Mapping[str, str], __: str) -> Json | None:
    limit = min(max(field.limit, 1), _WRITTEN)
    element: Json = {"type": "Input.Text", "isMultiline": limit > _ONE_LINE, "maxLength": limit}
    if words := shorten(scrub("".join(_values(field)[:1])), limit):
        element["value"] = words
    return element


def _people(field: Field, names: Mapping[str, str], _: str) -> Json | None:
    chosen = [account for account in dict.fromkeys(_values(field)) if account and "," not in account]
    offered = [account for account in names if account not in chosen][: _PEOPLE - len(chosen)]
    choices = [_choice(account, names.get(account, account)) for account in (*chosen, *offered)]
    element: Json = {
        "type": "Input.ChoiceSet",
        "style": "filtered",
        "choices": choices,
        "choices.data": {"type": "Data.Query", "dataset": _DIRECTORY},
    }
    if field.several:
        element["isMultiSelect"] = True
    if chosen:
        element["value"] = ",".join(chosen if field.several else chosen[:1])
    return element


def _toggle(field: Field, _: Mapping[str, str], locale: str) -> Json | None:
    return {
        "type": "Input.Toggle",
        "title": translator(locale)("Yes"),
        "valueOn": "true",
        "valueOff": "false",
        "value": "true" if "true" in _values(field) else "false",
    }


def _choices(field: Field, _: Mapping[str, str], __: str) -> Json | None:
    chosen = _values(field)
    first = sorted(_distinct(field.choices), key=lambda choice: choice.value not in chosen)[:_OPTIONS]
    there = {choice.value for choice in first}  # what is chosen must be there
    options = [choice for choice in _distinct(field.choices) if choice.value in there]
    if not options:
        return None
    few = len(options) <= _RADIOS
    element: Json = {
        "type": "Input.ChoiceSet",
        "style": "expanded" if few or field.several else "compact",
        "choices": [_choice(_packed(option.value), option.label) for option in options],
        "wrap": True,
    }
    values = [_packed(option.value) for option in options if option.value in chosen]
    if field.several:
        element["isMultiSelect"] = True
    if values:
        element["value"] = ",".join(values if field.several else values[:1])
    return element


_ELEMENTS: Mapping[str, Callable[[Field, Mapping[str, str], str], Json | None]] = {
    "text": _text,
    "people": _people,
    "choice": _choices,
    "toggle": _toggle,
}


def _choice(value: str, label: str) -> Json:
    return {"title": inert(on_one_line(label, _OPTION)) or "–", "value": value}


def _packed(value: str) -> str:
    """Return a choice's value as it can stand between commas, and is never empty."""
    return "=" + quote(scrub(value), safe="")


def _values(field: Field) -> tuple[str, ...]:
    return (field.value,) if isinstance(field.value, str) else field.value


def _distinct(choices: tuple[Choice, ...]) -> list[Choice]:
    found: dict[str, Choice] = {}
    for choice in choices:
        found.setdefault(choice.value, choice)
    return list(found.values())


# --- what is sent ----------------------------------------------------------------------------------------------------


def submission(data: Mapping[str, Any], accounts: Mapping[str, str] = _NOTHING) -> Submission:
    """Return what a button or a form sends, from the ``data`` of an action, in the form of the local chat: a toggle as
    ``"true"`` or ``""``, people as their accounts, several as a tuple, an empty text as ``""``. ``accounts`` are those
    of `chosen_people`.

    Raises `ValueError` for anything that was not made here.
    """
    carried = _ours(data)
    name = carried.get("name")
    if not isinstance(name, str) or not name:
        raise ValueError("a button without a name")
    filled: dict[str, Value] = dict(_texts(carried.get("values", {})))
    if carried.get("form"):
        for key, value in data.items():
            kind, colon, field = key.partition(":")
            if colon and kind.rstrip("*") in _ELEMENTS:
                filled[field] = _value(kind.rstrip("*"), kind.endswith("*"), value, accounts)
    return Submission(name, filled)


def chosen_people(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return whom a form's fields name. Teams names people by their accounts; some of its clients by other ids."""
    texts = [value for key, value in data.items() if key.startswith(("people:", "people*:")) and isinstance(value, str)]
    return tuple(part.strip() for text in texts for part in text.split(",") if part.strip())


def origin_of(data: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the ``origin`` that `form_card` was given; that of a button has the ``key`` of its message."""
    carried = _ours(data)
    key = carried.get("key")
    return {**({"key": key} if isinstance(key, str) and key else {}), **_texts(carried.get("origin", {}))}


def is_form(data: Mapping[str, Any]) -> bool:
    """Return whether it comes from a form."""
    return bool(_ours(data).get("form"))


def once_of(data: Mapping[str, Any]) -> str:
    """Return what makes a form the one it is, however often it is sent; empty for a button."""
    return str(_ours(data).get("once") or "")


def _ours(data: Mapping[str, Any]) -> Mapping[str, Any]:
    carried = data.get(OURS)
    if not isinstance(carried, Mapping):
        raise ValueError("not a button of ours")
    return carried


def _texts(data: Any) -> dict[str, str]:
    if not isinstance(data, Mapping) or not all(isinstance(part, str) for item in data.items() for part in item):
        raise ValueError("not a mapping of texts")
    return dict(data)


def _value(kind: str, several: bool, value: Any, accounts: Mapping[str, str]) -> Value:
    text = scrub(value if isinstance(value, str) else "")
    if kind == "text":
        return text
    if kind == "toggle":
        return "true" if text == "true" or value is True else ""
    parts = tuple(part.strip() for part in text.split(",") if part.strip())
    if kind == "choice":
        parts = tuple(unquote(part.removeprefix("=")) for part in parts)
    if kind == "people":
        parts = tuple(accounts.get(part, part) for part in parts)
    if several:
        return parts
    return parts[0] if parts else ""
