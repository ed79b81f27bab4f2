# Two commands matter: `make run` and `make test`. Everything else is `mpax --help`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TEST_STAMP := $(VENV)/.installed-test

.DEFAULT_GOAL := help
.PHONY: help run test lint format lock clean

help:  ## Show what there is to do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(STAMP)  ## Install what is missing, start everything, print addresses and sign-ins; Ctrl-C stops
	@$(BIN)/mpax up

test: $(TEST_STAMP)  ## Run every check and test on a stack of their own
	@$(BIN)/python -m tests

lint: $(TEST_STAMP)  ## Style, types, import contracts, migrations
	@$(BIN)/python -m tests --only checks

format: $(TEST_STAMP)  ## Bring Python files into form
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

lock:  ## Resolve dependencies anew into the lock files
	@$(BIN)/uv pip compile pyproject.toml --extra build --universal --python-version 3.11 \
	  --generate-hashes --no-header --quiet -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra build --extra providers --extra test --extra dev --universal \
	  --python-version 3.11 --generate-hashes --no-header --quiet -c requirements.lock -o requirements-test.lock

clean:  ## Remove what can be made again (keeps .local, your data)
	@rm -rf $(VENV) .web .local-test .pytest_cache .ruff_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "MPAX needs Python 3.11 or newer; try: make $(MAKECMDGOALS) PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV) || { echo "python3-venv is missing; on Debian: apt-get install python3-venv"; exit 1; }

$(STAMP): requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing the locked dependencies (once, a minute or two) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(TEST_STAMP): requirements-test.lock pyproject.toml | $(BIN)/python
	@echo "Installing the locked dependencies for tests (once, a minute or two) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ $(STAMP)
