"""The laboratory of the ranking page: four views that take the weighted sum apart, one module each.

They look at the weighted sum alone. The later stages (author diversity, out of network) depend on the other posts of
an author, so that no single weight would have an exact effect on them.
"""

from dashboard.laboratory import frontier, sensitivity, single, why

# Each draws its controls, its picture, what to notice and how it is computed, and returns the picture if there is one.
VIEWS = {"single": single.show, "sensitivity": sensitivity.show, "frontier": frontier.show, "why": why.show}
