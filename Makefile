# Two commands matter: `make demo` and `make test`. Both need python3 (with venv), make and a package index, no more.
# Nothing outside this folder is written: caches are in .cache, the demo's server in .demo.

PYTHON ?= python3
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
# The servers' installations are kept, so that only the first run fetches them.
KEPT := OCTOPRINT_CLI_TEST_SERVERS="$(CURDIR)/.cache/servers"
# Plugins with a pre-flight check of their own: in .venv, each print of the program's own tests would run it, and be counted wrong.
ADDONS := $(CURDIR)/.cache/addons
APART := plugins/octoprint-cli-marlin
export XDG_CACHE_HOME := $(CURDIR)/.cache
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# What builds the site, and what builds distributions: each in an environment of its own, so that the tests need neither.
SITE := $(CURDIR)/.cache/docs
BUILDER := $(CURDIR)/.cache/dist

.PHONY: demo test test-servers unit contract e2e check test-matrix bench reference docs picture dist clean

# The SDK of MCP needs Python 3.10 or later; before it, that plugin is not installed, and its tests say why they are skipped.
MODERN := $(shell $(PYTHON) -c 'import sys; print("yes" if sys.version_info >= (3, 10) else "")')
PLUGINS := octoprint-cli-sandbox octoprint-cli-psucontrol $(if $(MODERN),octoprint-cli-mcp)

EDITABLE := --editable '.[dev]' $(PLUGINS:%=--editable plugins/%)

# uv needs a fifth of pip's time. Where it cannot be had, or does not reach the package index by its own settings, pip does it.
$(VENV)/.installed: setup.cfg pyproject.toml $(PLUGINS:%=plugins/%/pyproject.toml)
	@$(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) ..." >&2
	@$(BIN)/pip install --quiet uv 2>/dev/null || true
	@$(BIN)/uv pip install --quiet --python $(VENV) $(EDITABLE) 2>/dev/null || $(BIN)/pip install --quiet $(EDITABLE)
	@$(if $(MODERN),:,echo "octoprint-cli-mcp needs Python 3.10 or later: not installed" >&2)
	@touch $@

# Once, in two processes: otherwise each of the rings' dozen workers compiles the tests and what they import, all at the same time.
$(VENV)/.compiled: $(VENV)/.installed
	@for paths in "tests/unit" "tests/contract tests/faults tests/e2e plugins"; do \
		env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest --collect-only -q -p no:cacheprovider $$paths >/dev/null 2>&1 & \
	done; wait
	@touch $@

$(ADDONS)/.installed: $(VENV)/.installed $(foreach addon,$(APART),$(wildcard $(addon)/pyproject.toml $(addon)/octoprint_cli_*/*.py))
	@rm -rf $(ADDONS) $(addsuffix /build,$(APART))
	@$(BIN)/pip install --quiet --no-deps --target $(ADDONS) $(addprefix ./,$(APART))
	@touch $@

demo: $(VENV)/.installed
	@PATH="$(BIN):$$PATH" OCTOPRINT_CLI_HOME="$(CURDIR)/.demo" demo/demo.sh

# Every ring, side by side; each runs to its end though another is red. Ends with one summary of all.
test: $(VENV)/.compiled $(ADDONS)/.installed
	@$(KEPT) $(BIN)/python tests/rings.py

# The end-to-end ring on all releases that are looked at, with the long waits; ends with a table. 1.8 needs Python 3.8 or 3.9.
test-servers: $(VENV)/.installed
	@OCTOPRINT_CLI_TEST_LONG=1 $(KEPT) $(BIN)/python tests/rings.py --servers 1.8.7 1.10.3 1.11.8 2.0.0rc7

unit contract: $(VENV)/.installed
	@$(BIN)/python tests/rings.py $@

# The plugins' tests, and the end-to-end ring: what wants a real server.
e2e: $(VENV)/.installed $(ADDONS)/.installed
	@$(KEPT) $(BIN)/python tests/rings.py plugins e2e

# One run of mypy for all packages: what they share is looked at once.
check: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	MYPYPATH=plugins/octoprint-cli-marlin $(BIN)/mypy --config-file pyproject.toml -p octoprint_cli \
		$(foreach plugin,$(PLUGINS) octoprint-cli-marlin,-p $(subst -,_,$(plugin)))

# The unit and contract rings on every Python from 3.8 to 3.13 that this machine has.
test-matrix:
	tests/matrix.sh

bench: $(VENV)/.installed
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/plugins.py
	$(BIN)/python benchmarks/upload.py
	$(BIN)/python benchmarks/inspect_file.py --quick
	$(if $(MODERN),$(BIN)/python benchmarks/mcp_calls.py,@echo "benchmarks/mcp_calls.py needs Python 3.10 or later")
	$(BIN)/python benchmarks/watch.py

# The generated parts of docs/reference, and the skill file, from the program as it is.
reference: $(VENV)/.installed
	@$(BIN)/python docs/update_reference.py
	@$(BIN)/python docs/man_page.py
	@$(BIN)/octoprint-cli skill --built-in >docs/skill/octoprint-cli/SKILL.md

$(SITE)/.installed: setup.cfg
	@$(PYTHON) -m venv $(SITE)
	@echo "installing what builds the site ..." >&2
	@$(SITE)/bin/pip install --quiet $$($(PYTHON) docs/requirements.py)
	@touch $@

# The site: every warning is an error, a link to a page or a heading that does not exist among them.
docs: $(SITE)/.installed
	@$(SITE)/bin/sphinx-build -W --keep-going -E -q -b html docs .cache/site
	@echo "$(CURDIR)/.cache/site/index.html"

# The picture of the live view, from a real print.
picture: $(VENV)/.installed
	@$(BIN)/python docs/make_picture.py

$(BUILDER)/.installed: .ci/dist
	@$(PYTHON) -m venv $(BUILDER)
	@$(BUILDER)/bin/pip install --quiet build 'setuptools>=70.1' twine wheel
	@touch $@

# A source distribution and a wheel of everything into dist/, checked, and each wheel tried in a fresh environment.
dist: $(BUILDER)/.installed
	@.ci/dist $(BUILDER)/bin/python

clean:
	rm -rf $(VENV) .cache .demo dist
