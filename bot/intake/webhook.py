"""Comments that another system posts: the body, and the signature that says who sent it."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.intake.rows import CommentRow, RowError, from_object

MAX_BODY = 1024 * 1024
"""Bytes of a body."""
MAX_COMMENTS = 500
"""Comments in one body."""

SignatureCode = Literal["missing", "malformed", "stale", "mismatch"]


class SignatureError(Exception):
    """Why a request is not taken for one of a partner's."""

    def __init__(self, code: SignatureCode) -> None:
        super().__init__(code)
        self.code = code


def parse_webhook(body: bytes, *, timezone: str) -> tuple[tuple[CommentRow, ...], tuple[RowError, ...]]:
    """Return the comments of ``{"comments": [{"text": …, "id": …, "agent": …, "time": …}]}``, or of one such object.

    Keys are named as columns of files are. ``line`` is the place in the list, from 1; an error of the whole body has 0,
    and then there are no comments. Times without a zone are local in ``timezone``, an IANA name.
    """
    if len(body) > MAX_BODY:
        return (), (RowError(0, "too_large", str(len(body))),)
    try:
        content = json.loads(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return (), (RowError(0, "bad_encoding", body[error.start : error.start + 4].hex(" ")),)
    except json.JSONDecodeError as error:
        return (), (RowError(0, "bad_json", str(error.pos + 1)),)
    except (ValueError, RecursionError):  # a number of thousands of digits; thousands of brackets
        return (), (RowError(0, "bad_json"),)
    objects = content.get("comments", [content]) if isinstance(content, dict) else None
    if not isinstance(objects, list):
        return (), (RowError(0, "bad_json", "1"),)
    if len(objects) > MAX_COMMENTS:
        return (), (RowError(0, "too_many_rows", str(len(objects))),)
    zone = ZoneInfo(timezone)
    results = [from_object(number, item, zone) for number, item in enumerate(objects, start=1)]
    return (
        tuple(result for result in results if isinstance(result, CommentRow)),
        tuple(result for result in results if isinstance(result, RowError)),
    )


def verify_signature(
    secret: str,
    timestamp: str,
    body: bytes,
    signature: str,
    *,
    now: datetime,
    tolerance: timedelta = timedelta(minutes=5),
) -> None:
    """Return when ``signature`` is right for ``body`` and ``timestamp`` is within ``tolerance`` of ``now``.

    It is ``sha256=`` and the HMAC of ``v1:timestamp:body`` in 64 hex digits, ``timestamp`` seconds since 1970.
    ``timestamp`` and ``signature`` are headers as they came in. Raises `SignatureError`; `ValueError` for an empty
    secret, with which anybody could sign.
    """
    if not secret:
        raise ValueError("a webhook needs a secret")
    if not timestamp or not signature:
        raise SignatureError("missing")
    if not re.fullmatch(r"[0-9]{1,12}", timestamp) or not re.fullmatch(r"sha256=[0-9a-fA-F]{64}", signature):
        raise SignatureError("malformed")
    if abs(now.timestamp() - int(timestamp)) > tolerance.total_seconds():
        raise SignatureError("stale")
    given = bytes.fromhex(signature.removeprefix("sha256="))
    if not hmac.compare_digest(_digest(secret, timestamp, body), given):
        raise SignatureError("mismatch")


def _digest(secret: str, timestamp: str, body: bytes) -> bytes:
    return hmac.digest(secret.encode(), b"v1:" + timestamp.encode() + b":" + body, hashlib.sha256)
