"""Check digits of the numbers in the generated texts, computed from the standards. Knows no ragbox code."""

from __future__ import annotations

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
COMPANY_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100: no I, O, S, V and Z."""


def luhn(body: str) -> str:
    """Return the check digit of ISO/IEC 7812 for the digits before it."""
    doubled = [int(d) * (2 - place % 2) for place, d in enumerate(reversed(body))]
    return str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)


def resident(body: str) -> str:
    """Return the check sign of a resident ID (GB 11643) for its first 17 digits."""
    return "10X98765432"[sum(w * int(d) for w, d in zip(ID_WEIGHTS, body, strict=True)) % 11]


def organisation(body: str) -> str:
    """Return the check sign of an organisation code (GB 11714) for its first 8 signs."""
    rest = 11 - sum(w * int(s, 36) for w, s in zip(ORGANISATION_WEIGHTS, body, strict=True)) % 11
    return "X" if rest == 10 else str(rest % 11)


def company(body: str) -> str:
    """Return the check sign of a unified social credit code (GB 32100) for its first 17 signs."""
    total = sum(COMPANY_SIGNS.index(s) * pow(3, place, 31) for place, s in enumerate(body))
    return COMPANY_SIGNS[-total % 31]


def iban(country: str, account: str) -> str:
    """Return the two check digits of an IBAN (ISO 13616)."""
    return f"{98 - int(''.join(str(int(s, 36)) for s in f'{account}{country}00')) % 97:02}"


def hong_kong(body: str) -> str:
    """Return the check sign of a Hong Kong identity card for its letter and six digits."""
    total = 9 * 36 + sum(w * int(s, 36) for w, s in zip(range(8, 1, -1), body, strict=True))
    return "0123456789A"[-total % 11]


def isbn(body: str) -> str:
    """Return the check digit of an ISBN-13, which is that of an EAN-13 too, for its first 12 digits."""
    return str(-sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(body)) % 10)
