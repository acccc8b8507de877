"""Sealing: what the box keeps on disk, unreadable without a key. Files by AES-256-GCM, the record by SQLCipher."""
