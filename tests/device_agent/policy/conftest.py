"""A home of its own for each test that changes it."""

from pathlib import Path

import pytest

from tests.device_agent.policy.world import World, make_world


@pytest.fixture
def own_world(tmp_path: Path) -> World:
    home = tmp_path.resolve() / "ada"
    home.mkdir()
    return make_world(home)
