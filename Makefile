# make demo | make test | make bench, each with ARGS="…". Missing dependencies are installed first, progress on stderr.
.DEFAULT_GOAL := help
.PHONY: help demo test coverage bench chaos docs lint fmt release clean
export PATH := $(CURDIR)/.venv/bin:$(PATH):$(CURDIR)/.tools/bin
ARGS ?=

help:
	@echo 'make demo      the whole system on this machine; ARGS="--once --json" runs one journey and ends'
	@echo 'make test      every check: style, types, imports, tests'
	@echo 'make coverage  lines and branches that the tests run; takes twice as long as they do'
	@echo 'make bench     ratios against baselines; ARGS="NAME --json" for one of them'
	@echo 'make chaos     faults under load and what must hold after each; ARGS="--seed 7 --for 600 --json"'
	@echo 'make docs      the documentation as HTML, in site/'
	@echo 'make release   signed wheel, sdist and bill of materials, in dist/; ARGS="--key FILE"; nothing is sent'
	@echo 'make lint      style, types and imports only'
	@echo 'make fmt       format the source, update the text catalogues'
	@echo 'make clean     delete caches and demo data; the installed tools stay'

demo:
	@sh tooling/bootstrap.sh run
	@exec lodgekey demo $(ARGS)

test:
	@sh tooling/bootstrap.sh test
	@sh tooling/check.sh $(ARGS)

coverage:
	@sh tooling/bootstrap.sh test
	@exec pytest -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report=term:skip-covered $(ARGS)

bench:
	@sh tooling/bootstrap.sh run
	@exec python -m benchmarks $(ARGS)

chaos:
	@sh tooling/bootstrap.sh run
	@exec python -m tests.journey.chaos $(ARGS)

docs:
	@sh tooling/bootstrap.sh docs
	@exec python -m sphinx -W --keep-going -q -b html docs site

release:
	@sh tooling/bootstrap.sh run
	@exec python -m tooling.release $(ARGS)

lint:
	@sh tooling/bootstrap.sh run
	@ruff check . && ruff format --check . && mypy && lint-imports

fmt:
	@sh tooling/bootstrap.sh run
	@ruff check --fix . ; ruff format . ; python -m tooling.texts

clean:
	@rm -rf .data .artefacts .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.* htmlcov dist
	@find . -name __pycache__ -not -path './.venv/*' -not -path './.tools/*' -prune -exec rm -rf {} +
