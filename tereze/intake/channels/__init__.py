"""The doors through which a report comes in. Each is one folder here, and one line below.

A channel turns what it hears into a `Statement` and calls `actions.submit_report`. Its `urls.py`
names its addresses; a channel that listens instead of being called registers its work in its own
`ready()` function, which the app calls.
"""

CHANNELS = ("web", "operator", "api")
