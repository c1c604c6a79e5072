from itertools import chain

from bot.classifier.clauses import parts_of
from bot.classifier.cutting import cutter
from bot.classifier.decision import Decision
from bot.classifier.evidence import MOST_CHARACTERS, MOST_PIECES, evidence
from bot.classifier.judging import SCORED
from bot.classifier.text import fold
from bot.tags import Tag, Tier

PRAISE = Decision(True, (Tag.ATTITUDE, Tag.SOLUTION), Tag.SOLUTION, Tier.BASIC, 0.9)
NONE = Decision(False, (), None, None, 0.9)


def clause(praise: float, **others: float) -> list[float]:
    told = {"praise": praise, "complaint": -3.0, "goods": -3.0, **others}
    return [told.get(name, -5.0) for name in SCORED]


def shown(text: str, clauses: list[list[float]], decision: Decision) -> tuple[str, ...]:
    folded = fold(text)
    return evidence(text, folded, parts_of(cutter()(folded)), list(chain.from_iterable(clauses)), decision)


def test_the_clause_of_the_primary_tag_comes_first() -> None:
    clauses = [clause(3.0, attitude=2.0), clause(1.0, solution=2.0)]
    assert shown("前台很热情，问题很快解决", clauses, PRAISE) == ("问题很快解决", "前台很热情")


def test_neither_complaint_nor_goods_speak_for_praise() -> None:
    clauses = [clause(1.0, goods=2.0), clause(0.5, solution=0.1), clause(1.5, complaint=2.0)]
    assert shown("键盘手感很好，问题很快解决，没人收拾房间", clauses, PRAISE) == ("问题很快解决",)


def test_if_none_speaks_for_it_the_nearest_is_shown() -> None:
    clauses = [clause(-2.0), clause(-0.5, goods=-3.0)]
    assert shown("前台很热情，问题很快解决", clauses, PRAISE) == ("问题很快解决",)


def test_what_speaks_most_against_praise_is_shown() -> None:
    clauses = [clause(0.5), clause(-1.0), clause(-2.0)]
    assert shown("前台很热情，价格太贵了，等了很久", clauses, NONE) == ("等了很久", "价格太贵了")


def test_pieces_are_few_and_short() -> None:
    few = shown("，".join(f"客服很热情{at}" for at in range(6)), [clause(1.0)] * 6, PRAISE)
    assert len(few) == MOST_PIECES
    long = "，".join(f"{at}客服" + "很" * MOST_CHARACTERS for at in range(3))
    assert len(shown(long, [clause(1.0)] * 3, PRAISE)) == 1


def test_masked_data_is_shown_as_it_was_masked() -> None:
    assert shown("打[手机号]找到了小李", [clause(1.0)], PRAISE) == ("打[手机号]找到了小李",)
