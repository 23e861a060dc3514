# Two commands do everything, their own set-up included:
#
#   make run      the whole system with a demo clinic, on http://127.0.0.1:8000 (PORT=… changes it)
#   make test     every check and test, in a real browser too
#
#   make stop     stop what `make run` started; Ctrl-C does the same
#   make reset    stop, and delete var/ with all data of the demo
#   make servers  only PostgreSQL and Valkey, for working on the code: manage.py finds them
#   make lint     the checks that run no code
#   make soak     the long fault and race runs
#   make bench    how fast, as ratios (NAME=… for one); the first run stores a million bookings
#   make pictures the README's pictures, taken by the journey
SHELL := /bin/sh
PYTHON ?= python3
export PYTHON PORT CLINIC_VAR
venv := .venv
python := $(venv)/bin/python
supervisor := -m clinic.local.supervisor
tests_var := $(or $(CLINIC_VAR),$(CURDIR)/var/test)

.PHONY: help run servers stop reset lint test soak bench browser pictures
.NOTPARALLEL:
.DEFAULT_GOAL := help

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

$(venv)/run.stamp: requirements.txt
	@tools/set_up requirements.txt $@

$(venv)/test.stamp: requirements-dev.txt
	@tools/set_up requirements-dev.txt $@
	@touch $(venv)/run.stamp

# The recipes end in `exec`: the supervisor is make's only child, so a signal to make ends everything.
run: $(venv)/run.stamp
	@CLINIC_MODE=demo exec $(python) $(supervisor) run

servers: $(venv)/run.stamp
	@CLINIC_MODE=demo exec $(python) $(supervisor) servers

stop:
	@exec $(PYTHON) $(supervisor) stop

reset:
	@exec $(PYTHON) $(supervisor) reset

lint: $(venv)/test.stamp
	@CLINIC_VAR=$(tests_var) tools/lint

browser: $(venv)/test.stamp
	@exec $(python) -m tests.browser

test: lint browser
	@CLINIC_VAR=$(tests_var) exec $(python) -m pytest --numprocesses $$(($$(nproc) + 1)) --maxprocesses 4 --dist loadfile

soak: $(venv)/test.stamp browser
	@CLINIC_SOAK=1 CLINIC_VAR=$(tests_var) exec $(python) -m pytest -m "race or fault" --timeout 3600

bench: $(venv)/run.stamp
	@CLINIC_MODE=demo exec $(python) manage.py bench $(NAME)

pictures: $(venv)/test.stamp browser
	@CLINIC_VAR=$(tests_var) $(python) -m pytest tests/journeys/test_whole_journey.py
	@cp var/shots/readme-360-times.png docs/pictures/patient-times.png
	@cp var/shots/readme-doctor-review.png docs/pictures/doctor-review.png
