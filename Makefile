# Everything a person or CI runs. `make` alone lists the targets.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV ?= .venv
# An interpreter may be named: make setup PYTHON=python3.13
PYTHON ?=
JOBS ?= 2
PYTEST_ARGS ?=
DEMO_ARGS ?=

BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed
# Hashes are required and nothing is built, so nothing outside the lock is ever fetched.
INSTALL := $(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check
LOCKED := --require-hashes --only-binary :all:
# hatchling comes from the lock, so the project itself is installed without the network.
PROJECT := --no-deps --no-build-isolation --no-index --editable .
# pyspark has no wheel; it is built with the setuptools of the lock.
SPARK := --no-binary pyspark --no-build-isolation

# An environment whose Python is gone has nothing installed, whatever its stamps say.
$(shell test -x $(BIN)/python || rm -f $(RUNTIME) $(DEV))

STATIC := format lint types imports
export VENV JOBS PYTEST_ARGS

.PHONY: help setup setup-dev demo test check fix docs bench lock clean $(STATIC) tests

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z-]+):.*## /\1\t/' | \
	  awk -F '\t' '{ printf "  make %-10s %s\n", $$1, $$2 }'

$(BIN)/python:
	@VENV='$(VENV)' PYTHON='$(PYTHON)' bash .ci/venv

$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	@echo 'Installing what Ringfence runs on (once; about a minute) ...'
	@$(INSTALL) $(LOCKED) --requirement requirements.lock
	@$(INSTALL) $(PROJECT)
	@touch $@

$(DEV): requirements-dev.lock $(RUNTIME)
	@echo 'Installing what the tests need (once) ...'
	@$(INSTALL) $(LOCKED) $(SPARK) --requirement requirements-dev.lock
	@touch $@

setup: $(RUNTIME) ## Make .venv and install from the lock
	@echo "Ready: $(BIN)/ringfence"

setup-dev: $(DEV) ## The same, and what the tests need
	@:

demo: $(RUNTIME) ## Play the night of 30-31 March 2022 over a city and write the brief
	@$(BIN)/ringfence demo $(DEMO_ARGS)

test: $(DEV) ## Run every gate and every test
	@bash .ci/gates $(STATIC) tests

check: $(DEV) ## Run the gates without the tests
	@bash .ci/gates $(STATIC)

$(STATIC) tests: $(DEV)
	@bash .ci/gates $@

fix: $(DEV) ## Format, and mend what the linter can mend
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

docs: $(DEV) ## Write the reference pages from the code
	@$(BIN)/python docs/generate.py

bench: $(DEV) ## Run the benchmarks
	@$(BIN)/python -m benchmarks

# uv is wanted only here; `pip install uv` anywhere will do.
UV := $(firstword $(wildcard $(BIN)/uv) uv)
COMPILE := $(UV) --no-config pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-annotate --no-header pyproject.toml --group build
lock: ## Write the locks anew after a change of dependencies (needs uv)
	@command -v $(UV) >/dev/null || { echo 'make lock needs uv: pip install uv' >&2; exit 1; }
	@$(COMPILE) --no-build $(LOCK_ARGS) --output-file requirements.lock
	@$(COMPILE) $(LOCK_ARGS) --extra dev --extra spark --constraint requirements.lock --output-file requirements-dev.lock

clean: ## Remove the environment and everything made
	[ ! -e $(VENV)/pyvenv.cfg ] || rm -rf $(VENV)
	rm -rf build dist demo ringfence-data htmlcov .coverage .coverage.* .pytest_cache .ruff_cache \
	  .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
