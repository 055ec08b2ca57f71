"""Settings of hypothesis for all tests."""

from __future__ import annotations

from hypothesis import settings

# Wall time says nothing about a property: a busy machine must not fail a test.
settings.register_profile("flexsec", deadline=None)
settings.load_profile("flexsec")
