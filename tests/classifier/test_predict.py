import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.classifier.predict import Tagger
from bot.tags import Tag, Tagging, Tier, in_order
from tests.classifier.conftest import SHIPPED
from tests.classifier.strategies import ANY_TEXT, PUNCTUATION, WORDS

SHIPPED_TAGGER = Tagger.load(SHIPPED)


def assert_sound(tagging: Tagging, text: str) -> None:
    assert 0 <= tagging.confidence <= 1
    assert tagging.model.startswith("tagger-")
    assert len(tagging.evidence) <= 3
    assert len(set(tagging.evidence)) == len(tagging.evidence)
    for piece in tagging.evidence:
        assert piece
        assert piece in text
    if tagging.praise:
        assert tagging.tags == in_order(tagging.tags)
        assert tagging.primary in tagging.tags
        assert tagging.tier is Tier.BASIC or (tagging.tier is Tier.HIGHLIGHT and Tag.VALUE_ADDED in tagging.tags)
    else:
        assert (tagging.tags, tagging.primary, tagging.tier) == ((), None, None)


@given(st.one_of(ANY_TEXT, PUNCTUATION, WORDS))
def test_whatever_the_text_the_answer_is_sound(text: str) -> None:
    assert_sound(SHIPPED_TAGGER.tag(text), text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "好" * 100_000,
        "😀" * 20_000,
        "\x00\x00",
        "\u202e客服\u202c很好",
        "\ud800客服\udfff很好",
        "a" * 100_000,
        "，" * 9,
        "!!",
        "!!" * 10_000,
        "但" * 5_000,
    ],
)
def test_hostile_texts_get_an_answer(text: str) -> None:
    assert_sound(SHIPPED_TAGGER.tag(text), text)


@given(st.one_of(ANY_TEXT, PUNCTUATION, WORDS))
def test_called_praise_by_a_person_every_text_has_tags_and_those_of_praise_stay(text: str) -> None:
    found, as_praise = SHIPPED_TAGGER.tag(text), SHIPPED_TAGGER.tag_as_praise(text)
    assert as_praise.praise
    assert_sound(as_praise, text)
    assert as_praise == found or not found.praise


@pytest.mark.parametrize(
    ("text", "tag"), [("工作人员给我讲了一遍费用。", Tag.ATTITUDE), ("He did not solve my problem", Tag.SOLUTION)]
)
def test_what_it_would_be_praised_for_is_what_it_speaks_of(text: str, tag: Tag) -> None:
    assert not SHIPPED_TAGGER.tag(text).praise
    assert SHIPPED_TAGGER.tag_as_praise(text).primary is tag


def test_an_empty_text_is_not_praise() -> None:
    assert not SHIPPED_TAGGER.tag("").praise


@given(st.lists(WORDS, max_size=8))
def test_many_are_tagged_as_one_by_one(texts: list[str]) -> None:
    together = list(SHIPPED_TAGGER.tag_many(texts))
    for text, tagging in zip(texts, together, strict=True):
        alone = SHIPPED_TAGGER.tag(text)
        assert tagging == alone


def test_no_comment_is_read_ahead() -> None:
    taken = []

    def endless():
        while True:
            taken.append(1)
            yield "客服很好"

    tagged = SHIPPED_TAGGER.tag_many(endless())
    next(tagged)
    assert len(taken) == 1


def test_without_explanation_no_evidence_is_given() -> None:
    (tagging,) = SHIPPED_TAGGER.tag_many(["客服很热情"], explain=False)
    assert tagging.praise
    assert tagging.evidence == ()


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("客服小姐姐很热情，说话也好听", Tag.ATTITUDE),
        ("師傅態度非常好，很有禮貌", Tag.ATTITUDE),
        ("柜员很专业，五分钟就把问题解决了", Tag.SOLUTION),
        ("师傅下班后还特意冒雨把老人的药送上楼", Tag.VALUE_ADDED),
        ("The agent was so kind and patient with me", Tag.ATTITUDE),
        ("接电话的姑娘说话特别温柔，听着舒服", Tag.ATTITUDE),
    ],
)
def test_plain_praise_is_found(text: str, tag: Tag) -> None:
    tagging = SHIPPED_TAGGER.tag(text)
    assert tagging.praise
    assert tag in tagging.tags


@pytest.mark.parametrize(
    "text",
    [
        "好的，谢谢",
        "请问信用卡账单日是几号",
        "等了三天还没人处理，我要投诉",
        "ok thanks",
        "菜很好吃，价格也便宜",
        "物流快，包装好，手机运行流畅",
        "房间干净，床很软，离地铁站近",
        "The pizza was delicious and cheap",
        "Your hotline kept me waiting for an hour and nobody helped me, this is a disgrace",
        "I have called four times and still nobody has fixed my internet",
        "Can you tell me when my refund will arrive?",
        "柜台那位爱答不理，问两句就翻白眼！",
        "客服态度恶劣，说到一半就挂我电话",
        "等了四十分钟才有人接，接了又让我去网点，去了网点又让我打电话，你们是在踢皮球吗？",
        "被子晒得很软，楼下的小笼包也香",
    ],
)
def test_what_is_plainly_not_praise_is_left_alone(text: str) -> None:
    assert not SHIPPED_TAGGER.tag(text).praise


def test_one_kind_clause_in_a_long_review_is_found_and_its_absence_too() -> None:
    about_the_place = (
        "酒店就在火车站对面，走路三分钟。房间不大，床单雪白，枕头软硬合适，空调安静。{}"
        "早餐有豆浆油条，还有现煎的鸡蛋，味道过得去。停车场偏小，晚来没位子。一晚两百六，这个地段算便宜了。"
    )
    assert SHIPPED_TAGGER.tag(about_the_place.format("前台姑娘特别热情，说话也很有礼貌。")).praise
    assert not SHIPPED_TAGGER.tag(about_the_place.format("窗外能看见整条老街，夜景很美。")).praise


def test_the_clause_that_decided_comes_first_as_it_was_written() -> None:
    text = "房间一般般，早餐也冷　。不過前台小姐主動幫我們把行李搬上樓！"
    tagging = SHIPPED_TAGGER.tag(text)
    assert tagging.praise
    assert "前台小姐" in tagging.evidence[0]


def test_tagging_needs_neither_scikit_learn_nor_scipy_nor_pandas() -> None:
    code = (
        "import sys; from pathlib import Path; from bot.classifier.predict import Tagger\n"
        "from bot.classifier.batch import tag_file\n"
        f"Tagger.load(Path({str(SHIPPED)!r})).tag('客服很好')\n"
        "assert not {'sklearn', 'scipy', 'pandas'} & set(sys.modules), 'too much is imported'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
