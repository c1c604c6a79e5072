from __future__ import annotations

import pytest

from bot.classifier.corpus import read_corpus
from bot.classifier.cutting import cutter, cutter_with, jieba_with, rjieba_with
from bot.classifier.predict import Tagger
from bot.classifier.text import fold
from bot.learning.words import LONGEST, MOST, checked, worth_keeping
from tests.classifier.strategies import same_joined
from tests.conftest import ROOT
from tests.learning.models import SHIPPED


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.load(SHIPPED)


OWN = ("安心付", "贴心贷", "王热情")


def test_names_that_hide_a_judgement_are_kept_whole() -> None:
    assert set(worth_keeping(("贴心贷", "安心付", "王热情"), cutter())) == set(OWN)


@pytest.mark.parametrize("word", ["耐心", "白金客服组", "惠民宝", "8021", "Wang Lei", "王", "好" * 30, "不满意专线"])
def test_names_that_hide_nothing_or_say_who_is_spoken_of_are_left(word: str) -> None:
    assert worth_keeping([word], cutter()) == ()


def test_what_hides_in_a_name_is_no_longer_read_as_a_judgement() -> None:
    text = "我想问问贴心贷怎么还"
    assert "贴心" in cutter()(text)
    assert cutter_with(["贴心贷"])(text) == ["我", "想", "问问", "贴心贷", "怎么", "还"]


def test_questions_about_a_product_are_not_taken_for_praise_of_somebody(tagger: Tagger) -> None:
    asked = (
        "办{}需要什么材料",
        "{}打不开，一直转圈",
        "你们那个{}收费太高了",
        "请问{}能提前还款吗",
        "{}扣了我两次钱没人管",
    )
    texts = [question.format(word) for question in asked for word in OWN]
    own = tagger.cutting(cutter_with(OWN))
    assert [text for text in texts if own.tag(text).praise] == []
    assert own.tag("感谢安心付的小李，耐心地帮我把问题解决了").praise


def test_jieba_and_rjieba_cut_alike_with_own_words_and_comments_without_them_as_before() -> None:
    ours, reference, plain = rjieba_with(OWN), jieba_with(OWN), cutter()
    if ours is None:
        pytest.skip("rjieba is not installed")
    texts = [fold(row.text) for row in read_corpus(ROOT / "models" / "corpus")[::5]]
    texts += [f"我办了{one}，{other}很耐心" for one in OWN for other in OWN]
    assert [text for text in texts if same_joined(ours(text)) != same_joined(reference(text))] == []
    assert [text for text in texts if not any(word in text for word in OWN) and ours(text) != plain(text)] == []


def test_every_bad_line_of_a_list_is_told_and_good_ones_are_folded_and_once() -> None:
    found, errors = checked(["贴心贷", "", "貼心貸", "ＡＢ卡", "一", "a b", "长" * (LONGEST + 1), "<b>"])
    assert found == ("贴心贷", "ab卡")
    assert [(error.line, error.code) for error in errors] == [
        (5, "too_short"),
        (6, "not_a_word"),
        (7, "too_long"),
        (8, "not_a_word"),
    ]


def test_a_list_is_bounded() -> None:
    _, errors = checked(f"产品{number}" for number in range(MOST + 10))
    assert [error.code for error in errors] == ["too_many"]
