"""Delivers the outbox and runs the jobs that are due. Any number may run: rows are claimed, jobs write keys once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.chat import Address, Platform, Throttled, Undeliverable
from bot.dispatch import Job
from bot.errors import Unavailable, place_of
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.outbox import Delivery

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
_ROUND = 30.0  # seconds after a claim in which sending still begins: with _SENDING it ends well before the lease
_SENDING = 20.0  # seconds one message may take; a platform that hangs keeps nobody else waiting
_ATTEMPTS = 20  # with the delays below: about a day
_LONGEST_DELAY = 3 * 3600.0
_IDLE = 1.0
_JOB_INTERVAL = timedelta(seconds=15)

Clock = Callable[[], datetime]


class Worker:
    """One worker. `wake` tells it that something was written; without, it looks once a second."""

    def __init__(
        self, database: Database, platforms: Mapping[str, Platform], jobs: Sequence[Job], clock: Clock
    ) -> None:
        self._database = database
        self._platforms = platforms
        self._jobs = tuple(jobs)
        self._clock = clock
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look at the outbox now."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set; a failure is logged and does not end it."""
        next_jobs = self._clock()
        while not stop.is_set():
            self._woken.clear()
            delivered = 0
            try:
                now = self._clock()
                if not next_jobs - _JOB_INTERVAL <= now < next_jobs:  # due, or the clock was set back
                    next_jobs = now + _JOB_INTERVAL
                    await self.run_jobs()
                delivered = await self.deliver()
            except Unavailable as failure:
                log.warning("the worker waits: %s", failure)
                await asyncio.sleep(_IDLE)
            except Exception as error:
                log.error("the worker goes on after a failure: %s", place_of(error))
                await asyncio.sleep(_IDLE)
            if not delivered:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), _IDLE)

    async def run_jobs(self) -> None:
        """Run every job once; one that fails does not keep the others from running."""
        for job in self._jobs:
            try:
                await job.run(self._database, self._clock())
            except Exception as error:
                log.error("job %s failed: %s", job.name, place_of(error))

    async def deliver(self) -> int:
        """Send what is due; return how many messages were claimed."""
        until = asyncio.get_running_loop().time() + _ROUND
        due = await self._database.write(outbox.claim, self._clock(), LEASE)
        by_address: dict[Address, list[Delivery]] = defaultdict(list)
        for delivery in due:
            by_address[delivery.to].append(delivery)
        rounds = (self._deliver_in_order(deliveries, until) for deliveries in by_address.values())
        # One address that fails leaves no other one's task behind unwatched.
        for outcome in await asyncio.gather(*rounds, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome
        return len(due)

    async def _deliver_in_order(self, deliveries: Sequence[Delivery], until: float) -> None:
        """Send to one address, until the event loop's time ``until`` or until the platform asks to wait."""
        for index, delivery in enumerate(deliveries):
            platform = self._platforms.get(delivery.to.platform)
            if platform is None:
                log.error("message %s cannot be delivered: no platform %s", delivery.key, delivery.to.platform)
                await self._database.write(outbox.failed, delivery.id, f"no platform {delivery.to.platform}")
                continue
            if index:
                await asyncio.sleep(platform.pace)
            if asyncio.get_running_loop().time() >= until:
                await self._put_back(deliveries[index:], 0.0)
                return
            try:
                await self._deliver_one(platform, delivery)
            except Throttled as asked:
                log.warning("%s asks to wait %.0f s at message %s", platform.name, asked.seconds, delivery.key)
                await self._put_back(deliveries[index:], asked.seconds * random.uniform(1.0, 1.3))
                return

    async def _put_back(self, deliveries: Sequence[Delivery], seconds: float) -> None:
        due = self._clock() + timedelta(seconds=seconds)
        await self._database.write(outbox.put_back, [delivery.id for delivery in deliveries], due)

    async def _deliver_one(self, platform: Platform, delivery: Delivery) -> None:
        to, card, replacing = delivery.to, delivery.card, delivery.replacing
        try:
            async with asyncio.timeout(_SENDING):
                message_id = await platform.send(to, card, key=delivery.key, replacing=replacing)
        except Throttled:
            raise
        except Undeliverable as error:
            log.error("message %s cannot be delivered: %s", delivery.key, error)
            await self._database.write(outbox.failed, delivery.id, str(error))
        except Exception as error:
            wait = min(_LONGEST_DELAY, 2.0**delivery.attempts)
            if delivery.attempts >= _ATTEMPTS:
                log.error("message %s is given up after %d attempts: %r", delivery.key, delivery.attempts, error)
                await self._database.write(outbox.failed, delivery.id, repr(error))
                return
            log.warning("message %s waits %.0f s: %r", delivery.key, wait, error)
            due = self._clock() + timedelta(seconds=wait * random.uniform(1.0, 1.3))
            await self._database.write(outbox.retry, delivery.id, due, repr(error))
        else:
            await self._database.write(outbox.sent, delivery.id, message_id)
