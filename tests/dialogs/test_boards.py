from __future__ import annotations

from datetime import UTC, datetime

from tests.dialogs.chat import Chat, said

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""09:00 in Shanghai and Singapore."""


def boards(seen: list[object]) -> list[str]:
    return [message.words for message in seen if "International: week" in message.words]  # type: ignore[attr-defined]


async def test_a_board_shows_ties_the_own_row_and_the_change(chat: Chat) -> None:
    for name in ("Li Na", "Priya Nair"):
        await chat.type("Tom O'Brien", f"@{name} solved the dispute of the day #solution")
    await chat.type("Priya Nair", "@Tom O'Brien answered a rude caller politely #attitude")
    board = said(await chat.type("Tom O'Brien", "top"))
    assert "1 | Li Na | 3 | new" in board
    assert "1 | Priya Nair | 3 | new" in board
    assert "* 3 | Tom O'Brien | 2 | new" in board
    assert "1 | Tom O'Brien | 2" in said(await chat.type("Tom O'Brien", "top givers"))
    assert "1 | Tom O'Brien | 1" in said(await chat.type("Li Na", "top attitude"))
    assert "1 | International | 8" in said(await chat.type("李娜", "top 班组"))
    await chat.later(days=7)
    assert "No praise in this period" in said(await chat.type("Tom O'Brien", "top"))
    assert "Li Na" in said(await chat.type("Tom O'Brien", "top last week"))
    assert "Li Na" in said(await chat.type("Tom O'Brien", "top 2026-11-01..2026-11-20"))
    assert "I don’t know the period" in said(await chat.type("Tom O'Brien", "top some day"))


async def test_the_weekly_post_comes_at_the_teams_hour_once(chat: Chat) -> None:
    await chat.type("Tom O'Brien", "@Li Na solved the dispute of the day #solution")
    await chat.until(MONDAY.replace(hour=0, minute=59))
    assert boards(await chat.in_channel("International")) == []
    await chat.until(MONDAY)
    await chat.later(minutes=1)
    await chat.later(hours=5)
    posted = boards(await chat.in_channel("International"))
    assert len(posted) == 1
    assert "1 | Li Na | 3" in posted[0]
    assert "Still awaiting" not in posted[0]  # a colleague's praise counts at once


async def test_a_week_missed_while_down_is_posted_late_once(chat: Chat) -> None:
    await chat.type("Tom O'Brien", "@Li Na solved the dispute of the day #solution")
    await chat.until(MONDAY.replace(day=25))
    await chat.later(hours=1)
    assert len(boards(await chat.in_channel("International"))) == 1


async def test_who_stays_off_boards_is_not_on_them(chat: Chat) -> None:
    await chat.type("Tom O'Brien", "@Li Na solved the dispute of the day #solution")
    await chat.press("Li Na", "Hide me from leaderboards", await chat.type("Li Na", "me"))
    assert "Li Na" not in said(await chat.type("Tom O'Brien", "top"))
    await chat.press("Li Na", "Show me on leaderboards", await chat.type("Li Na", "me"))
    assert "Li Na" in said(await chat.type("Tom O'Brien", "top"))


async def test_a_report_is_for_supervisors_and_oneself(chat: Chat) -> None:
    await chat.type("Tom O'Brien", "@Li Na solved the dispute of the day #solution")
    assert "Balance: 3" in said(await chat.type("Grace Lim", "report @Li Na"))
    assert "Only" in said(await chat.type("Priya Nair", "report @Li Na"))
    assert "只有" in said(await chat.type("王敏", "report @Li Na"))
    assert "Balance" in said(await chat.type("Li Na", "report @Li Na"))


async def test_a_preview_shows_the_next_post_to_who_decides(chat: Chat) -> None:
    await chat.type("Tom O'Brien", "@Li Na solved the dispute of the day #solution")
    assert "Li Na" in said(await chat.type("Grace Lim", "preview"))
    assert "Only" in said(await chat.type("Tom O'Brien", "preview"))


async def test_who_has_nothing_yet_still_sees_the_own_row(chat: Chat) -> None:
    await chat.type("Tom O'Brien", "@Li Na solved the dispute of the day #solution")
    assert "* – | Priya Nair | 0 | –" in said(await chat.type("Priya Nair", "top"))
