# For everyone: ask, serve. For developers: lint, test, bench, docs, harm.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export Q ?= explain GQA vs MQA

.PHONY: ask serve env test lint bench docs harm

ask: $(VENV)/.runtime
	@$(BIN)/refdesk ask "$$Q"

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

docs: $(VENV)/.dev
	$(BIN)/python -m tests.command_docs

# A thousand single bytes of a home changed, one at a time: each noticed or harmless.
harm: $(VENV)/.dev
	$(BIN)/python -m tests.harm.homes 1000

bench: $(VENV)/.dev
	$(BIN)/python -m tests.benchmarks.retrieval
	$(BIN)/python -m tests.benchmarks.retrieval_steps --slow
	$(BIN)/python -m tests.benchmarks.embedding
	$(BIN)/python -m tests.benchmarks.growth
	$(BIN)/python -m tests.benchmarks.peers
	$(BIN)/python -m tests.benchmarks.extraction
	$(BIN)/python -m tests.benchmarks.reading
	$(BIN)/python -m tests.benchmarks.fetch_archive
	$(BIN)/python -m tests.benchmarks.kill
	$(BIN)/python -m tests.benchmarks.memory
	$(BIN)/python -m tests.benchmarks.conversation

$(VENV)/.runtime: pyproject.toml
	@echo "Making the environment in $(VENV)/: about ten minutes the first time (llama.cpp is compiled)."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --progress-bar on --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	@$(BIN)/python -m pip install --quiet --editable ".[dev]"
	@touch $@
