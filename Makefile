# Four words for developers (lint, test, bench, docs) and two for everyone (ask, serve).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
Q ?= explain GQA vs MQA

.PHONY: ask serve env test lint bench docs

ask: $(VENV)/.runtime
	@$(BIN)/refdesk ask "$(Q)"

serve: $(VENV)/.runtime
	$(BIN)/refdesk serve

env: $(VENV)/.runtime

test: lint
	$(BIN)/pytest -q

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	$(BIN)/python -m tests.benchmarks.retrieval

docs: $(VENV)/.dev
	$(BIN)/python -m tests.benchmarks.help_pages

$(VENV)/.runtime: pyproject.toml
	@echo "Making the environment in $(VENV)/: about ten minutes the first time (llama.cpp is compiled)."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --progress-bar on --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	@$(BIN)/python -m pip install --quiet --editable ".[dev]"
	@touch $@
