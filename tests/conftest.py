"""What holds for all tests: settings of hypothesis, and loggers that are put back."""

from __future__ import annotations

import logging

import pytest
from hypothesis import settings

# Wall time says nothing about a property: a busy machine must not fail a test.
settings.register_profile("flexsec", deadline=None)
settings.load_profile("flexsec")

_LOGGERS = ("flexsec", "azure", "azure.identity")


@pytest.fixture(autouse=True)
def own_loggers():
    """What a command line sets of the loggers ends with its test, whatever the order of tests."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    kept = [(logger, logger.level, logger.propagate, list(logger.handlers)) for logger in loggers]
    yield
    for logger, level, propagate, handlers in kept:
        logger.setLevel(level)
        logger.propagate = propagate
        logger.handlers[:] = handlers
