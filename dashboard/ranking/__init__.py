"""The Ranking page: what the weights make of fifteen probabilities.

`panel` draws the weights, which `dashboard.weighting` keeps in the address; `scene` holds what a view is given, `ask`
the controls of each view and its question to the library, `measured` those questions, `views` what is shown of them.
"""
