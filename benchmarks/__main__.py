"""``python -m benchmarks [NAME …]``: runs all or the named ones, prints each ratio with its target, keeps the figures.

``--quick`` runs small sizes to see that everything works and keeps nothing; ``--table`` prints what was kept.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from benchmarks import (
    board,
    growth,
    http_praise,
    recorded_postgresql,
    recorded_sqlite,
    results,
    slack_praise,
    start,
    tagging,
    tagging_file,
    teams_praise,
)
from benchmarks.measure import Finding, Outcome


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark and the sizes that show in seconds whether it works."""

    run: Callable[..., list[Outcome]]
    quick: Mapping[str, int] = field(default_factory=dict)


BENCHMARKS = {
    "http_praise": Benchmark(http_praise.run, {"rounds": 1, "requests": 200}),
    "slack_praise": Benchmark(slack_praise.run, {"rounds": 1, "requests": 200}),
    "teams_praise": Benchmark(teams_praise.run, {"rounds": 1, "requests": 200}),
    "recorded_sqlite": Benchmark(recorded_sqlite.run, {"rounds": 1, "number": 200}),
    "recorded_postgresql": Benchmark(recorded_postgresql.run, {"rounds": 1, "number": 160}),
    "growth": Benchmark(growth.run, {"rounds": 1, "number": 160, "large": 10_000}),
    "board": Benchmark(board.run, {"rounds": 1, "large": 40_000, "small": 4_000}),
    "tagging": Benchmark(tagging.run, {"rounds": 1, "number": 100}),
    "tagging_file": Benchmark(tagging_file.run, {"rounds": 1, "number": 2_000}),
    "start": Benchmark(start.run, {"rounds": 1}),
}


def main() -> None:
    arguments = _arguments()
    if arguments.table:
        print(results.table(tuple(BENCHMARKS)))
        return
    outcomes: list[Outcome] = []
    for name in arguments.names or BENCHMARKS:
        outcomes += _run(name, quick=arguments.quick)
    findings = [outcome for outcome in outcomes if isinstance(outcome, Finding)]
    met = sum(finding.holds for finding in findings)
    print(f"{met} of {len(findings)} targets met, {len(outcomes) - len(findings)} not measured.")
    print("Sizes were small: the ratios mean nothing." if arguments.quick else f"Kept in {results.PATH}.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}; all when left out")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that everything works; keeps nothing")
    parser.add_argument("--table", action="store_true", help="print the kept figures as Markdown and run nothing")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    return arguments


def _run(name: str, *, quick: bool) -> list[Outcome]:
    benchmark = BENCHMARKS[name]
    began, load = datetime.now(UTC), os.getloadavg()[0]
    print(f"{name} …", flush=True)
    outcomes = benchmark.run(**benchmark.quick) if quick else benchmark.run()
    for outcome in outcomes:
        print(results.told(outcome), flush=True)
    if not quick:
        command = " ".join(["python -m benchmarks", *sys.argv[1:]])
        results.keep(name, results.measured(outcomes, began, load, command))
    return outcomes


if __name__ == "__main__":
    main()
