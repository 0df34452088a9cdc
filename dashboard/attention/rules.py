"""The rules of candidate isolation: which of them decides a cell, what it says, and whether candidates are isolated."""

import numpy as np

from dashboard.locale import t

KINDS = ("context_context", "context_candidate", "candidate_context", "itself", "other")


def kinds(context: int, total: int) -> np.ndarray:
    """Which rule decides each cell: indices into `KINDS`, int [T, T].

    Args:
      context: 1 + S.
      total: T.
    """
    candidate = np.arange(total) >= context
    codes = 2 * candidate[:, None] + candidate[None, :]
    codes[context:, context:] += np.where(np.eye(total - context, dtype=bool), 0, 1)
    return codes


def sentences(mask: np.ndarray, *, context: int, variant: str) -> list[list[str]]:
    """What the hover text says of each cell, to be read between query and key: may it attend, and why.

    Args:
      mask: [T, T].
      context: 1 + S.
      variant: name of the mask.
    """
    words = [[t(f"attention.reason.{kind}.{state}") for state in ("closed", "open")] for kind in KINDS]
    if variant == "causal":  # user and history have a rule of their own
        words[0] = [t(f"attention.reason.context_context.causal_{state}") for state in ("closed", "open")]
    return np.array(words)[kinds(context, len(mask)), (np.asarray(mask) != 0).astype(int)].tolist()


def foreign_pairs(reach: np.ndarray, *, context: int) -> list[int]:
    """After each number of layers, how many ordered pairs (i, j) of different candidates have j reach i.

    Args:
      reach: [layers + 1, T, T], from `reachability`.
      context: 1 + S.
    """
    among = reach[:, context:, context:]
    return [int(step.sum() - np.trace(step)) for step in among]
