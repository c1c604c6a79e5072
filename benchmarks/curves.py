"""Curves of how good a model is, drawn alike for the docs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

LABELS = ("praise", "attitude", "solution", "value_added", "highlight")


def mean(figures: Mapping[str, float]) -> float:
    """Return the mean F1 of ``LABELS``."""
    return sum(figures[label] for label in LABELS) / len(LABELS)


def draw(path: Path, lines: Mapping[str, Mapping[int, float]], over: str, ticks: Sequence[int], scale: str) -> None:
    """Draw ``lines``, each mean F1s by what they are ``over``, on a ``linear`` or ``log`` scale."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for name, line in lines.items():
        axes.plot(list(line), list(line.values()), marker="o", label=name)
    axes.set_xscale(scale)
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel(over)
    axes.set_ylabel("mean F1 of praise, three tags and highlight")
    axes.set_ylim(0.6, 0.9)  # so that a difference which is noise does not look like one
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.3)
    axes.legend(frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None})
