# Everything runs in .venv, made from requirements.lock (Python 3.11) or from pyproject.toml (other versions).
SHELL := /bin/sh
VENV ?= .venv
RUN := $(VENV)/bin/python
EQUALITY := $(RUN) -m pytest -q -m 'equality and not slow and not nightly'
# Every second file of tests: two processes share them.
half = $(shell ls tests/test_*.py | awk 'NR % 2 == $(1)')
PYTHON := $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)

.PHONY: run test test-0 test-1 slow slow-0 slow-1 test-equality no-jit bounds lint structure nightly mutants cases-fail bench notebooks clean

run: $(VENV)/ready
	@$(RUN) -m onecenter run changsha --out out/changsha

test: $(VENV)/ready
	@$(MAKE) --no-print-directory -j2 test-0 test-1

slow: $(VENV)/ready
	@$(MAKE) --no-print-directory -j2 slow-0 slow-1

test-equality: $(VENV)/ready
	@$(MAKE) --no-print-directory -j2 no-jit bounds

test-0 slow-0: half-of = $(call half,0)
test-1 slow-1: half-of = $(call half,1)

test-0: $(VENV)/ready
	@$(RUN) -m pytest -q $(half-of)

# What the second of two processes prints comes at its end.
test-1: $(VENV)/ready
	@said=$$($(RUN) -m pytest -q $(half-of) 2>&1); status=$$?; echo; echo "$$said"; exit $$status

slow-0: $(VENV)/ready
	@$(RUN) -m pytest -q --durations=15 -m slow $(half-of)

slow-1: $(VENV)/ready
	@said=$$($(RUN) -m pytest -q --durations=15 -m slow $(half-of) 2>&1); status=$$?; echo; echo "$$said"; exit $$status

no-jit: $(VENV)/ready
	@NUMBA_DISABLE_JIT=1 $(EQUALITY)

bounds: $(VENV)/ready
	@said=$$(NUMBA_BOUNDSCHECK=1 $(EQUALITY) 2>&1); status=$$?; echo; echo "$$said"; exit $$status

nightly: $(VENV)/ready
	@$(RUN) -m pytest -q -m nightly

mutants: $(VENV)/ready
	@$(RUN) tests/mutants.py --keep out/mutants

cases-fail: $(VENV)/ready
	@$(RUN) tests/cases_fail.py '$(BASE)'

lint: $(VENV)/ready
	@$(RUN) -m ruff check .
	@$(RUN) -m mypy

structure: $(VENV)/ready
	@$(RUN) tests/structure.py

bench: $(VENV)/ready
	@for name in throughput scale queue start-up memory; do $(RUN) -m benchmarks $$name --write || exit; done
	@$(RUN) -m benchmarks queue-delay --check

notebooks: $(VENV)/ready
	@$(RUN) -m pytest -q -m 'slow or not slow' tests/test_notebooks.py

clean:
	rm -rf $(VENV) out

$(VENV)/ready: pyproject.toml requirements.lock
	@test -n '$(PYTHON)' || { echo 'Python 3.11 or newer is missing: install the package python3 (Debian, Ubuntu).'; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo 'venv is missing: install the package python3-venv (Debian, Ubuntu).'; exit 2; }
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) || { echo 'venv failed: install the package python3-venv (Debian, Ubuntu).'; exit 2; }
	@$(RUN) -m pip --version >/dev/null 2>&1 || { echo 'pip is missing: install the package python3-pip (Debian, Ubuntu).'; exit 2; }
	@echo 'installing into $(VENV) (first run only)'
	@if $(RUN) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then \
		$(RUN) -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock && \
		$(RUN) -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	else \
		$(RUN) -m pip install -q --disable-pip-version-check -e '.[dev,notebook,cluster,tune]'; \
	fi
	@touch $@
