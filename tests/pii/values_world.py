"""Personal data of the rest of the world, and of machines: valid, invented, distributed about as in life."""

from __future__ import annotations

import string
from random import Random

from . import checks
from .shapes import Value, value
from .values_cn import born, digits

GIVEN = """James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph
Jessica Thomas Sarah Charles Karen Daniel Nancy Matthew Lisa Anthony Margaret Mark Sandra Steven Ashley Paul Emily
Andrew Donna Joshua Michelle Kevin Carol Brian Amanda George Melissa Edward Deborah Ronald Stephanie Timothy Rebecca
Jason Laura Ryan Helen Jacob Sharon Gary Cynthia Nicholas Kathleen Eric Amy Oliver Charlotte Harry Olivia Priya
Ravi Ananya Carlos Sofia Miguel Lucia Hans Ingrid
Klaus Anna Pierre Camille Luca Giulia Ahmed Fatima Omar Layla
Mei Wei Hiroshi Yuki Niamh Siobhan Lars Astrid Katarzyna Piotr Dmitri Olga""".split()
SURNAMES = """Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson
Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker
Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter
Roberts Evans Turner Parker Collins Edwards Stewart Morris Murphy Cook Rogers Morgan Cooper Peterson Reed Bailey Kelly
Howard Ward Watson Brooks Bennett Gray Hughes Price Foster Sharma Patel Kumar Singh Müller Schmidt Weber Fischer Dubois
Laurent Rossi Ferrari Hassan O'Neill O'Brien McDonald Tanaka Suzuki Zhang Chen Li Kowalski Novak Petrov
Lindqvist""".split()
TITLES = "Mr. Mrs. Ms. Dr. Mr Mrs Ms Dr Prof. Professor".split()
MAIL_HOSTS = """gmail.com outlook.com yahoo.co.uk hotmail.com qq.com 163.com 126.com foxmail.com sina.com.cn example.org
huaxin.com.cn northwind.example.com mail.brightwater.io gmx.de proton.me univ-lyon.example.fr""".split()
HOSTS = "api.example.com files.example.org intranet.example.cn s3.eu-west-1.example.net portal.brightwater.io".split()
IBAN = {
    **{"DE": "0" * 18, "GB": "AAAA" + "0" * 14, "FR": "0" * 23, "NL": "AAAA" + "0" * 10, "ES": "0" * 20},
    **{"IT": "A" + "0" * 22, "CH": "0" * 17, "BE": "0" * 12, "AT": "0" * 16, "PL": "0" * 24, "IE": "AAAA" + "0" * 14},
    **{"SE": "0" * 20, "DK": "0" * 14, "PT": "0" * 21, "LU": "0" * 16, "NO": "0" * 11, "SA": "0" * 20, "AE": "0" * 19},
}
US_AREAS = "212 415 312 617 206 305 713 404 503 602 718 202".split()
INTERNATIONAL = (
    *(
        "+1 {A} {X}{2}-{4}",
        "+1-{A}-{X}{2}-{4}",
        "+1 ({A}) {X}{2}-{4}",
        "+44 20 7{3} {4}",
        "+44 7700 9{5}",
        "+44 (0)161 4{2} {4}",
    ),
    *(
        "+49 30 2{6}",
        "+49 151 2{7}",
        "+33 6 1{1} {2} {2} {2}",
        "+33 1 4{1} {2} {2} {2}",
        "+65 9{3} {4}",
        "+852 9{3} {4}",
    ),
    *(
        "+81 90-2{3}-{4}",
        "+91 98{3} {5}",
        "+61 412 {3} {3}",
        "+41 79 4{2} {2} {2}",
        "+34 612 {3} {3}",
        "+39 347 {3} {4}",
    ),
    *("+31 6 2{3} {4}", "0044 20 7{3} {4}", "+16175{6}", "+447911{6}", "+4915201{6}"),
)
NATIONAL = (
    *("({A}) {X}{2}-{4}", "{A}-{X}{2}-{4}", "{A}.{X}{2}.{4}", "{A} {X}{2} {4}", "1-{A}-{X}{2}-{4}", "020 7{3} {4}"),
    *("07911 {6}", "0161 496 0{3}", "030 2{7}", "0151 2{7}", "06 1{1} {2} {2} {2}", "01 42 {2} {2} {2}"),
)
STREETS = """High Oak Maple Park Church Mill Station Queen's Victoria King Cedar Washington Elm Lincoln Lake Hillside
Bridge Highland Chestnut Meadow Franklin Albert Harbour Kingsway""".split()
STREET_WORDS = "Street Street Road Avenue Lane Drive St. Rd Ave Blvd Court Way".split()
US_CITIES = (
    *("Springfield, IL 62704", "Austin, TX 78701", "Portland, OR 97205", "Boston, MA 02116", "Denver, CO 80202"),
    *("Madison, WI 53703", "Seattle, WA 98101-2345", "Columbus, Ohio 43215", "San Jose, CA 95112", "Albany, NY 12207"),
)
UK_CITIES = (
    *(
        "Bristol BS1 4ST",
        "London SW1A 1AA",
        "Manchester M2 5DB",
        "Leeds LS1 4AP",
        "Edinburgh EH1 1YZ",
        "Cardiff CF10 1EP",
    ),
    *("London, EC2V 7HN", "Norwich, NR2 1TF"),
)
ABROAD = (
    *("Hauptstraße {n}, 10115 Berlin", "Lindenallee {n}, 50668 Köln", "Goethestr. {n}, 80336 München"),
    *("{n} rue de la République, 69002 Lyon", "{n} avenue Victor Hugo, 75016 Paris", "PO Box {n}, Wellington 6140"),
)


