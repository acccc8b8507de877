"""The keys of a sealed data folder: a data key that seals, wrapped by one that the operator keeps. Seals no file.

    data/seal.json    how the wrapping key is come by, the data keys wrapped by it, and what is under way

The wrapping key is 32 bytes in a file that only its owner may read, or is derived from a passphrase (argon2id). Without
it nothing opens. Two data keys are there only while a rotation is under way.
"""

from __future__ import annotations

import json
import os
import sys
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ..errors import BadInput, Conflict, Unavailable
from .stream import Key

FILE = "seal.json"
ON, SEALING, UNSEALING, ROTATING = "on", "sealing", "unsealing", "rotating"
FINISH = {
    SEALING: "Finish it: `ragbox seal on`. Or take it back: `ragbox seal off`.",
    UNSEALING: "Finish it: `ragbox seal off`.",
    ROTATING: "Finish it: `ragbox seal rotate --everything`.",
}
"""What ends each state that was broken off."""
SHORTEST = 12
"""Characters of a new passphrase, at least."""
# 256 MiB and 3 passes take about 0.5 s once a start; RFC 9106 names 64 MiB and 3 passes as its second choice.
ARGON2 = {"memory": 256 << 10, "passes": 3, "lanes": 4}


class NoKey(Unavailable):
    """The data folder is sealed, and the key that was given does not open it, or none was."""


@dataclass(frozen=True, kw_only=True)
class Secret:
    """Where the operator keeps what opens the folder: one of two files; `passphrase` "-" is standard input."""

    key_file: Path | None = None
    passphrase_file: Path | None = None
    _words: list[str] = field(default_factory=list, init=False, repr=False, compare=False)

    def __bool__(self) -> bool:
        return bool(self.key_file or self.passphrase_file)

    def lock(self) -> dict[str, Any]:
        """Return how a wrapping key is come by from now on, with a new salt."""
        if self.key_file:
            return {"kind": "key file"}
        return {"kind": "passphrase", "salt": os.urandom(16).hex(), **ARGON2}

    def wrapping(self, lock: Mapping[str, Any]) -> bytes:
        """Return the 32 bytes that wrap data keys.

        Raises:
            NoKey: nothing was given, or the other kind, or nothing but an end of line; or the file cannot be read or
                may be read by others.
        """
        if lock["kind"] == "key file":
            if not self.key_file:
                raise NoKey("The data folder is sealed with a key file. Name it in RAGBOX_SEAL_KEY_FILE.")
            return _read_key(self.key_file)
        if not self.passphrase_file:
            raise NoKey(
                "The data folder is sealed with a passphrase. Name a file with it in RAGBOX_SEAL_PASSPHRASE_FILE, "
                'or "-" to be asked.'
            )
        if not (words := self._passphrase(self.passphrase_file)):
            raise NoKey(f"The passphrase from {_place(self.passphrase_file)} is empty. Give the one that is meant.")
        return _stretch(words, lock)

    def check(self) -> None:
        """Return if a folder may be sealed with it.

        Raises:
            BadInput: none was given, or the passphrase is short, or was typed in two ways.
            NoKey: the file cannot be read or may be read by others.
        """
        if not self:
            raise BadInput("There is no key. Make one with `ragbox seal init FILE`, then set RAGBOX_SEAL_KEY_FILE.")
        if self.key_file:
            _read_key(self.key_file)
        elif self.passphrase_file and len(self._passphrase(self.passphrase_file, new=True)) < SHORTEST:
            raise BadInput(f"The passphrase is shorter than {SHORTEST} characters. Choose a longer one.")

    def _passphrase(self, path: Path, *, new: bool = False) -> str:
        # Read once: what is wrapped has to be what was checked, and standard input says a line once.
        if not self._words:
            self._words.append(_read_passphrase(path, new=new))
        return self._words[0]


@dataclass(frozen=True, kw_only=True)
class Seal:
    """What `seal.json` says: nothing in it opens anything without the wrapping key."""

    state: str
    current: str
    lock: dict[str, Any]
    keys: dict[str, str] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Ring:
    """The data keys, opened: `current` seals, all of them open."""

    keys: dict[bytes, Key]
    current: Key


