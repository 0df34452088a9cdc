"""The Overview page: from the corpus to a feed. `scene` is what it shows, `reasons` why each post is in the feed."""
