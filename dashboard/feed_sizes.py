"""How many posts retrieval brings and how many a feed shows: fewer in a small world."""

K, TOP = 200, 20


def fit(posts: int, k: int = K, top: int = TOP) -> tuple[int, int]:
    """Both numbers, in a world of so many posts."""
    k = min(k, posts)
    return k, min(top, k)
