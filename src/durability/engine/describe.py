"""What was scanned, in the words of the report: kind of project, frameworks, stakes."""

from collections.abc import Sequence

from durability.engine.source import Analysed
from durability.engine.stakes import stakes_of
from durability.model import Kind, Project
from durability.program.context import Context
from durability.sources.model import Discovery

_FRAMEWORKS = {
    "fastapi": "FastAPI", "flask": "Flask", "django": "Django", "streamlit": "Streamlit", "gradio": "Gradio",
    "starlette": "Starlette", "aiohttp": "aiohttp", "celery": "Celery", "click": "Click", "typer": "Typer",
    "tornado": "Tornado", "falcon": "Falcon", "discord": "discord.py", "telegram": "python-telegram-bot",
    "pyramid": "Pyramid", "twisted": "Twisted", "sanic": "Sanic", "langchain": "LangChain", "mcp": "MCP",
    "dash": "Dash",
}  # fmt: skip


def describe(name: str, context: Context, analysed: Sequence[Analysed], discovery: Discovery) -> Project:
    """The project as the report names it."""
    first_party = {file.path for file in discovery.files if file.role == "first-party"}
    facts = [item.facts for item in analysed if item.facts is not None and item.path in first_party]
    heads = {imported.path.split(".")[0] for item in facts for imported in item.imports}
    return Project(
        name=name,
        kind=kind_of(context),
        files=len(facts),
        lines=sum(item.lines for item in facts),
        frameworks=tuple(sorted(_FRAMEWORKS[head] for head in heads if head in _FRAMEWORKS)),
        applications=(".",),
        stakes=stakes_of(context),
    )


def kind_of(context: Context) -> Kind:
    """A service answers requests or jobs, an app talks to a person, a library is imported by others."""
    if context.reach.is_library:
        return "library"
    roles = {entry.role for entry in context.entries if not entry.spawned}
    if roles & {"route", "worker"}:
        return "service"
    if roles & {"ui", "bot", "tool"}:
        return "app"
    return "cli" if "cli" in roles else "script"
