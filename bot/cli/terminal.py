"""What every command uses: the operator's language, the consoles, settings, the database, failing in one sentence."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from bot import config
from bot.config import Settings, operator_locale
from bot.errors import NoOrganisation
from bot.i18n import translator

if TYPE_CHECKING:  # importing these takes its time; each command imports what it needs
    from bot.storage.database import Database
    from bot.storage.organisations import Organisation

T = TypeVar("T")

PATIENT = 3600.0
"""Seconds for a statement that goes through everything there is."""

LOCALE = operator_locale()
_ = translator(LOCALE)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def fail(*lines: str, code: int = 1) -> NoReturn:
    """Say what went wrong and leave with the exit ``code``."""
    for line in lines:
        err.print(line, style="red", markup=False, soft_wrap=True)
    sys.exit(code)


def run(job: Coroutine[Any, Any, T]) -> T:
    """Run one coroutine to its end."""
    return asyncio.run(job)


def read_settings() -> Settings:
    """Read the settings and start logging as they say."""
    settings = config.read_settings()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)  # its news is no news to who starts the product
    return settings


@contextmanager
def progress_bar(label: str, total: int | None) -> Iterator[Progress]:
    """Show one bar; the caller updates its only task."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err) as progress:
        progress.add_task(label, total=total)
        yield progress


@contextmanager
def open_database(settings: Settings, *, patience: float | None = None) -> Iterator[Database]:
    """Open the database at this version’s schema; ``patience`` as of `Database`."""
    from bot.storage import schema
    from bot.storage.database import PATIENCE, Database

    database = Database(settings.database_url, patience=patience or PATIENCE)
    try:
        schema.require(database)
        yield database
    finally:
        database.close()


def only_organisation(database: Database) -> Organisation:
    """Return the organisation of this installation."""
    return named_organisation(database, "")


def named_organisation(database: Database, name: str) -> Organisation:
    """Return the organisation called ``name``, the first one without a name."""
    from bot.storage import organisations

    every = run(database.read(organisations.every))
    found = [one for one in every if name in ("", one.name)]
    if not every:
        raise NoOrganisation
    if not found:
        fail(_("There is no organisation {name}: {names}", name=name, names=", ".join(one.name for one in every)))
    return found[0]
