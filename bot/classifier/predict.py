"""Tagging comments with a trained model: features looked up, their weights added up, a decision taken.

Needs numpy and a tokeniser, not scikit-learn; scores equal those of the pipeline it was trained in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from pathlib import Path

from bot.classifier import model as artefact
from bot.classifier.cutting import Cut, cutter, cutter_with
from bot.classifier.decision import Decision, Likelihoods, Policy, as_praise, decide, likelihoods
from bot.classifier.evidence import evidence
from bot.classifier.scoring import Scored, Scorer
from bot.classifier.text import fold
from bot.tags import Tagging


class Tagger:
    """A loaded model. Not bound to a thread; each process loads its own."""

    def __init__(self, model: artefact.Model, name: str, cut: Cut | None = None) -> None:
        self.name = name
        self._policy = model.policy
        self._scorer = Scorer(model)
        self._cut = cut or cutter()

    @classmethod
    def load(cls, path: Path) -> Tagger:
        """Load the model in the folder ``path``. Raises ``ModelUnusable`` and leaves nothing half loaded."""
        return cls.of(artefact.read(path), path)

    @classmethod
    def of(cls, packed: artefact.Packed, place: Path) -> Tagger:
        """Return the tagger of a packed model; ``place`` is what errors name. Raises ``ModelUnusable``."""
        loaded, card = artefact.unpack(packed, place)
        return cls(loaded, str(card["model"]), cutter_with(packed.words))

    def cutting(self, cut: Cut) -> Tagger:
        """Return the same model with another way of cutting words; both share what is loaded."""
        other = copy(self)
        other._cut = cut
        return other

    def tag(self, text: str, *, explain: bool = True) -> Tagging:
        """Return what is said of one comment. Any string is answered, in bounded time.

        Without ``explain`` no evidence is looked for, which is faster.
        """
        return self._tagged(text, decide, explain=explain)

    def tag_as_praise(self, text: str) -> Tagging:
        """Return what ``tag`` would say if it called the comment praise: tags and tier where a person calls it so."""
        return self._tagged(text, as_praise, explain=True)

    def _tagged(self, text: str, deciding: Callable[[Policy, Likelihoods], Decision], *, explain: bool) -> Tagging:
        folded = fold(text)
        scored = self._scorer.score(folded, self._cut(folded))
        decision = self._decided(scored, deciding)
        found = evidence(text, folded, scored.parts, scored.scores, decision) if explain else ()
        return Tagging(*decision, found, self.name)

    def decide(self, text: str) -> Decision:
        """Return what ``tag`` says of a comment, without evidence: the least that a file of them needs."""
        return self._decided(self.scores(text), decide)

    def _decided(self, scored: Scored, deciding: Callable[[Policy, Likelihoods], Decision]) -> Decision:
        return deciding(self._policy, likelihoods(self._policy, scored.judged, len(scored.parts)))

    def tag_many(self, texts: Iterable[str], *, explain: bool = True) -> Iterator[Tagging]:
        """Yield what is said of each comment, in order, each when it is asked for."""
        for text in texts:
            yield self.tag(text, explain=explain)

    def scores(self, text: str) -> Scored:
        """Return both stages' scores of one comment, equal to the pipeline's."""
        folded = fold(text)
        return self._scorer.score(folded, self._cut(folded))
