"""Telephone, identity and card numbers are found in every writing; figures shaped like them stay. All are invented."""

from __future__ import annotations

import pytest

from bot.privacy import Kind, mask
from tests.invented import (
    ANY_DIGIT,
    CARD_16,
    CARD_19,
    IDENTITY,
    IDENTITY_X,
    MOBILE,
    card_number,
    found,
    identity_number,
    in_fours,
    kinds,
    wrong_last_digit,
)

# Mobile numbers


@pytest.mark.parametrize(
    "number",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "138.0013.8000",
        "138，0013，8000",
        "1380 0138 000",
        "13 80 01 38 00 0",
        "1 3 8 0 0 1 3 8 0 0 0",
        "+8613800138000",
        "+86 138 0013 8000",
        "+86-13800138000",
        "008613800138000",
        "8613800138000",
        "(+86)13800138000",
        "１３８００１３８０００",
        "＋８６　１３８　００１３　８０００",
        "一三八零零一三八零零零",
        "幺三八洞洞幺三八洞洞洞",
        "幺三八 零零一三 八零零零",
        "幺三八嗯零零一三呃八零零零",
        "幺三八，那个，零零一三，然后八零零零",
        "一九二两两一三八拐勾零",
        "138零零13八零零零",
        "①③⑧⓪⓪①③⑧⓪⓪⓪",
        "١٣٨٠٠١٣٨٠٠٠",
        "1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0",
        "1\u200b3\u200c8\u200d0\ufeff0\u20601\u00ad38000",
        "138\x000013\x008000",
        "138\u202e0013\u202c8000",
        "1̲3̲8̲0̲0̲1̲3̲8̲0̲0̲0",
        "0912-345-678",
        "+852 9123 4567",
        "00852 9123 4567",
        "+886 912 345 678",
        "+1 (212) 555-0123",
        "+44 (0)20 7946 0958",
    ],
)
def test_a_mobile_number_is_found_in_every_writing(number: str) -> None:
    assert found(f"请拨打{number}，谢谢") == [(Kind.MOBILE, number)]
    assert mask(f"请拨打{number}，谢谢") == "请拨打[手机号]，谢谢"


@pytest.mark.parametrize(
    "text",
    [
        "编码12012345678",  # no mobile number starts with 12
        "号段1380013800",
        "流量13500000000元已退",
        "共￥13500000000",
        "分别是1500 2000 300",
        "分别是135、1200、3000",
        "分别是135,1200,3000",
        "浏览量13,800,138,001次",
        "价格13.50 15.00 188",
        "住了15 2026-11-22 3",
    ],
)
def test_figures_shaped_like_a_mobile_number_stay(text: str) -> None:
    assert mask(text) == text


def test_a_digit_word_after_a_number_stays() -> None:
    assert mask(f"{MOBILE}一共打了三次") == "[手机号]一共打了三次"
    assert mask("幺三八零零一三八零零零一共打了三次") == "[手机号]一共打了三次"
    assert mask(f"①{MOBILE}②客服很好") == "①[手机号]②客服很好"


def test_a_figure_before_a_number_hides_nothing() -> None:
    assert mask(f"扣了13500000000元，电话{MOBILE}") == "扣了13500000000元，电话[手机号]"


def test_two_numbers_side_by_side_are_two() -> None:
    assert mask(f"{MOBILE}/{MOBILE}") == "[phone]/[phone]"
    assert mask("+85291234567+85291234567") == "[phone][phone]"


# Landlines


@pytest.mark.parametrize(
    "number",
    [
        "010-87654321",
        "01087654321",
        "0755 8765 4321",
        "(0755)87654321",
        "（0755）87654321转123",
        "0755-87654321-801",
        "021-67654321 ext. 12",
        "０１０－８７６５４３２１",
        "零一零八七六五四三二一",
        "零二一 八七六五 四三二一",
        "零七五五 八七六五 四三二一",
        "(212) 555-0123",
        "212-555-0123",
    ],
)
def test_a_landline_with_its_area_code_is_found(number: str) -> None:
    assert found(f"家里是{number}。") == [(Kind.LANDLINE, number)]


@pytest.mark.parametrize("introduction", ["电话", "座机：", "电话号码是", "tel. ", "Call me at ", "phone number: "])
def test_a_local_number_is_found_after_a_word_for_telephone(introduction: str) -> None:
    assert found(f"{introduction}8765 4321") == [(Kind.LANDLINE, "8765 4321")]


@pytest.mark.parametrize(
    "text",
    [
        "客服电话95511",
        "打了400-820-8820",
        "电话4008208820",
        "热线800-820-8820转1",
        "+86 400 820 8820",
        "四零零 八二零 八八二零",
        "电话20261122打来的",
        "营业时间0830-1200 1300-1730",
        "87654321",
    ],
)
def test_hotlines_of_companies_and_bare_figures_stay(text: str) -> None:
    assert mask(text) == text


# Identity documents


