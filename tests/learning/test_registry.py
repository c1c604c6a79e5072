from __future__ import annotations

import pytest

from bot.learning import keeping
from bot.storage import models
from bot.storage.database import Database
from bot.storage.models import KEPT, Files, State
from tests.builders import Clock, new_organisation, rows
from tests.learning.models import add_model, add_serving


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models without content, for tests that load none."""
    monkeypatch.setattr("tests.learning.models.shipped_files", lambda mark: Files(f'{{"model": "{mark}"}}', b"npz"))


pytestmark = pytest.mark.usefixtures("tiny")


async def test_one_model_of_an_organisation_serves_and_the_one_before_is_retired(database: Database) -> None:
    bank = await database.write(new_organisation)
    first = await database.write(add_serving, bank.id, "-a")
    second = await database.write(add_serving, bank.id, "-b", Clock().on(days=1))
    known = {one.id: one.state for one in await database.read(models.own, bank.id)}
    assert known == {first: State.RETIRED, second: State.SERVING}
    assert await database.read(models.serving) == {bank.id: second}


async def test_rolling_back_goes_to_the_model_before_and_from_the_first_to_what_all_have(database: Database) -> None:
    bank = await database.write(new_organisation)
    clock = Clock()
    first = await database.write(add_serving, bank.id, "-a", clock.on(days=1))
    second = await database.write(add_serving, bank.id, "-b", clock.on(days=1))
    shared = await database.write(add_serving, None, "-shared", clock.on(days=1))
    retired, before = await database.write(keeping.roll_back, bank.id, clock.on(days=1))
    assert (retired.id, before and before.id) == (second, first)
    retired, before = await database.write(keeping.roll_back, bank.id, clock.on(days=1))
    assert (retired.id, before) == (first, None)
    assert await database.read(keeping.serving_of, bank.id) == shared
    with pytest.raises(LookupError):
        await database.write(keeping.roll_back, bank.id, clock.on(days=1))
    from bot.storage.tables import audit

    assert [row["action"] for row in await database.read(rows, audit)] == ["model.rollback"] * 2


async def test_an_organisation_sees_its_own_models_and_the_shared_ones_only(database: Database) -> None:
    bank = await database.write(new_organisation)
    other = await database.write(new_organisation, "Other", workspace="other")
    own = await database.write(add_model, bank.id, "-own")
    shared = await database.write(add_model, None, "-shared")
    await database.write(add_serving, other.id, "-theirs")
    assert [one.id for one in await database.read(models.known, bank.id)] == [shared, own]
    assert await database.read(keeping.serving_of, bank.id) is None


async def test_what_serves_is_kept_however_many_candidates_follow(database: Database) -> None:
    bank = await database.write(new_organisation)
    serving = await database.write(add_serving, bank.id, "-serving")
    for number in range(KEPT + 3):
        await database.write(add_model, bank.id, f"-{number}")
    known = await database.read(models.own, bank.id)
    assert len(known) <= KEPT + 2
    assert serving in {one.id for one in known}
