"""Texts with personal data at known places, and texts that only look so: made from a seed, without any other package.

`generator.py` puts together what the other files hold. Nothing here knows how ragbox finds personal data.
"""
