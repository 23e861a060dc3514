from django.core.management.base import CommandError
from django.db.backends.dummy import base as dummy
from django.db.utils import OperationalError

from clinic.environment import NO_DATABASE


class NoDatabase(OperationalError, CommandError):
    """Both: commands print a CommandError as one line; code that copes with a lost database copes with it."""


def complain(*args, **kwargs):
    raise NoDatabase(NO_DATABASE)


class DatabaseWrapper(dummy.DatabaseWrapper):
    _cursor = complain
    ensure_connection = complain
    _commit = complain
    _savepoint_commit = complain
    _set_autocommit = complain
