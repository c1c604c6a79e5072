"""Tagging customers' comments: scikit-learn trains, a sparse dot product serves."""

from bot.classifier import compiled

__path__[:0] = compiled.folders()