@pytest.mark.parametrize(
    "number",
    [
        IDENTITY,
        IDENTITY_X,
        IDENTITY_X.lower(),
        f"{IDENTITY[:6]} {IDENTITY[6:14]} {IDENTITY[14:]}",
        f"{IDENTITY[:6]}-{IDENTITY[6:14]}-{wrong_last_digit(IDENTITY)[14:]}",
        "\u200b".join(IDENTITY),
        IDENTITY.translate(str.maketrans("0123456789", "零幺二三四五六七八九")),
        IDENTITY_X.translate(str.maketrans("0123456789X", "零一两三四五六拐八九叉")),
        "110101900307123",
        "110101 900307 123",
    ],
)
def test_an_identity_number_is_found_without_being_named(number: str) -> None:
    assert found(f"我是（{number}），") == [(Kind.ID_CARD, number)]


@pytest.mark.parametrize(
    "number",
    [
        wrong_last_digit(identity_number("11010119900307124")),
        identity_number("11010119901307123"),  # no month 13
        identity_number("99010119900307123"),  # no such province
        "110101901307123",
        "990101900307123",
    ],
)
def test_a_number_that_fails_the_identity_check_is_only_a_long_number(number: str) -> None:
    assert Kind.ID_CARD not in kinds(number)
    assert not ANY_DIGIT.search(mask(number))


def test_separated_figures_without_a_birthday_stay() -> None:
    assert mask("分别是110101、19901307、1234") == "分别是110101、19901307、1234"


@pytest.mark.parametrize(
    "text",
    [
        "身份证号：1234567890",
        "身份证号码是A123456(7)",
        "ID card no. A123456789",
        f"身份證號{wrong_last_digit(IDENTITY)}",
    ],
)
def test_a_named_identity_number_needs_no_check_digit(text: str) -> None:
    assert kinds(text) == [Kind.ID_CARD]
    assert not ANY_DIGIT.search(mask(text))


@pytest.mark.parametrize(
    "text", ["护照E12345678", "护照号码：EA1234567", "Passport No. 123456789", "港澳通行证C12345678"]
)
def test_a_passport_is_found_when_named(text: str) -> None:
    assert kinds(text) == [Kind.PASSPORT]
    assert not ANY_DIGIT.search(mask(text))


@pytest.mark.parametrize("text", ["E12345678", "护照2026-11-22到期", "证件20261122到期", "passport 20261122"])
def test_a_document_number_is_no_date_and_no_bare_code(text: str) -> None:
    assert mask(text) == text


# Bank cards


@pytest.mark.parametrize(
    "number",
    [
        CARD_16,
        CARD_19,
        card_number("400000000012"),
        in_fours(CARD_16),
        in_fours(CARD_19),
        in_fours(CARD_19, "-"),
        in_fours(wrong_last_digit(CARD_19)),
        f"{CARD_19[:6]} {CARD_19[6:]}",
        " ".join(CARD_16),
        CARD_16.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        CARD_16.translate(str.maketrans("0123456789", "零幺二三四五六七八九")),
        in_fours(CARD_19.translate(str.maketrans("0123456789", "零幺两三四五六七八九"))),
        in_fours(CARD_16, "\u200b "),
    ],
)
def test_a_bank_card_is_found(number: str) -> None:
    assert found(f"从{number}扣的") == [(Kind.BANK_CARD, number)]


@pytest.mark.parametrize("introduction", ["卡", "卡号：", "账号是", "my card ", "Account No. "])
def test_a_named_card_needs_no_check_digit(introduction: str) -> None:
    number = wrong_last_digit(CARD_16)
    assert found(introduction + number) == [(Kind.BANK_CARD, number)]
    assert found(introduction + "87654321") == [(Kind.BANK_CARD, "87654321")]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("尾号1234的卡", "尾号[卡号]的卡"),
        ("尾号为１２３４", "尾号为[卡号]"),
        ("尾号幺二三四", "尾号[卡号]"),
        ("尾号 1 2 3 4", "尾号 [卡号]"),
        ("卡号后四位是1234", "卡号后四位是[卡号]"),
        ("my card ending in 1234 was kept", "my card ending in [card number] was kept"),
        ("The last four digits are 1234.", "The last four digits are [card number]."),
    ],
)
def test_the_last_digits_of_a_card_are_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_a_figure_after_a_card_stays() -> None:
    assert mask(f"{in_fours(CARD_16)} 300元") == "[卡号] 300元"
    assert mask(f"{in_fours(CARD_16)} 2026年") == "[卡号] 2026年"


@pytest.mark.parametrize(
    "text",
    [
        "尾号限行4和9",
        "卡20261122到期",
        "卡2026-11-22 2026-11-25",
        "card 10000000元",
        f"共计{CARD_16}元",
        "会议2021 2022 2023 2024",
        "分别是1000 2000 3000 4000",
        "1234 5678 9012",
        "the meeting ending in 2026",
    ],
)
def test_figures_shaped_like_a_card_stay(text: str) -> None:
    assert mask(text) == text
