from hypothesis import given
from hypothesis import strategies as st

from bot.classifier.features import Clause
from bot.classifier.runs import RunIndex

LETTERS = st.text(st.sampled_from("客服很好a，😀\u9fff\U00020000"), max_size=12)
RUNS = st.lists(st.text(st.sampled_from("客服很好\u9fff"), min_size=2, max_size=3), max_size=20, unique=True)


@given(st.lists(LETTERS, min_size=1, max_size=6), RUNS)
def test_the_runs_found_are_those_cut_out_as_strings(clauses: list[str], known: list[str]) -> None:
    ids = {run: number for number, run in enumerate(known, start=1)} | {"很 ": 99, "M:good": 98}
    found = RunIndex(ids).find(clauses)
    ends = [*found.starts[1:], len(found.pairs)]
    assert len(found.triples) == len(found.pairs)
    for text, start, end in zip(clauses, found.starts, ends, strict=True):
        expected = sorted(ids[run] for run in Clause(0, text, [], ()).features() if run in ids)
        here = [*found.pairs[start:end].tolist(), *found.triples[start:end].tolist()]
        assert sorted(number for number in here if number) == expected


def test_a_model_without_runs_finds_none() -> None:
    found = RunIndex({"很 ": 1}).find(["客服很好"])
    assert not found.pairs.any()
    assert not found.triples.any()
