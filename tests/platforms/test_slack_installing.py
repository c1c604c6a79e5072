"""Many workspaces: installed, spoken to each with its own token, rotated, taken away; none sees another's."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from bot.config import Settings
from bot.errors import WorkspaceUnknown
from bot.i18n import describe
from bot.platforms.slack_access import Installations, Vault
from bot.platforms.slack_oauth import SealedStates
from bot.storage import organisations, tables
from bot.storage.database import Tx
from tests.builders import rows
from tests.platforms import signed
from tests.platforms.block_kit import check_message, check_view, words
from tests.platforms.conftest import Desk, opened
from tests.platforms.slack_api import BOT_USER, SlackApi, button

KEY = "a-key-of-at-least-sixteen-characters"
REASON = "for staying late to calm the customer, you helped"
CODE = {"T1": "one", "T2": "two", "E1": "grid"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Any number of workspaces."""
    return replace(
        settings,
        slack_bot_token="",
        slack_client_id="1.2",
        slack_client_secret="shh",
        secret_key=KEY,
        public_url="https://praise.example.com",
    )


@pytest.fixture
async def desk(settings: Settings, api: SlackApi) -> AsyncIterator[Desk]:
    api.answers["oauth.v2.access"] = granted
    api.team = {"team_id": "T1"}
    async with opened(settings, api) as desk:
        yield desk


def granted(arguments: dict[str, Any]) -> dict[str, Any]:
    """Answer as ``oauth.v2.access`` does; a refresh token gives the next one."""
    if arguments.get("grant_type") == "refresh_token":
        number = int(arguments["refresh_token"].removeprefix("xoxe-1-")) + 1
        return {
            "token_type": "bot",
            "access_token": f"xoxe.xoxb-{number}",
            "refresh_token": f"xoxe-1-{number}",
            "expires_in": 43_200,
        }
    if arguments["code"] == "grid":
        place: dict[str, Any] = {
            "team": None,
            "enterprise": {"id": "E1", "name": "Harbour Group"},
            "is_enterprise_install": True,
        }
    else:
        team = "T1" if arguments["code"] == "one" else "T2"
        place = {"team": {"id": team, "name": "Harbour Bank"}, "enterprise": None, "is_enterprise_install": False}
    rotating = {"refresh_token": "xoxe-1-1", "expires_in": 3600} if arguments["code"] == "two" else {}
    return {
        "app_id": "A1",
        "authed_user": {"id": "UINSTALLER"},
        "scope": "chat:write,commands",
        "token_type": "bot",
        "access_token": f"xoxb-{arguments['code']}",
        "bot_user_id": BOT_USER,
        **place,
        **rotating,
    }


def granted_but_not_rotated(arguments: dict[str, Any]) -> dict[str, Any]:
    """Answer an installation as `granted` does, and refuse what is rotated."""
    return {"error": "fatal_error"} if "grant_type" in arguments else granted(arguments)


async def install(desk: Desk, workspace: str, *, state: str | None = None, cookie: str | None = None) -> int:
    """Go the way a browser goes; return the status of its end."""
    begin = await desk.client.get("/slack/install", allow_redirects=False)
    page = await begin.text()
    link = re.search(r'href="(https://slack\.com/oauth/v2/authorize[^"]+)"', page)
    assert link is not None, page
    asked = parse_qs(urlsplit(link[1].replace("&amp;", "&")).query)
    assert asked["redirect_uri"] == ["https://praise.example.com/slack/oauth_redirect"]
    assert "chat:write" in asked["scope"][0]
    given = cookie or begin.headers["Set-Cookie"].split(";")[0]
    end = await desk.client.get(
        "/slack/oauth_redirect",
        params={"code": CODE[workspace], "state": state or asked["state"][0]},
        headers={"Cookie": given},
    )
    return end.status


def a_minute_later(desk: Desk) -> None:
    """Let what was kept of installations be looked up again."""
    assert isinstance(desk.slack.accesses, Installations)
    desk.slack.accesses._known.clear()


async def names(desk: Desk) -> list[str]:
    return [one.name for one in await desk.product.database.read(organisations.every)]


