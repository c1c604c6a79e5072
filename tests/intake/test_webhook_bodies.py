import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.intake import (
    MAX_BODY,
    MAX_COMMENTS,
    CommentRow,
    RowError,
    SignatureError,
    parse_webhook,
    verify_signature,
)

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
SECRET = "correct horse battery staple"
Parsed = tuple[tuple[CommentRow, ...], tuple[RowError, ...]]


def parse(content: object) -> Parsed:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return parse_webhook(body, timezone="Asia/Shanghai")


def test_several_comments() -> None:
    rows, errors = parse(
        {"comments": [{"text": "谢谢", "id": "a", "agent": "@张伟", "time": "2026-11-22T09:05"}, {"text": "好"}]}
    )
    assert rows == (CommentRow(1, "谢谢", "a", "@张伟", NOW), CommentRow(2, "好"))
    assert errors == ()


def test_a_single_comment() -> None:
    assert parse({"text": "谢谢", "agent": 8021}) == ((CommentRow(1, "谢谢", agent="8021"),), ())


def test_bad_comments_do_not_cost_the_good_ones() -> None:
    rows, errors = parse({"comments": [{"text": ""}, {"text": "好"}, 5, {"text": "好", "time": "soon"}]})
    assert [row.line for row in rows] == [2]
    assert errors == (RowError(1, "text_missing"), RowError(3, "bad_json", "1"), RowError(4, "bad_time", "soon"))


def test_no_comments_are_no_error() -> None:
    assert parse({"comments": []}) == ((), ())


@pytest.mark.parametrize(
    ("body", "code", "value"),
    [
        (b"", "bad_json", "1"),
        (b"{", "bad_json", "2"),
        (b"[]", "bad_json", "1"),
        (b"null", "bad_json", "1"),
        (b'{"comments": {}}', "bad_json", "1"),
        (b'{"comments": null}', "bad_json", "1"),
        (b"[" * 500_000, "bad_json", ""),
        (b'{"text": ' + b"9" * 5000 + b"}", "bad_json", ""),
        (b'{"text": "\xff\xfe"}', "bad_encoding", "ff fe 22 7d"),
        (b" " * (MAX_BODY + 1), "too_large", str(MAX_BODY + 1)),
        (b'{"comments": [' + b"1," * MAX_COMMENTS + b"1]}", "too_many_rows", str(MAX_COMMENTS + 1)),
    ],
)
def test_a_body_that_cannot_be_read_is_one_error(body: bytes, code: str, value: str) -> None:
    assert parse(body) == ((), (RowError(0, code, value),))  # type: ignore[arg-type]


def test_as_many_comments_as_are_allowed() -> None:
    rows, errors = parse({"comments": [{"text": "好"}] * MAX_COMMENTS})
    assert (len(rows), errors) == (MAX_COMMENTS, ())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["text", "time", "date", "id", "comments", "工号"]), inner)
    ),
)


@settings(deadline=None)
@given(json_values)
def test_any_json_gives_rows_or_errors(content: object) -> None:
    rows, errors = parse(content)
    assert all(isinstance(row, CommentRow) for row in rows)
    assert all(isinstance(error, RowError) for error in errors)


@settings(deadline=None)
@given(st.binary(max_size=100))
def test_any_bytes_give_rows_or_errors(body: bytes) -> None:
    parse(body)


# --- signatures ------------------------------------------------------------------------------------------------------


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Sign as a sending system does."""
    return "sha256=" + hmac.new(secret.encode(), b"v1:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()


def refusal(
    body: bytes = b"{}", *, secret: str = SECRET, stamp: str = STAMP, signature: str | None = None, now: datetime = NOW
) -> str:
    signature = sign(SECRET, STAMP, b"{}") if signature is None else signature
    with pytest.raises(SignatureError) as caught:
        verify_signature(secret, stamp, body, signature, now=now)
    return caught.value.code


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.binary())
def test_what_partners_sign_with_an_hmac_is_accepted(secret: str, body: bytes) -> None:
    verify_signature(secret, STAMP, body, sign(secret, STAMP, body), now=NOW)


def test_another_body_secret_or_time_is_refused() -> None:
    assert refusal(b"{ }") == "mismatch"
    assert refusal(secret="another secret") == "mismatch"
    assert refusal(stamp=str(int(STAMP) + 1)) == "mismatch"
    assert refusal(signature="sha256=" + "0" * 64) == "mismatch"


@pytest.mark.parametrize("seconds", [301, -301, 86_400])
def test_old_and_early_requests_are_refused(seconds: int) -> None:
    assert refusal(now=NOW + timedelta(seconds=seconds)) == "stale"


@pytest.mark.parametrize("seconds", [300, -300])
def test_clocks_may_differ_by_the_tolerance(seconds: int) -> None:
    verify_signature(SECRET, STAMP, b"{}", sign(SECRET, STAMP, b"{}"), now=NOW + timedelta(seconds=seconds))


def test_absent_headers() -> None:
    assert refusal(signature="") == "missing"
    assert refusal(stamp="") == "missing"


@pytest.mark.parametrize("stamp", ["now", "1.5", "-5", " 5", "5\n", "１７", "9" * 5000, "\udcff", "1e9", "0x1"])
def test_malformed_times(stamp: str) -> None:
    assert refusal(stamp=stamp) == "malformed"


@pytest.mark.parametrize(
    "signature",
    [
        "x",
        "sha256=",
        "sha256=" + "0" * 63,
        "sha256=" + "g" * 64,
        "sha1=" + "0" * 64,
        "sha256=" + "０" * 64,
        "\udcff",
        "é" * 71,
    ],
)
def test_malformed_signatures(signature: str) -> None:
    assert refusal(signature=signature) == "malformed"


def test_hexadecimal_in_capitals_is_the_same_signature() -> None:
    signature = "sha256=" + sign(SECRET, STAMP, b"{}").removeprefix("sha256=").upper()
    verify_signature(SECRET, STAMP, b"{}", signature, now=NOW)


def test_without_a_secret_nothing_is_accepted() -> None:
    with pytest.raises(ValueError, match="secret"):
        verify_signature("", STAMP, b"{}", sign("", STAMP, b"{}"), now=NOW)
