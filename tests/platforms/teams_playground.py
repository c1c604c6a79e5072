"""Microsoft's own client: npm ``@microsoft/m365agentsplayground``, one for each test, with a bank's tenant in it.

What it is and what it is not, found by trying version 0.2.28:

- One user, who cannot be changed; five colleagues; one group chat, one team with General and one more channel.
- It knows people by its own ids only: a roster asked for an object id answers 404, a chat begun with one is nobody's.
- Messages reach the bot where it is mentioned, message extensions ask for the id of their command (the manifest is not
  read), cards are drawn by Microsoft's renderer. People cannot be searched, cards are not refreshed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.conftest import ROOT
from tests.platforms.node import free_port, node_of, running
from tests.platforms.teams_service import TENANT, account

INSTALLED = ROOT / ".venv/playground/node_modules/@microsoft/m365agentsplayground/cli.js"
_NODE_AT_LEAST = (18, 0)

CHANNEL = "channel-international"
PEOPLE = ("Grace Lim", "Tom Sawyer", "Priya Nair", "Li Xue", "Marcus Hale", "Zhou Min")
"""The first is who sits before it."""


def node_or_skip() -> str:
    """Return the Node that runs the playground, or skip the test where one of them is missing."""
    node = node_of(_NODE_AT_LEAST)
    if node is None or not INSTALLED.exists():
        pytest.skip("the playground of Teams is not installed: make playground")
    return node


@contextmanager
def started(endpoint: str, folder: Path) -> Iterator[str]:
    """Let the playground speak to ``endpoint``; yield the address of its page."""
    port = free_port()
    (folder / ".m365agentsplayground.yml").write_text(_tenant(), "utf-8")
    command = [node_or_skip(), str(INSTALLED), "start", "-e", endpoint, "-c", "msteams", "-p", str(port), "--dt"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TEAMSAPPTESTER_BROWSER": "none"}
    url = f"http://localhost:{port}"
    try:
        with running(command, environment, folder, lambda: _answers(url)):
            yield url
    finally:
        shutil.rmtree(folder / "devTools", ignore_errors=True)


def _answers(url: str) -> bool:
    try:
        urlopen(url).close()
    except OSError:
        return False
    return True


def _tenant() -> str:
    first, *others = (_person(number, name) for number, name in enumerate(PEOPLE, 1))
    lines = [
        'version: "0.1.0"',
        f"tenantId: {TENANT}",
        "bot: {id: 28-praisebot, name: Praisebot}",
        f"currentUser: {first}",
        "users:",
        *(f"  - {one}" for one in others),
        "personalChat: {id: personal-chat}",
        "groupChat: {id: group-chat, name: Group Chat}",
        "team:",
        "  id: team",
        "  name: My Team",
        "  aadGroupId: 00000000-0000-0000-0000-000000000031",
        "  channels:",
        f"    - {{id: {CHANNEL}, name: International}}",
    ]
    return "\n".join(lines)


def _person(number: int, name: str) -> str:
    given, _, surname = name.partition(" ")
    email = f"{given}.{surname}@harbour.example".lower()
    fields = {
        "id": f"29-{number}",
        "name": name,
        "userPrincipleName": email,  # as the playground spells it
        "aadObjectId": account(number),
        "givenName": given,
        "surname": surname,
        "email": email,
    }
    return "{" + ", ".join(f"{key}: {value}" for key, value in fields.items()) + "}"
