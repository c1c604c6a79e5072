from bot.classifier.corpus import Example
from bot.classifier.cutting import cutter
from bot.classifier.turning import turned
from bot.tags import Tag, Tier


def praise(text: str) -> Example:
    return Example(text, True, (Tag.ATTITUDE,), Tag.ATTITUDE, Tier.BASIC, lang="zh", domain="hotel", source="some")


FILLED_UP = [praise("好吃") for _ in range(30)]  # so that a share of the comments is some comments


def complaints(*texts: str, seed: int = 0) -> list[Example]:
    return turned([*map(praise, texts), *FILLED_UP], cutter(), seed=seed)


def test_a_clause_that_praises_somebody_becomes_a_complaint() -> None:
    (made,) = complaints("前台很热情")
    assert made.text.startswith("前台很")
    assert "前台很热情" not in made.text
    assert (made.praise, made.tags, made.primary, made.tier) == (False, (), None, None)
    assert (made.source, made.domain) == ("some", "hotel")


def test_each_clause_stands_for_itself() -> None:
    assert len(complaints("前台很热情，服务不错")) == 2


def test_what_praise_is_left_in_is_not_used() -> None:
    assert complaints("前台很热情地帮忙扛行李") == []


def test_only_clauses_about_service_are_used() -> None:
    assert complaints("味道不错，房间很好") == []


def test_complaints_are_left_alone() -> None:
    assert turned([Example("前台很热情", False)] * 20, cutter(), seed=0) == []


def test_no_more_than_a_share_is_made_and_the_same_seed_makes_the_same() -> None:
    texts = [f"{number}号柜员很热情" for number in range(30)]
    made = complaints(*texts)
    assert 0 < len(made) < 15
    assert complaints(*texts) == made
    assert complaints(*texts, seed=1) != made
