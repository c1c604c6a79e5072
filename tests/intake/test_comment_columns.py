import pytest

from bot.intake.columns import recognise


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("text", "text"),
        ("Comment", "text"),
        (" CUSTOMER_FEEDBACK ", "text"),
        ("客户评论", "text"),
        ("客户 原话", "text"),
        ("＊评价内容（必填）", "text"),
        ("ＩＤ", "id"),
        ("工单号", "id"),
        ("Ticket-No.", "id"),
        ("工号", "agent"),
        ("Agent Name", "agent"),
        ("座席", "agent"),
        ("坐席姓名", "agent"),
        ("来电时间", "time"),
        ("Created At", "time"),
        ("日期", "date"),
        ("渠道", "channel"),
        ("source", "channel"),
        ("客户\n编号", "customer"),
    ],
)
def test_names_of_columns(header: str, column: str) -> None:
    assert recognise([header]) == {column: 0}


def test_the_words_are_preferred_to_the_stars() -> None:
    assert recognise(["评价", "评价内容", "内容"])["text"] == 1


def test_the_staff_number_is_preferred_to_the_name() -> None:
    assert recognise(["座席姓名", "工号"])["agent"] == 1


def test_of_two_columns_with_one_name_the_left_counts() -> None:
    assert recognise(["text", "text"]) == {"text": 0}


def test_what_is_no_known_name_is_left_alone() -> None:
    assert recognise(["", "x" * 10_000, "满意度", None, 5]) == {}
