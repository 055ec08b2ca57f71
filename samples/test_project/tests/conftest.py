"""All tests work on a copy of our own servers, as `flexsec capture --mask -o tests/our_servers.json` wrote them."""

import pytest


@pytest.fixture
def flexsec_world() -> str:
    """Each test gets a copy; the file stays as it is."""
    return "our_servers.json"
