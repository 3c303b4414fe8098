# Two commands matter: `make demo` and `make test`. Everything is installed into .venv with plain pip, from exact versions with hashes.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SERVE ?= 1
MODEL ?=
PORT ?= 8001
DEMO ?= demo-archive
LOCALE := archive/web/locale
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

.PHONY: demo test lint translations bench docs openai-whisper requirements clean help

help: ## say what there is
	@grep -E '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/'

demo: $(VENV)/.ingest ## build the demonstration archive and serve it (SERVE=0: only build; MODEL=small: a real Whisper model; PORT=8002)
	$(BIN)/conricerca demo $(DEMO) $(if $(MODEL),--model $(MODEL)) --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve)

test: $(VENV)/.dev ## run the whole test suite
	$(BIN)/python -m pytest --numprocesses=auto --dist=worksteal

lint: $(VENV)/.dev ## check style, types, layers and generated documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cog --check docs/cli.md docs/schema.md

docs: $(VENV)/.dev ## write the generated parts of the documents again
	$(BIN)/cog -r docs/cli.md docs/schema.md

translations: $(VENV)/.dev ## gather the strings that readers see, and add new ones to the catalogues
	$(BIN)/pybabel -q extract -F archive/web/locale/babel.cfg -k N_ -k counted:1,2 --no-location --sort-output --omit-header -o $(LOCALE)/conricerca.pot .
	for language in es fr it ar; do $(BIN)/pybabel -q update --init-missing --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -l $$language -i $(LOCALE)/conricerca.pot -o $(LOCALE)/$$language.po; done

bench: $(VENV)/.dev ## print the figures of docs/performance.md (takes a while)
	$(BIN)/python -m bench.transcribe
	$(BIN)/python -m bench.tag
	$(BIN)/python -m bench.browse
	$(BIN)/python -m bench.search

openai-whisper: $(VENV)/.dev ## add the second engine; install the torch build of your choice first, or take the default one
	$(BIN)/python -c "import torch" 2>/dev/null || $(PIP) torch==2.13.0
	$(PIP) --require-hashes -r requirements/openai-whisper.txt
	$(PIP) --no-deps --no-build-isolation openai-whisper==20250625

requirements: ## choose the exact versions again (needs uv)
	$(COMPILE) pyproject.toml requirements/build.in -o requirements/runtime.txt
	$(COMPILE) pyproject.toml requirements/build.in --extra ingest -o requirements/ingest.txt
	$(COMPILE) pyproject.toml requirements/build.in --extra ingest --extra embeddings --extra test --extra lint --extra bench -o requirements/dev.txt
	$(COMPILE) requirements/openai-whisper.in -c requirements/dev.txt -o requirements/openai-whisper.txt

clean: ## remove what was built, but no archive
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ingest: requirements/ingest.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) --require-hashes -r requirements/ingest.txt
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) --require-hashes -r requirements/dev.txt
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.ingest
