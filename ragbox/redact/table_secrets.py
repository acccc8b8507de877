"""What secrets look like: passwords, tokens, keys of well-known services, and addresses that carry one."""

from __future__ import annotations

from . import checks
from .rule import Rule

_PARAMETERS = (
    r"(?:[a-z_\-]{0,24}[_\-])?(?:token|key|apikey|secret|password|passwd|pwd|auth|sig|signature|session(?:id)?|sid"
    r"|credential|jwt)"
)
_PASSWORD = r"(?:pass(?:word|wd|code|phrase)|pwd|密码|口令|密钥|私钥)"
_PASSWORD_NEEDS = ("pass", "pwd", "密码", "口令", "密钥", "私钥")
_TOKEN = (
    r"(?<![a-z])(?:(?:api|access|secret|account|private|auth)[_ \-]?key|(?:[a-z_\-]{0,24}[_ \-])?secret"
    r"|[a-z_\-]{0,24}token|令牌|访问密钥|凭证密钥)"
)
_IS = r"(?:is now|is|was|为|是)"
_COLON = r"[\"'*_`]{0,3} ?[:=|]{1,2}[ |]{0,3}"
_OPEN = r"[\"'*_`<(\[:]{0,3}"
_LAST = r"(?<![.,;:()'\"|*`>\]])"
"""A value does not end with a sentence's or a string's sign."""
_KINDS = {
    ("AWS", "akia", "asia", "aroa", "aida"): r"A(?:KIA|SIA|ROA|IDA)[A-Z0-9]{16}",
    ("GitHub", "gh"): r"gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_\w{22,255}",
    ("GitLab", "gl"): r"gl[a-z]{2,5}-[\w\-]{20,64}",
    ("OpenAI, Anthropic and alike", "sk-"): r"sk-[A-Za-z0-9_\-]{20,250}",
    ("Stripe", "k_", "whsec"): r"[srp]k_(?:live|test)_[A-Za-z0-9]{10,128}|whsec_[A-Za-z0-9]{20,64}",
    ("Slack", "xox", "xapp"): r"(?:xox[abceoprs]|xapp)-[A-Za-z0-9\-]{10,250}",
    ("Google", "aiza", "ya29", "gocspx"): r"AIza[\w\-]{30,40}|ya29\.[\w\-]{20,250}|GOCSPX-[\w\-]{20,40}",
    ("Alibaba Cloud, Tencent Cloud", "ltai", "akid"): r"LTAI[A-Za-z0-9]{12,30}|AKID[A-Za-z0-9]{13,40}",
    ("Hugging Face, npm, PyPI", "hf_", "npm_", "pypi-"): r"(?:hf_|npm_)[A-Za-z0-9]{30,40}|pypi-[\w\-]{30,250}",
    ("SendGrid, Twilio", "sg.", "sk", "ac"): r"SG\.[\w\-]{16,32}\.[\w\-]{16,64}|(?:SK|AC)[0-9a-f]{32}",
    ("Telegram, DigitalOcean", ":aa", "dop_"): r"\d{8,10}:AA[\w\-]{30,36}|dop_v1_[0-9a-f]{64}",
    ("JSON Web Token", "eyj"): r"eyJ[\w\-]{8,250}\.[\w\-]{8,250}(?:\.[\w\-]{0,250})?",
}
"""The shapes of keys by whose they are; the other words of the name are what each begins with."""

RULES = (
    Rule(
        entity="PRIVATE_KEY", name="private key (PEM, OpenSSH, PGP)",
        regex=r"-----BEGIN[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?s:.*?)(?:-----END[A-Z0-9 ]{0,60}-----|\Z)",
        score=1.0, needs=("-----begin",),
    ),
    Rule(
        entity="URL", name="address with a password before its host",
        regex=rf"(?i)[a-z][a-z0-9+.\-]{{1,15}}://[!-.0-~]{{0,64}}?:[!-.0-~]{{1,100}}@[!-~]{{1,250}}{_LAST}", score=1.0,
        needs=("://",),
    ),
    Rule(
        entity="URL", name="address with a secret among its parameters",
        regex=rf"(?i)(?:[a-z][a-z0-9+.\-]{{1,15}}://|www\.)[!-~]{{1,250}}?[?&\#;]{_PARAMETERS}=[!-%'-~]{{6,250}}{_LAST}"
        rf"(?:&[!-~]{{0,250}}{_LAST})?",
        score=1.0, needs=("://", "www."),
    ),
    *(
        Rule(
            entity="SECRET", name=f"key or token of {owner}", regex=rf"(?<![A-Za-z0-9_])(?:{shape})(?![A-Za-z0-9_])",
            score=0.97, needs=tuple(needs),
        )
        for (owner, *needs), shape in _KINDS.items()
    ),
    Rule(
        entity="SECRET", name='token after "Bearer" or "Basic"',
        regex=r"(?i)(?<![a-z])(?:bearer|basic)[ :=|,*_`\"'(<]{1,5}(?P<value>[a-z0-9._~+/\-]{16,250}={0,2})",
        check=checks.key, score=0.9, needs=("bearer", "basic"),
    ),
    Rule(
        entity="SECRET", name="password after its label and a colon or an equals sign",
        regex=rf"(?i){_PASSWORD}(?: ?\((?:pwd|password|密码)\))? {{0,2}}(?:{_IS} {{0,2}})?{_COLON}{_OPEN}"
        rf"(?P<value>[!-~]{{4,64}}{_LAST})",
        check=checks.password, score=0.85, needs=_PASSWORD_NEEDS,
    ),
    Rule(
        entity="SECRET", name='password after "password is" or 密码为',
        regex=rf"(?i){_PASSWORD}(?: (?:for|to|of|on)(?: the)? [!-~]{{1,30}})? {{0,2}}{_IS}[ :]{{0,3}}{_OPEN}"
        rf"(?P<value>[!-~]{{4,64}}{_LAST})",
        check=checks.password_word, score=0.8, needs=_PASSWORD_NEEDS,
    ),
    Rule(
        entity="SECRET", name="password of letters, a digit and another sign right after its label",
        regex=rf"(?i){_PASSWORD} {_OPEN}(?P<value>(?=[!-~]{{0,63}}\d)(?=[!-~]{{0,63}}[a-z])"
        rf"(?=[!-~]{{0,63}}[!\#$%&@_^+])[!-~]{{6,64}}{_LAST})",
        check=checks.password, score=0.7, needs=_PASSWORD_NEEDS, digits=1,
    ),
    Rule(
        entity="SECRET", name="token or key after its label",
        regex=rf"(?i){_TOKEN} {{0,2}}(?:{_IS} {{1,2}}|(?:{_IS} {{0,2}})?{_COLON}){_OPEN}"
        rf"(?P<value>[!-~]{{8,250}}{_LAST})",
        check=checks.key, score=0.85, needs=("key", "token", "secret", "令牌", "密钥"),
    ),
    Rule(  # a private key is cut over passages: all but the first have nothing but its lines
        entity="SECRET", name="48 or more signs of base64, as in a line of a key",
        regex=r"(?<![A-Za-z0-9+/=]|sha\d{3}-)[A-Za-z0-9+/]{48,}={0,2}(?![A-Za-z0-9+/=])",
        check=checks.scrambled, score=0.6, digits=1,
    ),
    Rule(
        entity="PRIVATE_KEY", name="end of a private key, up to its END line",
        regex=r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{1,76}={0,2}\s*-----END[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----",
        score=0.9, needs=("-----end",),
    ),
)  # fmt: skip
