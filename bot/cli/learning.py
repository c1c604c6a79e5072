"""Training from supervisors' decisions: what `praisebot train --organisation` and the nightly job do."""

from __future__ import annotations

import os
from datetime import date, datetime
from typing import TYPE_CHECKING

from bot.cli.figures import print_verdict
from bot.cli.terminal import _, named_organisation, open_database, out, progress_bar, read_settings, run
from bot.clock import now
from bot.errors import TooFewDecisions

if TYPE_CHECKING:
    from bot.classifier.corpus import Example
    from bot.classifier.cutting import Cut
    from bot.classifier.predict import Tagger
    from bot.learning.training import Trial
    from bot.storage.database import Database, Tx

_STANDS_BACK = 10
"""How much a nightly training stands back behind everything else on the machine, as `nice` counts."""


def train_from_decisions(corpus: list[Example], organisation: str, *, night: str, seed: int) -> None:
    """Train a candidate for an organisation, the shared model where its name is empty; judge it, keep it, promote it.

    With ``night`` (a date) it is the nightly job's, which ends quietly where there is too little to learn from.
    """
    from bot.classifier.predict import Tagger
    from bot.learning import keeping
    from bot.learning.taggers import Taggers
    from bot.learning.training import FEWEST

    settings = read_settings()
    night_of = date.fromisoformat(night) if night else None
    if night_of:
        os.nice(_STANDS_BACK)
    with open_database(settings) as database:
        owner = named_organisation(database, organisation).id if organisation else None
        if owner is None:
            examples = run(database.read(keeping.shared_examples))
        else:
            examples = run(database.read(keeping.own_examples, owner))
        if len(examples) < FEWEST:
            if night_of is None or owner is None:
                raise TooFewDecisions(count=len(examples), needed=FEWEST)
            run(database.write(_too_few, owner, night_of, now()))
            return
        beside = run(database.read(keeping.serving_of, owner))
        shipped = Tagger.load(settings.model)
        taggers = Taggers(database, shipped, now)
        serving = run(taggers.shared() if owner is None else taggers.of(owner))
        learnt = serving.name != shipped.name
        trial = _attempt(corpus, examples, serving, learnt=learnt, cut=_own_cut(database, owner), seed=seed)
        candidate = keeping.Candidate(trial.name, trial.files, trial.verdict, beside)
        model_id, outcome = run(database.write(keeping.keep, owner, candidate, now(), night=night_of))
    taught, judged = trial.taught, trial.held_back
    out.print(_("Texts decided on: {taught} to learn from, {judged} to judge by.", taught=taught, judged=judged))
    print_verdict(trial.verdict)
    name = trial.name
    if outcome == "promoted":
        out.print(_("Model {number} ({name}) serves from now on.", number=model_id, name=name), style="bold green")
    else:
        out.print(_("Model {number} ({name}) is kept and does not serve.", number=model_id, name=name))


def _too_few(tx: Tx, owner: int, night: date, moment: datetime) -> None:
    from bot.storage import trainings

    trainings.finish(tx, owner, night, "kept", moment)


def _own_cut(database: Database, owner: int | None) -> Cut | None:
    """Return how the organisation's comments are cut when they are tagged, None where that is as everybody's."""
    from bot.classifier.cutting import cutter, cutter_with
    from bot.learning.words import worth_keeping
    from bot.storage import words

    if owner is None:
        return None
    kept = worth_keeping(run(database.read(words.spoken, owner)), cutter())
    return cutter_with(kept) if kept else None


def _attempt(
    corpus: list[Example], examples: list[Example], serving: Tagger, *, learnt: bool, cut: Cut | None, seed: int
) -> Trial:
    from bot.learning.training import attempt

    stages = {"cross-validation": _("Cross-validating"), "fitting": _("Fitting the model")}
    with progress_bar(_("Training"), None) as progress:

        def step(stage: str, done: int, total: int) -> None:
            progress.update(progress.task_ids[0], description=stages[stage], completed=done, total=total)

        return attempt(corpus, examples, serving, learnt=learnt, cut=cut, seed=seed, progress=step)
