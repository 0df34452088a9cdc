"""The synthetic world: topics, authors, posts, users, their true behaviour and the stream of impressions.

`catalog` says what there is, `behaviour` what people do, `stream` what they are shown; each states its formulas.
No model is imported here: the truth does not see the learner.
"""

from phoenix.world.behaviour import SURFACES
from phoenix.world.catalog import FORMATS, PERSONAS
from phoenix.world.world import World, WorldConfig

__all__ = ["FORMATS", "PERSONAS", "SURFACES", "World", "WorldConfig"]
