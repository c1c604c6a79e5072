from __future__ import annotations

import pytest

from bot.praise import Draft, parse
from bot.tags import Tag, Tagging


def read(text: str) -> Draft:
    return parse(text, (), {"李雪", "leo"})


ALIASES = {
    Tag.ATTITUDE: "attitude Manner service kind 态度 服务态度 热情 耐心",
    Tag.SOLUTION: "solution SOLVED solve skill 解决方案 解决问题 解决 专业 方案",
    Tag.VALUE_ADDED: "value_added value-added ValueAdded value extra extramile ｅｘｔｒａ 增值服务 增值 贴心 超预期",
}


@pytest.mark.parametrize(("word", "tag"), [(word, tag) for tag, words in ALIASES.items() for word in words.split()])
def test_every_alias_is_a_tag_wherever_it_stands(word: str, tag: Tag) -> None:
    for text in (f"#{word} 辛苦了", f"＃{word}，辛苦了", f"辛苦了 #{word}", f"辛苦了#{word}", f"@李雪#{word} 辛苦了"):
        draft = read(text)
        assert (draft.tags, draft.primary) == ((tag,), tag)
        assert (draft.reason, draft.unknown_tags) == ("辛苦了", ())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Thank you for the help #solution.", "Thank you for the help"),
        ("so #solution-minded of you #solved", "so of you"),
        ("谢谢你#解决问题很快", "谢谢你很快"),
        ("#解决问题# 很快", "很快"),
        ("#解决问题#谢谢你们", "谢谢你们"),
        ("@Leo#solution thank you", "thank you"),
        ("##解决问题解决问题 很快", "解决问题 很快"),
    ],
)
def test_a_tag_ends_with_its_word(text: str, reason: str) -> None:
    draft = read(text)
    assert draft.tags == (Tag.SOLUTION,)
    assert draft.reason == reason


@pytest.mark.parametrize(
    "text",
    [
        "#贴心 #态度 @李雪 好",
        "#贴心#态度 好",
        "#贴心# #态度# 好",
        "#贴心##态度# 好",
        "#extra#态度 好",
        "#贴心 好 #态度 #贴心",
    ],
)
def test_of_several_tags_the_first_is_primary(text: str) -> None:
    draft = read(text)
    assert draft.primary is Tag.VALUE_ADDED
    assert draft.tags == (Tag.ATTITUDE, Tag.VALUE_ADDED)
    assert draft.reason == "好"


def test_an_unknown_tag_is_told_once_and_is_no_part_of_the_reason() -> None:
    draft = read("@李雪 好 #加油 #attitudes #加油 #attitude-ish.")
    assert draft.unknown_tags == ("加油", "attitudes", "attitude-ish")
    assert (draft.tags, draft.reason) == ((), "好")


@pytest.mark.parametrize(
    "words",
    ["#1 的服务", "订单#A123 的", "C#态度", "3#窗口", "http://a.cn/#态度", "&#x6001;", "# 态度", "#_态度"],
)
def test_a_number_a_code_or_an_address_is_no_tag(words: str) -> None:
    draft = read(f"{words} 很好")
    assert (draft.tags, draft.unknown_tags) == ((), ())
    assert draft.reason == f"{words} 很好"


@pytest.mark.parametrize("word", ["private", "Quiet", "私下", "私密", "悄悄"])
def test_a_praise_can_be_private(word: str) -> None:
    draft = read(f"@李雪 #{word} 谢谢你")
    assert draft.private
    assert (draft.tags, draft.unknown_tags, draft.reason) == ((), (), "谢谢你")
    assert not read("@李雪 谢谢你").private


def test_in_what_customers_write_only_a_tag_is_no_part_of_the_words() -> None:
    draft = parse("#解决 #双十一 订单退款很快，编号 #12", (), topics=True)
    assert (draft.tags, draft.unknown_tags) == ((Tag.SOLUTION,), ())
    assert draft.reason == "#双十一 订单退款很快，编号 #12"


@pytest.mark.parametrize(
    ("praise", "confidence", "doubtful", "likely"),
    [(True, 0.4, False, 0.4), (False, 0.69, True, 0.31), (False, 0.7, False, 0.3)],
)
def test_what_is_called_none_without_being_fairly_sure_is_doubtful(
    praise: bool, confidence: float, doubtful: bool, likely: float
) -> None:
    found = Tagging(praise, (), None, None, confidence, (), "model")
    assert found.doubtful is doubtful
    assert found.likely_praise == pytest.approx(likely)
