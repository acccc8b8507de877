"""English sentences, rows and lists to put personal data into: {ENTITY} is a value, {word} a filler, ¶ a line break."""

from __future__ import annotations

TYPE = {
    "PHONE": """
If you have questions, call {PHONE} before {date}.
Tel: {PHONE}
You can reach {dept} by phone at {PHONE}.
Phone {PHONE}, weekdays only.
{PERSON} (mobile {PHONE}) will meet you at the gate.
My cell is {PHONE}, text me any time.
Fax {PHONE} is no longer in use; write to {EMAIL}.
Ticket: caller on {PHONE} says the {product} does not start.
Please ring {PHONE} when the {product} arrives.
Emergency contact number: {PHONE}
Direct dial: {PHONE} or {EMAIL}
""",
    "ID": """
Chinese resident ID card no. {ID} was verified.
ID number: {ID}, nationality Chinese.
The guarantor's identity card {ID} is attached.
Hong Kong identity card {ID.hk} was copied on {date}.
""",
    "PASSPORT": """
Passport number: {PASSPORT}, issued in Leeds.
The traveller's passport {PASSPORT} expires in June.
Passport No. {PASSPORT}
Please bring passport {PASSPORT} to the appointment.
""",
    "PERMIT": """
Mainland travel permit number: {PERMIT}, valid ten years.
Home return permit {PERMIT} was renewed.
Exit-entry permit no. {PERMIT}
""",
    "CARD": """
Card number {CARD}, expires 09/27.
The deposit was charged to {CARD} on {date}.
Visa {CARD} was declined.
Refund {amount} USD to credit card {CARD}.
Payment by card: {CARD}, holder {PERSON}.
Please update the card on file ({CARD}).
UnionPay card {CARD.cn} was accepted.
""",
    "IBAN": """
Please transfer EUR {amount} to {IBAN}.
IBAN: {IBAN}, BIC on request.
Our account {IBAN} is held with {bank}.
Salary is paid to IBAN {IBAN} at month end.
Bank details: {bank}, {IBAN}
""",
    "SSN": """
Social Security number: {SSN}
SSN {SSN}, filing status single.
The employee's social security no. is {SSN}.
Form W-2 lists {SSN} for {PERSON}.
Applicant {SSN} was approved on {date}.
""",
    "COMPANY_CODE": """
The Chinese supplier's unified social credit code is {COMPANY_CODE}.
USCC: {COMPANY_CODE}
""",
    "PLATE": """
Delivery truck {PLATE} is at gate 3.
Visitor car plate: {PLATE}
""",
    "WECHAT": """
WeChat ID: {WECHAT}
Add me on WeChat: {WECHAT}, or send mail.
You can find sales on WeChat as {WECHAT}.
""",
    "QQ": """
QQ: {QQ}
Our QQ number is {QQ}.
Support on QQ {QQ}, office hours only.
""",
    "EMAIL": """
Please send your invoice to {EMAIL}.
E-mail: {EMAIL}, phone: {PHONE}
From: {PERSON} <{EMAIL}>
The account {EMAIL} was closed on {date}.
Write to {EMAIL} or call {PHONE}.
Cc: {EMAIL}; {EMAIL}
{EMAIL} asked for a new {product}.
""",
    "IP": """
The host {IP} does not respond.
Login from IP {IP} on {date}.
Please allow {IP} in the firewall.
client={IP} status=403
Ping {IP} timed out.
""",
    "MAC": """
MAC address {MAC} was blocked.
Device {MAC} joined the network on {date}.
ether {MAC} txqueuelen 1000
Reserve the lease for {MAC}.
""",
    "URL": """
Download the contract at {URL} before {date}.
Reset link: {URL}
curl {URL}
The export is at {URL} and expires in an hour.
""",
    "SECRET": """
The initial password: {SECRET.password}
API key: {SECRET}
export API_TOKEN={SECRET}
Authorization: Bearer {SECRET}
Use password {SECRET.password} for the test account.
The client_secret is {SECRET}, rotate it on {date}.
db password = {SECRET.password}
I pasted the key {SECRET} into the ticket by mistake.
config: {{"api_key": "{SECRET}", "retries": 3}}
""",
    "PRIVATE_KEY": """
The deploy key is:¶{PRIVATE_KEY}¶Keep it safe.
{PRIVATE_KEY}
Host key¶{PRIVATE_KEY}¶end of file
""",
    "BIRTH_DATE": """
Date of birth: {BIRTH_DATE}
{PERSON}, born on {BIRTH_DATE}, is the beneficiary.
DOB {BIRTH_DATE}, blood type A.
The insured was born {BIRTH_DATE}.
Birth date: {BIRTH_DATE}, place of birth Leeds.
Her birthday is {BIRTH_DATE}.
""",
    "ADDRESS": """
Ship to {ADDRESS}.
Home address: {ADDRESS}
The premises at {ADDRESS} are let from {date}.
The tenant lives at {ADDRESS}, with two children.
{company} moved to {ADDRESS} last year.
Send the {product} to {PERSON}, {ADDRESS}.
Registered office: {ADDRESS}, phone {PHONE}.
Our technician visits {ADDRESS} on {date}.
""",
    "PERSON": """
{PERSON} joined {dept} on {date}.
Contact: {PERSON}, {PHONE}
Dear {PERSON.titled}, thank you for your letter.
Signed by {PERSON} on {date}.
The meeting was chaired by {PERSON.titled}.
Employee: {PERSON}
{PERSON} and {PERSON} approved the budget of {amount} USD.
Please ask {PERSON.titled} about the {product}.
Attn: {PERSON}, {ADDRESS}
Best regards,¶{PERSON}
Tenant: {PERSON}; landlord: {company}.
I spoke to {PERSON} about the {product} yesterday.
Name: {PERSON.reversed}
Her manager, {PERSON}, has been informed.
According to {PERSON}, the {product} is late.
{PERSON}'s contract ends on {date}.
""",
}
"""A sentence a line."""
MIXED: tuple[tuple[str, str], ...] = (
    (
        "table",
        """| name | phone | e-mail |
|---|---|---|
| {PERSON} | {PHONE} | {EMAIL} |
| {PERSON} | {PHONE} | {EMAIL} |""",
    ),
    (
        "table",
        """| employee | SSN | IBAN |
|---|---|---|
| {PERSON.reversed} | {SSN} | {IBAN} |
| {PERSON.reversed} | {SSN} | {IBAN} |""",
    ),
    (
        "table",
        """| field | value |
|---|---|
| name | {PERSON} |
| date of birth | {BIRTH_DATE} |
| passport number | {PASSPORT} |
| address | {ADDRESS} |""",
    ),
    (
        "table",
        """name\t{PERSON}
phone\t{PHONE}
card number\t{CARD}
IBAN\t{IBAN}""",
    ),
    (
        "table",
        """host\tip\tmac
web-1\t{IP}\t{MAC}
web-2\t{IP}\t{MAC}""",
    ),
    (
        "table",
        """| date | card | amount |
| {date} | {CARD} | {amount} |
| {date} | {CARD} | {amount} |""",
    ),
    (
        "list",
        """- Name: {PERSON}
- Phone: {PHONE}
- E-mail: {EMAIL}
- Address: {ADDRESS}""",
    ),
    (
        "list",
        """1. {PERSON}, {EMAIL}
2. {PERSON}, {EMAIL}
3. {PERSON}, {EMAIL}""",
    ),
    (
        "list",
        """* SSN: {SSN}
* DOB: {BIRTH_DATE}
* password: {SECRET.password}
* WeChat: {WECHAT}""",
    ),
    (
        "letter",
        """Dear {PERSON.titled},

Thank you for choosing {company}. Your contract goes to {ADDRESS}. To change it, call {PHONE}.

Yours sincerely,
{PERSON}
{dept}""",
    ),
    (
        "letter",
        """EMPLOYMENT AGREEMENT
between {company} and {PERSON}, born on {BIRTH_DATE}, residing at {ADDRESS}.
The salary of EUR {amount} is paid to {IBAN}.""",
    ),
    (
        "letter",
        """Ticket, {date}
{PERSON} ({EMAIL}) cannot log in from {IP}. Callback on {PHONE}. The {product} was restarted.""",
    ),
    (
        "letter",
        """Minutes of {date}
Present: {PERSON}, {PERSON}, {PERSON}
{PERSON} presented the {product}; the budget is {amount} USD.""",
    ),
)
FILLERS = {
    "company": (
        "Northwind Traders Ltd.",
        "Brightwater GmbH",
        "Blue Harbour Inc.",
        "Copperfield Logistics LLC",
        "Acme Tools plc",
    ),
    "dept": ("the accounts team", "human resources", "technical support", "the legal team", "procurement"),
    "product": ("printer", "time clock", "compressor", "switchboard", "server", "badge reader"),
    "bank": ("Commerzbank", "Barclays", "ING", "Credit Suisse", "Santander"),
}
