"""``praisebot board``: previewing the next post, and keeping teams off boards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_cli import Place

ROSTER = "team,name,role\nCards,王磊,agent\nLoans,李娜,agent\n"


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A place with an organisation of two teams, which speaks English with its operator."""
    place = Place(Path(tmp_path_factory.mktemp("boards")))
    place.run("migrate")
    place.run("setup", "Harbour Bank", "--timezone", "Asia/Shanghai")
    place.run("roster", place.write("roster.csv", ROSTER))
    return place


def board(bank: Place, *words: str, code: int = 0) -> str:
    return bank.run("board", *words, code=code, PRAISEBOT_LOCALE="en").strip()


def test_the_next_post_of_every_team_or_of_one_is_printed_as_it_will_be_posted(bank: Place) -> None:
    both, one = board(bank, "preview"), board(bank, "preview", "Loans")
    assert [line.split(" ")[0] for line in both.splitlines() if " 周榜：第" in line] == ["Cards", "Loans"]
    assert one.startswith("Loans 周榜：第")


def test_a_team_is_kept_off_boards_and_put_on_again(bank: Place) -> None:
    assert board(bank, "off", "Cards") == "Cards is off all boards from now on. Its members keep earning points."
    assert "Cards stays off boards" in board(bank, "preview", "Cards")
    assert board(bank, "on", "Cards") == "Cards is on boards again, from this week’s post on."
    assert "off boards" not in board(bank, "preview", "Cards")


@pytest.mark.parametrize("command", ["preview", "off", "on"])
def test_a_team_that_does_not_exist_is_said_with_those_that_do(bank: Place, command: str) -> None:
    assert board(bank, command, "Nonsense", code=1) == "There is no team Nonsense. Teams: Cards, Loans"
