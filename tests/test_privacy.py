"""Masking keeps what may stay, leaves all else untouched and nothing of a number, and bears hostile text."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import privacy
from bot.personal_data import DETECTORS
from bot.privacy import Finding, Kind, find, mask
from tests.invented import ANY_DIGIT, CARD_16, IDENTITY, IDENTITY_X, MOBILE, card_number, identity_number, kinds

LABELLED = Path(__file__).resolve().parents[2] / "shared/data/callcentre_dev.tsv"


# What stays


@pytest.mark.parametrize(
    "text",
    [
        "扣了3000元，说好12,500.00，打八五折",
        "2026-11-22 15:30，2026年11月22日，2026/11/22，20261122",
        "iPhone 15 Pro、A4纸、v1.2.3.4、12.5%、+5000积分",
        "第1章，3-5天，10:00-18:00，一五一十，三三两两",
        "",
    ],
)
def test_figures_stay(text: str) -> None:
    assert find(text) == ()


@pytest.mark.parametrize(
    "text",
    ["工号8021", "工号：8021", "客服 8021", "staff no. 8021", "agent ID 8021", "坐席编号8021", "员工编号：AB-80214567"],
)
def test_staff_numbers_stay(text: str) -> None:
    assert mask(text) == text
    assert mask(f"{text}，{MOBILE}").startswith(text)


def test_a_staff_label_does_not_shield_a_telephone_number() -> None:
    assert mask("工号138 0013 8000") == "工号[手机号]"
    assert mask(f"工号{MOBILE}") == "工号[手机号]"


def test_numbers_and_names_to_keep_stay() -> None:
    assert mask("编号8021，编号8022") == "编号[单号]，编号[单号]"
    assert mask("编号8021，编号8022", keep=["8021"]) == "编号8021，编号[单号]"
    assert mask("编号ｋ-８０２１", keep=("K8021",)) == "编号ｋ-８０２１"
    assert mask("小李中山南路217号") == "[地址]"
    assert mask("小李中山南路217号", keep={"小李"}) == "小李[地址]"
    assert mask("小李中山南路217号", keep=["小李", "217", "", "王芳"]) == "小李[地址]"


def test_a_members_desk_is_no_address() -> None:
    people = frozenset({"张路", "李庄", "a2023080112", "2023080112345", "李娜"})
    for text in (
        "表扬张路5号坐席",
        "感谢李庄3号，很耐心",
        "A2023080112服务好",
        "工号2023080112345很好",
        "客户李娜说好",
    ):
        assert mask(text, people) == text
        assert find("13800138000" + text, people)[0].kind is Kind.MOBILE
    assert mask("张路5号楼3单元201室", people) == "张路[地址]"
    assert mask("浙江省李庄3号", people) == "[地址]"
    assert mask("12 Baker Street", {"Baker"}) == "[address]"


def test_what_is_kept_never_uncovers_more() -> None:
    assert mask("138 8021 8888", keep=["8021"]) == "[phone]"
    assert mask("中山路十号", keep=["路十号"]) == "[地址]"
    assert mask("中山路12号", keep=["12", "路12"]) == "[地址]"


# The marks


def test_marks_are_written_in_the_language_of_the_text() -> None:
    assert mask(f"Call {MOBILE}") == "Call [phone]"
    assert mask(f"请 call {MOBILE}") == "请 call [手机号]"


def test_every_kind_has_marks_without_digits_in_both_languages() -> None:
    examples = {
        Kind.MOBILE: MOBILE,
        Kind.LANDLINE: "010-87654321",
        Kind.ID_CARD: IDENTITY,
        Kind.PASSPORT: "passport E12345678",
        Kind.BANK_CARD: CARD_16,
        Kind.EMAIL: "a.b@example.com",
        Kind.ADDRESS: "12 Baker Street",
        Kind.PLATE: "京A12345",
        Kind.ORDER_NUMBER: "SF1234567890123",
        Kind.WECHAT: "vx: zhang_1990",
        Kind.QQ: "QQ 87654321",
        Kind.CODE: "otp 482913",
        Kind.NAME: "车主邓少华",
    }
    assert set(examples) == set(Kind) == {detector.kind for detector in DETECTORS}
    for kind, text in examples.items():
        assert kinds(text) == kinds(f"好 {text}") == [kind]
        for masked in (mask(text), mask(f"好 {text}")):
            assert re.search(r"\[[^\]\d]+\]", masked)
            assert not ANY_DIGIT.search(masked)


def test_positions_are_those_of_the_text_as_given() -> None:
    text = f"\u200b电\x00话1\u200b{MOBILE[1:]}\u200b"
    assert find(text) == (Finding(Kind.MOBILE, 4, 16),)
    assert mask(text) == "\u200b电\x00话[手机号]\u200b"


# Properties

PIECES = st.sampled_from(
    [
        *"一二三零幺洞0123456789X@ -.,，、·+()[]【】:：#号路街栋室元年月嗯的a\0\u200b\n",
        *(
            "卡号",
            "尾号",
            "身份证号",
            "订单号",
            "单号",
            "电话",
            "手机",
            "微信号",
            "QQ",
            "工号",
            "客服",
            "客户",
            "车主",
            "邓少",
            "本人",
            "我是",
            "姓名：",
            "李明",
            "为您服务",
            "验证码",
            "（",
            "护照",
            "车牌",
            "京A",
            "粤B",
        ),
        *(
            "order no. ",
            "card ending in ",
            "wechat id ",
            "tel ",
            "agent id ",
            "last four ",
            " ext. ",
            "my name is ",
            "Mr ",
            "Mary Jones",
            " called in",
            "'s card",
            "Regards, ",
            ".\n- ",
            " speaking",
            "Street",
            "Flat 3, ",
        ),
        *(
            MOBILE,
            "138",
            "0013",
            "8000",
            "幺三八",
            "零零一三",
            IDENTITY,
            IDENTITY_X,
            CARD_16,
            "6217",
            "+86",
            "010",
            "(0755)",
            "87654321",
        ),
        *(
            "中山路",
            "花园",
            "12号",
            "3-2-501",
            "a@b.com",
            "12 Baker Street",
            "2026-11-22",
            "SF1234567890123",
            "[手机号]",
            "[QQ]",
        ),
    ]
)
HOSTILE_TEXT = st.lists(PIECES, max_size=30).map("".join)
TEXT = st.one_of(
    st.text(max_size=60), HOSTILE_TEXT, st.lists(PIECES, min_size=1, max_size=4).map(lambda some: "".join(some) * 8)
)
KEEP = st.lists(st.sampled_from(["8021", "中山", MOBILE, "路", "小李", ""]), max_size=3)


@given(TEXT, KEEP)
@settings(deadline=None)
@example("a@b.com_" * 5, [])
@example("12 Baker Street888866668021", [])  # the street is seen once the number after it is gone
@example("12 Baker Street" * 5, [])
@example("+85291234567" * 5, [])
@example("中山路3-2-501" * 5, ["中山"])
@example("62 17 00 " * 9, [])
def test_masking_twice_is_masking_once(text: str, keep: list[str]) -> None:
    once = mask(text, keep)
    assert mask(once, keep) == once


@given(TEXT, KEEP)
@settings(deadline=None)
def test_findings_are_ordered_apart_and_all_else_is_untouched(text: str, keep: list[str]) -> None:
    findings = find(text, keep)
    places = [place for finding in findings for place in (finding.start, finding.end)]
    assert places == sorted(places)
    assert all(0 <= finding.start < finding.end <= len(text) for finding in findings)
    masked = mask(text, keep)
    for start, end in zip([0, *places[1::2]], [*places[::2], len(text)], strict=True):
        outside = text[start:end]
        assert masked.startswith(outside)
        masked = re.sub(r"\A\[[^\]]+\]", "", masked[len(outside) :])
    assert masked == ""


WRITINGS = st.sampled_from(
    ["0123456789", "０１２３４５６７８９", "零一二三四五六七八九", "洞幺两三四五六拐八勾", "٠١٢٣٤٥٦٧٨٩"]
)
NINE_DIGITS = st.text("0123456789", min_size=9, max_size=9)
NUMBERS = st.one_of(
    st.tuples(st.sampled_from("3456789"), NINE_DIGITS).map(lambda parts: "1" + "".join(parts)),
    st.tuples(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.text("0123456789", min_size=3, max_size=3)).map(
        lambda parts: identity_number(f"310101{parts[0]:%Y%m%d}{parts[1]}")
    ),
    st.text("0123456789", min_size=15, max_size=17).map(lambda digits: card_number("6" + digits)),
)


@given(
    NUMBERS,
    WRITINGS,
    st.sampled_from(["", "\u200b", "\0", "\u202e", "\u2060\ufe0f"]),
    st.sampled_from(["", "电话", "call ", "是"]),
)
@settings(deadline=None)
def test_no_digit_of_a_number_survives_in_any_writing(number: str, writing: str, hidden: str, before: str) -> None:
    written = hidden.join(number.translate(str.maketrans("0123456789", writing)))
    masked = mask(f"{before}{written}，谢谢")
    assert not ANY_DIGIT.search(masked)
    assert "X" not in masked


@given(NINE_DIGITS, st.lists(st.sampled_from(["", " ", "-"]), min_size=10, max_size=10), WRITINGS)
@settings(deadline=None)
def test_no_digit_of_a_mobile_number_survives_between_separators(
    nine: str, separators: list[str], writing: str
) -> None:
    number = f"17{nine}"
    written = number[0] + "".join(separator + digit for separator, digit in zip(separators, number[1:], strict=True))
    groups = re.findall("[0-9]+", written)
    if all(group.endswith("00") for group in groups) or re.search(r"\b(?:19|20)\d\d([- ])\d\d?\1\d\d?\b", written):
        return  # a list of round figures, a date
    assert not ANY_DIGIT.search(mask(f"电话{written.translate(str.maketrans('0123456789', writing))}"))


@given(
    st.integers(0, 999_999_999),
    st.sampled_from(
        [
            "扣了{}元",
            "扣了{:,}元",
            "共￥{:,}.00",
            "{:,} points",
            "{}次",
            "等了{}分钟",
            "涨了{}%",
            "积分+{}",
            "花了 {} 块钱",
        ]
    ),
)
@settings(deadline=None)
def test_amounts_and_counts_are_never_touched(amount: int, template: str) -> None:
    text = template.format(amount)
    assert mask(text) == text


@given(
    st.datetimes(),
    st.sampled_from(
        ["%Y-%m-%d", "%Y年%m月%d日", "%Y%m%d", "%Y/%m/%d %H:%M", "%d.%m.%Y", "%H:%M:%S", "%Y-%m-%d %H:%M:%S"]
    ),
)
@settings(deadline=None)
def test_dates_and_times_are_never_touched(moment: datetime, template: str) -> None:
    text = f"我在{moment:{template}}打的电话"
    assert mask(text) == text


@given(
    st.integers(100, 999_999),
    st.sampled_from(["工号{}", "工号：{}", "客服 {} 很好", "staff no. {}", "agent ID {}", "员工编号{}"]),
)
@settings(deadline=None)
def test_a_staff_number_in_context_always_stays(number: int, template: str) -> None:
    text = template.format(number)
    assert mask(text) == text


REPEATED = (
    *(
        "1",
        "13",
        "@",
        "a",
        "a@",
        "a.",
        "a@b.com_",
        "中",
        "一",
        "幺三",
        "号",
        "1号",
        "路1号",
        "1 ",
        "13 ",
        "1 3 ",
        "2020 ",
    ),
    *(
        "一 ",
        "卡",
        "卡1",
        "order-",
        "ref 1234 ",
        "单号",
        "京A",
        "12 Ab ",
        "+1",
        "0",
        "(",
        " ",
        "\0",
        "1\0",
        "嗯",
        "card ",
    ),
    *("1234567890123元", "+85291234567", "12 Baker Street", "中山路3-2-501", "(0755)87654321", "110101 19900307 123X"),
    *("尾号 ", "٣", "62 17 ", "138零零13八零零零", "幺 三八零零一三八零零零"),
)


@pytest.mark.parametrize("pattern", ["1", "@", "中", "一", "a@", "13 ", "路1号"])
def test_a_hundred_kilobytes_of_anything_are_read(pattern: str) -> None:
    assert mask(once := mask(pattern * (100_000 // len(pattern)))) == once


@pytest.mark.parametrize("pattern", REPEATED)
def test_repetition_takes_no_more_sweeps(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sweeps: list[str] = []
    sweep = privacy._sweep

    def counted(plain: str, kept: frozenset[str]) -> list[tuple[Kind, int, int]]:
        sweeps.append(plain)
        return sweep(plain, kept)

    monkeypatch.setattr(privacy, "_sweep", counted)
    mask(pattern * 60)
    assert len(sweeps) <= 3


# Against labelled comments

LABELS = {
    "mobile": Kind.MOBILE,
    "email": Kind.EMAIL,
    "bankcard": Kind.BANK_CARD,
    "idcard": Kind.ID_CARD,
    "policy": Kind.ORDER_NUMBER,
    "address": Kind.ADDRESS,
    "plate": Kind.PLATE,
}


@pytest.mark.skipif(not LABELLED.exists(), reason=f"the labelled comments are not here: {LABELLED}")
def test_labelled_comments_are_masked_without_loss_or_excess() -> None:
    with LABELLED.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    wanted = [Counter(LABELS[name] for name in row["pii"].split(",") if name in LABELS) for row in rows]
    got = [Counter(kind for kind in kinds(row["text"]) if kind in LABELS.values()) for row in rows]
    hits = sum((want & have).total() for want, have in zip(wanted, got, strict=True))
    assert hits >= 0.95 * sum(want.total() for want in wanted)
    assert hits >= 0.95 * sum(have.total() for have in got)
