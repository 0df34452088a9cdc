"""The learning guide as data: its lines, the lessons that answer them, and the path that leads through all views.

`table` holds what there is; the words stand in `locale/*/guide.po` under the same names.
"""
