"""The outbox: each key once, claimed by one worker at a time, replacements after what they replace."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.chat import Address, Card
from bot.localchat import PLATFORM, WORKSPACE
from bot.storage import outbox, tables
from bot.storage.database import Database, Tx
from bot.storage.outbox import Delivery, Outgoing
from tests.builders import WEDNESDAY, new_organisation, rows

LEASE = timedelta(seconds=60)
SECOND = timedelta(seconds=1)
ANN = Address(PLATFORM, WORKSPACE, "ann", "direct")


def message(key: str, *, to: Address = ANN, replaces: int | None = None) -> Outgoing:
    return Outgoing(key, to, Card(key, ()), replaces_id=replaces)


async def written(database: Database, *messages: Outgoing) -> None:
    def write(tx: Tx) -> None:
        found = tables.organisations.select().limit(1)
        organisation_id = tx.execute(found).scalar() or new_organisation(tx).id
        outbox.add(tx, organisation_id, messages, WEDNESDAY)

    await database.write(write)


async def claimed(database: Database, *, seconds: float = 0, limit: int = 50) -> list[str]:
    """Claim what is due so many seconds after Wednesday noon; return its keys."""
    return [one.key for one in await claim(database, seconds=seconds, limit=limit)]


async def claim(database: Database, *, seconds: float = 0, limit: int = 50) -> tuple[Delivery, ...]:
    return await database.write(outbox.claim, WEDNESDAY + seconds * SECOND, LEASE, limit)


async def by_key(database: Database, key: str) -> int:
    return next(row["id"] for row in await database.read(rows, tables.outbox) if row["key"] == key)


async def test_a_key_is_written_once(database: Database) -> None:
    await written(database, message("board"))
    await written(database, message("board"), message("another"))
    await asyncio.gather(*(written(database, message("board")) for _ in range(8)))
    assert [row["key"] for row in await database.read(rows, tables.outbox)] == ["board", "another"]
    assert await database.read(outbox.has, "board")
    assert not await database.read(outbox.has, "a third")


async def test_a_claim_brings_everything_that_is_needed_to_send(database: Database) -> None:
    await written(database, message("hello"))
    (delivery,) = await claim(database)
    assert delivery == Delivery(await by_key(database, "hello"), "hello", ANN, Card("hello", ()), 1, None)


async def test_messages_are_claimed_in_the_order_they_were_written(database: Database) -> None:
    await written(database, *(message(f"m{number}") for number in range(5)))
    assert await claimed(database, limit=2) == ["m0", "m1"]
    assert await claimed(database, limit=2) == ["m2", "m3"]
    assert await claimed(database) == ["m4"]


async def test_what_is_claimed_is_hidden_until_its_lease_ends(database: Database) -> None:
    await written(database, message("hello"))
    assert await claimed(database) == ["hello"]
    assert await claimed(database, seconds=59) == []
    (again,) = await claim(database, seconds=60)
    assert again.attempts == 2


async def test_what_is_sent_or_failed_is_never_claimed_again(database: Database) -> None:
    await written(database, message("sent"), message("failed"))
    first, second = await claim(database)
    await database.write(outbox.sent, first.id, "message-1")
    await database.write(outbox.failed, second.id, "channel gone")
    assert await claimed(database, seconds=10_000) == []


async def test_a_retry_waits_until_it_is_due(database: Database) -> None:
    await written(database, message("hello"))
    (delivery,) = await claim(database)
    await database.write(outbox.retry, delivery.id, WEDNESDAY + 8 * SECOND, "no answer")
    assert await claimed(database, seconds=7) == []
    assert await claimed(database, seconds=8) == ["hello"]


async def test_putting_back_does_not_use_up_an_attempt(database: Database) -> None:
    await written(database, message("hello"))
    (delivery,) = await claim(database)
    await database.write(outbox.put_back, [delivery.id], WEDNESDAY + SECOND)
    assert await claimed(database) == []
    (again,) = await claim(database, seconds=1)
    assert again.attempts == 1


async def test_workers_that_claim_at_once_share_the_work_without_overlap(database: Database) -> None:
    await written(database, *(message(f"m{number}") for number in range(60)))
    shares = await asyncio.gather(*(claimed(database, limit=20) for _ in range(8)))
    keys = [key for share in shares for key in share]
    assert len(keys) == len(set(keys))
    while more := await claimed(database, limit=20):
        keys += more
    assert sorted(keys) == sorted(f"m{number}" for number in range(60))


async def test_a_replacement_waits_for_its_original_and_names_the_message_it_replaces(database: Database) -> None:
    await written(database, message("card"))
    original = await by_key(database, "card")
    await written(database, message("redraw", replaces=original))

    assert await claimed(database) == ["card"]  # not both: nothing is there yet to be replaced
    assert await claimed(database) == []
    await database.write(outbox.sent, original, "message-7")
    (replacement,) = await claim(database)

    assert (replacement.key, replacement.replacing) == ("redraw", "message-7")


async def test_replacements_of_a_message_follow_each_other(database: Database) -> None:
    await written(database, message("card"))
    original = await by_key(database, "card")
    await written(database, *(message(f"redraw {number}", replaces=original) for number in range(3)))
    (delivery,) = await claim(database)
    await database.write(outbox.sent, delivery.id, "message-7")

    order = []
    for number in range(3):
        (one,) = await claim(database)
        order.append(one.key)
        if number == 1:  # one that has to be tried again holds up the next, so that the newest stays on top
            await database.write(outbox.retry, one.id, WEDNESDAY + SECOND, "no answer")
            assert await claimed(database) == []
            (one,) = await claim(database, seconds=1)
        await database.write(outbox.sent, one.id, "message-7")

    assert order == ["redraw 0", "redraw 1", "redraw 2"]


async def test_a_replacement_of_what_never_arrived_is_a_message_of_its_own(database: Database) -> None:
    await written(database, message("card"))
    original = await by_key(database, "card")
    await written(database, message("redraw", replaces=original))
    await claim(database)
    await database.write(outbox.failed, original, "gone")
    (replacement,) = await claim(database)
    assert (replacement.key, replacement.replacing) == ("redraw", None)


async def test_a_replacement_is_not_kept_waiting_by_another_message(database: Database) -> None:
    await written(database, message("one"), message("two"))
    one, two = await by_key(database, "one"), await by_key(database, "two")
    await written(database, message("redraw of two", replaces=two))
    await claim(database)
    await database.write(outbox.sent, two, "message-2")
    assert await claimed(database) == ["redraw of two"]
    assert one in [row["id"] for row in await database.read(rows, tables.outbox) if row["state"] == "waiting"]


async def test_messages_to_busy_addresses_are_left(database: Database) -> None:
    bo = Address(PLATFORM, WORKSPACE, "bo", "direct")
    await written(database, message("to ann"), message("to bo", to=bo))

    async def past(*busy: Address) -> list[str]:
        claimed = await database.write(outbox.claim, WEDNESDAY, LEASE, busy=busy)
        return [one.key for one in claimed]

    assert await past(ANN, bo) == []
    assert await past(ANN, *(Address(PLATFORM, WORKSPACE, f"x{number}", "direct") for number in range(70))) == ["to bo"]
    assert await past(Address("slack", WORKSPACE, "ann", "direct")) == ["to ann"]


# --- clocks that jump -------------------------------------------------------------------------------------------------

DAYS = 2 * 24 * 3600


async def test_what_was_written_while_the_clock_was_ahead_goes_out_when_it_is_right_again(database: Database) -> None:
    await written(database, message("hello"))
    assert await claimed(database, seconds=-DAYS) == ["hello"]


async def test_what_was_claimed_or_put_off_while_the_clock_was_ahead_is_not_held_until_then(database: Database) -> None:
    await written(database, message("claimed"), message("put off"))
    _, put_off = await claim(database)
    await database.write(outbox.retry, put_off.id, WEDNESDAY + 10 * SECOND, "no answer")
    assert sorted(await claimed(database, seconds=-DAYS)) == ["claimed", "put off"]
    assert await claimed(database, seconds=-DAYS) == []  # claimed by the clock that is right, for the usual time
    assert sorted(await claimed(database, seconds=60 - DAYS)) == ["claimed", "put off"]


async def test_what_is_put_off_as_long_as_a_worker_may_waits_its_time(database: Database) -> None:
    await written(database, message("hello"))
    (delivery,) = await claim(database)
    await database.write(outbox.retry, delivery.id, WEDNESDAY + outbox.FURTHEST, "no answer")
    assert await claimed(database) == []
    assert await claimed(database, seconds=outbox.FURTHEST.total_seconds()) == ["hello"]
