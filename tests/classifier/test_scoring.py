from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.classifier.clauses import parts_of
from bot.classifier.cutting import cutter
from bot.classifier.features import GAP, MARKER, WORD_END, read
from bot.classifier.judging import SCORED
from bot.classifier.model import load
from bot.classifier.rows import COLUMNS, Runs, Table
from bot.classifier.scoring import Scorer
from bot.classifier.text import fold
from tests.classifier.conftest import SHIPPED
from tests.classifier.strategies import ANY_TEXT, CHINESE, PUNCTUATION, WORDS

LETTERS = "客服很好\u4e00\u9fff"
RUNS = st.lists(st.text(st.sampled_from(LETTERS), min_size=2, max_size=3), max_size=20, unique=True)
SHIPPED_MODEL = load(SHIPPED)[0]
SCORER = Scorer(SHIPPED_MODEL)
ROWS = {feature: row for row, feature in enumerate(SHIPPED_MODEL.vocabulary)}


def expected(features: list[str], first: int) -> list[float]:
    """The formula of ``model.Model``, over features written out, with the columns of weights from ``first``."""
    model = SHIPPED_MODEL
    known = [ROWS[feature] for feature in features if feature in ROWS]
    squares = sum(float(model.values[row]) ** 2 for row in known if not model.vocabulary[row].startswith(MARKER))
    scale = ((squares + 1) ** 0.5 * model.typical_norm) ** 0.5
    columns = range(first, first + len(SCORED))
    sums = [sum(float(model.values[row]) * float(model.weights[row, at]) for row in known) for at in columns]
    return [one / scale + float(model.intercepts[at]) for one, at in zip(sums, columns, strict=True)]


PARTED = sorted({word for name in ROWS if f" {GAP} " in name for word in name.replace(GAP, "").split()})
ENGLISH = st.lists(st.sampled_from([*PARTED, "'t", ",", "客服", "zyx", "unfriendliness"]), max_size=30).map(" ".join)


@given(st.one_of(ANY_TEXT, CHINESE, PUNCTUATION, WORDS, ENGLISH))
def test_features_found_as_numbers_are_those_that_training_writes_out(any_text: str) -> None:
    folded, cut = fold(any_text), cutter()
    reading = read(folded, cut)
    scored = SCORER.score(folded, cut(folded))
    told = [*(clause.features() for clause in reading.clauses), reading.features()]
    for number, features in enumerate(told):
        found = [scored.scores[len(SCORED) * number + at] for at in range(len(SCORED))]
        of_model = expected(features, len(SCORED) if number < len(reading.clauses) else 0)
        assert max(abs(one - other) for one, other in zip(found, of_model, strict=True)) < 1e-9


@given(RUNS, st.text(st.sampled_from(LETTERS), min_size=2, max_size=3))
def test_a_run_is_found_if_it_is_known(known: list[str], run: str) -> None:
    runs = Runs({one: row for row, one in enumerate(known, start=1)})
    for one in (*known, run):
        found = runs.find(*(*map(ord, one), 0)[:3])
        assert found >> 1 == (known.index(one) + 1 if one in known else 0)
        if len(one) == 2:
            assert found & 1 == any(other.startswith(one) for other in known if len(other) == 3)


def test_every_run_of_a_model_is_found() -> None:
    known = {name: row for name, row in ROWS.items() if len(name) in (2, 3) and not name.endswith(WORD_END)}
    runs = Runs(known)
    assert len(known) > 1000
    assert all(runs.find(*(*map(ord, run), 0)[:3]) >> 1 == row for run, row in known.items())


def test_a_model_without_runs_finds_none() -> None:
    assert Runs({}).find(ord("客"), ord("服"), 0) == 0


@given(st.lists(st.text(max_size=4), max_size=8))
def test_tokens_that_no_dictionary_made_are_divided_too(tokens: list[str]) -> None:
    parts = parts_of(tokens)
    assert parts[0][0] >= 0
    assert parts[-1][1] == len(tokens)
    for first, after, begin, end, mask in parts:
        assert 0 <= first <= after <= len(tokens)
        assert sum(map(len, tokens[:first])) == begin
        assert sum(map(len, tokens[:after])) == end
        assert mask >= 0


SMALL = Table(np.ones((3, COLUMNS - 1), dtype=np.float32), np.full(3, 2, dtype=np.float32))


def test_rows_are_added_up_and_markers_leave_the_norm_alone() -> None:
    sums = array("d", bytes(8 * 2 * COLUMNS))
    SMALL.add(sums, COLUMNS, array("i", [1, 3, 3]), 1, 3, False)
    SMALL.add(sums, COLUMNS, array("i", [0, 2]), 0, 2, True)
    assert list(sums) == [0.0] * COLUMNS + [6.0] * (COLUMNS - 1) + [8.0]


@pytest.mark.parametrize(
    ("at", "rows", "begin", "end"),
    [(0, [4], 0, 1), (0, [-1], 0, 1), (0, [1], 0, 2), (0, [1], -1, 1), (0, [1], 1, 0), (1, [1], 0, 1), (-1, [1], 0, 1)],
)
def test_rows_and_sums_that_are_not_there_are_refused(at: int, rows: list[int], begin: int, end: int) -> None:
    with pytest.raises(IndexError):
        SMALL.add(array("d", bytes(8 * COLUMNS)), at, array("i", rows), begin, end, False)
