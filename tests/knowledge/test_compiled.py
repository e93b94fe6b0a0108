"""The compiled file and the TOML tables say the same."""

from durability.knowledge import knowledge
from durability.knowledge.compiler import COMPILED, FOLDER, digest, encode, read_tables


def test_compiled_file_is_what_the_tables_compile_to() -> None:
    assert COMPILED.read_bytes() == encode(read_tables()), "run python -m durability.knowledge"


def test_loaded_tables_carry_the_digest_of_the_toml() -> None:
    assert knowledge().digest == digest(FOLDER.glob("*.toml"))
