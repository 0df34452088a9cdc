"""What the Retrieval page shows and says: one view a file, each with `show(scene)`,
which returns what ran for it."""
