"""Supervisors' decisions as examples to train on.

What is taken: every decision on a customer's comment, for the classifier alone had called it praise, or was unsure that
it is none, or a colleague appealed against that; and of colleagues' praise the decisions on tags that the classifier
chose. What is not: colleagues' praise whose giver chose the tag, and rejections of colleagues' praise, which judge the
giving and not the words.

Texts were masked before they were stored. Nothing here reads or writes anything.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.classifier.corpus import DECISIONS, Example, contradictions
from bot.praise import same_words
from bot.storage.decisions import Decided, Labels

CORRECTED, CONFIRMED = 2.0, 1.0
"""What a decision counts beside a row of the corpus, which counts 1: a correction tells what the model did not know."""
COLLEAGUE = 0.5
"""Factor for colleagues' words: they are not how customers speak."""
LEAST, MOST = 0.25, 4.0
"""Bounds of a weight, whatever many people say of one text."""
MOST_TEXTS = 4000
"""The newest texts that are learnt from, so that an organisation's habits cannot drown the corpus."""


def examples(decisions: Iterable[Decided]) -> list[Example]:
    """Return an example for each text decided on, by its newest decision, the oldest of these first.

    Texts that differ in nothing but punctuation, case and width are one. Each supervisor's newest decision on it counts
    once: those who agree with the newest of all raise the weight, those who differ lower it.
    """
    by_words: dict[str, dict[int, Decided]] = {}
    for decision in sorted(decisions, key=lambda one: (one.created, one.id)):
        if _teaches(decision):
            own = by_words.setdefault(same_words(decision.text) or decision.text, {})
            own.pop(decision.by, None)  # so that the newest stands last
            own[decision.by] = decision
    newest = sorted((list(own.values()) for own in by_words.values()), key=lambda own: (own[-1].created, own[-1].id))
    made = [_example(own) for own in newest[-MOST_TEXTS:]]
    return [example for example in made if not contradictions(example)]


def _teaches(decision: Decided) -> bool:
    return decision.customer or (decision.said is not None and decision.labels.praise)


def _example(decisions: list[Decided]) -> Example:
    """Return the example of one text; ``decisions`` are those of different supervisors, the newest last."""
    last = decisions[-1]
    labels = last.labels
    return Example(
        text=last.text,
        praise=labels.praise,
        tags=labels.tags,
        primary=labels.primary,
        tier=labels.tier,
        source=DECISIONS,
        weight=weight(last, [one.labels for one in decisions[:-1]]),
        id=f"decision-{last.id}",
        lang="en" if _latin(last.text) else "zh",
    )


def weight(last: Decided, others: Iterable[Labels]) -> float:
    """Return what a text counts, by its newest decision and the labels that other supervisors gave it."""
    said = [labels == last.labels for labels in others]
    counts = CONFIRMED if last.said in (None, last.labels) else CORRECTED
    if not last.customer:
        counts *= COLLEAGUE
    return min(MOST, max(LEAST, counts * (1 + said.count(True)) / (1 + said.count(False))))


def _latin(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return sum(character.isascii() for character in letters) > len(letters) / 2
