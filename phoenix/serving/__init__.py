"""The recommender at work: `Recommender.load()`, then retrieve, rank, recommend.

`engine` holds models and index, `what_if` adds the questions of an explorer, `recommender` those of a feed. Requests
are checked and batched in `batching`, programs compiled in `compiled` and listed in `warm_up`, answers described in
`results`.
"""

from phoenix.serving.batching import HISTORY_COLUMNS
from phoenix.serving.compiled import BUCKETS, cache_folder
from phoenix.serving.recommender import Recommender
from phoenix.serving.results import Inspection, Ranking, Recommendation, Retrieval
from phoenix.serving.warm_up import FEED_STEPS

__all__ = [
    "BUCKETS",
    "FEED_STEPS",
    "HISTORY_COLUMNS",
    "Inspection",
    "Ranking",
    "Recommendation",
    "Recommender",
    "Retrieval",
    "cache_folder",
]
