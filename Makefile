# `make help` lists what there is to do. Everything is installed into .venv, nothing outside it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# nbgrader calls its helpers by their bare names.
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Bytecode is compiled once, at install; a machine-wide ban on it would make every start slow.
unexport PYTHONDONTWRITEBYTECODE
ARGS ?=

.PHONY: help install lab teach test check format release datasets lock bench clean
.DEFAULT_GOAL := help

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

$(VENV)/students: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo \
	  "The course needs Python 3.11 or newer; '$(PYTHON)' is older. Try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Setting up $(VENV) (once, about a minute) ..."
	@$(PYTHON) -m venv $(VENV) || { echo \
	  "Python has no venv module here. On Debian or Ubuntu: sudo apt-get install python3-venv"; exit 1; }
	@sed -n '/^uv==/,/# via/p' tests/requirements.txt > $(VENV)/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt
	@$(BIN)/uv pip sync --quiet --python $(VENV) --require-hashes --compile-bytecode requirements.txt
	@$(BIN)/uv pip install --quiet --python $(VENV) --no-deps --editable .
	@rm -f $(VENV)/developers
	@touch $@

$(VENV)/developers: $(VENV)/students tests/requirements.txt
	@echo "Adding the tools for tests ..."
	@$(BIN)/uv pip install --quiet --python $(VENV) --require-hashes --compile-bytecode -r tests/requirements.txt
	@touch $@

exercises/release: | $(VENV)/students
	@$(BIN)/coursekit release

install: $(VENV)/students exercises/release  ## Create .venv with what students need

lab: install  ## Open the course in JupyterLab (ARGS="--port 9999" is passed on)
	@$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/lessons/00-welcome.ipynb $(ARGS)

teach: install  ## Open JupyterLab with the formgrader, for instructors
	@cd exercises && jupyter lab --ServerApp.root_dir=.. --LabApp.default_url=/lab/tree/exercises/README.md $(ARGS)

test: $(VENV)/developers  ## Run the whole suite (ARGS="-k bass" for a part)
	@sh tests/install-tools
	@$(BIN)/pytest -n auto --dist loadfile $(ARGS)

check: $(VENV)/developers  ## Check style, notebooks, release, links and tables
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/coursekit verify

format: $(VENV)/developers  ## Put code and notebooks into the one style
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

release: $(VENV)/students  ## Generate the students' version of every exercise
	@$(BIN)/coursekit release

datasets: $(VENV)/students  ## Write the simulated farm shop's tables anew, byte for byte the same
	@$(BIN)/coursekit datasets

lock: $(VENV)/developers  ## Lock the newest versions that fit pyproject.toml
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-header pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-header --extra grading --extra test -c requirements.txt pyproject.toml -o tests/requirements.txt

bench: $(VENV)/developers  ## Measure sliders, imports, memory and grading, side by side
	@sh tests/install-tools
	@$(BIN)/python benchmarks/sliders.py --check
	@$(BIN)/python benchmarks/costs.py --check
	@$(BIN)/python benchmarks/segmentation.py --check
	@$(BIN)/python benchmarks/batch.py --check
	@$(BIN)/python benchmarks/grading.py --check

clean:  ## Remove .venv and everything that can be made again
	@rm -rf $(VENV) tests/artefacts .pytest_cache .ruff_cache
