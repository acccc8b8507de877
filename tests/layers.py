"""The house as `test_architecture.py` checks it: which file lies on which layer, who owns which heavy package."""

from __future__ import annotations

LAYERS: tuple[tuple[str, ...], ...] = (
    # nothing of ours
    ("ragbox.types", "ragbox.errors", "ragbox.text", "ragbox.silence", "ragbox.metrics", "ragbox.followup_en",
     "ragbox.followup_zh", "ragbox.generation", "ragbox.schema_first", "ragbox.logs",
     "ragbox.redact.findings", "ragbox.redact.policy", "ragbox.periods", "ragbox.order_signs",
     "ragbox.compliance_words", "ragbox.paper", "ragbox.hosts", "ragbox.connection"),
    ("ragbox.sealing.*",),
    ("ragbox.schema", "ragbox.events", "ragbox.sentences", "ragbox.orders", "ragbox.kept", "ragbox.profile",
     "ragbox.tables", "ragbox.wording"),
    # seams, settings, files and locks
    ("ragbox.settings_directory",),
    ("ragbox.ports", "ragbox.batches", "ragbox.settings", "ragbox.db", "ragbox.originals", "ragbox.owner",
     "ragbox.sealed", "ragbox.weights", "ragbox.helper", "ragbox.plan", "ragbox.wire", "ragbox.rows", "ragbox.turns",
     "ragbox.asked", "ragbox.hidings", "ragbox.client_rules", "ragbox.audit_chain", "ragbox.audit_refusals"),
    ("ragbox.names", "ragbox.ranking", "ragbox.versions", "ragbox.profiles", "ragbox.called", "ragbox.readings",
     "ragbox.suspicions",
     "ragbox.audit_event", "ragbox.certificate"),
    ("ragbox.audit", "ragbox.client_people"),
    ("ragbox.papers", "ingest.pieces", "ingest.notes"),
    # one thing each, one third-party library each
    (
        "ragbox.library", "ragbox.index.*", "ragbox.encoders", "ragbox.embeddings", "ragbox.engines.*",
        "ragbox.redact.*", "ragbox.client", "ragbox.show", "ingest.archive", "ingest.wire", "ingest.chunk",
        "ingest.walk", "ragbox.mirrors", "ragbox.followup", "ragbox.starters", "ragbox.scheduler", "ragbox.prompt",
        "ragbox.models", "ragbox.hub", "ragbox.written", "ragbox.corpus", "ragbox.steering", "ragbox.statements",
        "ragbox.leftovers", "ragbox.remains", "ragbox.privacy_record", "ragbox.privacy_tally", "ingest.pace",
        "ragbox.adapters.*",
    ),
    # what an answer states, whether the passages bear it out, and which model writes it
    ("ragbox.facts.*", "ragbox.configured", "ragbox.judge"),
    ("ragbox.verify", "ragbox.llm", "ragbox.cache", "ragbox.redaction"),
    ("ragbox.adapters.loaded", "ragbox.adapters.scorers"),
    ("ragbox.begun", "ingest.parsers.*", "ingest.detect", "ingest.scan", "ingest.keeping", "ingest.places"),
    ("ingest.child",),
    ("ingest.worker", "ingest.sandbox"),
    ("ingest.jobs",),
    ("ingest.spool",),
    # rules, and first of them who may
    ("ragbox.decisions",),
    ("ragbox.users",),
    ("ragbox.credentials", "ragbox.passwords", "ragbox.throttle"),
    ("ragbox.auth",),
    ("ragbox.signin",),
    ("ragbox.directory.*",),
    ("ragbox.privacy", "ragbox.standing", "ragbox.audit_answers", "ragbox.audit_trail"),
    ("ragbox.recall", "ragbox.access"),
    ("ragbox.indexer", "ragbox.accounts", "ragbox.rebuilder", "ragbox.retriever", "ragbox.conversations",
     "ragbox.shelving", "ragbox.catalogue", "ragbox.writer", "ragbox.rewriter",
     "ragbox.reader", "ragbox.glossary", "ragbox.adapters.choice"),
    # use cases
    ("ragbox.answer", "ragbox.langchain", "ragbox.evaluation.*", "ingest.parts", "ingest.stages", "ingest.render",
     "ingest.encoding"),
    ("ingest.pipeline",),
    ("ingest.follow", "ingest.shelf", "ingest.queue", "ingest.paint", "ragbox.lessons", "ragbox.adapters.gate",
     "ragbox.evaluation.asking", "ragbox.evaluation.background",
     "ragbox.adapters.questions", "ragbox.adapters.distil", "ragbox.adapters.lessons", "ragbox.adapters.run",
     "ragbox.adapters.teacher", "ragbox.adapters.teach", "ragbox.adapters.practice", "ragbox.adapters.training"),
    ("ingest.mirror", "ingest.labels", "ingest.rereading"),
    ("ragbox.sweep", "ragbox.dialogue", "ragbox.quality", "ragbox.basis", "ragbox.calibrations", "ragbox.registry",
     "ragbox.adapters.activation", "ragbox.adapters.registry", "ragbox.adapters.trial"),
    # the composition root, and what looks a whole box over
    ("ragbox.box",),
    ("ragbox.doctor", "ragbox.compliance"),
    ("ragbox.health",),
    # the doors: their parts, then one screen or one set of routes each, then how they are mounted together
    ("web.strings_runs", "web.strings_settings", "web.strings_why"),
    ("web.strings_admin", "web.strings_ask", "web.strings_documents", "web.strings_health",
     "web.strings_adapters", "web.strings_models", "web.strings_privacy", "web.strings_quality",
     "web.strings_glossary", "web.strings_audit", "web.strings_acts", "web.strings_reasons", "web.strings_viewer",
     "web.strings_login"),
    ("web.problems", "web.strings", "web.theme", "web.upload"),
    ("web.guard", "web.stream", "web.deeds"),
    ("web.api", "web.users", "web.pages.*"),
    ("web.jobs",),
    ("web.users", "web.access", "web.admin", "web.documents", "web.intake", "web.conversations", "web.home",
     "web.openai",
     "web.viewer", "web.models", "web.adapters", "web.trainings", "web.privacy", "web.quality",
     "web.glossary", "web.calibrations", "web.audit"),
    ("web.fence",),
    ("web.app",),
    # how things are started
    ("ragbox.running", "ragbox.bundle", "ragbox.proof.nowhere"),
    ("ragbox.proof.*",),
    ("ragbox.commands.common",),
    ("ragbox.commands.*",),
    ("ragbox.cli",),
)  # fmt: skip

