"""Two scikit-learn pipelines, fitted on the product's corpus for the product's heads.

``lean`` is the usual way to do it: jieba's words, TF-IDF, one logistic regression per head. It sees less than the
product does and is as quick as it can be: single words only, jieba without its hidden Markov model, no normalising of
the text, no runs of characters, no clauses, no markers.

``twin`` is what the product's model is taken from: the same readings, the same features, the same scores but for the
weights of examples, through scikit-learn's estimators instead of look-ups. It cuts with rjieba, as the product does.
"""

from __future__ import annotations

import logging
import pickle
import warnings
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from benchmarks.comments import examples
from bot.classifier.train import CommentClassifier, read_all
from bot.classifier.tuning import labels

with warnings.catch_warnings():
    warnings.simplefilter("ignore", SyntaxWarning)  # invalid escapes in jieba's source
    import jieba

jieba.setLogLevel(logging.WARNING)


def words(text: str) -> list[str]:
    """Cut with jieba."""
    return list(jieba.cut(text, HMM=False))


def fit(folder: Path) -> None:
    """Fit both on the corpus and pickle them as ``lean`` and ``twin``."""
    corpus = examples()
    texts, truth = [example.text for example in corpus], labels(corpus)
    lean = Pipeline(
        [
            ("tfidf", TfidfVectorizer(tokenizer=words, token_pattern=None)),
            ("heads", OneVsRestClassifier(LogisticRegression(max_iter=1000))),
        ]
    )
    lean.fit(texts, truth.astype(int))
    heads = CommentClassifier().fit(read_all(texts), truth, np.ones(len(texts)), len(texts))
    twin = Pipeline([("read", FunctionTransformer(read_all)), ("classify", heads)])
    for name, pipeline in (("lean", lean), ("twin", twin)):
        (folder / name).write_bytes(pickle.dumps(pipeline))


def load(path: Path) -> Pipeline:
    """Return a pipeline that `fit` has written; jieba's dictionary is built by the first text it cuts."""
    pipeline = pickle.loads(path.read_bytes())
    assert isinstance(pipeline, Pipeline)
    return pipeline
