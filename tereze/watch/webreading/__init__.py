"""What stands in a feed or on a page: plain Python, without Django, network or database.

Strangers write what is read here, so it runs in a process of its own (`apart.py`), bounded in time
and memory: nothing that a page does can hold up the wall.
"""
