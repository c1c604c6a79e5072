"""What personal data looks like in Chinese and English comments: patterns, and the proofs that a match is no figure.

Patterns run over folded text (see `bot.privacy`). Every one has bounded repetition or can only start at the beginning
of a run, so that time grows linearly on hostile input. Where two numbers touch, what bars the second from starting also
bars the first from ending: else each would be found only after its neighbour is gone. ASCII classes are spelled out:
``\\d`` would take the digits of any script.

Sources: numbering plan of the PRC (mobile 1[3-9], area codes); identity numbers, GB 11643-1999 (check character, ISO
7064 MOD 11-2); bank cards, ISO/IEC 7812-1 (Luhn); plates, GA 36-2018; international numbers, ITU-T E.164.
"""

from bot.personal_data.detectors import DETECTORS, STAFF_NUMBER, WORTH_READING, Detector, Kind, Span
from bot.personal_data.places import without_names

__all__ = ["DETECTORS", "STAFF_NUMBER", "WORTH_READING", "Detector", "Kind", "Span", "without_names"]