async def test_a_workspace_that_installs_the_app_becomes_an_organisation_of_its_own(desk: Desk) -> None:
    assert await install(desk, "T1") == 200
    assert await install(desk, "T2") == 200
    assert await names(desk) == ["Harbour Bank", "Harbour Bank (T2)"]
    for team, token in (("T1", "xoxb-one"), ("T2", "xoxe.xoxb-2")):
        await desk.send(signed.command("UTOM", "help", team=team))
        access = await desk.slack.accesses.of(team)
        assert access is not None
        assert access.token == token


async def test_tokens_are_encrypted_where_they_are_kept(desk: Desk, settings: Settings) -> None:
    await install(desk, "T1")
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    for file in path.parent.glob("praisebot.db*"):
        assert b"xoxb-one" not in file.read_bytes()
    (row,) = await desk.product.database.read(rows, tables.credentials)
    assert Vault([KEY]).open(row["sealed"])["bot_token"] == "xoxb-one"


async def test_installing_again_keeps_the_organisation(desk: Desk) -> None:
    for _ in range(2):
        assert await install(desk, "T1") == 200
    assert await names(desk) == ["Harbour Bank"]


@pytest.mark.parametrize("how", [{"state": "made up"}, {"cookie": "slack-app-oauth-state=other"}])
async def test_an_installation_somebody_else_began_is_refused(desk: Desk, how: dict[str, str]) -> None:
    assert await install(desk, "T1", **how) in (400, 401)
    assert await names(desk) == []


async def test_a_refused_code_installs_nothing(desk: Desk) -> None:
    desk.api.answers["oauth.v2.access"] = "invalid_code"
    assert await install(desk, "T1") == 401
    assert await names(desk) == []


async def test_a_state_is_good_for_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    states = SealedStates(Vault([KEY]))
    state = await states.async_issue()
    assert await states.async_consume(state)
    later = time.time() + 700
    monkeypatch.setattr("cryptography.fernet.time.time", lambda: later)
    assert not await states.async_consume(state)


async def test_one_workspace_sees_nothing_of_another(desk: Desk) -> None:
    await install(desk, "T1")
    await install(desk, "T2")
    for team in ("T1", "T2"):
        for user in ("UTOM", "UPRIYA"):
            desk.api.add(user, user.title(), team=team)
        await desk.send(signed.command("UTOM", f"<@UPRIYA|p> {REASON} in {team}", team=team))
    for team, other in (("T1", "T2"), ("T2", "T1")):
        seen = words((await desk.send(signed.command("UPRIYA", "me", team=team)))["blocks"])
        assert f"in {team}" in seen
        assert f"in {other}" not in seen
    tokens = {call.token for call in desk.api.calls if call.method == "chat.postMessage"}
    assert tokens == {"xoxb-one", "xoxe.xoxb-2"}


def buttons(shown: Any) -> list[dict[str, Any]]:
    rows = [block["elements"] for block in shown.get("blocks") or () if block["type"] == "actions"]
    return [one for row in rows for one in row]


