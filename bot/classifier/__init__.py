"""Tagging customers' comments: scikit-learn trains, a sparse dot product serves."""
