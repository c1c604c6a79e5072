from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import Person
from bot.errors import FileUnusable, RosterBroken, RosterEncodingUnknown, RosterWithoutNames
from bot.localchat import PLATFORM, WORKSPACE, account, team_channel
from bot.rules import DEFAULT_RULES, RulesError
from bot.setup import COLUMNS, MORE_COLUMNS, RosterError, add_roster, check_roster, found, new_organisation, read_roster
from bot.storage import identities, members, organisations, rulebook
from bot.storage.database import Database
from bot.storage.members import Role

NOW = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
ROSTER = """\
team,team_timezone,team_locale,name,english_name,staff_number,role,locale,active
信用卡一组,Asia/Shanghai,zh_CN,周敏,Mindy Zhou,8011,supervisor,zh_CN,true
信用卡一组,,,李雪,Snow Li,8021,,en,
Overseas,Europe/London,en,Ann Lee,,8031,agent,,yes
,,,何平,,9001,manager,,
信用卡一组,,,刘芳,,8022,agent,,No
"""


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def rows(tmp_path: Path, text: str | bytes) -> tuple[dict[str, str], ...]:
    return read_roster(written(tmp_path, text))


# --- reading ----------------------------------------------------------------------------------------------------------


def test_a_roster_is_read_with_the_line_of_each_row(tmp_path: Path) -> None:
    found = rows(tmp_path, ROSTER)
    assert [row["line"] for row in found] == ["2", "3", "4", "5", "6"]
    assert found[1] == dict.fromkeys((*COLUMNS, *MORE_COLUMNS), "") | {
        "line": "3",
        "team": "信用卡一组",
        "name": "李雪",
        "english_name": "Snow Li",
        "staff_number": "8021",
        "locale": "en",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_roster_is_read_as_spreadsheets_save_it(tmp_path: Path, encoding: str, newline: str) -> None:
    found = rows(tmp_path, ROSTER.replace("\n", newline).encode(encoding))
    assert [row["name"] for row in found] == ["周敏", "李雪", "Ann Lee", "何平", "刘芳"]


def test_only_the_name_column_is_needed_and_others_are_ignored(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, "phone,name\n1,李雪,more,and more\n")
    assert row == dict.fromkeys((*COLUMNS, *MORE_COLUMNS), "") | {"name": "李雪", "line": "2"}


def test_empty_rows_are_left_out_and_still_counted(tmp_path: Path) -> None:
    found = rows(tmp_path, 'name,team\n\n李雪,一组\n,\n"王\n磊",\n何平,\n')
    assert [(row["line"], row["name"]) for row in found] == [("3", "李雪"), ("6", "王\n磊"), ("7", "何平")]


def test_what_nobody_sees_is_no_part_of_a_name(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, "name,staff_number\n \u200b李雪\0 ,\ufeff8021\n")
    assert (row["name"], row["staff_number"]) == ("李雪", "8021")


@pytest.mark.parametrize(
    ("content", "error", "data"),
    [
        ("", RosterWithoutNames, {"found": "–"}),
        ("姓名,班组\n李雪,一组\n", RosterWithoutNames, {"found": "姓名, 班组"}),
        ("name\n" + "x" * 2_000 + "\n", RosterBroken, {"line": 2}),
        ('name\n李雪\n"王磊\n' + "何平\n" * 1_000, RosterBroken, {"line": 1_003}),
        (b"name\n\x81\xff\n", RosterEncodingUnknown, {}),
    ],
)
def test_what_is_no_roster_is_refused(
    tmp_path: Path, content: str | bytes, error: type[FileUnusable], data: dict[str, object]
) -> None:
    with pytest.raises(error) as refusal:
        rows(tmp_path, content)
    assert refusal.value.data == data


# --- checking ---------------------------------------------------------------------------------------------------------


def test_the_roster_of_the_demo_is_right() -> None:
    path = Path(__file__).parent.parent / "bot/demo/roster.csv"
    assert check_roster(read_roster(path)) == ()


def test_everything_wrong_is_told_with_its_line(tmp_path: Path) -> None:
    text = (
        "team,team_timezone,team_locale,name,english_name,staff_number,role,locale,active\n"
        "一组,Asia/Peking,zh,,,8021,boss,fr,\n"
        "\n"
        "一组,,,李雪,,8021,,,\n"
        "一组,,,@,,8099,,,\n"
        "一组,,,王磊,,8022,agent,en,\n"
    )
    assert check_roster(rows(tmp_path, text), taken=["8099", ""]) == (
        RosterError(2, "name_missing", ""),
        RosterError(2, "bad_role", "boss"),
        RosterError(2, "bad_locale", "fr"),
        RosterError(2, "bad_locale", "zh"),
        RosterError(2, "bad_timezone", "Asia/Peking"),
        RosterError(4, "staff_number_taken", "8021"),
        RosterError(5, "name_missing", ""),
        RosterError(5, "staff_number_taken", "8099"),
    )


def test_members_without_a_staff_number_do_not_clash(tmp_path: Path) -> None:
    assert check_roster(rows(tmp_path, "name\n李雪\n王磊\n"), taken=["", "8021"]) == ()


CELLS = st.fixed_dictionaries({column: st.text(max_size=8) for column in COLUMNS} | {"line": st.just("2")})


@given(st.lists(CELLS, max_size=4))
@settings(max_examples=25)
def test_any_cells_can_be_checked(cells: list[dict[str, str]]) -> None:
    errors = check_roster(cells)
    assert all(error.line == 2 for error in errors)
    assert sum(error.code == "name_missing" for error in errors) >= sum(not row["name"] for row in cells)


# --- adding -----------------------------------------------------------------------------------------------------------


async def test_an_organisation_begins_with_its_rules_in_the_local_chat(database: Database) -> None:
    made = await database.write(new_organisation, "海港银行", "zh_CN", "Asia/Shanghai", NOW)
    assert await database.read(organisations.of_workspace, PLATFORM, WORKSPACE) == made
    version = await database.read(rulebook.at, made.id, NOW)
    assert (version.version, version.text) == (1, DEFAULT_RULES)


async def test_an_organisation_needs_a_timezone_that_exists(database: Database) -> None:
    for timezone in ("Asia/Peking", "Asia", "", "../etc/passwd"):
        with pytest.raises(ValueError, match="no timezone"):
            await database.write(new_organisation, "海港银行", "zh_CN", timezone, NOW)
    assert await database.read(organisations.every) == ()


async def test_an_organisation_with_wrong_rules_is_not_made(database: Database) -> None:
    with pytest.raises(RulesError):
        await database.write(new_organisation, "海港银行", "zh_CN", "Asia/Shanghai", NOW, "x = 1")
    assert await database.read(organisations.every) == ()


async def test_a_roster_becomes_teams_members_and_supervisors(database: Database, tmp_path: Path) -> None:
    made = await database.write(new_organisation, "海港银行", "zh_CN", "Asia/Shanghai", NOW)
    assert await database.write(add_roster, made, rows(tmp_path, ROSTER), NOW) == 5

    teams = {team.name: team for team in await database.read(organisations.teams_of, made.id)}
    cards, overseas = teams["信用卡一组"], teams["Overseas"]
    assert (cards.locale, cards.timezone) == ("zh_CN", "Asia/Shanghai")
    assert (overseas.locale, overseas.timezone) == ("en", "Europe/London")
    assert overseas.channel == team_channel(overseas.id)

    people = {member.name: member for member in await database.read(members.everyone, made.id)}
    assert {name: (one.role, one.locale, one.active, one.team_id) for name, one in people.items()} == {
        "周敏": (Role.SUPERVISOR, "zh_CN", True, cards.id),
        "李雪": (Role.AGENT, "en", True, cards.id),
        "Ann Lee": (Role.AGENT, "zh_CN", True, overseas.id),
        "何平": (Role.MANAGER, "zh_CN", True, None),
        "刘芳": (Role.AGENT, "zh_CN", False, cards.id),
    }
    assert people["Ann Lee"].timezone == "Europe/London"
    assert [one.name for one in await database.read(members.supervisors_of, cards.id)] == ["周敏"]
    named = await database.read(members.by_keys, made.id, ["李雪", "snow li", "8021"])
    assert {one.id for found in named.values() for one in found} == {people["李雪"].id}
    accounts = await database.read(identities.behind, PLATFORM, WORKSPACE, [account(people["李雪"].id)])
    assert list(accounts.values()) == [people["李雪"]]


async def test_a_second_roster_joins_the_teams_there_are(database: Database, tmp_path: Path) -> None:
    made = await database.write(new_organisation, "海港银行", "zh_CN", "Asia/Shanghai", NOW)
    await database.write(add_roster, made, rows(tmp_path, ROSTER), NOW)
    added = await database.write(add_roster, made, rows(tmp_path, "name,team\n王磊,信用卡一组\n赵云,\n"), NOW)
    assert added == 2
    assert len(await database.read(organisations.teams_of, made.id)) == 2


async def test_who_was_met_before_is_the_member_of_the_row_with_their_address(
    database: Database, tmp_path: Path
) -> None:
    made = await database.write(new_organisation, "海港银行", "zh_CN", "Asia/Shanghai", NOW)
    await database.write(organisations.connect, made.id, "slack", "T1")
    person = Person("U1", "xue 🌸", email="Li.Xue@example.com")
    met = await database.write(identities.enrol, made, "slack", "T1", person, NOW)
    text = "name,team,staff_number,email\n李雪,信用卡一组,8021,li.xue@EXAMPLE.com\n"
    await database.write(add_roster, made, rows(tmp_path, text), NOW)
    (found,) = await database.read(members.everyone, made.id)
    assert (found.id, found.name, found.staff_number) == (met, "李雪", "8021")
    named = await database.read(members.by_keys, made.id, ["李雪", "8021", "xue 🌸"])
    assert set(named) == {"李雪", "8021"}


async def test_only_the_organisation_of_the_local_chat_is_seen_there(database: Database, tmp_path: Path) -> None:
    await database.write(new_organisation, "海港银行", "zh_CN", "Asia/Shanghai", NOW)
    other = await database.write(found, "Harbour Bank", "en", "Europe/London", NOW)
    await database.write(add_roster, other, rows(tmp_path, ROSTER), NOW)
    assert await database.read(identities.in_workspace, PLATFORM, WORKSPACE) == {}
    assert {team.channel for team in await database.read(organisations.teams_of, other.id)} == {None}


def test_one_address_is_one_members(tmp_path: Path) -> None:
    found = check_roster(rows(tmp_path, "name,email\n李雪,a@b.cn\n何平,A@b.cn\n刘芳,\n陈刚,\n"))
    assert found == (RosterError(3, "email_taken", "A@b.cn"),)
