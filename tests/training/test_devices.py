"""On how many cores a run trains: as many as share every phase's batch evenly."""

import pytest

from phoenix.train import count_devices
from phoenix.training.presets import PRESETS


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
@pytest.mark.parametrize(("cores", "used"), [(1, 1), (2, 2), (3, 2), (6, 4), (16, 16)])
def test_cores_share_every_batch_evenly(preset, cores, used):
    assert count_devices(preset, cores=cores) == used
    for phase in (preset.tables, preset.retrieval, preset.ranker, preset.distillation, preset.served):
        assert phase.batch % (used * max(phase.at_once, 1)) == 0
