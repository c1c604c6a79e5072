"""Whom the page lists: everyone of the product's database, with what tells them apart."""

from __future__ import annotations

from bot.localchat import WORKSPACE as LOCAL
from bot.localchat import ChatStore, account
from bot.storage.database import Database, Tx
from bot.storage.members import Role
from bot.web.store import Colleague
from tests import builders

from .conftest import LI, FakeStore, Start
from .test_reading import read


async def test_the_page_is_told_what_tells_people_apart(start: Start) -> None:
    li = Colleague(
        LI, "李娜", staff_number="8011", team="信用卡一组", role="supervisor", other_names=("nana li",), home="general"
    )
    running = await start(FakeStore(members=[li]))
    data = await read(running, "state")
    assert data["people"] == [
        {
            "id": LI,
            "name": "李娜",
            "active": True,
            "bot": False,
            "staffNumber": "8011",
            "team": "信用卡一组",
            "role": "supervisor",
            "otherNames": ["nana li"],
            "home": "general",
        }
    ]


async def test_people_come_with_number_team_role_and_other_names(database: Database) -> None:
    def invent(tx: Tx) -> tuple[tuple[str, ...], tuple[str, str]]:
        bank = builders.new_organisation(tx)
        cards, loans = (builders.new_team(tx, bank, name) for name in ("Cards", "Loans"))
        members = (
            builders.new_member(tx, bank, "张伟", cards, staff_number="8024", other_names=("David Zhang",)),
            builders.new_member(tx, bank, "张伟", loans, staff_number="8036", active=False),
            builders.new_member(tx, bank, "Ann", role=Role.MANAGER),
        )
        other = builders.new_organisation(tx, "Other", workspace="other")
        builders.new_member(tx, other, "Stranger", workspace="other", staff_number="8024")
        return tuple(account(member.id) for member in members), (f"team-{cards.id}", f"team-{loans.id}")

    (one, two, ann), (cards, loans) = await database.write(invent)
    zone = "Asia/Shanghai"
    found = await ChatStore(database, builders.Clock()).people(LOCAL)
    assert {person.id: person for person in found} == {
        one: Colleague(one, "张伟", "en", zone, None, False, True, "8024", "Cards", "agent", ("david zhang",), cards),
        two: Colleague(two, "张伟", "en", zone, None, False, False, "8036", "Loans", "agent", home=loans),
        ann: Colleague(ann, "Ann", "en", zone, None, False, True, role="manager"),
    }


async def test_a_workspace_of_nobody_lists_nobody(database: Database) -> None:
    assert await ChatStore(database, builders.Clock()).people("nowhere") == ()
