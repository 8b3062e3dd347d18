# Everything a person runs. Only Python 3.11, pip and make are needed; the rest is installed into .venv from the lock.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
WORKSPACE ?= workspace

.DEFAULT_GOAL := help
.PHONY: browser-code help app lint test check docs bench model lock

help: ## This list
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## (.*)/make \1\t\2/' | expand -t 14

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
# the lock names all there is (tests/test_lock.py), so nothing has to be resolved; what is used is compiled when it is
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(STAMP)

app: $(STAMP) ## Open the pages on ./workspace (another: WORKSPACE=folder); an empty one shows the demo
	$(BIN)/looks-like app --demo --workspace "$(WORKSPACE)"

# The browser code's tools; node and npm come with the virtual environment, so nothing else has to be there
NODE := PATH="$(CURDIR)/$(BIN):$$PATH"
node_modules/.installed: package.json package-lock.json $(STAMP)
	$(NODE) npm ci --loglevel=error
	@touch $@

lint: $(STAMP) node_modules/.installed ## What reads the source: ruff, its format, types; the same for the browser's code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(NODE) npx biome ci --error-on-warnings
	$(NODE) npx tsc

# of what has no DOM; the rest is tested in a real Chromium
browser-code: node_modules/.installed ## Tests of the browser's code, with its coverage
	$(NODE) node --test --experimental-test-coverage --test-coverage-include="explorer/**/*.js" "tests/js/*.test.js"

# Two files at a time: tests in a browser wait more than they work. A file stays whole, and what its tests share
PYTEST := $(BIN)/python -m pytest -q -n 2 --dist loadfile

check: lint browser-code ## Lint, types and the fast tests: some minutes
	$(PYTEST) -m "not slow and not browser"

test: lint browser-code ## Lint, types and all tests, in a real Chromium too
	$(PYTEST)

# mkdocs without --quiet, with which it would not count warnings, and a link that leads nowhere is one
docs: $(STAMP) ## The documentation as pages, into build/docs; links that lead nowhere fail
	$(BIN)/python -m docs.make_site
	$(BIN)/mkdocs build

bench: $(STAMP) ## Every speed beside what one would otherwise run
	$(BIN)/python -m benchmarks

MODEL_WORKSPACE := build/model
# $(1): its name, $(2): how it is trained; one that was stopped goes on
define trained
	test -f $(MODEL_WORKSPACE)/models/$(1)/weights.safetensors || \
	$(BIN)/looks-like train beta-vae --name $(1) $(2) --workspace $(MODEL_WORKSPACE) \
	$$(test ! -f $(MODEL_WORKSPACE)/models/$(1)/card.json || echo --resume)
endef
model: $(STAMP) ## Train the demo's model again: two hours on two cores; stopped, it goes on where it was
	$(BIN)/looks-like import sneakers --workspace $(MODEL_WORKSPACE)
	$(call trained,plain,--epochs 88 --set hue=0.1)
	$(call trained,sharp,--from plain --epochs 2 --set learns=decoder --set sharpen=0.95 --set batch=32)
	test -f $(MODEL_WORKSPACE)/models/sneakers/weights.safetensors || \
	$(BIN)/looks-like models blend plain sharp --share 0.7 --name sneakers --workspace $(MODEL_WORKSPACE)
	cp $(MODEL_WORKSPACE)/models/sneakers/* explorer/training/shipped/sneakers/
	$(BIN)/looks-like encode sneakers --workspace $(MODEL_WORKSPACE)
	$(BIN)/python -m looks_like.explorer.training.known_codes $(MODEL_WORKSPACE) sneakers \
	explorer/training/shipped/sneakers

lock: ## Write requirements.lock anew from a fresh environment (torch stays pinned: newer ones bring CUDA)
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet "torch==2.13.0" ".[dev]"
	build/lock/bin/python -m pip install --quiet --no-deps "wordllama>=0.4"
	( echo "# Exact versions, written by: make lock"; \
	  build/lock/bin/python -m pip freeze --all --exclude pip --exclude looks-like | sed 's/+cpu$$//' ) > requirements.lock
