"""The App Home: one's own figures, and for who decides the queue."""

from __future__ import annotations

from typing import Any

from bot.storage import members, organisations, tables
from bot.storage.database import Tx
from tests.builders import rows, waiting
from tests.platforms import signed
from tests.platforms.block_kit import check_view, words
from tests.platforms.conftest import WEDNESDAY, Desk
from tests.platforms.slack_api import button

REASON = "for staying late to calm the customer, you helped"


async def home(desk: Desk, who: str) -> Any:
    await desk.send(signed.event(signed.app_home_opened(who, channel="D1")))
    return shown(desk, who)


def shown(desk: Desk, who: str) -> Any:
    published = desk.api.of("views.publish")[-1]
    assert published["user_id"] == who
    check_view(published["view"])
    return published["view"]


def pressed(who: str, view: Any, label: str) -> signed.Request:
    return signed.pressed_in_view(who, button(view, label), {"id": "V9", "hash": "1.1", **view})


async def test_everybody_sees_their_own_figures(desk: Desk) -> None:
    await desk.send(signed.command("UTOM", f"<@UPRIYA|priya> {REASON}"))
    found = words((await home(desk, "UPRIYA"))["blocks"])
    assert "Your praise" in found
    assert REASON in found
    assert "to decide" not in found


async def test_a_supervisor_decides_there_and_the_home_is_drawn_again(desk: Desk) -> None:
    for number in range(3):
        await desk.send(signed.command("UTOM", f"<@UPRIYA|priya> {REASON} {number}"))
    view = await home(desk, "UGRACE")
    assert "3 to decide" in words(view["blocks"])
    await desk.send(pressed("UGRACE", view, "Confirm"))
    again = shown(desk, "UGRACE")
    assert "Your praise" in words(again["blocks"])
    assert "2 to decide" in words(again["blocks"])
    for _ in range(2):
        await desk.send(pressed("UGRACE", shown(desk, "UGRACE"), "Confirm"))
    assert "Confirmed for" in words(shown(desk, "UGRACE")["blocks"])
    assert {row["status"] for row in await desk.product.database.read(rows, tables.praises)} == {"confirmed"}


async def test_a_form_opened_there_draws_the_home_again(desk: Desk) -> None:
    await desk.send(signed.command("UTOM", f"<@UPRIYA|priya> {REASON}"))
    await desk.send(pressed("UGRACE", await home(desk, "UGRACE"), "Not praise"))
    form = desk.api.of("views.open")[-1]["view"]
    values = {"field:why": {"choice": {"type": "radio_buttons", "selected_option": {"value": "=irony"}}}}
    assert await desk.send(signed.view_submission("UGRACE", {"id": "V1", **form}, values)) == ""
    assert "Your queue is empty" in words(shown(desk, "UGRACE")["blocks"])


async def test_what_is_only_said_there_is_shown_in_a_modal(desk: Desk) -> None:
    await desk.send(pressed("UTOM", await home(desk, "UTOM"), "Hide me from leaderboards"))
    said = desk.api.of("views.open")[-1]["view"]
    check_view(said)
    assert "off all leaderboards" in words(said["blocks"])


async def test_a_button_pressed_again_after_the_home_changed_is_another_press(desk: Desk) -> None:
    for number in range(12):
        await desk.send(signed.command("UTOM", f"<@UPRIYA|priya> {REASON} {number}" if number < 10 else "help"))
    view = await home(desk, "UGRACE")
    await desk.send(pressed("UGRACE", view, "Next"))
    assert "page 2" in words(shown(desk, "UGRACE")["blocks"])


async def test_the_home_of_a_large_team_keeps_to_slacks_limits(desk: Desk) -> None:
    def crowd(tx: Tx) -> None:
        organisation = organisations.every(tx)[0]
        team = organisations.teams_of(tx, organisation.id)[0]
        for number in range(500):
            members.add(tx, organisation.id, f"Agent {number}", now=WEDNESDAY, team_id=team.id)

    await desk.product.database.write(crowd)
    for number in range(9):
        await desk.send(signed.command("UTOM", f"<@UPRIYA|priya> {REASON} {number} " + "so kind & <patient> " * 60))
    view = await home(desk, "UGRACE")
    assert "9 to decide" in words(view["blocks"])
    assert await desk.product.database.read(waiting) == []


async def test_only_the_home_tab_is_drawn(desk: Desk) -> None:
    await desk.send(signed.event(signed.app_home_opened("UTOM", channel="D1", tab="messages")))
    assert desk.api.of("views.publish") == []
