"""Every night, where supervisors have decided enough since, a process of its own trains an organisation's model anew.

The server never imports scikit-learn, and a training that runs out of memory or time takes nothing down with it. A
night is claimed in the database before anything begins: whatever restarts, and however many workers there are, nobody
trains twice in a night.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.config import Settings
from bot.storage import decisions, organisations, trainings
from bot.storage.database import Database, Tx
from bot.storage.organisations import Organisation

log = logging.getLogger(__name__)

FIRST_HOUR, LAST_HOUR = 2, 6
"""Hours of the organisation's timezone between which a training begins."""
ENOUGH = 50
"""New decisions since the last training that are worth one."""
LONGEST = timedelta(hours=1)
"""How long a training may take before it is stopped."""

Failed = Callable[[Tx, int, date, datetime], None]
"""Told that the training of an organisation's night failed."""


@dataclass(frozen=True, slots=True)
class _Running:
    process: asyncio.subprocess.Process
    organisation: Organisation
    night: date
    since: datetime


def due(tx: Tx, now: datetime) -> list[tuple[Organisation, date]]:
    """Return whose model is to be trained tonight, with the night's date."""
    found = []
    for organisation in organisations.every(tx):
        local = now.astimezone(ZoneInfo(organisation.timezone))
        if not FIRST_HOUR <= local.hour < LAST_HOUR:
            continue
        last = trainings.last(tx, organisation.id)
        if last is not None and last.night >= local.date():
            continue
        if decisions.count_since(tx, organisation.id, last.started if last else None) >= ENOUGH:
            found.append((organisation, local.date()))
    return found


class Nightly:
    """The job. At most one training runs at a time for each worker; ``failed`` tells people of one that failed.

    ``command`` is what trains, without its options.
    """

    def __init__(
        self,
        settings: Settings,
        failed: Failed,
        command: Sequence[str] = (sys.executable, "-m", "bot", "train"),
    ) -> None:
        self._settings = settings
        self._failed = failed
        self._command = command
        self._running: _Running | None = None

    async def run(self, database: Database, now: datetime) -> None:
        """See what runs to its end, and begin what is due. Never waits for a training."""
        if self._running is not None and not await self._ended(database, self._running, now):
            return
        self._running = None
        for night in await database.read(trainings.unfinished, now - LONGEST - timedelta(minutes=5)):
            await database.write(self._fail, night.organisation_id, night.night, now)  # its worker died with it
        for organisation, date_ in await database.read(due, now):
            if await database.write(trainings.claim, organisation.id, date_, now):
                self._running = _Running(await self._begin(organisation, date_), organisation, date_, now)
                return

    async def stop(self) -> None:
        """End what is running; the night counts, and what was not finished changes nothing."""
        if self._running is not None and self._running.process.returncode is None:
            self._running.process.kill()
            await self._running.process.wait()

    async def _begin(self, organisation: Organisation, night: date) -> asyncio.subprocess.Process:
        log.info("training the model of organisation %d for the night of %s", organisation.id, night)
        told = {
            "DATABASE_URL": self._settings.database_url,
            "PRAISEBOT_MODEL": str(self._settings.model),
            "PRAISEBOT_LOG_LEVEL": self._settings.log_level,
        }
        options = (f"--organisation={organisation.name}", f"--night={night.isoformat()}")
        quiet = asyncio.subprocess.DEVNULL
        return await asyncio.create_subprocess_exec(
            *self._command, *options, env={**os.environ, **told}, stdin=quiet, stdout=quiet
        )

    async def _ended(self, database: Database, running: _Running, now: datetime) -> bool:
        if running.process.returncode is None:
            if now - running.since < LONGEST:
                return False
            running.process.kill()
            await running.process.wait()
        if running.process.returncode != 0:
            log.error("the training of organisation %d failed: %s", running.organisation.id, running.process.returncode)
        await database.write(self._fail, running.organisation.id, running.night, now)
        return True

    def _fail(self, tx: Tx, organisation_id: int, night: date, now: datetime) -> None:
        """Note that a training failed and tell of it, unless it has noted itself how it ended."""
        if trainings.finish(tx, organisation_id, night, "failed", now):
            self._failed(tx, organisation_id, night, now)
