"""What a match must pass beside its shape: check digits, lengths, areas, dates. Pure functions of the matched text."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise

_EXTENSION = re.compile(r"\D{0,4}(?:转|分机|ext|x|#)\D{0,4}\d{1,6}\)?$", re.IGNORECASE)
_BETWEEN, _NO_DIGITS = re.compile(r"[^0-9A-Za-z]+"), re.compile(r"[^0-9]+")
_AREAS = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()
)
"""The provinces of GB/T 2260 that begin a resident ID; 83 is the residence permit of people from Taiwan."""
_DOUBLED = dict(zip("0123456789", (0, 2, 4, 6, 8, 1, 3, 5, 7, 9), strict=True))
"""Twice a digit, its digits added up."""
_COMPANY_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_IBAN_LENGTHS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 "
    "EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 "
    "KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 "
    "PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 "
    "VA22 VG24 XK20"
)
IBAN_COUNTRIES: dict[int, tuple[str, ...]] = {}
"""The countries of the IBAN registry by the length of their numbers."""
for _entry in _IBAN_LENGTHS.split():
    IBAN_COUNTRIES[int(_entry[2:])] = (*IBAN_COUNTRIES.get(int(_entry[2:]), ()), _entry[:2])


def signs(text: str) -> str:
    """Return only the letters, in upper case, and digits of a text."""
    return _BETWEEN.sub("", text).upper()


def digits(text: str) -> str:
    """Return only the digits of a text."""
    return _NO_DIGITS.sub("", text)


def one_number(text: str) -> bool:
    """Tell whether the spaces and dots could stand inside one number: no thousands, no decimals, no IPv4, no list."""
    groups = [len(g) for g in re.findall(r"\d+", text)]
    if 2 < len(groups) < 6 and groups[0] < 4 and all(g == 3 for g in groups[1:]) and sum(groups) < 14:
        return False
    if (len(groups) == 2 and re.search(r"\d\.\d", text)) or re.fullmatch(r"\d{1,3}(?:\.\d{1,3}){3}", text):
        return False
    if len(re.findall(" {2,}", text)) > 1 and set(groups) != {1} and min(groups[:-1], default=3) < 3:
        return False  # a table's cells
    return len(groups) < 6 or set(groups) == {1} or set(groups[:-1]) == {3}


def real_date(year: int, month: int, day: int) -> bool:
    """Tell whether somebody alive could be born on that date."""
    try:
        return date(1880, 1, 1) <= date(year, month, day) <= date.today()
    except ValueError:
        return False


def luhn(number: str) -> bool:
    """Tell whether the last digit is the check digit of ISO/IEC 7812."""
    plain, doubled = number[::-2], number[-2::-2]
    return (sum(map(int, plain)) + sum(_DOUBLED[c] for c in doubled)) % 10 == 0


def card(text: str) -> bool:
    """Tell whether it is a card of a known issuer with the right check digit.

    American Express 15, Diners 14, UnionPay 62 16 to 19, Visa 16 or 19, Mastercard, JCB, Discover, Maestro and Mir 16.
    """
    n = digits(text)
    issued = re.fullmatch(
        r"3[47]\d{13}|3(?:0[0-5]|[68]\d|9\d)\d{11}|62\d{14,17}|4\d{15}(?:\d{3})?|5[0-8]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d"
        r"|7[01]\d|720)\d{12}|220[0-4]\d{12}|35(?:2[89]|[3-8]\d)\d{12}|6(?:011|4[4-9]\d|5\d\d|7\d\d|3\d\d)\d{12}",
        n,
    )
    return issued is not None and any_card(text)


def any_card(text: str) -> bool:
    """Tell whether the digits are spaced as in one number, differ, and end with the right check digit."""
    n = digits(text)
    return len(set(n)) > 1 and luhn(n) and one_number(text)


def resident_id(text: str) -> bool:
    """Tell whether a resident ID (GB 11643) has a province, a possible birth date and the right check sign."""
    n = signs(text)
    if n[:2] not in _AREAS or n[10] not in "01" or not real_date(int(n[6:10]), int(n[10:12]), int(n[12:14])):
        return False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(w * int(c) for w, c in zip(weights, n, strict=False)) % 11] == n[17]


def old_resident_id(text: str) -> bool:
    """Tell whether a resident ID of 15 digits has a province and a birth date of the 20th century."""
    n = digits(text)
    return n[:2] in _AREAS and real_date(1900 + int(n[6:8]), int(n[8:10]), int(n[10:12]))


def company_code(text: str) -> bool:
    """Tell whether a unified social credit code (GB 32100) has the right check sign."""
    n = signs(text)
    if n.isdecimal() and n[:2] in _AREAS and real_date(int(n[6:10]), int(n[10:12]), int(n[12:14])):
        return False  # a resident ID with a wrong check digit: 1 in 31 of them would pass
    total = sum(_COMPANY_SIGNS.index(c) * pow(3, place, 31) for place, c in enumerate(n[:17]))
    return len(set(n)) > 3 and _COMPANY_SIGNS[(31 - total % 31) % 31] == n[17]


def hong_kong_id(text: str) -> bool:
    """Tell whether a Hong Kong identity card number has the right check sign."""
    n = signs(text).rjust(9)
    values = [36 if c == " " else int(c, 36) for c in n]
    return sum(v * w for v, w in zip(values, range(9, 0, -1), strict=True)) % 11 == 0


def taiwan_id(text: str) -> bool:
    """Tell whether a national ID of Taiwan has the right check digit."""
    n = signs(text)
    letter = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(n[0]) + 10
    values = [letter // 10, letter % 10, *map(int, n[1:])]
    return sum(v * w for v, w in zip(values, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)) % 10 == 0


def iban(text: str) -> bool:
    """Tell whether the check digits of ISO 13616 are right; the pattern has seen to country and length."""
    n = signs(text)
    return int("".join(str(int(c, 36)) for c in n[4:] + n[:4])) % 97 == 1


def ssn(text: str) -> bool:
    """Tell whether a US social security number has parts that are issued; 078-05-1120 stood in millions of wallets."""
    n = digits(text)
    issued = n[:3] not in ("000", "666") and n[0] != "9" and n[3:5] != "00" and n[5:] != "0000"
    return issued and len(set(n)) > 1 and n != "078051120"


def ipv4(text: str) -> bool:
    """Tell whether four numbers are a machine's address of IPv4, with a network's length or a port behind.

    That of any machine itself (127.0.0.1, 0.0.0.0) and a mask (255.255.255.0) is nobody's.
    """
    octets = [int(octet) for octet in re.split(r"[/:]", text)[0].split(".")]
    return max(octets) < 256 and octets[0] not in (0, 127, 255)


def likely_ipv4(text: str) -> bool:
    """Tell whether an IPv4 address is hardly a version or a section: those add up to less than 100."""
    return ipv4(text) and sum(map(int, re.split(r"[/:]", text)[0].split("."))) >= 100


def ipv6(text: str) -> bool:
    """Tell whether it is an address of IPv6 with a digit in it ("fee::bee" may be a name in a program)."""
    try:
        ipaddress.IPv6Address(text.partition("/")[0].partition("%")[0])
    except ValueError:
        return False
    return any(c.isdecimal() for c in text) and len(text) > 4


def mac(text: str) -> bool:
    """Tell whether it is one device's address, neither all zeros nor all ones."""
    return signs(text) not in ("0" * 12, "F" * 12)


