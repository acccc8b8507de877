"""Personal data out of streams: `patterns.py` says what it looks like, `stream.py` finds it piece by piece."""
