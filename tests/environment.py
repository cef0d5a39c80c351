"""Loaded by pytest before Django's settings: a data folder of our own, thrown away afterwards."""

import atexit
import os
import shutil
import tempfile


data = tempfile.mkdtemp(prefix="tereze-test-")
os.environ["TEREZE_DATA"] = data
os.environ.setdefault("TEREZE_NEW_KEYS", "1")
os.environ.setdefault("TEREZE_LOOK_PACE", "0")  # stand-ins may be looked at as often as one likes
atexit.register(shutil.rmtree, data, ignore_errors=True)