BESIDE: dict[str, tuple[str, ...]] = {
    "ragbox.encoders": ("ragbox.embeddings",),  # the settings name an encoder of either kind
    "ragbox.adapters.scorer": ("ragbox.engines.evidence",),  # its weights are named as the engine names them
    "ragbox.adapters.reading": ("ragbox.engines.span_reader",),  # its tensors are named as the engine names them
    "ingest.detect": ("ingest.parsers.text",),  # what is text is judged as its parser reads it
    "ingest.parsers.mail": ("ingest.detect",),  # an attachment is a file like any other
    "web.users": ("web.api",),  # one API in two files: what its routes are given is the same
}
"""The only imports within a layer from one package to another, each with its reason."""

OWNERS: dict[str, tuple[str, ...]] = {
    "chromadb": ("ragbox.index.dense", "ragbox.proof.ways"),
    "tantivy": ("ragbox.index.sparse",),
    "jieba": ("ragbox.index.sparse",),
    "sentence_transformers": ("ragbox.encoders", "ragbox.proof.ways"),
    "torch": ("ragbox.encoders", "ragbox.engines", "ragbox.proof.ways"),
    "transformers": ("ragbox.engines", "ragbox.proof.ways"),
    "bitsandbytes": ("ragbox.engines",),
    "peft": ("ragbox.engines", "ragbox.proof.ways"),
    "llama_cpp": ("ragbox.engines", "ragbox.proof.ways"),
    "safetensors": ("ragbox.engines",),
    "unstructured": ("ingest.parsers", "ragbox.proof.ways"),
    "docx": ("ingest.parsers",),
    "pptx": ("ingest.parsers",),
    "openpyxl": ("ingest.parsers",),
    "pypdfium2": ("ingest.parsers",),
    "rapidocr": ("ingest.parsers", "ragbox.proof.ways"),
    "spacy": ("ingest.parsers",),
    "langchain_core": ("ragbox.langchain", "ragbox.engines.langchain", "ragbox.proof.ways"),
    "langchain_text_splitters": ("ingest.pieces",),
    "langchain": ("ragbox.engines.langchain",),
    "presidio_analyzer": ("ragbox.redact", "ragbox.proof.ways"),
    "gradio": ("web", "ragbox.proof.ways"),
    "fastapi": ("web", "ragbox.proof.ways"),
    "starlette": ("web",),
    "uvicorn": ("ragbox.running", "ragbox.connection"),
    "psutil": ("ragbox.doctor", "ragbox.health", "ragbox.hosts", "ingest"),
    "numpy": ("ragbox", "ingest"),
    "huggingface_hub": ("ragbox.hub", "ragbox.proof.ways"),
    "tokenizers": ("ragbox.engines",),
    "httpx": ("ragbox.client", "ragbox.directory.provider", "ragbox.engines.remote", "ragbox.engines.remote_http"),
    "ldap3": ("ragbox.directory.ldap", "ragbox.directory.ldap_line"),
    "jwt": ("ragbox.directory.tokens",),
    "watchfiles": ("ingest.mirror",),
    "reportlab": ("ragbox.paper",),
    "sqlcipher3": ("ragbox.sealing.record",),
    "argon2": ("ragbox.passwords",),
}
AT_THE_TOP = {
    "ragbox.langchain",
    "ragbox.connection",
    *(f"web.{name}" for name in ("admin", "api", "app", "conversations", "home", "intake", "openai", "problems")),
    *(f"web.{name}" for name in ("adapters", "documents", "jobs", "models", "privacy", "quality", "trainings")),
    "web.access",
    "web.calibrations",
    "web.glossary",
    "web.users",
    "web.viewer",
}
"""Adapters that are nothing without their library, imported by nobody who does not need it."""
LIGHT_AT_THE_TOP = {"starlette"}
"""Comes with fastapi; web/ alone imports it, and `ragbox --help` imports nothing of web/."""
