"""From decisions to a model that serves: on the small corpus of the classifier's tests, so that training is quick."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.classifier import model as artefact
from bot.classifier.predict import Tagger
from bot.classifier.train import Trained, train
from bot.learning import keeping
from bot.learning.examples import examples as examples_of
from bot.learning.keeping import Candidate
from bot.learning.training import FEWEST, Trial, attempt, frozen_slice, held_back
from bot.learning.verdict import verdict
from bot.storage import models, tables, trainings
from bot.storage.database import Database
from bot.storage.decisions import Decided, Labels
from bot.tags import Tag, Tier
from tests.builders import WEDNESDAY, Bank, Clock, new_bank, new_dispatch, praise_of, pressed, rows, typed
from tests.classifier.conftest import examples as corpus_of
from tests.learning.models import add_serving, shipped_files

KIND = Labels(True, (Tag.ATTITUDE,), Tag.ATTITUDE, Tier.BASIC)
_ENDS = ("", "！", "，今天", "，昨天")
CORPUS = [
    replace(row, text=f"{row.text}{end}", id=f"{row.id}{end}")
    for row in corpus_of()
    for end in ("", "！", "，今天", "，昨天")
]


def taught() -> list[Decided]:
    return [Decided(at, 1, True, f"第{at}位客服很耐心", KIND, KIND, WEDNESDAY) for at in range(FEWEST)]


@pytest.fixture(scope="module")
def small() -> Trained:
    return train(CORPUS)


@pytest.fixture(scope="module")
def trial(small: Trained) -> Trial:
    return attempt(CORPUS, examples_of(taught()), Tagger(small.model, "small"), learnt=True)


def test_frozen_comments_are_of_every_kind_and_stay_frozen_while_the_corpus_grows() -> None:
    frozen, rest = frozen_slice(CORPUS)
    assert {row.primary for row in frozen} == {row.primary for row in CORPUS}
    assert len(frozen) + len(rest) == len(CORPUS)
    more, _ = frozen_slice([*CORPUS, *(replace(row, text=row.text + "再见") for row in CORPUS)])
    assert {row.text for row in frozen} <= {row.text for row in more}


def test_the_most_recent_decisions_are_held_back() -> None:
    told = examples_of(taught())
    teach, recent = held_back(told)
    assert [*teach, *recent] == told
    assert len(recent) == 10


def test_a_candidate_sees_neither_the_frozen_comments_nor_the_recent_decisions(
    monkeypatch: pytest.MonkeyPatch, small: Trained
) -> None:
    seen: list[str] = []

    def watched(rows: list[object], **_: object) -> Trained:
        seen.extend(row.text for row in rows)  # type: ignore[attr-defined]
        return small

    monkeypatch.setattr("bot.learning.training.train", watched)
    told = examples_of(taught())
    attempt(CORPUS, told, Tagger(small.model, "small"), learnt=False)
    frozen, _ = frozen_slice(CORPUS)
    assert not {row.text for row in (*frozen, *held_back(told)[1])} & set(seen)


def test_the_same_decisions_give_the_same_model_and_verdict(trial: Trial, small: Trained) -> None:
    again = attempt(CORPUS, examples_of(taught()), Tagger(small.model, "small"), learnt=True)
    assert (again.name, again.files.sha256, again.verdict) == (trial.name, trial.files.sha256, trial.verdict)


def test_the_card_tells_what_it_learnt_from_and_no_words(trial: Trial) -> None:
    model, card = artefact.unpack(artefact.Packed(trial.files.card.encode(), trial.files.weights), Path())
    assert card["learning"]["decisions"] == FEWEST - 10
    assert card["data"]["sources"]["decisions"] == FEWEST - 10
    assert "位客服" not in trial.files.card
    assert Tagger(model, "x").tag("客服很耐心").praise


# --- whose decisions teach whom ---------------------------------------------------------------------------------------


async def decided_in(database: Database, name: str) -> Bank:
    """Make a bank whose supervisor confirms what a customer said of Bo."""
    bank = await database.write(new_bank, name, workspace=name, surname=name)
    dispatch = new_dispatch(database, Clock())
    text = f"{name} solved it, call 13800138000"
    await dispatch.receive(typed(bank["Ann"], text, [bank["Bo"]], command="customer", workspace=name))
    masked = f"{name} solved it, call [phone]"
    praise = await database.read(praise_of, masked)
    await dispatch.receive(pressed(bank["Sun"], "confirm.confirm", praise=praise.id, workspace=name))
    return bank


async def test_nobodys_decisions_teach_anybody_else_unless_they_are_shared(database: Database) -> None:
    one, other = [await decided_in(database, name) for name in ("one", "other")]
    own = await database.read(keeping.own_examples, one.organisation.id)
    assert [row.text for row in own] == ["one solved it, call [phone]"]
    assert await database.read(keeping.shared_examples) == []
    await database.write(keeping.set_sharing, other.organisation.id, True, WEDNESDAY)
    assert [row.text[:5] for row in await database.read(keeping.shared_examples)] == ["other"]
    assert [row.text[:3] for row in await database.read(keeping.own_examples, one.organisation.id)] == ["one"]
    await database.write(keeping.set_sharing, other.organisation.id, False, WEDNESDAY)
    assert await database.read(keeping.shared_examples) == []
    noted = [row for row in await database.read(rows, tables.audit) if row["action"] == "model.sharing"]
    assert [row["organisation_id"] for row in noted] == [other.organisation.id] * 2


# --- what becomes of a candidate --------------------------------------------------------------------------------------


def candidate(trial: Trial, beside: int | None, *, promotes: bool) -> Candidate:
    same = trial.verdict.frozen
    whole = replace(same.whole, before=1.0, after=0.5, low=-0.6, high=-0.4)
    worse = replace(same, differences=(whole, *same.differences[1:]))
    harmless = replace(
        same, differences=tuple(replace(one, low=-0.1, high=0.1, after=one.before) for one in same.differences)
    )
    found = verdict(harmless if promotes else worse, harmless)
    return Candidate("tagger-new", shipped_files("-new"), found, beside)


async def test_a_candidate_that_is_not_worse_serves_and_its_figures_are_kept(database: Database, trial: Trial) -> None:
    bank = await database.write(new_bank)
    await database.write(trainings.claim, bank.organisation.id, WEDNESDAY.date(), WEDNESDAY)
    model_id, outcome = await database.write(
        keeping.keep, bank.organisation.id, candidate(trial, None, promotes=True), WEDNESDAY, night=WEDNESDAY.date()
    )
    assert outcome == "promoted"
    assert await database.read(models.serving) == {bank.organisation.id: model_id}
    (kept,) = await database.read(models.own, bank.organisation.id)
    assert kept.why["code"] == "not_worse"
    assert kept.why["compared"]["frozen"]["rows"] > 0
    assert [row["outcome"] for row in await database.read(rows, tables.trainings)] == ["promoted"]


async def test_a_worse_candidate_is_kept_and_does_not_serve(database: Database, trial: Trial) -> None:
    bank = await database.write(new_bank)
    _, outcome = await database.write(
        keeping.keep, bank.organisation.id, candidate(trial, None, promotes=False), WEDNESDAY
    )
    assert outcome == "kept"
    assert await database.read(models.serving) == {}
    (kept,) = await database.read(models.own, bank.organisation.id)
    assert kept.why["code"] == "worse"


async def test_a_candidate_judged_beside_a_model_that_is_gone_does_not_serve(database: Database, trial: Trial) -> None:
    bank = await database.write(new_bank)
    other = await database.write(add_serving, bank.organisation.id, "-meanwhile")
    _, outcome = await database.write(
        keeping.keep, bank.organisation.id, candidate(trial, None, promotes=True), WEDNESDAY
    )
    assert outcome == "kept"
    assert await database.read(models.serving) == {bank.organisation.id: other}