def mixed(text: str) -> bool:
    """Tell whether it has letters and digits both."""
    return any(c.isdecimal() for c in text) and any(c.isalpha() for c in text)


def password_word(text: str) -> bool:
    """Tell whether a sign run after "password is" is hardly a word, a count or a range ("8-16")."""
    return mixed(text) or (len(text) > 5 and not text.isalpha())


def odd_case(text: str) -> bool:
    """Tell whether capitals stand inside, as in no word."""
    return any(c.isupper() for c in text[1:]) and not text.isupper()


def scrambled(text: str) -> bool:
    """Tell whether small letters, capitals and digits follow one another as in base64, by chance.

    There 64 in 100 neighbours are of two kinds, in a path or in a name of many words some 33.
    """
    kinds = ["a" if c.islower() else "A" if c.isupper() else "0" if c.isdecimal() else "+" for c in text.rstrip("=")]
    changes = sum(one != other for one, other in pairwise(kinds))
    return {"a", "A", "0"} <= set(kinds) and changes > 0.4 * len(kinds)


def password(text: str) -> bool:
    """Tell whether a sign run after "password:" is hardly a word of a sentence."""
    return not text.isalpha() or odd_case(text)


def key(text: str) -> bool:
    """Tell whether a sign run after "token:" is hardly a word or a count."""
    return mixed(text) or odd_case(text)


