"""Who accounts of Slack are, and that members stay what they are there."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chat import Person
from bot.platforms.slack_access import Access
from bot.platforms.slack_people import person_of
from bot.storage import identities, members, organisations, verification
from bot.storage.database import Tx
from bot.storage.members import Member
from tests.platforms import signed
from tests.platforms.block_kit import words
from tests.platforms.conftest import Desk
from tests.platforms.signed import account

ACCESS = Access("T1", "xoxb", "UBOT", "BBOT", frozenset({"T1", "E1"}), frozenset())
REASON = "for staying late to calm the customer, you helped"


def described(**more: Any) -> Person | None:
    return person_of(account("U1", "Li Xue", team="T1") | more, ACCESS)


def test_an_account_is_described_by_what_slack_shows() -> None:
    profile = {"display_name": "小雪", "real_name": "Li Xue", "email": "li@example.com"}
    found = described(profile=profile, locale="zh-CN", is_email_confirmed=True)
    assert found == Person("U1", "小雪", "zh_CN", "Asia/Shanghai", "li@example.com")


@pytest.mark.parametrize("profile", [{"display_name": "", "real_name": "Li Xue"}, {}, None])
def test_without_a_display_name_the_real_name_stands(profile: Any) -> None:
    found = described(profile=profile)
    assert found is not None
    assert found.name == "Li Xue"


def test_an_address_nobody_confirmed_is_no_proof() -> None:
    found = described(profile={"email": "boss@example.com"}, is_email_confirmed=False)
    assert found is not None
    assert found.email is None


@pytest.mark.parametrize(
    ("more", "bot", "active"),
    [
        ({"is_bot": True}, True, True),
        ({"id": "USLACKBOT"}, True, True),
        ({"deleted": True}, False, False),
        ({}, False, True),
    ],
)
def test_bots_and_leavers_are_told_apart(more: dict[str, Any], bot: bool, active: bool) -> None:
    found = described(**more)
    assert found is not None
    assert (found.bot, found.active) == (bot, active)


@pytest.mark.parametrize("more", [{"is_restricted": True}, {"is_restricted": True, "is_ultra_restricted": True}])
def test_guests_are_people_of_the_workspace_that_invited_them(more: dict[str, Any]) -> None:
    assert described(**more) is not None


@pytest.mark.parametrize(
    "more", [{"is_stranger": True}, {"team_id": "T2"}, {"team_id": "T2", "enterprise_user": {"enterprise_id": "E2"}}]
)
def test_people_of_other_organisations_are_nobody(more: dict[str, Any]) -> None:
    assert described(**more) is None


def test_people_of_the_same_grid_belong() -> None:
    assert described(team_id="T2", enterprise_user={"enterprise_id": "E1", "teams": ["T2"]}) is not None


async def member(desk: Desk, user: str) -> Member | None:
    return await desk.product.database.read(lambda tx: identities.behind(tx, "slack", signed.TEAM, [user]).get(user))


async def test_who_is_on_the_roster_is_known_by_their_address(desk: Desk) -> None:
    receipt = await desk.send(signed.command("UTOM", f"<@UPRIYA|whoever> {REASON}"))
    assert "You praised Priya Nair" in words(receipt["blocks"])
    found = await member(desk, "UPRIYA")
    assert found is not None
    assert found.staff_number == "8053"


async def test_who_is_not_becomes_a_member(desk: Desk) -> None:
    desk.api.add("UNEW", "Mei", locale="zh-CN")
    await desk.send(signed.command("UTOM", f"<@UNEW|mei> {REASON}"))
    found = await member(desk, "UNEW")
    assert found is not None
    assert (found.name, found.locale, found.team_id) == ("Mei", "zh_CN", None)


async def test_a_stranger_in_a_shared_channel_neither_gives_nor_receives(desk: Desk) -> None:
    desk.api.add("UFAR", "Far Away", team="T999")
    assert "can’t find" in words((await desk.send(signed.command("UTOM", f"<@UFAR|far> {REASON}")))["blocks"])
    assert "don’t know you" in words((await desk.send(signed.command("UFAR", f"<@UPRIYA|priya> {REASON}")))["blocks"])


async def test_a_bot_is_not_praised(desk: Desk) -> None:
    desk.api.add("UBOT2", "Robot", is_bot=True)
    assert "is a bot" in words((await desk.send(signed.command("UTOM", f"<@UBOT2|r> {REASON}")))["blocks"])


async def test_who_was_deactivated_has_left_and_who_comes_back_has_not(desk: Desk) -> None:
    desk.api.add("UNEW", "Mei")
    await desk.send(signed.command("UNEW", "me"))
    for deleted, said in ((True, "has left"), (False, "You praised")):
        await desk.send(signed.event(signed.user_change(account("UNEW", "Mei", deleted=deleted))))
        answer = await desk.send(signed.command("UTOM", f"<@UNEW|mei> {REASON} {deleted}"))
        assert said in words(answer["blocks"])


async def test_a_new_name_is_found_and_the_old_one_no_longer(desk: Desk) -> None:
    desk.api.add("UNEW", "Mei")
    await desk.send(signed.command("UNEW", "me"))
    await desk.send(signed.event(signed.user_change(account("UNEW", "Mei Chen"))))
    assert "You praised Mei Chen" in words((await desk.send(signed.command("UTOM", f"@Mei Chen {REASON}")))["blocks"])
    assert "can’t find" in words((await desk.send(signed.command("UTOM", f"@Mei, {REASON}")))["blocks"])


async def test_somebody_is_spoken_to_in_the_language_they_choose_in_slack_unless_the_roster_says_one(
    desk: Desk,
) -> None:
    desk.api.add("UNEW", "Mei", locale="en-US")
    for user, name, expected in (("UNEW", "Mei", "zh_CN"), ("UPRIYA", "Priya", "en")):
        await desk.send(signed.command(user, "me"))
        await desk.send(signed.event(signed.user_change(account(user, name, locale="zh-CN"))))
        await desk.send(signed.event(signed.user_change(account(user, name, status_text="at lunch"))))
        found = await member(desk, user)
        assert found is not None
        assert found.locale == expected


async def test_a_name_of_the_roster_is_not_changed_by_slack(desk: Desk) -> None:
    await desk.send(signed.command("UPRIYA", "me"))
    await desk.send(signed.event(signed.user_change(account("UPRIYA", "pri ✨"))))
    found = await member(desk, "UPRIYA")
    assert found is not None
    assert found.name == "Priya Nair"


async def test_who_joins_is_met_when_they_first_do_something(desk: Desk) -> None:
    await desk.send(signed.event(signed.team_join(account("UNEW", "Mei"))))
    assert await member(desk, "UNEW") is None
    await desk.send(signed.command("UTOM", f"<@UNEW|mei> {REASON}"))
    assert desk.api.of("users.info")[-1]["user"] != "UNEW"


async def test_users_info_is_asked_once_for_a_while(desk: Desk) -> None:
    for _ in range(3):
        await desk.slack.profile(signed.TEAM, "UPRIYA")
    assert len([call for call in desk.api.of("users.info") if call["user"] == "UPRIYA"]) == 1


async def test_nobody_is_known_to_a_workspace_without_the_app(desk: Desk) -> None:
    with pytest.raises(KeyError):
        await desk.slack.profile("T404", "UPRIYA")


async def test_accounts_of_two_chats_with_one_address_are_one_member(desk: Desk) -> None:
    def enrol(tx: Tx) -> int:
        organisation = organisations.every(tx)[0]
        organisations.connect(tx, organisation.id, "teams", "tenant")
        person = Person("29:1", "Priya N.", email="Priya@Harbour.example")
        return identities.enrol(tx, organisation, "teams", "tenant", person, desk.product.clock())

    await desk.send(signed.command("UPRIYA", "me"))
    found = await member(desk, "UPRIYA")
    assert found is not None
    assert await desk.product.database.write(enrol) == found.id


async def test_who_turns_out_to_have_the_address_of_a_member_was_that_member_all_the_time(desk: Desk) -> None:
    desk.api.add("UOTHER", "priya.n")
    await desk.send(signed.command("UTOM", f"<@UOTHER|p> {REASON}"))
    was, priya = await member(desk, "UOTHER"), await desk.product.database.read(_on_roster, "8053")
    assert was is not None
    assert was.id != priya.id
    changed = account("UOTHER", "priya.n", email="priya@harbour.example")
    for _ in range(2):
        await desk.send(signed.event(signed.user_change(changed)))
    found = await member(desk, "UOTHER")
    assert found is not None
    assert found.id == priya.id
    assert REASON in words((await desk.send(signed.command("UOTHER", "me")))["blocks"])
    assert (await desk.product.database.read(verification.verify)).discrepancies == ()


async def test_an_address_that_changes_hands_makes_nobody_of_the_roster_somebody_else(desk: Desk) -> None:
    await desk.send(signed.command("UPRIYA", "me"))
    await desk.send(signed.event(signed.user_change(account("UPRIYA", "Priya", email="tom@harbour.example"))))
    found = await member(desk, "UPRIYA")
    assert found is not None
    assert found.staff_number == "8053"


def _on_roster(tx: Tx, number: str) -> Member:
    found = members.by_staff_number(tx, organisations.every(tx)[0].id, number)
    assert found is not None
    return found
