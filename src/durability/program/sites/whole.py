"""Sites that are no statement: literals, distributions, implied packages, the project."""

import re
from typing import TYPE_CHECKING

from durability.facts.model import Span, Text
from durability.knowledge.rows import Implied
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name
from durability.program.sites.call import CallSite
from durability.program.sites.place import Site

if TYPE_CHECKING:
    from durability.program.context import Context

_NEAR = 12
"""Lines between a change of the search path and an import that it is meant for."""
_AT_HOME = re.compile(r"(?:^|[\W_])(?:debug|dev\w*|demo|local|tests?|testing|fixtures?)(?:$|[\W_])", re.IGNORECASE)


class TextSite(Site):
    """A literal that is an address, a path, a key shape, or given to a secret-like name."""

    def __init__(self, context: "Context", path: str, fact: Text) -> None:
        super().__init__(context, (path, fact.function), fact.block, fact.span, f"text {fact.bound}")
        self.fact = fact
        self.text = fact.text
        self.bound = fact.bound
        self.where = fact.where

    @property
    def call(self) -> CallSite | None:
        """The call it is an argument of."""
        return self.context.call(self.path, self.fact.call) if self.fact.call >= 0 else None

    @property
    def stands_alone(self) -> bool:
        """Whether it is a documentation string or some other text that is given to nothing."""
        return self.where == "other" and self.fact.call < 0 and not self.context.is_used(self.path, self.text)

    @property
    def is_setting_default(self) -> bool:
        """Whether it is the default of a field of a class that is read from the environment."""
        return self.where == "assign" and self.context.in_settings_class(self.path, self.block)

    @property
    def for_development(self) -> bool:
        """Whether its file, its function or a test there says that this is for the machine of a developer only."""
        blocks = self.program.files[self.path].blocks
        tests = (blocks[index].value for index in self.program.blocks_in(self.key) if blocks[index].kind == "if")
        said = [self.path.removesuffix(".py"), self.function.name]
        said += [plain_name(part) or part.text for value in tests if value is not None for part in value.walk()]
        return any(_AT_HOME.search(text) for text in said)

    @property
    def beside(self) -> dict[str, str]:
        """The texts of the dict literal that it is a value of, by their keys; empty when it is in none."""
        facts = self.program.files[self.path]
        given = [item.value for item in facts.assigns if item.function == self.key[1]]
        given += [argument.value for call in facts.calls for argument in call.arguments if call.function == self.key[1]]
        for value in given:
            for part in value.walk() if value is not None else ():
                pairs = dict(zip(part.parts[::2], part.parts[1::2], strict=False)) if part.kind == "dict" else {}
                texts = {key.text: held.text for key, held in pairs.items() if key.kind == held.kind == "text"}
                if texts.get(self.bound) == self.text:
                    return texts
        return {}

    @property
    def is_route(self) -> bool:
        """Whether it is the path of a route."""
        call = self.call
        return call is not None and bool(self.program.library.entry(call.name))


class DistributionSite(Site):
    """A third-party distribution that first-party code imports, at its first import."""

    def __init__(self, context: "Context", path: str, span: Span, name: str, module: str, guarded: str) -> None:
        super().__init__(context, (path, 0), 0, span, f"import {module}")
        self.distribution = name
        self.module = module
        self.guarded = guarded == "guarded"

    @property
    def is_hidden(self) -> bool:
        """Whether every import of it stands inside a function, so that the program starts without it."""
        live = (path for path in self.context.judged_paths() if self.context.reach.of((path, 0)).weight > 0.0)
        heads = [item for path in live for item in self.program.files[path].imports]
        same = [item for item in heads if item.path.split(".")[0] == self.module.split(".")[0]]
        return all(item.function != 0 for item in same)

    @property
    def found_by_path(self) -> bool:
        """Whether the file that imports it changes the search path first: it may lie anywhere."""
        calls = self.program.files[self.path].calls
        changes = (call for call in calls if call.ref in ("sys.path.insert", "sys.path.append"))
        return any(call.span[0] <= self.line and self.line - call.span[0] < _NEAR for call in changes)


class ImpliedSite(Site):
    """A use of something that needs a distribution which nobody imports; the first such use."""

    def __init__(self, context: "Context", key: FunctionKey, span: Span, row: Implied) -> None:
        super().__init__(context, key, 0, span, f"needs {row.needs[0]} for {row.name}")
        self.row = row


class ProjectSite(Site):
    """The project as a whole; shown at its manifest or first entry point."""

    def __init__(self, context: "Context", path: str) -> None:
        super().__init__(context, (path, 0), 0, (1, 1, 1, 1), "project")