def read(data: Path) -> Seal | None:
    """Return how a data folder is sealed, None where it is not.

    Raises:
        Unavailable: the file that says so is damaged.
    """
    try:
        return Seal(**json.loads((data / FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise Unavailable(f"{data / FILE} cannot be read: {error}. Put it back from a backup.") from error


def write(data: Path, seal: Seal | None) -> None:
    """Replace what the folder says of its sealing, the whole of it or nothing; None takes it away."""
    place = data / FILE
    if seal is None:
        place.unlink(missing_ok=True)
    else:
        draft = place.with_suffix(".part")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            json.dump(asdict(seal), stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(place)
    flush(data)


def begin(secret: Secret) -> tuple[Seal, Ring]:
    """Return a new sealing with a new data key, state SEALING; raises as `Secret.check`."""
    secret.check()
    key, lock = Key.new(), secret.lock()
    wrapped = _wrap(key, secret.wrapping(lock), lock)
    seal = Seal(state=SEALING, current=key.id.hex(), lock=lock, keys={key.id.hex(): wrapped})
    return seal, Ring(keys={key.id: key}, current=key)


def unlock(data: Path, seal: Seal, secret: Secret) -> Ring:
    """Return the data keys.

    Raises:
        NoKey: the key or passphrase is not the one that sealed the folder.
    """
    wrapping = secret.wrapping(seal.lock)
    found = [_unwrap(data, name, wrapped, wrapping, seal.lock) for name, wrapped in seal.keys.items()]
    keys = {key.id: key for key in found}
    return Ring(keys=keys, current=keys[bytes.fromhex(seal.current)])


def rewrap(seal: Seal, ring: Ring, secret: Secret) -> Seal:
    """Return the sealing with the same data keys under another wrapping key; raises as `Secret.check`."""
    secret.check()
    lock = secret.lock()
    wrapping = secret.wrapping(lock)
    return replace(seal, lock=lock, keys={key.id.hex(): _wrap(key, wrapping, lock) for key in ring.keys.values()})


def renew(seal: Seal, ring: Ring, secret: Secret) -> tuple[Seal, Ring]:
    """Return the sealing with one more data key, which seals from now on, state ROTATING."""
    key = Key.new()
    wrapped = _wrap(key, secret.wrapping(seal.lock), seal.lock)
    seal = replace(seal, state=ROTATING, current=key.id.hex(), keys=seal.keys | {key.id.hex(): wrapped})
    return seal, Ring(keys=ring.keys | {key.id: key}, current=key)


def make(path: Path) -> None:
    """Write a new key into a file that only its owner may read.

    Raises:
        Conflict: there is a file already.
        Unavailable: it cannot be written.
    """
    try:
        place = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict(f"There is a file at {path}: a key is never written over. Choose another name.") from None
    except OSError as error:
        raise Unavailable(f"The key cannot be written to {path}: {error.strerror}. Choose another place.") from error
    with os.fdopen(place, "w") as stream:
        stream.write(os.urandom(32).hex() + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    flush(path.absolute().parent)


def flush(folder: Path) -> None:
    """Force a folder's names to disk."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _read_key(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            mode, text = os.fstat(stream.fileno()).st_mode, stream.read(1000)
        key = bytes.fromhex(text.decode("ascii").strip())
    except OSError as error:
        raise NoKey(f"The key file {path} cannot be read: {error.strerror}. Put it back, or name another.") from error
    except ValueError:
        key = b""
    if len(key) != 32:
        raise NoKey(f"{path} is no key: a key is 64 hex digits. Name the file that `ragbox seal init` made.")
    if mode & 0o077:
        raise NoKey(f"The key file {path} may be read by others. Keep it to yourself: chmod 600 {path}")
    return key


def _place(path: Path) -> str:
    return "standard input" if str(path) == "-" else str(path)


def _read_passphrase(path: Path, *, new: bool) -> str:
    if str(path) == "-":
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\r\n")
        from getpass import getpass

        words = getpass("New passphrase of the data folder: " if new else "Passphrase of the data folder: ")
        if new and getpass("The same again: ") != words:
            raise BadInput("The passphrases that were typed differ. Nothing was changed: begin again.")
        return words
    try:
        with path.open("rb") as stream:
            mode, data = os.fstat(stream.fileno()).st_mode, stream.read(10_000)
    except OSError as error:
        raise NoKey(f"The passphrase file {path} cannot be read: {error.strerror}. Put it back.") from error
    if mode & 0o077:
        raise NoKey(f"The passphrase file {path} may be read by others. Keep it to yourself: chmod 600 {path}")
    return data.decode("utf-8", "surrogateescape").rstrip("\r\n")


def _stretch(passphrase: str, lock: Mapping[str, Any]) -> bytes:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    stretch = Argon2id(
        salt=bytes.fromhex(lock["salt"]), length=32, iterations=lock["passes"], lanes=lock["lanes"],
        memory_cost=lock["memory"],
    )  # fmt: skip
    return stretch.derive(passphrase.encode("utf-8", "surrogateescape"))


def _wrap(key: Key, wrapping: bytes, lock: Mapping[str, Any]) -> str:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(12)
    return b64encode(nonce + AESGCM(wrapping).encrypt(nonce, key.secret, _about(key.id, lock))).decode()


def _unwrap(data: Path, name: str, wrapped: str, wrapping: bytes, lock: Mapping[str, Any]) -> Key:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    found, id = b64decode(wrapped), bytes.fromhex(name)
    try:
        return Key(id=id, secret=AESGCM(wrapping).decrypt(found[:12], found[12:], _about(id, lock)))
    except InvalidTag:
        raise NoKey(
            f"The {lock['kind']} that was given does not open {data}: it is another than the one that sealed it, or "
            f"{FILE} was changed. Nothing was touched. Give the right one."
        ) from None


def _about(id: bytes, lock: Mapping[str, Any]) -> bytes:
    return b"ragbox data key " + id + json.dumps(lock, sort_keys=True).encode()
