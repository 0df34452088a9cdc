"""The journey page's steps: what each shows of one post on its way to its score.

scene.py       what all steps look at          navigation.py  which post, which step, which action
embedding.py   ids, table rows, tokens         network.py     layers, probabilities
outcome.py     score, rank                     exercise.py    one number to compute, checked
"""

from dashboard.journey import embedding, network, outcome

STEPS = {
    "ids": embedding.ids,
    "rows": embedding.rows,
    "tokens": embedding.tokens,
    "layers": network.layers,
    "probabilities": network.probabilities,
    "score": outcome.score,
    "rank": outcome.rank,
}
