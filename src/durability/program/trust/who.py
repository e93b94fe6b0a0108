"""Words for somebody: names of keys, headers and cookies that say who is asking, and of handlers that log in."""

import re

WHO = re.compile(
    r"^(?:x[-_])?(?:current[-_]|auth[-_]|logged[-_]in[-_])?"
    r"(?:user|user[-_]?id|uid|user[-_]?name|user[-_]?email|email|account[-_]?id|is[-_]?admin|(?:user[-_])?role)$",
    re.IGNORECASE,
)
"""They say who is asking, or what they may do."""

NICKNAME = re.compile(r"^(?:current_)?(?:user|user[-_]?name|role)$", re.IGNORECASE)
"""They may be no more than what somebody wants to be called, unless a login writes them."""

LOGIN = re.compile(r"(?:log|sign)[-_]?in|authenticate", re.IGNORECASE)
"""Handlers and addresses by which people log in."""
