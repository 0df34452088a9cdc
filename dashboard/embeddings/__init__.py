"""The Embeddings page: how do two hashes stand in for an id?

`scene` holds what its views show and reads it from the controls and from `measured`; each file of `views` makes one
view of it.

Glossary: n ids, m rows of the table (padding included), h hash functions, D width, A actions.
"""
