"""Addresses as text: parts joined, regular expressions made plain."""

import re

_GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


def joined(prefix: str, path: str) -> str:
    """Two parts of an address as one, with single slashes."""
    if not prefix or not path:
        return prefix or path
    return f"{prefix.rstrip('/')}/{path.lstrip('/')}" if path.startswith("/") or prefix.endswith("/") else prefix + path


def plain_address(text: str) -> str:
    """An address as people write it: regular expressions become named parts, one slash in front."""
    if text.startswith("^") or "(?P<" in text or text.endswith("$"):
        text = _GROUP.sub(r"<\1>", text).replace("^", "").replace("$", "").replace("\\", "").replace("/?", "/")
    return "/" + re.sub(r"/{2,}", "/", text).lstrip("/")
