"""What an organisation's model may learn from, and what becomes of a candidate: read and written in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.classifier.corpus import Example
from bot.learning.examples import MOST_TEXTS, examples
from bot.learning.verdict import Verdict
from bot.storage import decisions, models, organisations, trainings
from bot.storage.database import Tx
from bot.storage.models import Files

SHARING = "shares_examples"
"""The setting of an organisation whose examples may train the shared model; off unless it says ``on``."""

_MOST_DECISIONS = 5 * MOST_TEXTS  # several may be on one text

Outcome = Literal["promoted", "kept"]


def own_examples(tx: Tx, organisation_id: int) -> list[Example]:
    """Return the examples of one organisation, the only ones its own model learns from."""
    return examples(decisions.decided(tx, organisation_id, _MOST_DECISIONS))


def shared_examples(tx: Tx) -> list[Example]:
    """Return the examples of the organisations that share theirs."""
    taken = [
        decision
        for organisation_id in sharing(tx)
        for decision in decisions.decided(tx, organisation_id, _MOST_DECISIONS)
    ]
    return examples(taken)


def sharing(tx: Tx) -> list[int]:
    """Return the organisations that share their examples."""
    return sorted(one for one, value in organisations.settings_called(tx, SHARING).items() if value == "on")


def set_sharing(tx: Tx, organisation_id: int, on: bool, now: datetime) -> None:
    """Let an organisation share its examples, or no longer. What a shared model has learnt from them stays in it."""
    organisations.set_setting(tx, organisation_id, SHARING, "on" if on else "off")
    decisions.note(tx, organisation_id, None, "model.sharing", "organisation", {"on": on}, now)


def serving_of(tx: Tx, organisation_id: int | None) -> int | None:
    """Return the id of the model that serves an organisation, None for the shipped one."""
    serving = models.serving(tx)
    return serving.get(organisation_id, serving.get(None))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that was judged beside the model ``beside`` (None: the shipped one)."""

    name: str
    files: Files
    verdict: Verdict
    beside: int | None


def keep(
    tx: Tx, organisation_id: int | None, candidate: Candidate, now: datetime, *, night: date | None = None
) -> tuple[int, Outcome]:
    """Keep a candidate with its figures, promote it if they allow, and note that the training of ``night`` is done.

    One that was judged beside a model which no longer serves is not promoted.
    """
    unchanged = serving_of(tx, organisation_id) == candidate.beside
    promotes = candidate.verdict.promotes and unchanged
    code = "not_worse" if promotes else "changed_meanwhile" if candidate.verdict.promotes else "worse"
    why = {"code": code, "beside": candidate.beside, "compared": candidate.verdict.as_json()}
    model_id = models.add(tx, organisation_id, candidate.name, candidate.files, why, now)
    if promotes:
        models.promote(tx, model_id, {}, now)
        note(tx, organisation_id, "model.promote", model_id, code, now)
    outcome: Outcome = "promoted" if promotes else "kept"
    if night is not None and organisation_id is not None:
        trainings.finish(tx, organisation_id, night, outcome, now)
    return model_id, outcome


def promote_by_hand(tx: Tx, model: models.Kept, now: datetime) -> None:
    """Let a model serve because an operator says so."""
    models.promote(tx, model.id, {"code": "by_hand"}, now)
    note(tx, model.organisation_id, "model.promote", model.id, "by_hand", now)


def roll_back(tx: Tx, organisation_id: int | None, now: datetime) -> tuple[models.Kept, models.Kept | None]:
    """Retire what serves; return it and what serves in its place, None for what all have."""
    retired, before = models.roll_back(tx, organisation_id, {}, now)
    note(tx, organisation_id, "model.rollback", retired.id, "by_hand", now)
    return retired, before


def note(tx: Tx, organisation_id: int | None, action: str, model_id: int, code: str, now: datetime) -> None:
    """Write to the audit log of the organisation, of every one for a shared model."""
    concerned = [organisation_id] if organisation_id is not None else [one.id for one in organisations.every(tx)]
    for one in concerned:
        decisions.note(tx, one, None, action, f"model {model_id}", {"why": code}, now)
