from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.classifier.corpus import Example, Mark, read_corpus
from bot.classifier.judging import SCORED
from bot.classifier.model import CARD, WEIGHTS, load
from bot.classifier.predict import Tagger
from bot.classifier.train import Trained, train, write
from bot.errors import LabelsOneSided
from bot.tags import Tag, Tier
from tests.classifier.conftest import examples
from tests.classifier.test_corpus import CORPUS

VARIED = (
    "",
    "。。。！",
    "😀😀",
    "客服很热情",
    "客服不热情，但是师傅主动帮我搬上楼，很耐心！！",
    "客服很耐心很耐心很耐心",
    "the agent wasn't helpful, however Linda was kind and patient",
    "服務態度很好，謝謝小姐",
    "房间很大 价格便宜 前台主动提醒我免费停车",
    "好" * 5000,
    "从来没有人说过的话",
)


def judged(trained: Trained, texts: list[str]) -> NDArray[np.float64]:
    tagger = Tagger(trained.model, "some")
    return np.array([tagger.scores(text).judged for text in texts])


def test_served_scores_are_those_of_the_scikit_learn_pipeline(trained: Trained) -> None:
    texts = [*VARIED, *(example.text for example in examples())]
    expected = trained.pipeline.decision_function(texts)
    served = judged(trained, texts)
    assert np.abs(served - expected).max() < 1e-9


def test_served_scores_are_the_pipeline_s_on_a_real_vocabulary() -> None:
    some = [example for example in read_corpus(CORPUS) if int(example.id[-1]) < 3]
    trained = train(some)
    texts = [*VARIED, *(example.text for example in some)]
    served = judged(trained, texts)
    assert np.abs(served - trained.pipeline.decision_function(texts)).max() < 1e-9


def test_the_same_comments_make_the_same_model_bit_for_bit(trained: Trained, tmp_path: Path) -> None:
    write(trained, tmp_path / "one")
    write(train(examples()), tmp_path / "two")
    for file in (WEIGHTS, CARD, "README.md"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_what_was_taught_is_said(trained: Trained) -> None:
    tagger = Tagger(trained.model, "some")
    right = sum(tagger.tag(example.text).praise == example.praise for example in examples())
    assert right >= 0.9 * len(examples())


def test_a_heavy_example_outweighs_its_contradictions() -> None:
    told = examples()
    bare = replace(told[-1], text="客服很耐心很热情", praise=False, weight=30.0, id="heavy")
    before, after = (judged(train(rows), [bare.text])[0, 0] for rows in (told, [*told, bare]))
    assert after < before


def test_clauses_are_learned_from_what_they_are_marked_with() -> None:
    text = "窗口那位姐姐拿来一把轮椅，大厅里的花开得正旺"
    act, flowers = (Mark(0, 12, "v"), Mark(13, 23, "g"))
    praise = Example(text, True, (Tag.VALUE_ADDED,), Tag.VALUE_ADDED, Tier.HIGHLIGHT, source="source 1", lang="zh")
    told = [replace(praise, id=f"m{at}", marks=(act, flowers)) for at in range(6)]
    scores = Tagger(train([*examples(), *told]).model, "some").scores(text).scores
    assert len(scores) == 3 * len(SCORED)
    beyond, goods = SCORED.index("value_added"), SCORED.index("goods")
    assert scores[beyond] > 0 > scores[len(SCORED) + beyond]
    assert scores[len(SCORED) + goods] > 0 > scores[goods]


def test_decisions_without_descriptions_can_be_learned_from() -> None:
    decisions = [replace(example, source="decisions", lang="", domain="") for example in examples()]
    assert train([*examples(), *decisions]).facts["data"]["sources"]["decisions"] == len(decisions)


@pytest.mark.parametrize("rows", [[], [row for row in examples() if row.praise], examples()[-10:]])
def test_too_few_kinds_of_comments_are_refused(rows: list) -> None:
    with pytest.raises(LabelsOneSided):
        train(rows)


def test_progress_is_told() -> None:
    told = []
    train(examples(), progress=lambda stage, done, total: told.append((stage, done, total)))
    assert told[0] == ("cross-validation", 0, 4)
    assert told[-1] == ("fitting", 1, 1)


def test_the_card_says_what_was_learned_from_and_how_well(trained: Trained, tmp_path: Path) -> None:
    write(trained, tmp_path)
    card = load(tmp_path)[1]
    assert card["data"]["sources"] == {f"source {number}": 8 for number in range(4)}
    assert card["figures"]["overall"]["rows"] == 32
    assert set(card["figures"]["source"]) == set(card["data"]["sources"])
    assert "Whom it may fail" in (tmp_path / "README.md").read_text()
