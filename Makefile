# For everyone: ask, serve; engines (Milvus, Ray, S3, PostgreSQL). For developers: lint, test, bench, docs,
# lock, servers (what tests of the engines run); faults, fuzz, soak (hours).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Exactly what the lock names, unpacked as it is: modules are compiled when they are first used.
INSTALL := $(PIP) install --quiet --no-compile
LOCKED := $(INSTALL) --no-deps --require-hashes
LLAMA_LOG := $(VENV)/llama.log
export Q ?= explain GQA vs MQA

.PHONY: ask serve env engines servers test lint bench docs lock first faults fuzz soak

# The packages and llama.cpp at once; the sources answer before llama.cpp is compiled.
ask: $(VENV)/.build
	@$(MAKE) --no-print-directory -j3 $(VENV)/.llama first
	@$(BIN)/refdesk ask "$$Q"

serve: env
	$(BIN)/refdesk serve

env: $(VENV)/.build
	@$(MAKE) --no-print-directory -j2 $(VENV)/.llama $(VENV)/.runtime

engines: $(VENV)/.engines

servers: $(VENV)/.servers

test: lint
	$(BIN)/pytest -q -n auto --dist loadfile -m "not long"

lint: env $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32
	$(BIN)/lint-imports

docs: $(VENV)/.dev
	$(BIN)/python -m tests.command_docs

bench: env $(VENV)/.dev
	$(BIN)/python -m tests.benchmarks.retrieval
	$(BIN)/python -m tests.benchmarks.retrieval_steps --slow
	$(BIN)/python -m tests.benchmarks.languages
	$(BIN)/python -m tests.benchmarks.embedding
	$(BIN)/python -m tests.benchmarks.growth
	$(BIN)/python -m tests.benchmarks.peers
	$(BIN)/python -m tests.benchmarks.extraction
	$(BIN)/python -m tests.benchmarks.reading
	$(BIN)/python -m tests.benchmarks.fetch_archive
	$(BIN)/python -m tests.benchmarks.kill
	$(BIN)/python -m tests.benchmarks.memory
	$(BIN)/python -m tests.benchmarks.conversation
	$(BIN)/python -m tests.benchmarks.kernels

faults: env $(VENV)/.dev
	$(BIN)/python -m tests.benchmarks.faults
	$(BIN)/python -m tests.benchmarks.guards
	$(BIN)/python -m tests.harm.homes 1000
	$(BIN)/pytest -q -m long
	REFDESK_THOROUGH=1 $(BIN)/pytest -q tests/test_growth.py

fuzz: env $(VENV)/.dev
	$(BIN)/python -m tests.benchmarks.fuzz 10000
	$(BIN)/python -m tests.benchmarks.described 1000

soak: env $(VENV)/.dev
	$(BIN)/python -m tests.benchmarks.soak --minutes 60

# Renews the locks from pyproject.toml: the newest versions its ranges allow, for Python 3.11 to 3.13.
UV_LOCK = $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --no-header
IN := pyproject.toml requirements/build.in requirements/beside.in
lock:
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(INSTALL) "uv>=0.8,<1"
	$(UV_LOCK) --overrides requirements/overrides.txt $(IN) -o requirements/runtime.txt
	$(UV_LOCK) --overrides requirements/overrides.txt --constraints requirements/runtime.txt \
		--extra dev $(IN) -o requirements/dev.txt
	$(UV_LOCK) --overrides requirements/overrides.txt --constraints requirements/runtime.txt \
		--extra milvus --extra object-store --extra postgresql --extra ray $(IN) \
		-o requirements/engines.txt
	$(UV_LOCK) --constraints requirements/dev.txt requirements/servers.in \
		-o requirements/servers.txt
	$(UV_LOCK) --constraints requirements/runtime.txt requirements/build.in \
		-o requirements/build.txt
	$(UV_LOCK) --no-deps requirements/llama.in -o requirements/llama.txt

$(VENV)/.build: requirements/build.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(LOCKED) -r requirements/build.txt
	@touch $@

# torch comes after the rest, which it then finds in the locked versions.
$(VENV)/.runtime: $(VENV)/.build requirements/runtime.txt requirements/torch.txt pyproject.toml
	@echo "Installing the locked packages in $(VENV)/ (a minute or two the first time)."
	@$(LOCKED) -r requirements/runtime.txt
	@$(INSTALL) -r requirements/torch.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.llama: $(VENV)/.build requirements/llama.txt assistant/engines/build.py assistant/engines/llama.cmake
	@echo "Compiling llama.cpp for this processor (some minutes the first time; log: $(LLAMA_LOG))."
	@if nice $(BIN)/python -m assistant.engines.build >$(LLAMA_LOG) 2>&1; then touch $@; \
		else tail -n 3 $(LLAMA_LOG) >&2; fi

# An answer from the sources directly, while llama.cpp is compiled; then the model's weights.
first: $(VENV)/.runtime
	@test -e $(VENV)/.llama || { \
		echo "While llama.cpp is compiled, from the sources directly:"; \
		$(BIN)/refdesk ask "$$Q" --llm extractive && $(BIN)/refdesk models pull auto >/dev/null; }

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@$(LOCKED) -r requirements/dev.txt
	@touch $@

# What a library, pages and threads beyond one machine need (docs/milvus.md, docs/several-desks.md).
$(VENV)/.engines: $(VENV)/.runtime requirements/engines.txt
	@$(LOCKED) -r requirements/engines.txt
	@touch $@

$(VENV)/.servers: $(VENV)/.engines $(VENV)/.dev requirements/servers.txt
	@$(LOCKED) -r requirements/servers.txt
	@touch $@
