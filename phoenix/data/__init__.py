"""Logs of other people's recommenders: a mapping says what their columns mean, an import makes a world of them.

    python -m phoenix.data mapping FILE                          look at a file, write a mapping to start from
    python -m phoenix.data check FILE --mapping M.toml           read all of it, write nothing
    python -m phoenix.data import FILE --mapping M.toml --out FOLDER

`mapping.py` is what a mapping may say, `reading/` turns any file into blocks of text columns, `staging.py` judges their
rows, `joining.py` numbers users and items and brings it all in order, `folder.py` is what an import leaves behind.

The engine is DuckDB: one wheel without dependencies that sorts, joins and groups more rows than fit into memory. It is
given Arrow tables and nothing else: it opens no file but its own and fetches no extension.
"""
