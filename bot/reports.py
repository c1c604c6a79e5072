"""What codes of files, rules and checks say to people: what is wrong, and how to mend it."""

from __future__ import annotations

from bot.classifier.corpus import Mislabelled
from bot.classifier.partial import Start
from bot.classifier.tables import TEXT
from bot.classifier.tables import Problem as Untaggable
from bot.i18n import Translate, cause
from bot.intake import Problem, RowError
from bot.learning.words import LONGEST, WordError
from bot.rules import Mistake
from bot.setup import RosterError
from bot.storage.verification import Discrepancy


def row_error(error: RowError, _: Translate) -> str:
    """Return what is wrong with a row of a comments file."""
    value = error.value
    text = {
        "text_missing": _("there is no text"),
        "text_too_long": _("the text has {value} characters; 10000 are allowed", value=value),
        "field_too_long": _("the column “{value}” is too long", value=value),
        "bad_field": _("the column “{value}” holds no plain text", value=value),
        "bad_time": _("“{value}” is not a time; write 2026-11-22 09:05", value=value),
        "bad_columns": _("wrong number of columns: {value} (found/expected)", value=value),
        "bad_json": _("the line is not valid JSON {value}", value=value),
        "bad_encoding": _("the line is not readable text ({value})", value=value),
        "line_too_long": _("the line is too long"),
        "too_large": _("too much at once"),
        "too_many_rows": _("{value} comments at once are too many", value=value),
    }[error.code]
    return _("line {line}: {text}", line=error.line, text=text)


def word_error(error: WordError, _: Translate) -> str:
    """Return what is wrong with a line of a list of words."""
    value = error.value
    text = {
        "too_short": _("“{value}” is a single character", value=value),
        "too_long": _("“{value}…” has more than {limit} characters", value=value, limit=LONGEST),
        "not_a_word": _("“{value}” holds more than Chinese characters, letters and digits", value=value),
        "too_many": _("more than {value} words", value=value),
    }[error.code]
    return _("line {line}: {text}", line=error.line, text=text)


def file_problem(problem: Problem, _: Translate) -> str:
    """Return why a comments file cannot be read at all, and what to do."""
    data = problem.data
    return {
        "not_readable": _("The file cannot be read: {reason}", reason=_why(data.get("reason"), _)),
        "empty_file": _("The file is empty."),
        "unknown_format": _("This is neither CSV, TSV, XLSX nor JSONL. Save it as one of these."),
        "no_text_column": _(
            "No column holds the comments. Found: {headers}. Name the column “text” or “评论内容”.",
            headers=_listed(data.get("headers", ())),
        ),
        "encrypted": _("The workbook is protected by a password. Save it without one."),
        "corrupt": _("The workbook is damaged. Open it in a spreadsheet and save it again."),
        "too_large": _("The file is larger than is read at once ({limit}). Split it.", limit=data.get("limit", "")),
    }[problem.code]


def _why(reason: object, _: Translate) -> str:
    return cause(reason, _) if isinstance(reason, OSError) else str(reason)


def mislabelled(row: Mislabelled, _: Translate) -> str:
    """Return what is wrong with a row of a labelled file."""
    value, expected = row.value, row.expected
    text = {
        "cells": _("{value} cells instead of {expected}", value=value, expected=expected),
        "not_a_flag": _("{column} must be 0 or 1, not “{value}”", column=expected, value=value),
        "not_a_primary": _("primary must be a tag or none, not “{value}”", value=value),
        "not_a_tier": _("tier must be basic, highlight or none, not “{value}”", value=value),
        "text_empty": _("there is no text"),
        "tagged_without_praise": _("what is not praise can have no tag, no primary tag and no tier"),
        "praise_without_tag": _("praise needs at least one tag"),
        "primary_without_tag": _("the primary tag must be one of the tags"),
        "praise_without_tier": _("praise needs a tier"),
        "highlight_without_value_added": _("a highlight needs the tag value_added"),
        "id_taken": _("the id {value} is taken in {file}", value=value, file=expected),
        "text_taken": _("{value} says the same as {other}", value=value, other=expected),
        "bad_mark": _("“{value}” is no mark of a clause; write 12-20:a", value=value),
        "mark_contradicts": _("a clause is marked {value}, but {column} is 0", value=value, column=expected),
    }[row.code]
    if not row.line:
        return _("{file}: {text}", file=row.file, text=text)
    return _("{file}, line {line}: {text}", file=row.file, line=row.line, text=text)