def pattern(draw: Random, form: str) -> str:
    """Return the form with {A} a US area, {X} a digit that an exchange may begin with, {n} so many digits."""
    parts = form.replace("{A}", draw.choice(US_AREAS)).replace("{X}", draw.choice("346789"))
    for count in "1234567":
        while (slot := f"{{{count}}}") in parts:
            parts = parts.replace(slot, digits(draw, int(count)), 1)
    return parts.replace("911-", "924-")


def phone(draw: Random) -> Value:
    text = pattern(draw, draw.choice(INTERNATIONAL + NATIONAL))
    extension = draw.choice((" ext. ", " x", " ext ")) + digits(draw, 3) if draw.random() < 0.08 else ""
    return value(text + extension, text, kind="international" if text[0] == "+" else "national")


def email(draw: Random) -> Value:
    first, last = draw.choice(GIVEN).lower(), draw.choice(SURNAMES).lower().replace("'", "").replace("ü", "ue")
    forms = (
        f"{first}.{last}",
        f"{first[0]}{last}",
        f"{first}_{last}{draw.randint(1, 99)}",
        f"{last}-{first}",
        f"{first}+hr",
    )
    local = draw.choice((*forms, digits(draw, 9).lstrip("0") + "1"))
    return value(f"{local}@{draw.choice(MAIL_HOSTS)}")


def card(draw: Random) -> Value:
    lead, length = draw.choices(
        (("4", 16), (draw.choice(("51", "53", "55", "2221", "2560")), 16), (draw.choice(("34", "37")), 15),
         (draw.choice(("3528", "3566")), 16), (draw.choice(("6011", "65")), 16), ("36", 14)),
        (5, 4, 2, 1, 1, 0.5),
    )[0]  # fmt: skip
    body = lead + digits(draw, length - 1 - len(lead))
    return value(body + checks.luhn(body), kind="world")


def iban(draw: Random) -> Value:
    country = draw.choices(tuple(IBAN), (6, 5, 4, 3, 3, 3, *[1] * (len(IBAN) - 6)))[0]
    account = "".join(draw.choice("ABCDEFGHKLMNPRST" if s == "A" else "0123456789") for s in IBAN[country])
    text = country + checks.iban(country, account) + account
    return value(text if draw.random() < 0.6 else " ".join(text[i : i + 4] for i in range(0, len(text), 4)))


def ssn(draw: Random) -> Value:
    area = draw.choice([n for n in range(1, 900) if n != 666])
    return value(f"{area:03}-{draw.randint(1, 99):02}-{draw.randint(1, 9999):04}")


def passport(draw: Random) -> Value:
    letter = draw.choice("ACKLX")
    return value(draw.choice((digits(draw, 9), letter + digits(draw, 8), f"C01X{digits(draw, 2)}T{digits(draw, 2)}")))


def ip(draw: Random) -> Value:
    if draw.random() < 0.25:
        groups = [f"{draw.randrange(1, 65536):x}" for _ in range(8)]
        return value(
            draw.choice((":".join(groups), f"2001:db8::{groups[0]}:{groups[1]}", f"fe80::{groups[2]}:{groups[3]}"))
        )
    lead = draw.choice(("10", "192.168", "172.16", f"{draw.randint(11, 223)}"))
    rest = [str(draw.randint(1, 254)) for _ in range(4 - len(lead.split(".")))]
    text = ".".join((lead, *rest))
    return value(text + draw.choice(("", "", "", "", f":{draw.randint(1024, 9999)}")), text)


def mac(draw: Random) -> Value:
    octets = [f"{draw.randrange(256):02x}" for _ in range(6)]
    sep = draw.choice(":::-")
    text = sep.join(octets) if draw.random() < 0.9 else ".".join("".join(octets[i : i + 2]) for i in (0, 2, 4))
    return value(draw.choice((text, text.upper())))


