"""What the Embeddings page shows and says: one view a file, each with `show()`, which returns what ran for it."""

from typing import Any

Source = Any  # a function, method or class whose source the page shows
