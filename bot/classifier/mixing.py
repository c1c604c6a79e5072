"""Longer comments made of shorter ones, for training only: what reviews look like and a hand-written corpus does not.

A review speaks of the food, the price and the view for five clauses and of the waiter in one. Corpus comments are
short, so a model trained on them alone takes every word about the food for a sign of "not praise". Here a praise is put
among remarks that neither add to it nor take from it (praise of goods, prices, promotions), and remarks are strung
together that stay what they are: not praise.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from bot.classifier.corpus import Example

_BESIDE_THE_POINT = frozenset({"other_party", "price", "promo"})
_FEWEST_REMARKS = 15  # a group with fewer would repeat itself
_MOST_REMARKS = 4  # in one comment
_SHARE = 0.3  # of a group's comments, for each of the two kinds
_JOINTS = {False: ("，", "。", " "), True: (". ", ", ")}


def mixed(examples: Sequence[Example], *, seed: int) -> list[Example]:
    """Return comments strung together from ``examples`` of one group: as many with a praise in them as without.

    Returns nothing where the group has too few remarks beside the point. Same examples, same seed: same comments.
    """
    chance = random.Random(seed)
    made: list[Example] = []
    for latin in (False, True):
        own = [example for example in examples if (example.lang == "en") is latin]
        remarks = [example for example in own if not example.praise and example.hard in _BESIDE_THE_POINT]
        praises = [example for example in own if example.praise]
        others = [example for example in own if not example.praise]
        if len(remarks) < _FEWEST_REMARKS or not praises:
            continue
        for core in (praises, others):
            for _ in range(round(_SHARE * len(own))):
                first = chance.choice(core)
                parts = [first, *chance.sample(remarks, chance.randint(1, _MOST_REMARKS))]
                chance.shuffle(parts)
                joint = chance.choice(_JOINTS[latin])
                text = joint.join(part.text.rstrip("。.！! ") for part in parts)
                made.append(replace(first, text=text, id=""))
    return made
