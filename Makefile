# Dispatch. Everything lives in .venv; nothing is installed outside it but Debian's own packages.

SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
NPM := tests/foreign/node_modules/.made tests/payloads/node_modules/.made

.DEFAULT_GOAL := help
.PHONY: help install demo serve test check lint types imports bench chaos

help: ## say what each of these does
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  \033[1mmake %-8s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.made-dev $(NPM) ## make .venv with all that the others need

demo: $(VENV)/.made ## try Dispatch without a Slack account: http://127.0.0.1:8770
	@exec $(BIN)/dispatch demo

serve: $(VENV)/.made ## connect to the Slack that the environment or .env names
	@exec $(BIN)/dispatch serve

test: install ## run all tests (ARGS=… for pytest)
	@$(BIN)/pytest $(ARGS)

check: lint types imports ## lint, types and imports together

lint: $(VENV)/.made-dev ## ruff: habits and layout
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: $(VENV)/.made-dev ## mypy, strict
	@$(BIN)/mypy

imports: $(VENV)/.made-dev ## import-linter: the floors of the house
	@$(BIN)/lint-imports --no-cache

chaos: $(VENV)/.made-dev ## kill, cut and crash it all, then judge what came of it (ARGS="--seed 7 --tasks 200")
	@$(BIN)/python -m tests.chaos $(ARGS)

bench: $(VENV)/.made-dev .venv-bench/.made ## measure, and write docs/benchmarks.md (ARGS: what to measure)
	@$(BIN)/python -m tests.bench $(ARGS)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Dispatch needs Python 3.11 or newer; install it, or name it: make PYTHON=…"; exit 1; }
	@.ci/debian venv $(PYTHON)
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# The demo's part first: it is what a newcomer waits for.
$(VENV)/.made: pyproject.toml constraints.txt | $(BIN)/python
	@.ci/debian demo
	@echo "Installing Dispatch into $(VENV) (a minute or two, once)"
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[server,sandbox]'
	@touch $@

$(VENV)/.made-dev: $(VENV)/.made
	@.ci/debian test
	@echo "Installing what the tests and checks need into $(VENV)"
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[server,sandbox,dev]'
	@touch $@

# The peers of the bench have pins that do not fit beside ours.
.venv-bench/.made: tests/bench/peers.txt | $(VENV)/.made-dev
	@.ci/debian bench
	@echo "Installing what Dispatch is measured against into .venv-bench"
	@$(BIN)/python -m venv .venv-bench
	@.venv-bench/bin/python -m pip --disable-pip-version-check --no-input install --quiet --requirement $<
	@touch $@

# Without npm the tests that need these say so; CI lets none of them off.
tests/%/node_modules/.made: tests/%/package-lock.json | $(VENV)/.made-dev
	@if command -v npm >/dev/null; then cd tests/$* && npm ci --silent --ignore-scripts --no-audit --no-fund && touch node_modules/.made; \
	else echo "npm is missing, so tests/$* will be skipped"; fi
