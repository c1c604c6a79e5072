from __future__ import annotations

import pytest
from sqlalchemy import update

from bot.classifier import model as artefact
from bot.classifier.predict import Tagger
from bot.errors import ModelChanged
from bot.handlers.learning import model_broken
from bot.learning.taggers import LOADED, Taggers, packed_for
from bot.localchat import PLATFORM, WORKSPACE
from bot.storage import members, models, tables, words
from bot.storage.database import Database, Tx
from bot.wire import card_from_json
from tests.builders import Bank, Clock, new_bank, new_organisation, rows, said
from tests.learning.models import SHIPPED, add_serving


def taggers(database: Database) -> Taggers:
    return Taggers(database, Tagger.load(SHIPPED), Clock(), model_broken)


def damage(tx: Tx, model_id: int) -> None:
    files = models.files(tx, model_id)
    assert files is not None
    broken = files[0].weights[:-9] + b"overwrite"
    tx.execute(update(tables.models).where(tables.models.c.id == model_id).values(weights=broken))


async def alerts(database: Database) -> list[str]:
    found = await database.read(rows, tables.outbox)
    return [said(card_from_json(row["card"])) for row in found if row["key"].startswith("model:")]


async def test_a_promotion_is_noticed_at_the_next_look_and_concerns_its_organisation_only(database: Database) -> None:
    bank = await database.write(new_bank)
    other = await database.write(new_bank, "Other", workspace="other", surname="2")
    found = taggers(database)
    before = await found.of(bank.organisation.id)
    await database.write(add_serving, bank.organisation.id, "-new")
    await found.look()
    assert (await found.at(PLATFORM, WORKSPACE)).name.endswith("-new")
    assert (await found.of(bank.organisation.id)).name.endswith("-new")
    assert (await found.at(PLATFORM, "other")) is (await found.of(other.organisation.id)) is before


async def test_the_shared_model_serves_who_has_none_of_their_own(database: Database) -> None:
    bank = await database.write(new_organisation)
    await database.write(add_serving, None, "-shared")
    found = taggers(database)
    assert (await found.at(PLATFORM, WORKSPACE)).name.endswith("-shared")
    await database.write(add_serving, bank.id, "-own")
    await found.look()
    assert (await found.at(PLATFORM, WORKSPACE)).name.endswith("-own")


async def test_a_damaged_model_leaves_the_one_before_serving_and_is_told_of_once(database: Database) -> None:
    bank: Bank = await database.write(new_bank)
    await database.write(add_serving, bank.organisation.id, "-good")
    found = taggers(database)
    good = await found.of(bank.organisation.id)
    broken = await database.write(add_serving, bank.organisation.id, "-broken", Clock().on(days=1))
    await database.write(damage, broken)
    for _ in range(3):
        await found.look()
    assert (await found.of(bank.organisation.id)).name == good.name
    assert (await found.of(bank.organisation.id)).tag("客服很耐心").praise
    restarted = taggers(database)
    assert (await restarted.of(bank.organisation.id)).name.endswith("-good")
    told = await alerts(database)
    assert len(told) == 1
    assert "cannot be used" in told[0]


async def test_a_card_that_was_changed_beside_its_weights_is_refused(database: Database) -> None:
    bank = await database.write(new_bank)
    model_id = await database.write(add_serving, bank.organisation.id, "-changed")

    def change(tx: Tx) -> None:
        files = models.files(tx, model_id)
        assert files is not None
        card = files[0].card.replace('"praise": 0.', '"praise": 0.0')
        assert card != files[0].card
        tx.execute(update(tables.models).where(tables.models.c.id == model_id).values(card=card))

    await database.write(change)
    found = taggers(database)
    assert not (await found.of(bank.organisation.id)).name.endswith("-changed")
    assert len(await alerts(database)) == 1


async def test_an_organisations_words_are_kept_whole_for_it_alone(database: Database) -> None:
    bank = await database.write(new_organisation)
    other = await database.write(new_organisation, "Other", workspace="other")
    await database.write(words.replace, bank.id, ["贴心贷"])
    found = taggers(database)
    text = "我想问问贴心贷怎么还"
    own, theirs = [await found.of(one.id) for one in (bank, other)]
    assert list(own.scores(text).scores) != list(theirs.scores(text).scores)
    assert list(own.scores("客服很耐心").scores) == list(theirs.scores("客服很耐心").scores)
    assert own.name == theirs.name


async def test_what_tags_for_an_organisation_can_be_packed_to_tag_elsewhere(database: Database) -> None:
    bank = await database.write(new_organisation)
    other = await database.write(new_organisation, "Other", workspace="other")
    await database.write(words.replace, bank.id, ["贴心贷", "信用卡"])
    await database.write(add_serving, bank.id, "-own")
    packed, theirs = [await packed_for(database, one.id, SHIPPED) for one in (bank, other)]
    tagger, serving = Tagger.of(packed, SHIPPED), await taggers(database).of(bank.id)
    text = "我想问问贴心贷怎么还"
    assert packed.words == ("贴心贷",)
    assert tagger.name == serving.name
    assert tagger.name.endswith("-own")
    assert tagger.tag(text) == serving.tag(text)
    assert theirs == artefact.read(SHIPPED)
    assert len({packed.digest, packed._replace(words=()).digest, theirs.digest}) == 3


async def test_a_damaged_model_is_not_packed(database: Database) -> None:
    bank = await database.write(new_organisation)
    await database.write(damage, await database.write(add_serving, bank.id, "-broken"))
    with pytest.raises(ModelChanged):
        await packed_for(database, bank.id, SHIPPED)


async def test_a_list_that_is_replaced_by_one_as_long_is_noticed(database: Database) -> None:
    bank = await database.write(new_organisation)
    await database.write(words.replace, bank.id, ["贴心贷", "龙卡"])
    found = taggers(database)
    text = "我想问问安心付怎么还"
    before = list((await found.of(bank.id)).scores(text).scores)
    await database.write(words.replace, bank.id, ["安心付", "龙卡"])
    for _ in range(31):
        await found.look()
    assert list((await found.of(bank.id)).scores(text).scores) != before


async def test_a_new_members_name_is_noticed(database: Database) -> None:
    bank = await database.write(new_organisation)
    found = taggers(database)
    before = await found.of(bank.id)
    await database.write(members.add, bank.id, "王热情", now=Clock()())
    for _ in range(31):
        await found.look()
    assert await found.of(bank.id) is not before


async def test_only_so_many_organisations_are_loaded_at_once(database: Database) -> None:
    made = []
    for number in range(LOADED + 2):
        made.append(await database.write(new_organisation, f"Bank {number}", workspace=f"w{number}"))
        await database.write(words.replace, made[-1].id, ["贴心贷"])
    found = taggers(database)
    for organisation in made:
        await found.of(organisation.id)
    assert len(found._loaded) == LOADED