def untaggable(row: Untaggable, _: Translate) -> str:
    """Return why a row of a file cannot be tagged."""
    text = {
        "cells": _("{value} cells instead of {expected}", value=row.value, expected=row.expected),
        "cell_too_long": _("a cell has more than {value} characters; close the quotation mark", value=row.value),
        "not_json": _("the line is not valid JSON from character {value} on", value=row.value),
        "extreme_json": _("the line is nested too deeply or holds too long a number"),
        "no_text": _("there is no “{column}” with words", column=TEXT),
    }[row.code]
    return _("line {line}: {text}", line=row.line, text=text)


def start(found: Start, _: Translate) -> str:
    """Return where the tagging of a file starts, nothing if that goes without saying."""
    if found.rows:
        return _("An earlier run was stopped: going on after row {rows}.", rows=found.rows)
    return {
        "": "",
        "source": _("The file has changed since the run that was stopped: beginning anew."),
        "model": _("The model is another than that of the run that was stopped: beginning anew."),
        "program": _("Praisebot is another version than in the run that was stopped: beginning anew."),
        "damaged": _("What is left of the run that was stopped is damaged: beginning anew."),
    }[found.instead]


def _listed(headers: object) -> str:
    return ", ".join(str(header) for header in headers) if isinstance(headers, list | tuple) else str(headers)


def mistake(found: Mistake, _: Translate) -> str:
    """Return what is wrong with a line of a rules file, and the fix."""
    data = found.data
    text = {
        "too_large": _("the file is too large"),
        "syntax": _("not valid TOML: {detail}", detail=data.get("detail", "")),
        "missing": _("is missing; add it"),
        "not_integer": _("must be a whole number from {low} to {high}", low=data.get("low"), high=data.get("high")),
        "out_of_range": _("must be from {low} to {high}", low=data.get("low"), high=data.get("high")),
        "not_a_choice": _("must be one of: {choices}", choices=data.get("choices")),
        "not_choices": _("must be a list of: {choices}", choices=data.get("choices")),
        "not_a_time": _("must be a time such as “09:00”"),
        "unknown_key": _("is not known; remove it or correct its name"),
        "highlight_below_basic": _("is below the basic praise ({basic}); raise it", basic=data.get("basic")),
    }[found.code]
    if not found.key:
        return _("line {line}: {text}", line=found.line, text=text)
    return _("line {line}: {key} {text}", line=found.line, key=found.key, text=text)


def roster_error(error: RosterError, _: Translate) -> str:
    """Return what is wrong with a row of a roster."""
    text = {
        "name_missing": _("the name is missing"),
        "bad_role": _("“{value}” is not a role; use agent, supervisor, manager or admin", value=error.value),
        "bad_locale": _("“{value}” is not a language; use zh_CN or en", value=error.value),
        "bad_timezone": _("“{value}” is not a timezone; use one such as Asia/Shanghai", value=error.value),
        "staff_number_taken": _("the staff number {value} is taken", value=error.value),
        "email_taken": _("the address {value} is taken", value=error.value),
    }[error.code]
    return _("line {line}: {text}", line=error.line, text=text)


def discrepancy(found: Discrepancy, _: Translate) -> str:
    """Return what does not add up in the ledger."""
    what = {
        "unbalanced": _("entry {subject}: its postings do not sum to zero", subject=found.subject),
        "bad_reversal": _("entry {subject}: it does not undo what it reverses", subject=found.subject),
        "worth": _("entry {subject}: its points are not what its rules say", subject=found.subject),
        "praise_bookings": _("praise {subject}: the bookings do not match its status", subject=found.subject),
        "total": _("member {subject}: a day’s totals are not what the postings say", subject=found.subject),
        "balance": _("member {subject}: the balance is not what the postings say", subject=found.subject),
    }[found.code]
    return _("{what} (expected {expected}, found {found})", what=what, expected=found.expected, found=found.found)