def document(text: str) -> bool:
    """Tell whether what stands after "licence no." has the digits of a number."""
    return len(digits(text)) >= 5


def plate(text: str) -> bool:
    """Tell whether a Chinese plate has at least two digits and no more than a plate's letters."""
    return len(digits(text)) >= 2


def international(text: str) -> bool:
    """Tell whether a number with its country's code can be dialled, by Google's phonenumbers.

    Short ones must be valid, those of 10 digits or more need a country: invented ones (+1 555 ...) are hidden too.
    An extension does not count.
    """
    from phonenumbers import NumberParseException, is_valid_number, parse

    text = _EXTENSION.sub("", text)
    if len(digits(text)) > 15:  # 15 are the most that a number has: "+86 24 7159 1846-7485"
        text = text.rpartition("-")[0]
    n = digits(text)
    plain = "+" + (n[2:] if n.startswith("00") else n)
    if not 8 <= len(plain) - 1 <= 15:
        return False
    try:
        number = parse(plain)
    except NumberParseException:
        return False
    return is_valid_number(number) or (len(plain) > 10 and one_number(text))


def national(*regions: str) -> Callable[[str], bool]:
    """Return a check whether phonenumbers knows a number, of 10 digits or more, as one of these countries.

    The British mobile numbers kept for invented people (07700 900...) are taken for real.
    """

    def known(number: str, region: str) -> bool:
        from phonenumbers import NumberParseException, is_valid_number, parse

        try:
            return is_valid_number(parse(number, region)) or (region == "GB" and number.startswith("07700900"))
        except NumberParseException:
            return False

    def check(text: str) -> bool:
        text = _EXTENSION.sub("", text)
        n = digits(text)
        written = (region for region in regions if (n[0] == "0") == (region != "US"))
        return 10 <= len(n) <= 13 and one_number(text) and any(known(n, region) for region in written)

    return check


def after_phone_word(text: str) -> bool:
    """Tell whether what stands right after "tel." may be a number in any writing: no date, no year, no amount."""
    n = digits(text)
    dated = re.match(r"(?:19|20)\d\d([-/.]?)(?:0[1-9]|1[0-2]|[1-9])\1(?:0[1-9]|[12]\d|3[01]|[1-9])(?!\d)", text)
    return 7 <= len(n) <= 15 and not dated and len(set(n)) > 1


def mobile(text: str) -> bool:
    """Tell whether a Chinese mobile number has an operator's prefix and is spaced as one number."""
    n = digits(text)[-11:]
    groups = [g for g in re.findall(r"\d+", text) if g not in ("86", "0086")]
    spaced = len(groups) < 5 or len(groups) == 11
    return spaced and re.match(r"1(?:3|4[014-9]|5[0-35-9]|6[25-7]|7[0-8]|8|9[0-35-9])", n) is not None and phone(text)


def landline(text: str) -> bool:
    """Tell whether a Chinese landline number written in one, or spaced oddly, has an area code."""
    area = re.match(r"(?:00)?(?:86)?0(?:10|2\d|[3-9][1-9]\d)[2-8]\d{6,7}", digits(text))
    return area is not None and phone(text)


def phone(text: str) -> bool:
    """Tell whether the digits are spaced as in one number and not all the same."""
    return len(set(digits(text))) > 1 and one_number(text)


def birth_date(text: str) -> bool:
    """Tell whether somebody could be born then: the year, where it stands, is not before 1880 nor to come."""
    year = re.search(r"(?<!\d)(?:18|19|20)\d\d", text)
    return year is None or 1880 <= int(year.group()) <= date.today().year
