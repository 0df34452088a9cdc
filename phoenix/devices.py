"""Which devices JAX computes on: of one kind, on this machine or on several at once."""

import os
from typing import NamedTuple

from phoenix import environment


class Hosts(NamedTuple):
    """Machines that train one model together, each with a process of its own.

    Attributes:
      coordinator: address and port of the first, where all of them meet.
      count: how many there are.
      index: which of them this is, from 0.
    """

    coordinator: str
    count: int
    index: int


ALONE = Hosts("", 1, 0)


def use(kind: str | None = None, *, hosts: Hosts = ALONE) -> str:
    """Has JAX compute on one kind of device; to be called before it computes anything.

    With several hosts this waits until all have met; from then on `jax.devices()` are those of all of them.

    Args:
      kind: one of `environment.DEVICES`; None for PHOENIX_DEVICE, and without that for the best that JAX finds.
      hosts: who else takes part.

    Returns:
      What the devices of this host are, such as "NVIDIA H100 80GB HBM3" or "2 x cpu".

    Raises:
      ValueError: there is no such device, or the hosts did not meet.
    """
    import jax

    kind = kind or environment.device()
    if kind == "cpu":
        jax.config.update("jax_platforms", kind)  # of the others JAX takes the best that there is, unasked
    elif kind is not None:
        # A server shares the device with the processes that it starts, so nobody takes all of its memory in advance.
        os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    if hosts.count > 1:
        _meet(hosts)
    found = jax.local_devices()
    if kind not in (None, found[0].platform):
        raise ValueError(
            f"JAX computes on {found[0].platform} here and knows no {kind}. Leave --device and PHOENIX_DEVICE out to "
            "use what there is, or install the JAX for it, such as jax[cuda13] or jax[tpu]."
        )
    name = found[0].device_kind
    return name if len(found) == 1 else f"{len(found)} x {name}"


def part(hosts: Hosts) -> None:
    """Parts with the other hosts when all is done together: whoever still works is not ended for their leaving."""
    import jax

    if hosts.count > 1:
        jax.distributed.shutdown()


def _meet(hosts: Hosts) -> None:
    import jax

    try:
        jax.distributed.initialize(hosts.coordinator, hosts.count, hosts.index)
    except RuntimeError as error:
        raise ValueError(
            f"Host {hosts.index} of {hosts.count} did not meet the rest at {hosts.coordinator}: start the same command "
            f"on each, with --host 0 to {hosts.count - 1}, at an address of host 0 that all reach. JAX says: {error}"
        ) from error
