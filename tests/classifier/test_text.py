import re
import sys

import jieba
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.classifier.cutting import cutter, jieba_cut, rjieba_cut
from bot.classifier.features import read
from bot.classifier.text import MASKS, MAX_CHARACTERS, fold, offsets
from bot.classifier.traditional import PAIRS, SIMPLIFIED
from bot.privacy import _MARKS
from tests.classifier.strategies import ANY_TEXT, CHINESE, WORDS, same_joined


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("ＡＢＣ　１２３", "abc 123"),
        ("  客服\t很  好 ", "客服 很 好"),
        ("第一行\r\n\r\n第二行", "第一行\n第二行"),
        ("服務態度很好", "服务态度很好"),
        ("客\u200b服\u202e好\x00", "客服好"),
        ("半\ud83d个", "半个"),
        ("㎡", "m2"),
        ("", ""),
        ("打[手机号]找小李", "打#####找小李"),
        ("call [ID number] [微笑]", "call ########### [微笑]"),
        ("\u200f\u200e", ""),
    ],
)
def test_text_is_folded_to_one_way_of_writing(given_text: str, expected: str) -> None:
    assert fold(given_text) == expected


def test_only_the_beginning_of_a_very_long_text_is_read() -> None:
    assert fold("好" * 100_000) == "好" * MAX_CHARACTERS


def test_every_mask_of_personal_data_is_known() -> None:
    masks = {mask for pair in _MARKS.values() for mask in pair}
    assert masks == {f"[{mask}]" for mask in MASKS}


@given(ANY_TEXT)
def test_folding_twice_changes_nothing(any_text: str) -> None:
    assert fold(fold(any_text)) == fold(any_text)


@given(ANY_TEXT)
def test_folded_text_can_be_encoded(any_text: str) -> None:
    fold(any_text).encode()


@given(ANY_TEXT)
def test_every_folded_character_is_traced_to_where_it_came_from(any_text: str) -> None:
    folded, origin = fold(any_text), offsets(any_text)
    assert len(origin) == len(folded)
    assert origin == sorted(origin)
    marks = re.finditer("|".join(re.escape(f"[{mask}]") for mask in MASKS), any_text)
    masked = {at for mark in marks for at in range(*mark.span())}
    for character, position in zip(folded, origin, strict=True):
        if position in masked:
            assert character == "#"
        else:
            assert character in fold(f"|{any_text[position]}|") or character in " \n"


def test_each_traditional_character_has_one_simplified_form() -> None:
    pairs = PAIRS.split()
    assert len(SIMPLIFIED) == len(pairs) > 1000
    assert not [pair for pair in pairs if len(pair) != 2 or ord(pair[1]) in SIMPLIFIED]


@given(st.one_of(ANY_TEXT, CHINESE, WORDS))
def test_rjieba_cuts_as_jieba_does(any_text: str) -> None:
    fast = rjieba_cut()
    if fast is None:
        pytest.skip("rjieba is not installed")
    assert same_joined(fast(fold(any_text))) == same_joined(jieba_cut()(fold(any_text)))


def test_where_two_cuts_are_equally_likely_rjieba_and_jieba_may_differ() -> None:
    assert same_joined(["真", "嗡", "嗡嗡", "好"]) == same_joined(["真", "嗡嗡", "嗡", "好"]) == ["真", "嗡嗡嗡", "好"]
    assert same_joined(["真好", "好"]) != same_joined(["真", "好好"])


def test_without_rjieba_jieba_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rjieba", None)
    rjieba_cut.cache_clear()
    try:
        assert cutter()("客服很耐心") == ["客服", "很", "耐心"]
        assert cutter() is jieba_cut()
    finally:
        rjieba_cut.cache_clear()


def test_the_cache_file_of_jieba_is_never_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("jieba looked for its cache")

    monkeypatch.setattr(jieba.Tokenizer, "initialize", refuse)
    jieba_cut.cache_clear()
    try:
        assert jieba_cut()("客服很耐心") == ["客服", "很", "耐心"]
    finally:
        jieba_cut.cache_clear()


@pytest.mark.parametrize(
    "hostile", [piece * 100_000 for piece in ("好", "a", "😀", "，", "\x00", "好，", "不热情", " ")]
)
def test_hostile_texts_are_cut_and_read(hostile: str) -> None:
    reading = read(fold(hostile), cutter())
    assert sum(len(clause.text) for clause in reading.clauses) <= MAX_CHARACTERS
