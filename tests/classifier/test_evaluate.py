from pathlib import Path

import pytest

from bot.classifier.corpus import Example, Mislabelled
from bot.classifier.decision import Decision
from bot.classifier.evaluate import evaluate_file, report
from bot.classifier.predict import Tagger
from bot.errors import LabelsWrong, NothingLabelled
from bot.tags import Tag, Tier

NONE = Example("等了一小时", False)


def praise(*tags: Tag, tier: Tier = Tier.BASIC) -> Example:
    return Example("客服很好", True, tags, tags[0], tier)


def said(*tags: Tag, tier: Tier | None = Tier.BASIC, confidence: float = 0.9) -> Decision:
    return Decision(bool(tags), tags, tags[0] if tags else None, tier if tags else None, confidence)


def test_figures_are_those_reckoned_by_hand() -> None:
    rows = [
        praise(Tag.ATTITUDE),
        praise(Tag.SOLUTION, Tag.ATTITUDE),
        praise(Tag.VALUE_ADDED, tier=Tier.HIGHLIGHT),
        NONE,
        NONE,
    ]
    answers = [said(Tag.ATTITUDE), said(Tag.SOLUTION), said(Tag.SOLUTION), said(Tag.ATTITUDE), said()]
    found = report(rows, answers)
    assert (found.praise.precision, found.praise.recall) == (3 / 4, 1.0)
    assert found.praise.f1 == pytest.approx(6 / 7)
    assert (found.attitude.precision, found.attitude.recall, found.attitude.labelled) == (1 / 2, 1 / 2, 2)
    assert (found.solution.precision, found.solution.recall) == (1 / 2, 1.0)
    assert (found.value_added.f1, found.highlight.f1) == (0.0, 0.0)
    assert found.primary == pytest.approx(2 / 3)
    assert found.tier == pytest.approx(2 / 3)
    assert found.decision == 3 / 5


def test_confidence_that_is_right_as_often_as_it_says_has_no_error() -> None:
    rows = [NONE] * 10
    answers = [said(confidence=0.8)] * 8 + [said(Tag.ATTITUDE, confidence=0.8)] * 2
    assert report(rows, answers).calibration_error == pytest.approx(0)


def test_confidence_that_says_too_much_is_told_by_how_much() -> None:
    answers = [said(confidence=0.95)] * 5 + [said(Tag.ATTITUDE, confidence=0.95)] * 5
    assert report([NONE] * 10, answers).calibration_error == pytest.approx(0.45)


def test_coverage_is_the_largest_share_that_is_precise_enough() -> None:
    right, wrong = said(confidence=0.9), said(Tag.ATTITUDE, confidence=0.8)
    assert report([NONE] * 25, [right] * 19 + [wrong] * 6).coverage == 20 / 25 - 1 / 25
    assert report([NONE] * 20, [right] * 19 + [wrong]).coverage == 1.0
    assert report([NONE] * 2, [wrong, wrong]).coverage == 0.0


def test_nothing_to_compare_with_is_refused() -> None:
    with pytest.raises(NothingLabelled):
        report([], [])


def test_a_labelled_file_is_evaluated(tmp_path: Path, tagger: Tagger) -> None:
    path = tmp_path / "some.tsv"
    labels = "id\ttext\tpraise\tattitude\tsolution\tvalue_added\tprimary\ttier\n"
    path.write_text(labels + "1\t客服很热情，很有耐心\t1\t1\t0\t0\tattitude\tbasic\n", encoding="utf-8")
    found = evaluate_file(tagger, path)
    assert found.rows == 1
    assert found.as_json()["praise"]["f1"] == 1.0


def test_a_labelled_file_with_bad_rows_is_refused_with_a_list(tmp_path: Path, tagger: Tagger) -> None:
    path = tmp_path / "some.tsv"
    path.write_text("text\tpraise\tattitude\tsolution\tvalue_added\tprimary\ttier\n好\t1\t0\t0\t0\tnone\tbasic\n")
    with pytest.raises(LabelsWrong) as caught:
        evaluate_file(tagger, path)
    assert caught.value.problems == (
        Mislabelled("some.tsv", 2, "praise_without_tag"),
        Mislabelled("some.tsv", 2, "primary_without_tag"),
    )