async def test_nothing_that_can_be_sent_from_one_workspace_reaches_into_another(desk: Desk) -> None:
    """Every kind of request, and every button that anybody of the other workspace was shown."""
    for user in ("UTOM", "UPRIYA", "UINSTALLER"):
        desk.api.add(user, user.title(), team="T1", enterprise_user={"teams": ["T1", "T2"]})
    for team in ("T1", "T2"):
        await install(desk, team)
    shown = [await desk.send(signed.command("UTOM", f"<@UPRIYA|p> {REASON} GEHEIM", team="T1"))]
    await desk.send(signed.command("UTOM", "customer <@UPRIYA|p> she solved it GEHEIM", team="T1"))
    await desk.send(signed.event(signed.app_home_opened("UINSTALLER", channel="D1"), team="T1"))
    shown += [await desk.send(signed.command("UINSTALLER", words_, team="T1")) for words_ in ("queue", "me", "help")]
    shown += [call.get("view", call) for name in ("chat.postMessage", "views.publish") for call in desk.api.of(name)]
    found = {(one["action_id"], one.get("value")): one for each in shown for one in buttons(each)}.values()
    names = {one["action_id"].partition("#")[0] for one in found}
    assert names >= {"confirm.confirm", "confirm.raise", "confirm.retag.form", "confirm.assign.form", "praise.undo"}

    def of_first(tx: Tx) -> Any:
        (mine,) = [one["organisation_id"] for one in rows(tx, tables.workspaces) if one["workspace"] == "T1"]
        kept = (tables.praises, tables.comments, tables.entries, tables.outbox, tables.decisions, tables.members)
        return mine, [[row for row in rows(tx, table) if row["organisation_id"] == mine] for table in kept]

    before = await desk.product.database.read(of_first)
    calls = len(desk.api.calls)
    answers: list[Any] = []
    for user in ("UINSTALLER", "UTOM"):
        for element in found:
            url = desk.response_url()
            message = {"ts": "1700000000.000002"}
            for request in (
                signed.pressed_in_message(user, element, message, channel="C1", team="T2", response_url=url),
                signed.pressed_in_view(user, element, {"id": "V1", "type": "home", "hash": "1"}, team="T2"),
            ):
                answers.append(await desk.send(request))  # noqa: PERF401
        for request in (
            signed.message_shortcut(
                user, "comment.form", {"ts": "1.1", "user": "UPRIYA", "text": "x"}, channel="C1", team="T2"
            ),
            signed.event(signed.app_home_opened(user, channel="D1"), team="T2"),
            signed.event(signed.reaction_added(user, "raised_hands", channel="C1", ts="1700000000.000002"), team="T2"),
            signed.event(signed.message_im(user, "queue", channel="D1"), team="T2"),
            signed.command(user, "report <@UPRIYA|p>", team="T2"),
        ):
            answers.append(await desk.send(request))  # noqa: PERF401
    assert await desk.product.database.read(of_first) == before
    later = desk.api.calls[calls:]
    assert later
    assert "GEHEIM" not in str([answers, [call.arguments for call in later]])
    assert {call.token for call in later if not call.method.startswith("response/")} <= {"xoxe.xoxb-2", "xoxb-two", ""}


async def test_an_installation_for_a_whole_grid_is_one_organisation(desk: Desk) -> None:
    assert await install(desk, "E1") == 200
    assert await names(desk) == ["Harbour Group"]
    for team in ("T7", "T8"):
        desk.api.add("UTOM", "Tom", team=team, enterprise_user={"enterprise_id": "E1", "teams": ["T7", "T8"]})
        desk.api.add("UPRIYA", "Priya", team=team, enterprise_user={"enterprise_id": "E1", "teams": ["T7", "T8"]})
        request = signed.command("UTOM", f"<@UPRIYA|p> {REASON} in {team}", team=team, enterprise="E1", org_wide=True)
        assert "你表扬了 Priya" in words((await desk.send(request))["blocks"])
    assert await names(desk) == ["Harbour Group"]


@pytest.mark.parametrize("event", [signed.app_uninstalled(), signed.tokens_revoked()])
async def test_a_workspace_that_takes_the_app_away_is_forgotten_but_not_its_praise(
    desk: Desk, event: dict[str, Any]
) -> None:
    await install(desk, "T1")
    await desk.send(signed.event(event, team="T1"))
    assert await desk.product.database.read(rows, tables.credentials) == []
    assert await desk.slack.accesses.of("T1") is None
    assert await names(desk) == ["Harbour Bank"]
    assert await install(desk, "T1") == 200
    assert await names(desk) == ["Harbour Bank"]


async def test_tokens_of_people_may_go(desk: Desk) -> None:
    await install(desk, "T1")
    await desk.send(signed.event(signed.tokens_revoked(bot=(), oauth=("U1",)), team="T1"))
    assert await desk.slack.accesses.of("T1") is not None


async def test_a_workspace_without_the_app_is_told_so(desk: Desk) -> None:
    await desk.send(signed.command("UTOM", "help", team="T404", response_url=desk.response_url()))
    (answer,) = desk.responses()
    assert answer["text"] == describe(WorkspaceUnknown(), "zh_CN")
    assert await desk.product.database.read(rows, tables.events) == []


