"""Lets `python -m flexsec` stand for the `flexsec` command."""

from .cli.main import run

run()
