"""What entries are called, and whether one on disk is as it was written."""

from __future__ import annotations

try:  # where `hashlib` has it from, which loads OpenSSL too: a known verdict would wait for that 4 ms
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b


def key_of(kind: str, content: bytes) -> str:
    """The key of what this content stands for, among others of its kind."""
    return f"{kind}/{blake2b(content, digest_size=32).hexdigest()}"


def checksum(key: bytes, value: bytes) -> bytes:
    """What is stored beside a value, and is right for that very key alone: 16 bytes."""
    found = blake2b(key, digest_size=16)
    found.update(b"\0")
    found.update(value)
    return found.digest()


def is_whole(key: object, value: object, stored: object, stored_s: object, used_s: object) -> bool:
    """Whether a row is as it was written, with the checksum `stored`. If damaged, anything can stand anywhere."""
    return (
        isinstance(key, bytes)
        and isinstance(value, bytes)
        and isinstance(stored_s, int)
        and isinstance(used_s, int)
        and stored == checksum(key, value)
    )
