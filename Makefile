# Every target makes .venv by itself; `make demo` is the place to begin.

# The first interpreter that runs and is new enough; only looked for when .venv is made.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3.14 python3; do \
    $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$python && break; done)
BIN := .venv/bin
READY := .venv/ready

.PHONY: demo test test-long check lint samples wheel bench help

demo: $(READY)  ## watch an insecure server being hardened, on a simulated subscription
	@$(BIN)/flexsec demo

test: $(READY)  ## all tests but the long ones
	@$(BIN)/python -m pytest -m "not long" -n 2 -q

test-long: $(READY)  ## the exhaustive and long-running tests
	@$(BIN)/python -m pytest -m long -n 2 -q

# Tests come last, so that their summary is the last line.
check: lint samples wheel test  ## everything that continuous integration runs

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

TRIAL := --simulate insecure -g rg-shop -n shop-db --baseline samples/baseline.yaml --allow-restart \
    --allow-closing firewall --without-evidence "a simulated server" --fail-on high --yes

wheel: $(READY)  ## build the wheel, install it elsewhere and use it
	@$(BIN)/python scripts/check_wheel.py

bench: $(READY)  ## measure start-up and hardening
	@$(BIN)/python scripts/bench_startup.py
	@$(BIN)/python scripts/bench_harden.py

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
