"""Customer comments out of files and webhook bodies.

Bad data makes `RowError`s, each with its line and a code, and never costs the good rows. Only a file that cannot be
read at all raises: a `Problem`. What the codes say to people is written where they are shown.
"""

from bot.intake.files import count_rows, read_file
from bot.intake.rows import MAX_FIELD, MAX_TEXT, CommentRow, Problem, ProblemCode, RowCode, RowError
from bot.intake.webhook import (
    MAX_BODY,
    MAX_COMMENTS,
    SignatureCode,
    SignatureError,
    parse_webhook,
    verify_signature,
)

__all__ = [
    "MAX_BODY",
    "MAX_COMMENTS",
    "MAX_FIELD",
    "MAX_TEXT",
    "CommentRow",
    "Problem",
    "ProblemCode",
    "RowCode",
    "RowError",
    "SignatureCode",
    "SignatureError",
    "count_rows",
    "parse_webhook",
    "read_file",
    "verify_signature",
]
