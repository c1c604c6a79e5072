"""``python -m benchmarks``: runs what there is and prints each ratio with its target."""

from __future__ import annotations

from benchmarks import http_praise, recorded_sqlite

for module in (http_praise, recorded_sqlite):
    for outcome in module.run():
        print(outcome)
