import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.classifier.cutting import cutter
from bot.classifier.features import MARKER, Reading, read
from bot.classifier.text import fold
from tests.classifier.strategies import ANY_TEXT, PUNCTUATION, WORDS


def reading(text: str) -> Reading:
    return read(fold(text), cutter())


def clauses(text: str) -> list[str]:
    return [clause.text for clause in reading(text).clauses]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("房间很大，前台很热情。", ["房间很大", "前台很热情"]),
        ("房间很大 前台很热情", ["房间很大", "前台很热情"]),
        ("the front desk was lovely", ["the front desk was lovely"]),
        ("态度很好但是问题没解决", ["态度很好", "但是问题没解决"]),
        ("Linda was kind, but nothing works", ["linda was kind", "but nothing works"]),
        ("好，师傅很客气", ["好,师傅很客气"]),
        ("嗯那个小姑娘讲得特别清楚然后她还帮我填了表", ["嗯那个小姑娘讲得特别清楚", "然后她还帮我填了表"]),
        ("电话里那位姑娘真好她还帮我填了表", ["电话里那位姑娘真好她还帮我填了表"]),
        ("电话里的那位姑娘真好她还帮我填了表", ["电话里的那位姑娘真好", "她还帮我填了表"]),
        ("thanks to linda她帮了我大忙", ["thanks to linda", "她帮了我大忙"]),
        (f"{'x' * 38} he was kind", [f"{'x' * 38} he was kind"]),
        (f"{'x' * 39} he was kind", ["x" * 39, "he was kind"]),
        (
            "the guy on the phone was really patient with me he sorted it in five minutes so thanks",
            ["the guy on the phone was really patient with me", "he sorted it in five minutes so thanks"],
        ),
        ("小姑娘讲得特别特别耐心我跟她说了三遍", ["小姑娘讲得特别特别耐心我跟她说了三遍"]),
        ("那天大厅里人多得很大堂经理给我们让了座", ["那天大厅里人多得很大堂经理给我们让了座"]),
        (
            "the girl who took my call last friday went above and beyond for me",
            ["the girl who took my call last friday went above and beyond for me"],
        ),
        ("太差了！！！再也不来", ["太差了", "再也不来"]),
        ("第一行好\n第二行好", ["第一行好", "第二行好"]),
        ("", [""]),
        ("。。。", [""]),
        ("!!", [""]),
        ("？！", [""]),
        ("但是", ["但是"]),
    ],
)
def test_comments_are_split_into_clauses(text: str, expected: list[str]) -> None:
    assert clauses(text) == expected


def test_classes_of_words_that_meet_in_a_clause_are_marked() -> None:
    features = reading("前台很热情，房间很大").clauses[0].features()
    assert {"M:person", "M:manner", "M:person+manner"} <= set(features)
    assert "M:goods" not in features


@pytest.mark.parametrize("text", ["客服不热情", "客服一点都不够热情", "the agent wasn't kind"])
def test_a_negator_turns_round_what_follows(text: str) -> None:
    features = reading(text).features()
    assert "M:not-manner" in features
    assert "M:manner" not in features


@pytest.mark.parametrize("text", ["客服好敷衍", "服务非常差", "态度特别恶劣"])
def test_very_bad_is_not_good(text: str) -> None:
    features = reading(text).features()
    assert "M:bad" in features
    assert "M:good" not in features


@pytest.mark.parametrize(
    "text",
    [
        "打了好几次电话等了一个上午根本就没有他那么热情",
        "the people working at the front desk were not friendly and helpful at all",
    ],
)
def test_no_cue_cuts_off_what_is_denied(text: str) -> None:
    (clause,) = reading(text).clauses
    assert "M:not-manner" in clause.markers
    assert "M:manner" not in clause.markers


def test_a_negator_does_not_reach_over_the_clause() -> None:
    assert "M:manner" in reading("问题没解决，客服热情").features()


def test_what_stands_on_either_side_of_a_contrast_is_marked() -> None:
    features = reading("态度热情，但是问题没解决").features()
    assert {"M:before manner", "M:after not-outcome", "M:first manner", "M:last not-outcome"} <= set(features)


def test_two_latin_words_in_a_row_are_a_feature() -> None:
    features = reading("No one called me back. 打了2次 wifi").features()
    assert {"no one ", "one called ", "called me ", "me back "} <= set(features)
    assert "back calle- " not in features
    assert not any(" 打" in feature or "back 2" in feature for feature in features)


def test_the_first_and_last_of_three_latin_words_are_a_feature() -> None:
    features = reading("No one called me. 打了 the 客服 twice").features()
    assert {"no _ called ", "one _ me "} <= set(features)
    assert not any(feature.startswith("the _") or "_ twice" in feature for feature in features)


@pytest.mark.parametrize("text", ["I can't fault the staff", "I can’t fault the staff"])
def test_a_phrase_says_what_it_says_as_a_whole(text: str) -> None:
    features = reading(text).features()
    assert "M:good" in features
    assert "M:not-good" not in features


def test_a_phrase_with_a_negator_turns_nothing_round() -> None:
    features = reading("can't thank you enough for the quick, kind help").features()
    assert {"M:thanks", "M:manner"} <= set(features)
    assert not {"M:not-thanks", "M:not-manner", "M:negator"} & set(features)


def test_hyphens_join_a_phrase_like_spaces() -> None:
    assert "M:good" in reading("first-class").features()


def test_a_phrase_that_is_not_finished_says_nothing() -> None:
    assert "M:good" not in reading("I can't fau").features()


def test_what_a_phrase_says_is_turned_round_like_a_word() -> None:
    assert "M:not-beyond" in reading("they never went the extra mile for anyone").features()


def test_a_word_of_two_tokens_is_known() -> None:
    assert "M:person" in reading("快递员来了").features()


@given(st.one_of(ANY_TEXT, PUNCTUATION, WORDS))
def test_any_text_has_clauses_that_stand_where_they_say(any_text: str) -> None:
    folded = fold(any_text)
    found = read(folded, cutter()).clauses
    assert found
    for clause in found:
        assert folded[clause.start : clause.start + len(clause.text)] == clause.text


@given(st.text(st.sampled_from("好差客服，不但 a！M:*"), max_size=30))
def test_only_markers_look_like_markers(text: str) -> None:
    found = reading(text)
    markers = {marker for clause in found.clauses for marker in clause.markers}.union(*found.shape)
    assert {feature for feature in found.features() if feature.startswith(MARKER)} == markers
