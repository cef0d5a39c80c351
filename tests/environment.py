"""Loaded by pytest before Django's settings: a data folder of our own, thrown away afterwards."""

import atexit
import os
import shutil
import tempfile


def folder(prefix: str) -> str:
    made = tempfile.mkdtemp(prefix=prefix)
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


os.environ["TEREZE_DATA"] = folder("tereze-test-")
# a migrated city, made by whoever needs one first; the other test processes inherit the name
os.environ.setdefault("TEREZE_TEST_CITY", folder("tereze-empty-"))
os.environ.setdefault("TEREZE_CACHE", folder("tereze-cache-"))
os.environ.setdefault("TEREZE_NEW_KEYS", "1")
os.environ.setdefault("TEREZE_LOOK_PACE", "0")  # stand-ins may be looked at as often as one likes
