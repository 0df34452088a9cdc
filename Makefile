# Phoenix Explorer. `make` lists what there is; every target sets up what it needs.
#
# Needs python3 (3.11 or newer) and nothing else: packages go into .venv, from the pinned and hashed
# requirements*.txt, by uv where it is installed and by pip otherwise. The stamps in .venv remember what has
# been installed, so that a warm start spends no time on it.

PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
UV     := $(shell command -v uv 2>/dev/null)
ARGS   ?=

# Python keeps what it has compiled, wherever the environment says otherwise: a test run starts two hundred processes,
# and each would compile Streamlit, JAX and Plotly anew, for three seconds.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help app explore test lint train bench soak shots audit harden lock clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-7s %s\n", $$1, $$2}'
	@echo '  Arguments go through ARGS: make train ARGS="--help", make app ARGS="--server.port 9000"'

app: $(VENV)/.ready ## set up and open the dashboard
	$(PY) -m streamlit run app.py $(ARGS)

explore: $(VENV)/.ready ## a log of your own in the dashboard: make explore LOG=file.csv (MAPPING=kuairand or my.toml), see docs/own-data.md
	@test -n '$(LOG)' || { echo 'Which log? make explore LOG=docs/example-log/log.csv.gz' >&2; exit 2; }
	$(PY) -m phoenix.explore '$(LOG)' $(if $(MAPPING),--mapping '$(MAPPING)') $(ARGS)

# The browser tests wait a good deal: they run beside the others, which share two workers, long files first.
define all_tests
@$(PY) -m pytest tests/browser & browser=$$!; \
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder --ignore tests/browser; failed=$$?; \
	wait $$browser || failed=1; exit $$failed
endef

test: $(VENV)/.ready-dev lint ## set up, then every check and test, browser included
	$(if $(ARGS),$(PY) -m pytest $(ARGS),$(all_tests))

lint: $(VENV)/.ready-dev ## style and import rules
	$(PY) -m ruff check .
	$(PY) -m ruff format --check --quiet .
	$(VENV)/bin/lint-imports

train: $(VENV)/.ready ## train the models that ship (resumes where it was stopped)
	$(PY) -m phoenix.train $(ARGS)

BENCHMARKS := $(wildcard $(addprefix benchmarks/,ranker.py training.py retrieval.py pipeline.py startup.py interaction.py load.py data.py))

bench: $(VENV)/.ready-dev $(VENV)/.ready-bench ## run the benchmarks (about ten minutes; not parity, not the soak), or one: make bench ARGS=benchmarks/NAME.py
	@for script in $(or $(ARGS),$(BENCHMARKS)); do \
		echo "== $$script"; PYTHONPATH=. $(PY) "$$script" || exit 1; done

soak: $(VENV)/.ready-dev ## fifty visitors for half an hour, and what the server's memory does (ARGS="--minutes 5")
	$(PY) -m benchmarks.load --name soak --minutes 30 $(ARGS)

shots: $(VENV)/.ready-dev ## photograph every page in both languages, themes and widths, into shots/
	$(PY) -m tools.shots $(ARGS)

harden: $(VENV)/.ready-dev $(VENV)/.ready-fuzz ## damaged files, killed processes, hostile folders and addresses, for about an hour (ARGS="--tries 10")
	$(PY) -m tools.harden $(ARGS)

audit: $(VENV)/.ready-audit ## licences, bill of materials (dist/sbom.cdx.json), known vulnerabilities of what is pinned
	$(PY) -m tools.audit

LOCK = uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" --quiet
COMPILE = $(LOCK) pyproject.toml

lock: ## write all requirements*.txt anew from pyproject.toml (needs uv)
	$(COMPILE) --output-file requirements.txt
	$(COMPILE) --group dev --constraints requirements.txt --output-file requirements-dev.txt
	$(COMPILE) --group bench --constraints requirements.txt --output-file requirements-bench.txt
	$(LOCK) --group fuzz --output-file requirements-fuzz.txt
	$(COMPILE) --group audit --constraints requirements.txt --output-file requirements-audit.txt

clean: ## remove the environment, screenshots and the tools' caches; imported logs and results stay
	rm -rf $(VENV) shots .cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(PY):
ifdef UV
	$(UV) venv --quiet --allow-existing --python '>=3.11' $(VENV)
else
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Phoenix Explorer needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1)." \
		       "Name another: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
endif

# $(1): the requirements file. The project itself is linked in, so that scripts find `phoenix` from any folder. Python
# compiles what it imports; pip would compile ten times as much beforehand.
ifdef UV
install = $(UV) pip install --quiet --python $(PY) --require-hashes -r $(1) && \
	$(UV) pip install --quiet --python $(PY) --no-deps --editable .
else
install = $(PY) -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r $(1) && \
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --editable .
endif

$(VENV)/.ready: requirements.txt | $(PY)
	@echo 'Installing what the dashboard needs into $(VENV) (once; a minute or two) …'
	@$(call install,requirements.txt)
	@touch $@

$(VENV)/.ready-dev: requirements-dev.txt | $(PY)
	@echo 'Installing what the tests need into $(VENV) (once; a minute or two) …'
	@$(call install,requirements-dev.txt)
	@touch $@ $(VENV)/.ready

# hnswlib is built from source; where that fails, the benchmark of retrieval says so and goes on without it.
$(VENV)/.ready-bench: requirements-bench.txt | $(VENV)/.ready-dev
	@$(call install,requirements-bench.txt) || echo 'hnswlib and usearch could not be installed.'
	@touch $@

# atheris is there for few systems; without it the inputs are drawn.
$(VENV)/.ready-fuzz: requirements-fuzz.txt | $(VENV)/.ready-dev
	@$(call install,requirements-fuzz.txt) || echo 'atheris could not be installed.'
	@touch $@

$(VENV)/.ready-audit: requirements-audit.txt | $(VENV)/.ready
	@$(call install,requirements-audit.txt)
	@touch $@
