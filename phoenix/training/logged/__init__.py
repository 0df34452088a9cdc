"""Training on an imported log, whose impressions are few, come once, and end: `run.LogRun` does all of it.

What differs from training in the synthetic world: impressions are read again in every round, so each phase stops where
the newest part of the training log is predicted best; ids are often withheld or exchanged for those of strangers, so
that models read histories and authors rather than learn ids by heart; sizes follow from the log; and a log that holds
only what was acted on gets negatives drawn for it, which makes all probabilities relative.
"""
