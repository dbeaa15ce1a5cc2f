# Two commands matter to most people: `make run` and `make test`. Each brings all it needs.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8501
TEST_WORKERS ?= 2
ADDRESS := 127.0.0.1
BIN := .venv/bin
LIBRARY := app.py core pages tools
SETUP := .venv/.setup-run
SETUP_DEV := .venv/.setup-dev

.PHONY: help setup run test check format prove bench

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1 | /' | column -t -s '|'

setup: $(SETUP) ## create the environment in .venv, nothing else

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with PYTHON=..."; exit 1; }
	$(PYTHON) -m venv .venv

$(SETUP): requirements.txt constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(SETUP_DEV): requirements-dev.txt requirements.txt constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(SETUP)

run: $(SETUP) ## prepare the store, print address and sign-ins, serve on PORT (default 8501)
	@$(BIN)/python -m core prepare --address http://$(ADDRESS):$(PORT)
	@exec $(BIN)/streamlit run app.py --server.port $(PORT) --server.address $(ADDRESS) --server.headless true

test: $(SETUP_DEV) ## run every test but the long proofs, with coverage
	@CHROMIUM="$$($(BIN)/python -m tools.chromium)"; export CHROMIUM; \
	exec $(BIN)/python -m pytest -n $(TEST_WORKERS) --dist loadscope --cov --cov-report term:skip-covered

check: $(SETUP_DEV) ## format, lint, types, imports, sizes
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.size_limits $(LIBRARY)

format: $(SETUP_DEV) ## write the agreed format and the safe lint fixes
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

prove: $(SETUP_DEV) ## run the long proofs; ONLY=name picks some
	@CHROMIUM="$$($(BIN)/python -m tools.chromium)"; export CHROMIUM; \
	exec $(BIN)/python -m tests.prove.run $(ONLY)

bench: $(SETUP_DEV) ## measure against the bars; ONLY=name picks some
	@CHROMIUM="$$($(BIN)/python -m tools.chromium)"; export CHROMIUM; \
	exec $(BIN)/python -m tests.bench.run $(ONLY)
