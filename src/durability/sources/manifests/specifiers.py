"""Version constraints of other tools as PEP 440 specifiers."""

import re

_LONGEST = 500
_CARET = re.compile(r"(\^|~(?!=))\s*v?(\d+(?:\.\d+)*)\S*")
_CONDA = re.compile(r"(?:[\w.-]+::)?([A-Za-z0-9_][\w.-]*)\s*(.*)")


def poetry_specifier(text: str) -> str:
    """`^1.2` → `>=1.2,<2`, `~1.2` → `>=1.2,<1.3`, `1.2` → `==1.2`, `*` → any; alternatives keep their `||`."""
    if not text.strip() or len(text) > _LONGEST:
        return ""
    return "||".join(_every(part) for part in re.split(r"\|\|?", text))


def conda_requirement(text: str) -> tuple[str, str]:
    """Name and specifier of a conda dependency: `numpy=1.26` admits every 1.26, `==` one version."""
    match = _CONDA.fullmatch(text.strip().split("[")[0].strip())
    if not match:
        return "", ""
    name, version = match[1], match[2].strip()
    if not version or version == "*":
        return name, ""
    if re.match(r"[<>!~]|==", version):
        return name, ",".join(sorted(version.replace(" ", "").split(",")))
    number = re.match(r"=?\s*v?(\d[\w.]*)(\.\*|\*)?", version)
    exact = version.count("=") > 1 and not version.startswith("==")
    if not number:
        return name, ""
    return name, f"=={number[1]}" if exact else f"=={number[1].rstrip('.')}.*"


def _every(text: str) -> str:
    parts = [part for part in re.split(r"\s*,\s*|\s+(?=[<>=!~^])", text.strip()) if part]
    return ",".join(sorted(one for part in parts for one in _single(part)))


def _single(text: str) -> list[str]:
    if text == "*":
        return []
    if match := _CARET.fullmatch(text):
        numbers = [int(item) for item in match[2].split(".")]
        return [f">={match[2]}", f"<{_above(numbers) if match[1] == '^' else _minor_above(numbers)}"]
    if re.match(r"\d|v\d", text):
        return [f"=={text.removeprefix('v')}"]
    if re.match(r"=(?!=)", text):
        return [f"=={text[1:].strip()}"]
    return [text.replace(" ", "")]


def _above(numbers: list[int]) -> str:
    """The next version in which the leftmost number that is not zero changes."""
    for index, number in enumerate(numbers):
        if number or index == len(numbers) - 1:
            return ".".join(str(item) for item in [*numbers[:index], number + 1])
    return "1"


def _minor_above(numbers: list[int]) -> str:
    return ".".join(str(item) for item in [*numbers[:1], numbers[1] + 1]) if len(numbers) > 1 else str(numbers[0] + 1)
