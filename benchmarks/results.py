"""What was measured, kept in ``results.json`` with where, when and how, and as a table for the README."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.measure import Finding, Outcome, Skipped

PATH = Path(__file__).parent / "results.json"

Measured = dict[str, Any]
"""One benchmark's part of the file: ``measured`` (when), ``command``, ``seconds``, ``load`` (others' when it began),
``outcomes``.
"""


def machine() -> dict[str, str | int]:
    """Return what the figures were measured on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 1,
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = {line.partition(":")[2].strip() for line in lines if line.startswith("model name")}
    return ", ".join(sorted(names)) or platform.machine()


def measured(outcomes: Iterable[Outcome], began: datetime, load: float, command: str) -> Measured:
    """Return what is kept of one benchmark that began at ``began``, when ``load`` processes were busy."""
    return {
        "measured": began.isoformat(timespec="seconds"),
        "command": command,
        "seconds": round((datetime.now(UTC) - began).total_seconds(), 1),
        "load": round(load, 2),
        "outcomes": [_as_json(outcome) for outcome in outcomes],
    }


def _as_json(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, Skipped):
        return {"what": outcome.what, "skipped": outcome.reason}
    return {
        **asdict(outcome),
        "target": str(outcome.target),
        "value": round(outcome.value, 3),
        "met": outcome.holds,
        "values": [round(value, 3) for value in outcome.values],
        "figures": {name: round(value, 3) for name, value in outcome.figures.items()},
    }


def keep(name: str, found: Measured) -> None:
    """Put one benchmark's figures in the file. What another machine has measured is dropped: it cannot stand beside."""
    here = machine()
    kept = _read()
    benchmarks = kept["benchmarks"] if kept.get("machine") == here else {}
    whole = {"machine": here, "benchmarks": {**benchmarks, name: found}}
    PATH.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8")) if PATH.exists() else {}
    return found


def told(outcome: Outcome) -> str:
    """Return an outcome as it is printed."""
    if isinstance(outcome, Skipped):
        return f"  {outcome.what}\n    not measured: {outcome.reason}"
    held = "met" if outcome.holds else "MISSED"
    rounds = " ".join(f"{value:.3g}" for value in outcome.values)
    lines = [
        f"  {outcome.what}, against {outcome.against}",
        f"    {outcome.value:.3g} {outcome.unit}, target {outcome.target}: {held} (rounds: {rounds})",
        *([f"    {_figures(outcome)}"] if outcome.figures else []),
    ]
    return "\n".join(lines)


def _figures(finding: Finding) -> str:
    return "; ".join(f"{name} {value:,.4g}" for name, value in finding.figures.items())


def table(order: Sequence[str]) -> str:
    """Return what was kept as Markdown, benchmarks in the given order."""
    kept = _read()
    if not kept:
        return "Nothing has been measured yet: `make bench`."
    here, benchmarks = kept["machine"], kept["benchmarks"]
    rows = ["| benchmark | what | against | target | measured | rounds | |", "|---|---|---|---|---|---|---|"]
    runs = ["| benchmark | measured (UTC) | seconds | load before | command |", "|---|---|---|---|---|"]
    for name in filter(benchmarks.__contains__, order):
        one = benchmarks[name]
        rows += [_row(name, outcome) for outcome in one["outcomes"]]
        when = one["measured"].removesuffix("+00:00").replace("T", " ")
        runs.append(f"| `{name}` | {when} | {one['seconds']:.0f} | {one['load']} | `{one['command']}` |")
    on = f"{here['processor']}, {here['cores']} cores; Python {here['python']}; {here['system']}."
    return "\n".join([*rows, "", f"Machine: {on}", "", *runs])


def _row(name: str, outcome: dict[str, Any]) -> str:
    if "skipped" in outcome:
        return f"| `{name}` | {outcome['what']} | – | – | not measured: {outcome['skipped']} | – | – |"
    low, high = min(outcome["values"]), max(outcome["values"])
    cells = (
        f"`{name}`",
        outcome["what"],
        outcome["against"],
        outcome["target"],
        f"{outcome['value']:.3g} {outcome['unit']}",
        f"{low:.3g} … {high:.3g}",
        "met" if outcome["met"] else "**missed**",
    )
    return f"| {' | '.join(cells)} |"
