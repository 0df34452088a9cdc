"""Models in the layout of the release of January 2026, and back.

The release is a network of two models whose parameters lie flat in a file of NumPy arrays:

    FOLDER/model_params.npz       one array for each parameter, named module/parameter, as in
                                  transformer/decoder_layer_0/multi_head_attention/query/w
    FOLDER/config.json            sizes that the arrays do not tell, such as the number of heads
    FOLDER/embedding_tables.npz   user_embeddings, item_embeddings, author_embeddings (or in the first file, or nowhere:
                                  then the looked-up embeddings are passed in with each batch)
    FOLDER/ours.npz               written by us alone: what the release's network has no place for

A module each: `layout` (which array is which of our parameters, and its shape), `release_config` (config.json),
`arrays` (files of arrays, read with distrust), `convert` (a model of ours ↔ a release), `folder` (a release on disk),
`embeddings` (a batch with its embeddings passed in). docs/interop.md says what is carried over and what is not.

The ranker's logits are those of the release's network under the mask `causal` and the positions `slot`.
"""
