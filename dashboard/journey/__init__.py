"""The Journey page: one post on its way to its score, step by step.

scene.py     what all steps look at                 measured.py  what is asked of the library
pickers.py   which post, which step, which action   step.py      the skeleton of a step
views/       a step a file                          exercise.py  one number to compute, checked
"""
