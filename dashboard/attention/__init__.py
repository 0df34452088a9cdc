"""The attention page: who may attend to whom, who does, and what leaks if we let them?

`scene` holds what all views show and reads it from the controls and from `measured`; each file of `views` makes one
view of it. `custom` and `editor` make a mask by hand, `making` watches the code make one, and `exercise` has the
learner draw one.

Glossary: S history, C candidates, T = 1 + S + C positions, L layers, H heads, A actions; rows are queries, columns
keys; 1 = may attend.
"""
