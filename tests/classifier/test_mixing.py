from bot.classifier.corpus import Example
from bot.classifier.mixing import mixed
from bot.tags import Tag, Tier

REMARKS = [Example(f"菜{number}很好吃。", False, lang="zh", hard="other_party") for number in range(20)]
PRAISE = Example("服务员很热情！", True, (Tag.ATTITUDE,), Tag.ATTITUDE, Tier.BASIC, lang="zh", source="food")


def test_a_praise_among_remarks_stays_the_praise_it_was() -> None:
    made = [example for example in mixed([PRAISE, *REMARKS], seed=1) if example.praise]
    assert made
    for example in made:
        assert "服务员很热情" in example.text
        assert any(remark.text.rstrip("。") in example.text for remark in REMARKS)
        assert (example.tags, example.primary, example.tier) == (PRAISE.tags, PRAISE.primary, PRAISE.tier)
        assert example.source == "food"


def test_as_many_without_a_praise_are_made() -> None:
    made = mixed([PRAISE, *REMARKS], seed=1)
    assert sum(example.praise for example in made) == len(made) / 2
    assert all("热情" not in example.text for example in made if not example.praise)


def test_the_same_seed_makes_the_same_comments() -> None:
    assert mixed([PRAISE, *REMARKS], seed=1) == mixed([PRAISE, *REMARKS], seed=1)
    assert mixed([PRAISE, *REMARKS], seed=1) != mixed([PRAISE, *REMARKS], seed=2)


def test_too_few_remarks_make_nothing() -> None:
    assert mixed([PRAISE, *REMARKS[:5]], seed=1) == []
