# `make run` and `make test` do all the set-up they need; the others are for those who build.
SHELL := bash
PORT ?= 8080
APP := .venv/app/bin/python
TEST := .venv/test/bin/python
ENGINE := .venv/engine/bin/python

.PHONY: help run train test test-quick test-engine test-e2e lint format bench screenshots messages rasa environments test-environments browser requirements

help: ## what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

run: environments ## start everything on embedded defaults (PORT=8080)
	@SIGNPOST_PORT=$(PORT) exec ./signpost run

train: environments ## train the model if what it is made from changed
	@./signpost train

test: test-quick test-engine test-e2e ## unit tests, engine tests, and tests in a real browser

test-quick: test-environments
	$(TEST) -m pytest -m "not e2e and not engine"

test-engine: test-environments
	@./signpost train
	$(ENGINE) -W ignore -m pytest -c tests/engine/pytest.ini tests/engine
	$(TEST) -m pytest -m engine

test-e2e: test-environments browser
	@./signpost train
	$(TEST) -m pytest -m e2e

lint: test-environments ## format check, lint, types
	$(TEST) -m ruff format --check .
	$(TEST) -m ruff check .
	$(TEST) -m mypy

format: test-environments ## format and fix what can be fixed
	$(TEST) -m ruff check --fix .
	$(TEST) -m ruff format .

bench: environments test-environments ## measure speed, memory and accuracy (long: compares with a stock Rasa)
	@$(TEST) -m bench all

screenshots: test-environments browser ## take the README's pictures from the running service
	@$(TEST) -m tests.e2e.screenshots

messages: environments ## collect the words of the interface into bot/widget/locale
	@$(APP) -m bot.channels.web.catalogues

rasa: environments ## a command of Rasa's own: make rasa ARGS="data validate"
	@RASA_TELEMETRY_ENABLED=false SIGNPOST_ACTIONS_URL=$${SIGNPOST_ACTIONS_URL:-http://127.0.0.1:5055} $(ENGINE) -W ignore -m engine.rasa_command $(ARGS)

environments:
	@scripts/environment.sh app 3.12 app.txt
	@scripts/environment.sh engine 3.10 engine.txt

test-environments: environments
	@scripts/environment.sh test 3.12 test.txt

browser: ## Chromium for the browser tests, from the system's packages
	@scripts/browser.sh

requirements: ## resolve requirements/*.in anew into the hashed files
	@scripts/requirements.sh
