"""The few tokens of Python that decide how deeply a text nests; everything else is skipped inside one expression.

Where strings begin and end follows LibCST's tokenizer, f-strings included: a string that one sees and the other does
not would hide what nests behind it.
"""

import re
from dataclasses import dataclass

_NUMBER = (
    r"0[xX][0-9a-fA-F_]++|0[oO][0-7_]++|0[bB][01_]++"
    r"|(?:[0-9][0-9_]*+(?:\.[0-9_]*+)?|\.[0-9][0-9_]*+)(?:[eE][-+]?[0-9][0-9_]*+)?[jJ]?"
)
_KEYWORD = r"(?:not|and|or|if|for|lambda|case)\b"
_BREAK = r"\n(?:[ \t\f]*+(?:\#[^\n]*+)?\n)*+"  # with the blank and comment lines that follow
_PREFIX = r"(?:[rR]?[fFtT]|[fFtT][rR])"
_FIRST = "acfilnortFRT"  # what keywords and prefixes begin with
_STRING = (
    r'"""(?:[^"\\]++|\\[\s\S]|"(?!""))*+"""'
    r"|'''(?:[^'\\]++|\\[\s\S]|'(?!''))*+'''"
    r'|"(?!"")(?:[^"\\\n]++|\\[\s\S])*+"'
    r"|'(?!'')(?:[^'\\\n]++|\\[\s\S])*+'"
)
# Fields of names with one call or index: nearly all f-strings have no others, and these nest no deeper than a name.
_FIELD = (
    r"\{[\w.]{1,60}+(?:\[(?:\w{1,30}+|'[\w -]{0,30}+')\]|\([\w., ]{0,40}+\))?+"
    r"(?:![rsa])?+(?::[\w.,%<>^+-]{0,20}+)?+\}"
)
_PLAIN = rf'{_PREFIX}"(?!"")(?:[^"\\\n{{}}]++|\{{\{{|\}}\}}|{_FIELD})*+"'

_NAME = rf"[^\W0-9{_FIRST}]\w*+|(?!{_KEYWORD}|{_PREFIX}[\"'])[{_FIRST}]\w*+"
_SKIPPED = rf"""[^\w"'#\\()\[\]{{}},;:.+\-*/%@&|^~<>\n]++|{_NAME}|{_NUMBER}|\#[^\n]*+|\\[\s\S]?|\.\.\."""
_MARK = rf"[()\[\]{{}},;:.+\-*/%@&|^~<>]|{_BREAK}|{_KEYWORD}"

TOKEN = re.compile(rf"""(?:{_SKIPPED})*+(?:({_MARK})|{_STRING}|{_PLAIN}|({_PREFIX})("{{3}}|'{{3}}|["'])|(["']|\Z))""")
"""Group 1 is a bracket, separator, operator or keyword; groups 2 and 3 are the prefix and the quote of an f-string that
must be followed field by field; group 4 is a quote that nothing closes, or the end; none of them: a whole string."""

_TEXT = {
    False: r"\\(?:N\{?|[\n\\'\"abfnrtvx0-9uU])?+",
    True: r"\\[\\'\"]?+",
}


def _literal(raw: bool, quote: str) -> re.Pattern[str]:
    """What an f-string says outside its fields, up to a field or its end."""
    mark = quote[0]
    newline = "" if len(quote) == 3 else "\\n"
    lone_quote = f"|{mark}(?!{mark * 2})" if len(quote) == 3 else ""
    named = "" if raw else r"\\N\{[^{}\\\n'\"]*+\}|"
    return re.compile(rf"(?:[^{{}}\\{mark}{newline}]++|\{{\{{|\}}\}}|{named}{_TEXT[raw]}{lone_quote})*+")


def _specifier(raw: bool, quote: str) -> re.Pattern[str]:
    """The same after the colon of a field, where braces are never doubled."""
    mark = quote[0]
    newline = "" if len(quote) == 3 else "\\n"
    lone_quote = f"|{mark}(?!{mark * 2})" if len(quote) == 3 else ""
    escaped = _TEXT[True] if raw else r"\\(?:(?![{}])[\s\S])?+"
    return re.compile(rf"(?:[^{{}}\\{mark}{newline}]++|{escaped}{lone_quote})*+")


_QUOTES = ('"""', "'''", '"', "'")
_LITERALS = {(raw, quote): _literal(raw, quote) for raw in (False, True) for quote in _QUOTES}
_SPECIFIERS = {(raw, quote): _specifier(raw, quote) for raw in (False, True) for quote in _QUOTES}


@dataclass(slots=True)
class OpenString:
    """An f-string whose end has not come yet: brackets open in its fields, and format specifiers among them."""

    quote: str
    raw: bool
    brackets: int = 0
    specifiers: int = 0

    @property
    def in_field(self) -> bool:
        """Whether code follows rather than text."""
        return self.brackets > self.specifiers

    def text_end(self, text: str, position: int) -> int:
        """Where the literal text that starts at `position` ends: at a brace, the closing quote, or a mistake."""
        patterns = _SPECIFIERS if self.specifiers else _LITERALS
        match = patterns[self.raw, self.quote].match(text, position)
        return match.end() if match else position

    def take(self, token: str) -> None:
        """Note a bracket or colon inside a field."""
        if token in "([{":
            self.brackets += 1
        elif token in ")]}":
            self.specifiers -= bool(self.specifiers) and not self.in_field
            self.brackets -= 1
        elif token == ":" and self.brackets - self.specifiers == 1:
            self.specifiers += 1
