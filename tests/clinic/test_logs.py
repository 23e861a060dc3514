import logging

import pytest
from django.db import IntegrityError, transaction
from django.test import RequestFactory
from django.urls import ResolverMatch

from clinic import logs
from clinic.models import User

PHONE = "+919845012345"


def logged(record):
    logs.WithoutValues().filter(record)
    return logs.PrivateFormatter("{levelname} {message}", style="{").format(record)


def record(message, args=(), exc_info=None, **extra):
    made = logging.LogRecord("name", logging.ERROR, "file.py", 1, message, args, exc_info)
    vars(made).update(extra)
    return made


@pytest.mark.django_db
def test_database_error_is_logged_by_code_and_constraint_without_the_row():
    User.objects.create_user(phone=PHONE)
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        User.objects.create_user(phone=PHONE)
    assert PHONE in str(raised.value)

    line = logged(record("It failed", exc_info=(raised.type, raised.value, raised.tb)))

    assert PHONE not in line
    assert "psycopg2.errors.UniqueViolation [23505 clinic_user_phone_key]" in line
    assert "test_logs.py" in line


def test_request_is_logged_by_its_pattern():
    request = RequestFactory().get("/visit/secret-key/")
    request.resolver_match = ResolverMatch(lambda: None, (), {}, route="visit/<key>/")
    line = logged(record("%s: %s", ("Forbidden", "/visit/secret-key/"), request=request))
    assert line == "ERROR Forbidden: /visit/<key>/"


def test_address_that_is_no_page_is_not_quoted():
    request = RequestFactory().get("/visit/secret-key/")
    line = logged(record("%s: %s", ("Not Found", "/visit/secret-key/"), request=request))
    assert line == "ERROR Not Found: no such page"


def test_failed_task_is_logged_without_its_arguments_and_the_errors_text():
    context = {"name": "deliver", "id": "1", "exc": f"ValueError('{PHONE}')", "args": PHONE, "kwargs": PHONE}
    line = logged(record("Task %(name)s[%(id)s] raised: %(exc)s %(args)s%(kwargs)s", (context,)))
    assert line == "ERROR Task deliver[1] raised: ValueError "
