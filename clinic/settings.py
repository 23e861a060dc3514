"""One settings file, from the environment: environment.py reads that, and says what production refuses."""

from csp.constants import NONE, SELF

from clinic import environment

ENVIRON = environment.load()
DEMO = environment.is_demo(ENVIRON)
REFUSALS = environment.refusals(ENVIRON)  # not empty: wsgi, worker and `check --deploy` refuse, one line each
BASE_DIR = environment.BASE
VAR = environment.var_folder(ENVIRON)

DEBUG = DEMO and environment.flag(ENVIRON, "DEBUG")
# Empty when not given: Django then refuses to sign anything, and says so.
SECRET_KEY = ENVIRON.get("SECRET_KEY") or (environment.DEMO_SECRET_KEY if DEMO else "")
ALLOWED_HOSTS = environment.words(ENVIRON, "ALLOWED_HOSTS") or (["127.0.0.1", "localhost"] if DEMO else [])
PUBLIC_URL = (ENVIRON.get("PUBLIC_URL") or "http://127.0.0.1:8000").rstrip("/")  # links in messages begin so
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if not DEMO and host != "*"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
    "clinic",
    "consultations",
    "treatments",
    "bookings",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "clinic.headers.SecurityHeadersMiddleware",
    "clinic.middleware.ReadableMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "consultations.middleware.TabletMiddleware",
    "clinic.middleware.PinMiddleware",
    "clinic.middleware.BusyMiddleware",
]

ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.context_processors.clinic",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# What the frame of every page says
CLINIC_NAME = ENVIRON.get("CLINIC_NAME") or ("Lakeview Skin & Hair" if DEMO else "")
# The clinic's name in messages, which others see on a locked screen: it must not say what the clinic does
CLINIC_NEUTRAL_NAME = ENVIRON.get("CLINIC_NEUTRAL_NAME") or ("Lakeview" if DEMO else "")
CLINIC_PHONE = ENVIRON.get("CLINIC_PHONE") or ("080 4000 1234" if DEMO else "")

# Data

DATABASES = {"default": environment.database(ENVIRON.get("DATABASE_URL", ""), conn_max_age=60)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Log-in limits live in the cache and must survive Redis: it stays in PostgreSQL, and Redis is Celery's alone.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "clinic_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}
REDIS_URL = ENVIRON.get("REDIS_URL", "")

# People

AUTH_USER_MODEL = "clinic.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "clinic.accounts.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "email"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT = ACCOUNT_LOGIN_BY_CODE_FORMAT
# A code can be tried three times: ten codes a day leave a guesser 30 in a million for one address, and bound
# what a flood of text messages to one number or from one place costs.
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "20/m/ip,120/h/ip,3/5m/key,10/d/key",
    "login_failed": "10/m/ip,5/5m/key",
    "pin": "5/5m/key,20/d/key",
    "tablet_code": "10/m/ip,60/h/ip",
}
# Times one address may have kept for it in an hour: generous, because a whole mobile network may share one.
HOLDS_PER_ADDRESS_PER_HOUR = int(ENVIRON.get("HOLDS_PER_ADDRESS_PER_HOUR") or (100_000 if DEMO else 600))
# How many proxies in front may be believed about the client's address, which the limits count by.
ALLAUTH_TRUSTED_PROXY_COUNT = int(ENVIRON.get("TRUSTED_PROXIES") or (0 if DEMO else 1))
ACCOUNT_EMAIL_VERIFICATION = "none"  # a code that came back has proved the address
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # staff asking for a code get none, and no letter about it either
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "/"

SESSION_COOKIE_NAME = "clinic_session"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# Words and times: stored in UTC; pages convert to the location's zone themselves

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]  # only finished languages
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Files

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "clinic.uploads.BoundedFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# What a browser may do here

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],  # our Bootstrap subset holds no data: images
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if not DEMO:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # the proxy in front must set or strip it
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

# Messages. The demo writes files that /dev/outbox shows: nothing leaves the machine.

SMS_GATEWAY_URL = ENVIRON.get("SMS_GATEWAY_URL", "")
SMS_GATEWAY_TOKEN = ENVIRON.get("SMS_GATEWAY_TOKEN", "")
DEFAULT_FROM_EMAIL = ENVIRON.get("MAIL_FROM") or "clinic@clinic.example"
if DEMO:
    EMAIL_BACKEND = "clinic.channels.mailbox.EmailBackend"
else:
    globals().update(environment.smtp(ENVIRON.get("SMTP_URL", "")))

# Logs name things by id only: no personal data, and of an exception its kind and place but never its text,
# for a database error quotes the row.

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "clinic.logs.PrivateFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
    },
    "filters": {"without values": {"()": "clinic.logs.WithoutValues"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without values"]},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},  # no mails to admins
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
    },
}
