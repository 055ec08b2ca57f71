# Every target makes .venv by itself; `make demo` is the place to begin.

# The first interpreter that runs and is new enough; only looked for when .venv is made.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3.14 python3; do \
    $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$python && break; done)
BIN := .venv/bin
READY := .venv/ready

AZURE_CLI := .venv-azure-cli

.PHONY: demo test test-clients test-long check lint samples wheel postgres bench fuzz help

demo: $(READY)  ## watch an insecure server being hardened, on a simulated subscription
	@$(BIN)/flexsec demo

test: $(READY) postgres  ## all tests but the long ones and those that need azure-cli
	@$(BIN)/python -m pytest -m "not long and not clients" -n 2 -q

# Other people's clients against the served simulator; AZURE_CLI tells the tests that a missing az is a failure.
WITH_CLIENTS := AZURE_CLI=$(CURDIR)/$(AZURE_CLI)/bin/az

test-clients: $(READY) $(AZURE_CLI)/ready  ## azure-cli and the official SDKs against the served simulator
	@$(WITH_CLIENTS) $(BIN)/python -m pytest tests/clients -n 2 -q

test-long: $(READY)  ## the exhaustive and long-running tests
	@$(BIN)/python -m pytest -m long -n 2 -q

# Tests come last, so that their summary is the last line.
check: lint samples wheel postgres $(AZURE_CLI)/ready  ## everything that continuous integration runs
	@$(WITH_CLIENTS) $(BIN)/python -m pytest -m "not long" -n 2 -q

lint: $(READY)  ## style, types and import directions
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# What a command says is shown only when it fails.
QUIETLY = out=$$($(1) 2>&1) && echo "ran $(2)" || { echo "$$out"; exit 1; }

samples: $(READY)  ## run the demonstration, the samples and the scripts, each against the simulator
	@$(call QUIETLY,$(BIN)/flexsec demo,the demonstration)
	@$(call QUIETLY,$(BIN)/python samples/harden_one_server.py,samples/harden_one_server.py)
	@$(call QUIETLY,$(BIN)/flexsec baseline validate samples/baseline.yaml,samples/baseline.yaml)
	@$(call QUIETLY,$(BIN)/python scripts/harden.py $(TRIAL),scripts/harden.py)
	@$(BIN)/python scripts/bench_startup.py --measure-only
	@$(BIN)/python scripts/bench_harden.py
	@$(BIN)/python scripts/bench_simulator.py

TRIAL := --simulate insecure -g rg-shop -n shop-db --baseline samples/baseline.yaml --allow-restart \
    --allow-closing firewall --without-evidence "a simulated server" --fail-on high --yes

wheel: $(READY)  ## build the wheel, install it elsewhere and use it
	@$(BIN)/python scripts/check_wheel.py

postgres: $(READY)  ## bring the PostgreSQL versions that this machine lacks, as far as they can be had
	@$(BIN)/python scripts/get_postgres.py

bench: $(READY)  ## measure start-up, hardening and the simulator
	@$(BIN)/python scripts/bench_startup.py
	@$(BIN)/python scripts/bench_harden.py
	@$(BIN)/python scripts/bench_simulator.py

EXAMPLES ?= 20000

fuzz: $(READY)  ## send the simulator far more nonsense than the tests do
	@FLEXSEC_FUZZ=$(EXAMPLES) $(BIN)/python -m pytest -q tests/simulator_serving/test_fuzz.py

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/'

# `--group` needs pip 25.1, so pip is renewed first.
$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "flexsec needs Python 3.11 or newer; none was found, so set PYTHON=" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "flexsec needs Python 3.11 or newer; set PYTHON=")'
	@echo "making .venv (about a minute, once)" >&2
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[testing]" --group dev
	@touch $@

# Not compiled ahead: az uses a small part of the thousands of modules.
$(AZURE_CLI)/ready: tests/clients/azure-cli.txt
	@test -n "$(PYTHON)" || { echo "azure-cli needs Python 3.11 or newer; none was found, so set PYTHON=" >&2; exit 1; }
	@echo "installing azure-cli in $(AZURE_CLI) (minutes, once)" >&2
	@$(PYTHON) -m venv $(AZURE_CLI)
	@$(AZURE_CLI)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --requirement $<
	@touch $@
