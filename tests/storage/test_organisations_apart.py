"""Two organisations in one database: nobody of the one sees or changes anything of the other's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import Table, select

from bot import handlers
from bot.chat import Incoming
from bot.dispatch import Dispatch
from bot.errors import UnknownPerson
from bot.handlers import leaderboard
from bot.localchat import PLATFORM, WORKSPACE, account
from bot.storage import identities, members, outbox, tables
from bot.storage.database import Database, Tx
from bot.wire import reply_to_json
from tests.builders import (
    Bank,
    Clock,
    Directory,
    new_bank,
    new_dispatch,
    praise_of,
    pressed,
    rows,
    said,
    told,
    typed,
)

OTHER = "other"
SECRET = "Geheim"
"""Part of every name and text of the organisation that is looked at from outside."""


async def two_banks(database: Database) -> tuple[Bank, Bank, Dispatch]:
    """Return the bank to be kept apart, with something in every state, and a stranger to it."""
    own = await database.write(lambda tx: new_bank(tx, f"{SECRET} Bank", surname=f" {SECRET}"))
    other = await database.write(lambda tx: new_bank(tx, "Other Bank", workspace=OTHER))
    dispatch = new_dispatch(database, Clock(), {PLATFORM: Directory({})})
    for incoming in (
        typed(own["Ann"], f"{SECRET} counted: helped", [own["Bo"], own["Cai"]]),
        typed(own["Ann"], f"{SECRET} raised: helped", [own["Dan"]]),
        typed(own["Eve"], f"{SECRET} waits: solved", [own["Bo"]], command="customer"),
        typed(own["Eve"], f"{SECRET} nobody's: solved", command="customer"),
        typed(own["Eve"], f"{SECRET} complaint", [own["Bo"]], command="customer"),
        typed(other["Ann"], "counted: helped", [other["Bo"]], workspace=OTHER),
        typed(other["Eve"], "waits: solved", [other["Bo"]], command="customer", workspace=OTHER),
    ):
        assert not (await dispatch.receive(incoming)).unsaved
    raised = await database.read(praise_of, f"{SECRET} raised: helped")
    await dispatch.receive(pressed(own["Sun"], "confirm.raise", praise=raised.id))

    def arrived(tx: Tx) -> None:
        for row in rows(tx, tables.outbox):
            outbox.sent(tx, row["id"], f"C1/{row['id']}")

    await database.write(arrived)
    return own, other, dispatch


def belongings(tx: Tx, organisation_id: int) -> dict[str, list[dict[str, Any]]]:
    """Return every row that is an organisation's, by table."""
    found: dict[str, list[dict[str, Any]]] = {}
    ids: dict[str, set[Any]] = {"organisations": {organisation_id}}
    for table in tables.metadata.sorted_tables:  # those that are referred to come first
        mine = [row for row in rows(tx, table) if _belongs(table, row, ids)]
        found[table.name] = mine
        if "id" in table.c:
            ids.setdefault(table.name, set()).update(row["id"] for row in mine)
    return found


def _belongs(table: Table, row: dict[str, Any], ids: dict[str, set[Any]]) -> bool:
    if table.name == "organisations":
        return row["id"] in ids["organisations"]
    if "organisation_id" in row:
        return row["organisation_id"] in ids["organisations"]
    keys = [key for key in table.foreign_keys if row[key.parent.name] is not None]
    return any(row[key.parent.name] in ids.get(key.column.table.name, ()) for key in keys)


def every_attempt(who: members.Member, target: Bank, found: dict[str, list[dict[str, Any]]]) -> Iterator[Incoming]:
    """Yield every command and action, carrying ids of ``target`` wherever an id goes."""
    people = [replace(member, name="Somebody") for member in target.people.values()]
    for command in handlers.COMMANDS:
        for text in ("", "last month", "team", "helped me"):
            yield typed(who, text, command=command.name, workspace=OTHER)
            yield typed(who, text, people[:2], command=command.name, workspace=OTHER)
    comments = [row["id"] for row in found["comments"]]
    for action in handlers.ACTIONS:
        for number, praise in enumerate(row["id"] for row in found["praises"]):
            yield pressed(
                who,
                action.name,
                workspace=OTHER,
                praise=praise,
                praises=",".join(str(row["id"]) for row in found["praises"]),
                comment=comments[number % len(comments)],
                to=str(people[number % len(people)].id) if number % 2 else account(people[number % len(people)].id),
                reason="helped me",
                words="he solved it",
                primary="solution",
                tags=("solution",),
                tier="basic",
                page=0,
                message=next(row["message_id"] for row in found["outbox"] if row["audience"] == "channel"),
            )


async def test_no_handler_of_one_organisation_sees_or_changes_what_is_anothers(database: Database) -> None:
    own, other, dispatch = await two_banks(database)
    before = await database.read(belongings, own.organisation.id)
    assert all(before[name] for name in ("praises", "comments", "entries", "postings", "outbox", "decisions", "totals"))

    asked = 0
    for name in ("Ann", "Sun", "Mo"):
        for incoming in every_attempt(other[name], own, before):
            reply = await dispatch.receive(incoming)
            assert not reply.unsaved
            assert SECRET not in reply_to_json(reply), incoming
            asked += 1

    assert asked > 300
    assert await database.read(belongings, own.organisation.id) == before
    assert not [
        row for row in await database.read(rows, tables.outbox) if row["workspace"] == OTHER and SECRET in row["card"]
    ]


async def test_a_board_shows_its_own_organisation_only(database: Database) -> None:
    own, other, _ = await two_banks(database)
    clock = Clock()
    await leaderboard.post_weekly_boards(database, clock.on(days=6))

    def boards(tx: Tx, organisation_id: int) -> list[str]:
        query = select(tables.outbox.c.card).where(
            tables.outbox.c.organisation_id == organisation_id, tables.outbox.c.key.startswith("board:")
        )
        return list(tx.execute(query).scalars())

    theirs = await database.read(boards, other.organisation.id)
    assert len(theirs) == 2
    assert not any(SECRET in card for card in theirs)
    assert all(SECRET in card for card in await database.read(boards, own.organisation.id))


async def test_names_and_accounts_mean_somebody_of_the_own_organisation_only(database: Database) -> None:
    own = await database.write(lambda tx: new_bank(tx, "First"))
    other = await database.write(lambda tx: new_bank(tx, "Second", workspace=OTHER))
    dispatch = new_dispatch(database, Clock(), {PLATFORM: Directory({})})

    await dispatch.receive(typed(other["Ann"], "@Bo you helped us", workspace=OTHER))
    assert (await database.read(praise_of, "you helped us")).recipient_id == other["Bo"].id

    reply = await dispatch.receive(typed(other["Ann"], "you solved it", [own["Bo"]], workspace=OTHER))
    assert said(reply.card) == told(UnknownPerson(name="Bo"))  # the account is one that nobody has there
    assert await database.read(identities.behind, PLATFORM, OTHER, [account(own["Bo"].id)]) == {}
    assert set(await database.read(identities.behind, PLATFORM, WORKSPACE, [account(own["Bo"].id)]))
