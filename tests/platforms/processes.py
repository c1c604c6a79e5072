"""The product as an operator starts it: in a process of its own, in a folder of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.conftest import ROOT

ENVIRONMENT = {
    **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
    "PYTHONPATH": str(ROOT),
    "LC_ALL": "C.UTF-8",
    "PORT": "0",
    "PRAISEBOT_MODEL": str(ROOT / "models/tagger"),
}


async def run(folder: Path, environment: dict[str, str], *words: str) -> None:
    """Run a command of ``praisebot`` in ``folder``."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, cwd=folder, env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, err = await process.communicate()
    assert process.returncode == 0, err.decode()


@asynccontextmanager
async def serving(folder: Path, environment: dict[str, str]) -> AsyncIterator[str]:
    """Run ``praisebot serve`` and yield where it answers."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "serve"), cwd=folder, env=environment, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            line = (await process.stdout.readline()).decode()
        yield line.split()[-1]
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()
