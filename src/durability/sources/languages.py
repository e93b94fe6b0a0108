"""How much of a project is written in something other than Python, by file name."""

from durability.sources.opening import Unreadable, read_bytes

_LANGUAGES: dict[str, str] = {
    ".js": "JavaScript", ".jsx": "JavaScript", ".mjs": "JavaScript", ".cjs": "JavaScript",
    ".ts": "TypeScript", ".tsx": "TypeScript", ".mts": "TypeScript", ".cts": "TypeScript",
    ".vue": "Vue", ".svelte": "Svelte", ".html": "HTML", ".htm": "HTML", ".css": "CSS", ".scss": "CSS",
    ".sass": "CSS", ".less": "CSS", ".go": "Go", ".rs": "Rust", ".java": "Java", ".kt": "Kotlin", ".kts": "Kotlin",
    ".scala": "Scala", ".rb": "Ruby", ".php": "PHP", ".c": "C", ".h": "C", ".cc": "C++", ".cpp": "C++",
    ".cxx": "C++", ".hpp": "C++", ".hh": "C++", ".cs": "C#", ".swift": "Swift", ".m": "Objective-C",
    ".mm": "Objective-C", ".dart": "Dart", ".r": "R", ".jl": "Julia", ".lua": "Lua", ".pl": "Perl", ".pm": "Perl",
    ".ex": "Elixir", ".exs": "Elixir", ".erl": "Erlang", ".clj": "Clojure", ".hs": "Haskell", ".ml": "OCaml",
    ".sh": "Shell", ".bash": "Shell", ".zsh": "Shell", ".ps1": "PowerShell", ".bat": "Batch", ".sql": "SQL",
    ".pyx": "Cython", ".pxd": "Cython", ".sol": "Solidity", ".zig": "Zig", ".groovy": "Groovy", ".tf": "HCL",
}  # fmt: skip
_MADE = (".min.js", ".min.css", ".bundle.js", ".d.ts", ".min.mjs")


def language_of(name: str) -> str | None:
    """The language a file name stands for; None for Python, data, and what a build made."""
    lowered = name.lower()
    dot = lowered.rfind(".")
    if dot < 0 or lowered.endswith(_MADE):
        return None
    return _LANGUAGES.get(lowered[dot:])


def lines_of(path: str, limit: int) -> int:
    """Lines of a file; 0 for one that cannot be read or is longer than `limit` bytes, since nobody wrote that."""
    try:
        data = read_bytes(path, limit)
    except Unreadable:
        return 0
    return 0 if len(data) > limit else data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
