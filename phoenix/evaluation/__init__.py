"""Judging the models: metrics against the oracle, retrieval beside other strategies, the numbers of metrics.json."""