# --- from installing to a working team --------------------------------------------------------------------------------


def welcomes(desk: Desk) -> list[dict[str, Any]]:
    return [call for call in desk.api.of("chat.postMessage") if call["channel"] == "UINSTALLER"]


async def settled_in(desk: Desk) -> dict[str, Any]:
    """Install, as somebody Slack knows; return what they are told."""
    desk.api.add("UINSTALLER", "Ines Taller", team="T1", locale="en-GB", tz="Europe/London")
    assert await install(desk, "T1") == 200
    await desk.settled()
    (told,) = welcomes(desk)
    check_message({name: told[name] for name in ("text", "blocks")})
    return told


async def test_who_installs_the_app_is_led_to_a_working_team_without_a_console(desk: Desk) -> None:
    told = await settled_in(desk)
    for user in ("UTOM", "UPRIYA", "UGRACE"):
        desk.api.add(user, user[1:].title(), team="T1", locale="en-GB")
    press = signed.pressed_in_message(
        "UINSTALLER",
        button(told, "Make a team"),
        {"ts": "1.1"},
        channel="D1",
        team="T1",
        response_url=desk.response_url(),
    )
    await desk.send(press)
    view = desk.api.of("views.open")[-1]["view"]
    check_view(view)

    def filled(**fields: Any) -> signed.Request:
        kinds = {"name": ("text", "plain_text_input")}
        state = {
            f"field:{name}": {
                (kind := kinds.get(name, ("people", "multi_users_select")))[0]: {"type": kind[1], **value}
            }
            for name, value in fields.items()
        }
        return signed.view_submission("UINSTALLER", {"id": "V1", **view}, state, team="T1")

    nobody = {"selected_users": []}
    wrong = await desk.send(filled(name={"value": " "}, supervisors=nobody, members=nobody))
    assert set(wrong["errors"]) == {"field:name", "field:supervisors"}
    people = {"supervisors": {"selected_users": ["UGRACE"]}, "members": {"selected_users": ["UTOM", "UPRIYA"]}}
    assert await desk.send(filled(name={"value": "Cards"}, **people)) == ""
    said = words(desk.responses()[-1]["blocks"])
    assert "Grace decide on its praise" in said
    assert "/praise channel Cards" in said

    taken = await desk.send(signed.command("UINSTALLER", "channel Cards", channel="C7", team="T1"))
    assert "The board and the news of Cards come to this channel" in words(taken["blocks"])
    await desk.send(signed.command("UTOM", f"<@UPRIYA|p> {REASON}", team="T1"))
    assert [call for call in desk.api.of("chat.postMessage") if call["channel"] == "C7"]
    assert "1 to decide" in words((await desk.send(signed.command("UGRACE", "queue", team="T1")))["blocks"])


async def test_a_channel_for_a_team_that_is_not_there_offers_to_make_it(desk: Desk) -> None:
    await settled_in(desk)
    asked = await desk.send(signed.command("UINSTALLER", "channel Loans", channel="C8", team="T1"))
    assert "There is no team Loans" in words(asked["blocks"])
    press = signed.pressed_in_message(
        "UINSTALLER", button(asked, "Make a team"), {"ts": "1.1"}, channel="C8", team="T1"
    )
    await desk.send(press)
    view = desk.api.of("views.open")[-1]["view"]
    state = {
        "field:name": {"text": {"type": "plain_text_input", "value": "Loans"}},
        "field:supervisors": {"people": {"type": "multi_users_select", "selected_users": ["UINSTALLER"]}},
    }
    await desk.send(signed.view_submission("UINSTALLER", {"id": "V2", **view}, state, team="T1"))
    (team,) = await desk.product.database.read(rows, tables.teams)
    assert (team["name"], team["channel"]) == ("Loans", "C8")


async def test_a_new_organisation_speaks_as_who_installed_it_and_keeps_their_time(desk: Desk) -> None:
    await settled_in(desk)
    (organisation,) = await desk.product.database.read(organisations.every)
    assert (organisation.locale, organisation.timezone) == ("en", "Europe/London")


