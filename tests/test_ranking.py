from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.ranking import Row, board, ranks

NOW = ((1, "Ann", 30), (3, "Bo", 20), (2, "Cai", 20), (4, "Dan", 10), (5, "Eve", 5))


def test_equal_amounts_share_a_rank_and_the_next_one_is_skipped() -> None:
    assert ranks([(4, 10), (1, 30), (3, 20), (2, 20)]) == {1: 1, 2: 2, 3: 2, 4: 4}
    assert ranks([(1, 0), (2, -1), (3, 0)]) == {1: 1, 3: 1, 2: 3}
    assert ranks([]) == {}


def test_a_board_shows_the_first_rows_by_amount_then_name() -> None:
    rows = board(tuple(reversed(NOW)), (), 3)
    assert [(row.rank, row.name, row.amount) for row in rows] == [(1, "Ann", 30), (2, "Bo", 20), (2, "Cai", 20)]


def test_namesakes_with_equal_amounts_stand_in_the_order_of_their_ids() -> None:
    assert [row.id for row in board(((9, "Bo", 1), (4, "Bo", 1)), (), 3)] == [4, 9]


def test_everybody_with_the_last_rank_is_shown_up_to_twice_as_many() -> None:
    tied = tuple((number, f"N{number:02}", 7) for number in range(20))
    assert [row.id for row in board(tied[:5], (), 3)] == [0, 1, 2, 3, 4]
    assert [row.id for row in board(tied, (), 3)] == [0, 1, 2, 3, 4, 5]
    assert [row.id for row in board(tied, (), 3, own=17)] == [0, 1, 2, 3, 4, 5, 17]


def test_the_own_row_is_shown_wherever_it_stands_and_once() -> None:
    assert [row.name for row in board(NOW, (), 1, own=5)] == ["Ann", "Eve"]
    assert board(NOW, (), 1, own=5)[-1] == Row(5, 5, "Eve", 5, None)
    assert [row.name for row in board(NOW, (), 1, own=1)] == ["Ann"]
    assert [row.name for row in board(NOW, (), 1, own=99)] == ["Ann"]


def test_change_counts_the_ranks_climbed_since_the_period_before() -> None:
    before = ((1, 5), (2, 40), (3, 50), (5, 30))
    assert {row.name: row.change for row in board(NOW, before, 5)} == {
        "Ann": 3,
        "Bo": -1,
        "Cai": 0,
        "Dan": None,
        "Eve": -2,
    }


def test_a_board_of_nobody_is_empty() -> None:
    assert board((), NOW[0:0], 3, own=1) == ()


AMOUNTS = st.dictionaries(st.integers(1, 30), st.integers(-3, 6), max_size=20)


@given(AMOUNTS, AMOUNTS, st.integers(1, 8), st.integers(1, 30) | st.none())
def test_a_board_is_what_counting_by_hand_gives(
    amounts: dict[int, int], earlier: dict[int, int], top: int, own: int | None
) -> None:
    def rank(of: dict[int, int], id_: int) -> int:
        return 1 + sum(other > of[id_] for other in of.values())

    assert ranks(list(amounts.items())) == {id_: rank(amounts, id_) for id_ in amounts}
    rows = board([(id_, f"n{id_}", amount) for id_, amount in amounts.items()], list(earlier.items()), top, own)
    shown = [row.id for row in rows]
    assert len(set(shown)) == len(shown)
    assert [row.amount for row in rows] == sorted((row.amount for row in rows), reverse=True)
    assert (own in shown) == (own in amounts)
    others = [row for row in rows if row.id != own or row.rank <= top]
    assert all(row.rank <= top for row in others)
    assert len(others) <= 2 * top + 1
    assert len(rows) >= min(top, len(amounts))
    for row in rows:
        assert (row.rank, row.name, row.amount) == (rank(amounts, row.id), f"n{row.id}", amounts[row.id])
        assert row.change == (rank(earlier, row.id) - row.rank if row.id in earlier else None)
    best = {id_ for id_ in amounts if rank(amounts, id_) <= top}
    assert best <= set(shown) or len(best) > 2 * top
