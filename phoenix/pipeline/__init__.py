"""From two sources to a feed: a stage a function, all of one signature, `stage(feed, context, settings) -> feed`.

    sources    what the index found; recent posts by followed authors; a few posts from anywhere
    filters    too old, acted on already, served already, by a blocked author, on a muted topic, with a muted word
    scoring    the ranker's logits, then `phoenix.scoring`
    diversity  a determinantal point process or MMR over the best posts
    exploring  a share of the feed's places for posts that no score has chosen

Stages do not know the models: `Context` brings what the index found, all vectors and a function that ranks. What a
stage does is recorded in `Candidates.steps`. With `OFF` the pipeline is retrieve, rank, score and nothing else.
What the stages of the published system need and a world does not tell is named by `lacking`.
"""

from phoenix.pipeline.candidates import SOURCES, Candidates, Context, Step
from phoenix.pipeline.run import STAGES, run_stages
from phoenix.pipeline.settings import OFF, PipelineSettings, check_settings, lacking, suggest_settings

__all__ = [
    "OFF",
    "SOURCES",
    "STAGES",
    "Candidates",
    "Context",
    "PipelineSettings",
    "Step",
    "check_settings",
    "lacking",
    "run_stages",
    "suggest_settings",
]
