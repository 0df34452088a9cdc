"""Worlds: what every one of them tells (`base`), and the synthetic one, whose truth is known.

Of the synthetic world `catalog` says what there is, `behaviour` what people do, `stream` what they are shown; each
states its formulas. No model is imported here: the truth does not see the learner.
"""

from phoenix.world.base import AnyWorld, Histories, Log
from phoenix.world.behaviour import SURFACES
from phoenix.world.catalog import FORMATS, PERSONAS
from phoenix.world.world import World, WorldConfig

__all__ = ["FORMATS", "PERSONAS", "SURFACES", "AnyWorld", "Histories", "Log", "World", "WorldConfig"]