async def test_only_the_first_to_install_becomes_administrator_and_is_told_once(desk: Desk) -> None:
    await settled_in(desk)
    assert await install(desk, "T1") == 200
    await desk.settled()
    assert len(welcomes(desk)) == 1
    usual = granted({"code": "one"})
    desk.api.add("UTOM", "Tom", team="T1")
    desk.api.answers["oauth.v2.access"] = usual | {"authed_user": {"id": "UTOM"}}
    assert await install(desk, "T1") == 200
    await desk.settled()
    roles = {row["name"]: row["role"] for row in await desk.product.database.read(rows, tables.members)}
    assert roles == {"Ines Taller": "admin", "Tom": "agent"}
    refused = await desk.send(signed.command("UTOM", "team", team="T1"))
    assert "管理员" in words(refused["blocks"]) or "administrators" in words(refused["blocks"])


async def test_what_slack_does_not_say_of_the_installer_keeps_nobody_from_installing(desk: Desk) -> None:
    desk.api.answers["users.info"] = "internal_error"
    assert await install(desk, "T1") == 200
    assert await desk.slack.accesses.of("T1") is not None


# --- rotation ---------------------------------------------------------------------------------------------------------


async def test_a_token_about_to_expire_is_rotated_once_and_kept(desk: Desk) -> None:
    import asyncio

    await install(desk, "T2")
    found = await asyncio.gather(*(desk.slack.accesses.of("T2") for _ in range(5)))
    assert {access.token for access in found if access} == {"xoxe.xoxb-2"}
    refreshed = [call for call in desk.api.of("oauth.v2.access") if call.get("grant_type") == "refresh_token"]
    assert [call["refresh_token"] for call in refreshed] == ["xoxe-1-1"]
    (row,) = await desk.product.database.read(rows, tables.credentials)
    assert Vault([KEY]).open(row["sealed"])["bot_refresh_token"] == "xoxe-1-2"


async def test_what_another_process_rotated_is_used(desk: Desk) -> None:
    desk.api.answers["oauth.v2.access"] = granted_but_not_rotated
    await install(desk, "T2")
    access = desk.slack.accesses
    assert isinstance(access, Installations)
    first = await access._read("T2")
    assert first is not None

    def rotated_elsewhere(arguments: dict[str, Any]) -> dict[str, Any]:
        first.bot_token = "xoxe.xoxb-elsewhere"
        first.bot_token_expires_at = int(time.time()) + 43_200
        sealed = Vault([KEY]).seal(first.to_dict_for_copying())
        with desk.product.database.engine.begin() as tx:
            tx.execute(tables.credentials.update().values(sealed=sealed))
        return {"error": "invalid_refresh_token"}

    desk.api.answers["oauth.v2.access"] = rotated_elsewhere
    a_minute_later(desk)
    found = await access.of("T2")
    assert found is not None
    assert found.token == "xoxe.xoxb-elsewhere"


async def test_a_token_that_cannot_be_rotated_is_used_while_it_lives(desk: Desk) -> None:
    desk.api.answers["oauth.v2.access"] = granted_but_not_rotated
    await install(desk, "T2")
    a_minute_later(desk)
    found = await desk.slack.accesses.of("T2")
    assert found is not None
    assert found.token == "xoxb-two"


def test_a_new_key_reads_what_the_old_one_wrote() -> None:
    sealed = Vault(["the-old-key-long-enough"]).seal({"bot_token": "x"})
    assert Vault(["the-new-key-long-enough", "the-old-key-long-enough"]).open(sealed) == {"bot_token": "x"}
    with pytest.raises(ValueError, match="not sealed"):
        Vault(["the-new-key-long-enough"]).open(sealed)


async def test_without_its_key_a_workspace_is_not_installed(desk: Desk) -> None:
    await install(desk, "T1")

    def swap() -> None:
        with desk.product.database.engine.begin() as tx:
            assert tx.execute(select(tables.credentials.c.sealed)).scalar()
            tx.execute(tables.credentials.update().values(sealed=Vault(["x" * 20]).seal({})))

    swap()
    a_minute_later(desk)
    assert await desk.slack.accesses.of("T1") is None
