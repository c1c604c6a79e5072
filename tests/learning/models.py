"""Small real models for tests of the registry: trained once, put in as the product does."""

from __future__ import annotations

import json
from datetime import datetime

from bot.classifier import model as artefact
from bot.storage import models
from bot.storage.database import Tx
from bot.storage.models import Files
from tests.builders import WEDNESDAY
from tests.conftest import ROOT

SHIPPED = ROOT / "models" / "tagger"


def shipped_files(mark: str = "") -> Files:
    """Return the shipped model's files, its name ending in ``mark`` so that it can be told from another."""
    card = json.loads((SHIPPED / artefact.CARD).read_text("utf-8"))
    card["model"] += mark
    return Files(json.dumps(card), (SHIPPED / artefact.WEIGHTS).read_bytes())


def add_model(tx: Tx, organisation_id: int | None, mark: str, now: datetime = WEDNESDAY) -> int:
    """Keep the shipped model under another name as an organisation's candidate."""
    return models.add(tx, organisation_id, f"tagger{mark}", shipped_files(mark), {"code": "worse"}, now)


def add_serving(tx: Tx, organisation_id: int | None, mark: str, now: datetime = WEDNESDAY) -> int:
    """Keep a model and let it serve."""
    model_id = add_model(tx, organisation_id, mark, now)
    models.promote(tx, model_id, {"code": "by_hand"}, now)
    return model_id
