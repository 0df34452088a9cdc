"""The recommender at work: `Recommender.load()`, then retrieve, rank, recommend.

`recommender` answers the questions of a feed; it has an `engine`, the models. `probes` are the questions of an
explorer, functions of the recommender. `user_request` checks ids and histories, `batching` makes a model's batch of
them, `passes` are the two ways through the ranker. `programs` lists what is compiled by `compiled`; `results`
describes the answers.
"""

from phoenix.serving.compiled import BUCKETS
from phoenix.serving.programs import FEED_STEPS
from phoenix.serving.recommender import Recommender
from phoenix.serving.results import Inspection, Ranking, Recommendation, Retrieval
from phoenix.serving.user_request import HISTORY_COLUMNS

__all__ = [
    "BUCKETS",
    "FEED_STEPS",
    "HISTORY_COLUMNS",
    "Inspection",
    "Ranking",
    "Recommendation",
    "Recommender",
    "Retrieval",
]
