"""Functions whose results are kept by a decorator and given again for the same arguments."""

from typing import TYPE_CHECKING

from durability.program.links.graph import FunctionKey

if TYPE_CHECKING:
    from durability.program.links.program import Program

_CACHES = frozenset(
    {"cache", "lru_cache", "cached", "cache_data", "cache_resource", "cached_property", "singleton",
     "experimental_singleton", "experimental_memo", "memoize", "alru_cache", "cachedmethod", "ttl_cache"}
)  # fmt: skip


def is_cached(program: "Program", key: FunctionKey) -> bool:
    """Whether a decorator keeps what the function returns."""
    return any(
        program.resolve(decorator.ref, key[0]).name.rsplit(".", 1)[-1] in _CACHES
        or decorator.ref.rsplit(".", 1)[-1] in _CACHES
        for decorator in program.function(key).decorators
    )
