"""A sample of the faults of ``make faults``: nothing is lost, and a person is told what happened.

``REFDESK_TEST_FAULTS=20`` tries so many of each kind.
"""

import os
import random
from itertools import islice

import pytest

from tests.fault_kills import COMMANDS, kills
from tests.fault_rig import Rig, failing_calls, turned_bytes

pytestmark = pytest.mark.long

_COUNT = int(os.environ.get("REFDESK_TEST_FAULTS", "3"))


@pytest.fixture(scope="module")
def rig(tmp_path_factory, models_dir, embedder):
    return Rig(tmp_path_factory.mktemp("faults"), models_dir)


def _stood(faults):
    outcomes = [fault() for fault in faults]
    assert outcomes
    assert [outcome for outcome in outcomes if not outcome.held] == []


@pytest.mark.timeout(1800)
def test_who_is_killed_goes_on(rig):
    _stood(kills(rig, random.Random(7), max(_COUNT, len(COMMANDS))))


@pytest.mark.timeout(1800)
def test_a_call_that_fails_leaves_the_old_library(rig):
    _stood(islice(failing_calls(rig, _COUNT), 1, None, _COUNT))


@pytest.mark.timeout(1800)
def test_a_byte_turned_in_the_library_is_cured_by_a_rebuild(rig):
    faults = list(turned_bytes(rig, random.Random(7)))
    _stood(random.Random(7).sample(faults, _COUNT))
