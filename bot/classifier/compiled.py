"""The modules of this package that are compiled, and where their compiled forms are found.

They are ordinary Python: without a compiler they run as they stand, with the same answers, some fifteen times slower.
Where there is one, installing compiles them (``setup.py``) into the folder ``built``, beside a stamp that says from
which sources. The package looks there first, but only while the stamp fits: a source that was changed and not compiled
again runs as it is, and is never hidden by what was made of its predecessor.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

HERE = Path(__file__).parent
BUILT = HERE / "built"
STAMP = BUILT / "sources.sha256"

MODULES = tuple(sorted(path.stem for path in HERE.glob("*.pxd")))
"""What is compiled: each a ``.py``, with the C types of its names in a ``.pxd`` beside it."""


def fingerprint() -> str:
    """Return the SHA-256 of the sources."""
    digest = hashlib.sha256()
    for name in MODULES:
        for ending in (".py", ".pxd"):
            source = HERE.joinpath(name + ending).read_bytes()
            digest.update(f"{name}{ending} {len(source)}\n".encode() + source)
    return digest.hexdigest()


def folders() -> list[str]:
    """Return where to look for modules before looking beside this one: nowhere, unless they were built from these."""
    try:
        fitting = STAMP.read_text() == fingerprint()
    except OSError:
        fitting = False
    return [str(BUILT)] if fitting else []
