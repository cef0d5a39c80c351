"""Settings, from the environment. docs/operations.md lists them all."""

import os
import shlex
from pathlib import Path

from tereze.core import environment, keys


BASE_DIR = Path(__file__).resolve().parent.parent
DATA = Path(environment.typed("TEREZE_DATA", str(BASE_DIR / "var"))).resolve()
DATABASE_URL = environment.typed("DATABASE_URL", f"sqlite:///{DATA / 'db' / 'tereze.sqlite3'}")
DATABASES = {"default": environment.database(DATABASE_URL)}
DEBUG = False

keyring = keys.open_keyring(DATA, may_create=keys.nothing_stored_yet(DATABASE_URL))
SECRET_KEY = keyring.signing
DATA_KEYS = keyring.data  # the first encrypts, all decrypt

ALLOWED_HOSTS = environment.listed("TEREZE_HOSTS", "127.0.0.1,localhost,[::1]")
PUBLIC_URL = environment.web_address("TEREZE_URL", "http://127.0.0.1:8000")
HTTPS = PUBLIC_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "tereze.core.views.stale_form"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "template_partials",
    "tereze.core",
    "tereze.audit",
    "tereze.live",
    "tereze.accounts",
    "tereze.linking",
    "tereze.intake",
    "tereze.casework",
    "tereze.disruption",
    "tereze.watch",
    "tereze.prevention",
    "tereze.statistics",
    "tereze.demo",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "tereze.core.language.LanguageMiddleware",
    "tereze.core.plain_text.PlainTextMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
FORM_RENDERER = "tereze.core.forms.Renderer"
ROOT_URLCONF = "tereze.urls"
ASGI_APPLICATION = "tereze.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tereze.core.navigation.desk",
            ],
        },
    }
]

SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if SQLITE:
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # FULL: a registered report survives the power cut. IMMEDIATE: no upgrade of a lock half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"
# Name and address together: a department behind one address stays open, and nobody from outside
# can lock an officer out at three in the morning.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "tereze.accounts.views.locked_out"
AXES_VERBOSE = False
OTP_TOTP_ISSUER = "Tereze"

