# Two commands do everything: `make site` builds the sample site and its PDFs, `make test` runs the whole suite.
# Each makes what it needs first: a virtual environment with pinned packages, and the libraries of the print engine.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FAST := not slow and not browser and not cluster and not office

.PHONY: site test test-fast lint bench serve clean

site: $(VENV)/.site print-libraries
	$(BIN)/toolkit build

serve: $(VENV)/.site
	$(BIN)/toolkit serve --open

test: $(VENV)/.test print-libraries
	@sh .ci/browser
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -q -n auto --dist loadfile -m "$(FAST)"
	$(BIN)/pytest -q -n auto --dist loadfile --no-loadscope-reorder --durations 5 -m "not ($(FAST))"

test-fast: $(VENV)/.test
	$(BIN)/pytest -q -x -m "$(FAST)"

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/.test
	$(BIN)/python bench/run.py

.PHONY: print-libraries
print-libraries: $(VENV)/.site
	@sh .ci/print-libraries

$(VENV)/.site: pyproject.toml .ci/constraints.txt
	@sh .ci/venv $(PYTHON) $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c .ci/constraints.txt -e .
	@touch $@

$(VENV)/.test: $(VENV)/.site
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c .ci/constraints.txt -e ".[test,cluster]"
	@touch $@

clean:
	rm -rf $(VENV) .toolkit
