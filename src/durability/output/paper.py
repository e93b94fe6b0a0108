"""What a report for people is written on, and which characters may stand there."""

from msgspec import Struct

from durability.output.escape import plain

# Beyond these, lines are hard to read or tables do not fit.
NARROWEST, WIDEST = 60, 100

_ASCII = str.maketrans(
    {
        "…": "...", "–": "-", "—": "-", "−": "-", "·": ";", "×": "x", "\u2018": "'", "’": "'", "“": '"', "”": '"',
        "→": "->", "≤": "<=", "≥": ">=", "\u00a0": " ",
    }
)  # fmt: skip


class Paper(Struct, frozen=True):
    """Columns there are, whether colours may be used, and whether characters beyond ASCII may."""

    width: int = WIDEST
    color: bool = False
    unicode: bool = True

    @property
    def columns(self) -> int:
        """Columns to fill."""
        return max(NARROWEST, min(self.width, WIDEST))

    def text(self, text: str) -> str:
        """The text, made harmless, in characters that can be written here."""
        shown = plain(text)
        if self.unicode:
            return shown
        return shown.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")