SESSION_COOKIE_AGE = 12 * 3600  # one shift
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
if environment.flag("TEREZE_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# A thumb on a phone selects a whole album: the form takes the first files and says so.
DATA_UPLOAD_MAX_NUMBER_FILES = 1000

# Russian is what the sources are written in; public pages open in Kazakh (core.language).
LANGUAGE_CODE = "ru"
LANGUAGES = [("kk", "Қазақша"), ("ru", "Русский"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "tereze_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = environment.zone("TEREZE_ZONE", "Asia/Almaty")

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "tereze.core.assets.HashedFiles"},
}

EMAIL_HOST = os.environ.get("TEREZE_SMTP_HOST", "127.0.0.1")
EMAIL_PORT = environment.number("TEREZE_SMTP_PORT", 25)
EMAIL_HOST_USER = os.environ.get("TEREZE_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("TEREZE_SMTP_PASSWORD", "")
EMAIL_USE_TLS = environment.flag("TEREZE_SMTP_TLS")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("TEREZE_MAIL_FROM", "tereze@localhost")
MAIL_REPLY_TO = os.environ.get("TEREZE_MAIL_REPLY_TO", "")  # empty: the address letters come from
MAIL_PLUS = environment.flag("TEREZE_MAIL_PLUS")  # the server knows name+mark@domain
# whose word on DMARC, SPF and DKIM is believed: our own mail server's name in its headers
MAIL_AUTHSERV = os.environ.get("TEREZE_MAIL_AUTHSERV", "")
IMAP = {
    "host": os.environ.get("TEREZE_IMAP_HOST", ""),  # empty: no mailbox is read
    "port": environment.number("TEREZE_IMAP_PORT", 993),
    "tls": os.environ.get("TEREZE_IMAP_TLS", "tls"),  # tls | starttls | none
    "user": os.environ.get("TEREZE_IMAP_USER", ""),
    "password": os.environ.get("TEREZE_IMAP_PASSWORD", ""),
    "folder": os.environ.get("TEREZE_IMAP_FOLDER", "INBOX"),
    "unit": os.environ.get("TEREZE_IMAP_UNIT", ""),  # slug; needed only where there are several
}

# The RFC 3161 time authority: its address, the certificates under which its tokens are believed, and
# whether it is our own (then it vouches for integrity, not for the time, and everything says so).
TSA_URL = os.environ.get("TEREZE_TSA_URL", "")
TSA_TRUST = os.environ.get("TEREZE_TSA_TRUST", "")
TSA_LOCAL = environment.flag("TEREZE_TSA_LOCAL")

# Only what stands here may be reached at a private address: the demo's stand-ins.
# checks a detached signature: a command with {document} and {signature}; exit 0 means it holds
SIGNATURE_VERIFIER = shlex.split(os.environ.get("TEREZE_SIGNATURE_VERIFIER", ""))
# Our own looks at platforms: whom they may complain to, and how often one host is visited at most
LOOK_CONTACT = os.environ.get("TEREZE_LOOK_CONTACT", PUBLIC_URL)
LOOK_PACE = environment.seconds("TEREZE_LOOK_PACE", 2.0)  # seconds between two looks at one host
ALLOWED_PRIVATE = environment.doors("TEREZE_STANDINS")
# The watch over several machines: nats://host:4222,… of one cluster; empty: all in one process
STREAM_URL = os.environ.get("TEREZE_STREAM_URL", "").strip()
STREAM_CA = os.environ.get("TEREZE_STREAM_CA", "").strip()  # for tls://, if it is not a public one
STREAM_REPLICAS = environment.number("TEREZE_STREAM_REPLICAS", 3, most=5)
TELEGRAM_SERVER = environment.web_address("TEREZE_TELEGRAM_SERVER", "https://api.telegram.org")
# What one officer may do at the wall without a second one: how far, and how often in an hour
WATCH_ALONE = {
    "chats": environment.number("TEREZE_WATCH_ALONE_CHATS", 3),
    "people": environment.number("TEREZE_WATCH_ALONE_PEOPLE", 30_000),
    "hour": environment.number("TEREZE_WATCH_ALONE_HOUR", 60),
}
# What the machine blocks in an hour in all chats of a unit before it stops and calls somebody
WATCH_UNIT_HOURLY = environment.number("TEREZE_WATCH_UNIT_HOURLY", 3000)
# How long somebody who is called has to come before the next one is called
WATCH_CALL_MINUTES = environment.number("TEREZE_WATCH_CALL_MINUTES", 15)
WATCH_APPEAL_HOURS = environment.number("TEREZE_WATCH_APPEAL_HOURS", 72)  # to answer an author
# The administrator of a chat that was handed over: how long to answer, and when to remind
WATCH_ADMINISTRATOR_HOURS = environment.number("TEREZE_WATCH_ADMINISTRATOR_HOURS", 4)
WATCH_PACE = environment.seconds("TEREZE_WATCH_PACE", 5.0)  # between two visits of a watched site
WATCH_FLAGGED_DAYS = environment.number("TEREZE_WATCH_FLAGGED_DAYS", 90)  # undecided messages

# The rules workshop: where the texts of our own lie, and how many stored messages are tried at most
CORPUS = Path(os.environ.get("TEREZE_CORPUS", "") or Path(__file__).parents[1] / "corpus" / "texts")
WORKSHOP_MOST_MESSAGES = environment.number("TEREZE_WORKSHOP_MESSAGES", 200_000, most=10_000_000)
WORKSHOP_PROCESSES = environment.number("TEREZE_WORKSHOP_PROCESSES", os.cpu_count() or 1)
# a change that would newly block more different texts of chats than this is too wide to be released
WORKSHOP_MOST_BLOCKED = environment.number("TEREZE_WORKSHOP_MOST_BLOCKED", 50)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "filters": {"refusals": {"()": "tereze.core.logs.RefusalsInALine"}},
    # every scanner of the internet asks under a wrong name; it gets its 400 and no page of our log
    "loggers": {
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
        "django.request": {"filters": ["refusals"]},
    },
    "root": {"handlers": ["stderr"], "level": environment.log_level("TEREZE_LOG", "WARNING")},
}