def token(draw: Random, length: int, signs: str = string.ascii_letters + string.digits) -> str:
    return "".join(draw.choices(signs, k=length - 1)) + draw.choice("23456789")


def url(draw: Random) -> Value:
    host, secret = draw.choice(HOSTS), token(draw, draw.choice((16, 24, 32)))
    if draw.random() < 0.25:
        secret = token(draw, 10)
        return value(f"https://{draw.choice(('deploy', 'admin', 'svc_report'))}:{secret}@{host}/export", secret)
    name = draw.choice("token access_token api_key key sig password secret auth".split())
    path = draw.choice(("v1/report", "download/contract.pdf", "reset", "share/7781"))
    return value(f"https://{host}/{path}?{draw.choice(('', 'id=12&', 'lang=en&'))}{name}={secret}", secret)


def secret(draw: Random) -> Value:
    base = string.ascii_letters + string.digits
    forms = (
        *("AKIA" + token(draw, 16, string.ascii_uppercase + string.digits), "ghp_" + token(draw, 36)),
        *("sk-" + token(draw, 48), "xoxb-" + digits(draw, 12) + "-" + token(draw, 24), "AIza" + token(draw, 35)),
        *("glpat-" + token(draw, 20), "sk_live_" + token(draw, 24), "sk-proj-" + token(draw, 40, base + "-_")),
        "eyJhbGciOiJIUzI1NiJ9.eyJ" + token(draw, 40) + "." + token(draw, 43, base + "-_"),
    )
    return value(draw.choice(forms), kind="key")


def password(draw: Random) -> Value:
    word = draw.choice("Sunrise Hq Winter tiger Kx Blue Orion p".split())
    return value(word + draw.choice("@#!_$") + token(draw, draw.randint(5, 9)), kind="password")


def private_key(draw: Random) -> Value:
    name = draw.choice(
        ("RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY")
    )
    signs = string.ascii_letters + string.digits + "+/"
    lines = ["".join(draw.choices(signs, k=64)) for _ in range(draw.choice((2, 4, 12, 25)))]
    body = "\n".join((*lines, token(draw, draw.randint(20, 60), signs) + "=="))
    return value(f"-----BEGIN {name}-----\n{body}\n-----END {name}-----", body)


def birth_date(draw: Random) -> Value:
    y, m, d = born(draw)
    month = "January February March April May June July August September October November December".split()[m - 1]
    forms = (f"{d} {month} {y}", f"{month} {d}, {y}", f"{y}-{m:02}-{d:02}", f"{m:02}/{d:02}/{y}", f"{d:02}.{m:02}.{y}")
    return value(draw.choice((*forms, f"{d} {month[:3]} {y}")))


def person(draw: Random) -> Value:
    first, last = draw.choice(GIVEN), draw.choice(SURNAMES)
    other, letter = draw.choice(GIVEN), draw.choice(string.ascii_uppercase)
    forms = (
        *(f"{first} {last}", f"{first} {letter}. {last}", f"{first} {other} {last}", f"{first[0]}. {last}"),
        *(f"{first}-{other} {last}", f"{first} {last}-{draw.choice(SURNAMES)}"),
    )
    return value(draw.choices(forms, (8, 1, 1, 0.7, 0.5, 0.5))[0], kind="name")


def titled(draw: Random) -> Value:
    name = draw.choice((draw.choice(SURNAMES), f"{draw.choice(GIVEN)} {draw.choice(SURNAMES)}"))
    return value(f"{draw.choice(TITLES)} {name}", name, kind="titled")


def reversed_name(draw: Random) -> Value:
    return value(f"{draw.choice(SURNAMES)}, {draw.choice(GIVEN)}", kind="reversed")


def address(draw: Random) -> Value:
    number = str(draw.randint(1, 4800))
    street = f"{number} {draw.choice(STREETS)} {draw.choice(STREET_WORDS)}"
    flat = draw.choice(
        (f", Apt {draw.randint(1, 40)}{draw.choice('ABC')}", f", Suite {draw.randint(100, 900)}", "", "", "")
    )
    lead = draw.choice((f"Flat {draw.randint(1, 30)}, ", "", "", ""))
    forms = (
        f"{street}{flat}, {draw.choice(US_CITIES)}",
        f"{lead}{number[:2]} {draw.choice(STREETS)} {draw.choice(STREET_WORDS[1:5])}, {draw.choice(UK_CITIES)}",
        draw.choice(ABROAD).replace("{n}", str(draw.randint(1, 240))),
        street + flat,
        f"P.O. Box {draw.randint(10, 9000)}, {draw.choice(US_CITIES)}",
    )
    return value(draw.choices(forms, (5, 4, 2, 1.5, 1))[0])
