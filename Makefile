# Every command of the house; `make` alone lists them. Needs Python 3.11 or newer, pip and make.

PORT ?= 8000
ONLY ?=
WRITE ?=
ARGS ?=
WORKERS ?= auto

# How glibc keeps memory: two heaps whatever the number of threads, and what is large (a password's hash takes 19 MB)
# is given back at once. Without this a server of eight threads holds half as much again. See docs/production.md.
export MALLOC_ARENA_MAX := 2
export MALLOC_MMAP_THRESHOLD_ := 131072
# The servers that tests start would otherwise compile all of Kunna, each for itself.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(name) -c 'import sys; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)))

# Named for what is in the file, so that a second run installs nothing and a changed file is noticed.
INSTALLED := .venv/installed-$(firstword $(shell cksum < requirements.txt))
INSTALLED_DEV := .venv/installed-dev-$(firstword $(shell cksum < requirements-dev.txt))
TRANSLATIONS ?= lms/translations
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard lms/translations/*/LC_MESSAGES/messages.po))
# Checking a password takes 19 MB for a moment, in each thread that does; glibc would keep them all.
SMALL := MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=131072
PINS := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade --quiet

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run install test check format lint types floors templates spelling content fix bench shots \
	requirements messages translations clean

##@ Try it
help: ## List the commands
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(INSTALLED) $(CATALOGUES) ## Start the demo with a believable project in it (PORT=8000)
	@exec env $(SMALL) $(BIN)/python -u -m lms.demo --port $(PORT)

##@ Work on it
install: $(INSTALLED_DEV) $(CATALOGUES) ## Install what tests and checks need as well, into .venv

test: check ## Everything that must hold: the checks, then every test (ARGS= goes to pytest)
	$(BIN)/pytest -n $(WORKERS) --maxprocesses 4 --dist worksteal $(ARGS)

check: format lint types floors templates spelling content ## The fast part: format, lint, types, floors, templates, words, courses

format: install
	$(BIN)/ruff format --check

lint: install
	$(BIN)/ruff check

types: install
	$(BIN)/mypy

floors: install
	$(BIN)/lint-imports

templates: install
	$(BIN)/djlint lms --lint --quiet

spelling: install
	$(BIN)/codespell README.md CHANGELOG.md Makefile config.py docs lms bench migrations

content: install
	SECRET_KEY="reading files needs no secret" $(BIN)/flask courses check

fix: install ## Format the code and mend what the linter can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

##@ Look at it
bench: install ## Measure what must stay fast, as ratios (ONLY=word for some of them, WRITE=1 into docs/speed.md)
	$(BIN)/python -m bench $(if $(WRITE),--write) $(if $(ONLY),"$(ONLY)")

shots: install ## Pictures of the main pages into shots/: wide and narrow, light and dark, Swedish and English
	$(BIN)/python -m tests.journeys.shots

##@ Keep it
requirements: install ## Raise the pinned versions of what we stand on
	$(BIN)/uv pip compile pyproject.toml $(PINS) -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev -c requirements.txt $(PINS) -o requirements-dev.txt

messages: install ## Collect the sentences to translate into lms/translations
	$(BIN)/pybabel --quiet extract -F pyproject.toml -k lazy_gettext -k _l --add-location=file --sort-output \
		--project=Kunna -c Translators: -s -o $(TRANSLATIONS)/messages.pot lms
	$(BIN)/pybabel --quiet update -i $(TRANSLATIONS)/messages.pot -d $(TRANSLATIONS) --ignore-obsolete --no-fuzzy-matching \
		--ignore-pot-creation-date --init-missing -l sv -w 110
	@rm $(TRANSLATIONS)/messages.pot

translations: $(INSTALLED) $(CATALOGUES) ## Compile lms/translations, which a server does when it is installed

clean: ## Remove what can be made again; the data in instance/ stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .ci-work shots
	find lms courses tests bench migrations -name __pycache__ -prune -exec rm -rf {} +
	find lms/translations -name '*.mo' -delete
	@if [ -d instance ]; then echo "instance/ holds your data and is still here; rm -r instance starts over."; fi

# Debian's python3 without python3-venv cannot put pip into a new environment; its own pip then installs into it.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Kunna needs Python 3.11 or newer; on Debian: apt-get install python3 python3-pip"; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv >/dev/null 2>&1 || $(PYTHON) -m venv --clear --without-pip .venv

define pip_install
	@pip="$(BIN)/python -m pip"; test -x $(BIN)/pip || pip="$(PYTHON) -m pip --python $(BIN)/python"; \
	echo "Installing $(2) into .venv; the first time this takes a minute or two"; \
	$$pip install --disable-pip-version-check --require-hashes -r $(2)
	@rm -f $(3)-[0-9]* && touch $(1)
endef

$(INSTALLED): $(BIN)/python
	$(call pip_install,$@,requirements.txt,.venv/installed)

$(INSTALLED_DEV): $(BIN)/python
	$(call pip_install,$@,requirements-dev.txt,.venv/installed-dev)

%.mo: %.po | $(INSTALLED)
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
