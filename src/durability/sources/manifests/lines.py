"""Where in a manifest something is written: parsers of TOML and INI give values without lines."""

import re

_QUOTED = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'")
_KEY = re.compile(r"[ \t]*[\"']?([\w.-]+)[\"']?[ \t]*=")
_TABLE = re.compile(r"[ \t]*\[[^\]\n]*?([\w-]+)[\"']?[ \t]*\]")


class Lines:
    """First lines of the quoted strings, keys and plain lines of one text; 1 for what is written otherwise."""

    def __init__(self, text: str) -> None:
        self._strings: dict[str, int] = {}
        self._keys: dict[str, int] = {}
        self._plain: dict[str, int] = {}
        for number, line in enumerate(text.split("\n"), start=1):
            for double, single in _QUOTED.findall(line):
                self._strings.setdefault(double or single, number)
            key = _KEY.match(line) or _TABLE.match(line)
            if key:
                self._keys.setdefault(key[1], number)
                self._plain.setdefault(line[key.end() :].strip(), number)
            self._plain.setdefault(line.strip(), number)

    def string(self, value: str) -> int:
        """The line of a string in quotes."""
        return self._strings.get(value, 1)

    def key(self, name: str) -> int:
        """The line of `name = …` or `[….name]`."""
        return self._keys.get(name, 1)

    def plain(self, value: str) -> int:
        """The line that says only this, alone or after `key =`."""
        return self._plain.get(value.strip(), 1)
