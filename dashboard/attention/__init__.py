"""The attention page, one view a file: who may attend to whom, who does, and what leaks if we let them.

`scene` holds what all views show, `controls` chooses it, `words` and `rules` say it; each of `mask`, `steps`,
`reach`, `leak`, `slots`, `weights` and `serving` draws one view; `custom` and `editor` make a mask by hand, and
`exercise` has the learner draw one.

Glossary: S history, C candidates, T = 1 + S + C positions, L layers, H heads, A actions; rows are queries, columns
keys; 1 = may attend.
"""
