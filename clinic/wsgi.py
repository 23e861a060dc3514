import os

from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
application = get_wsgi_application()

from clinic.checks import refuse_to_serve  # noqa: E402 it needs the apps

refuse_to_serve()
connections.close_all()  # what was asked before gunicorn forks must not be shared by its workers
