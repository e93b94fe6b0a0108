"""Brace expansion and the distributions of import names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from durability.knowledge import knowledge
from durability.knowledge.names import expand, normal

NAME = st.from_regex(r"[a-z]{1,4}", fullmatch=True)


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("requests.get", ("requests.get",)),
        ("requests.{get,post}", ("requests.get", "requests.post")),
        ("{a,b}.{c,d}", ("a.c", "a.d", "b.c", "b.d")),
        ("a.{b,c.{d,e}}.f", ("a.b.f", "a.c.d.f", "a.c.e.f")),
        ("a.{ b , c }", ("a.b", "a.c")),
        ("", ("",)),
    ],
)
def test_braces_expand(pattern: str, names: tuple[str, ...]) -> None:
    assert expand(pattern) == names


@pytest.mark.parametrize("pattern", ["a.{b", "a.b}", "{{a}", "a}{b"])
def test_braces_that_do_not_match_are_an_error(pattern: str) -> None:
    with pytest.raises(ValueError, match="braces do not match"):
        expand(pattern)


@given(st.lists(st.lists(NAME, min_size=1, max_size=4), min_size=1, max_size=4))
def test_as_many_names_as_choices(parts: list[list[str]]) -> None:
    names = expand(".".join("{" + ",".join(choices) + "}" for choices in parts))
    expected = 1
    for choices in parts:
        expected *= len(choices)
    assert len(names) == expected
    assert names[0] == ".".join(choices[0] for choices in parts)


@pytest.mark.parametrize(
    ("imported", "distribution"),
    [
        ("yaml", "PyYAML"),
        ("cv2", "opencv-python"),
        ("PIL.Image", "pillow"),
        ("google.generativeai.types", "google-generativeai"),
        ("google.genai", "google-genai"),
        ("google.cloud.storage", "google-cloud-storage"),
        ("google.cloud.something_new", "google-cloud-core"),
        ("langchain_openai.chat_models", "langchain-openai"),
        ("requests", "requests"),
        ("never_heard_of.it", "never-heard-of"),
    ],
)
def test_the_longest_known_prefix_names_the_distribution(imported: str, distribution: str) -> None:
    assert knowledge().distribution_of(imported) == distribution


def test_alternatives_bring_the_same_import() -> None:
    assert {"psycopg2-binary", "psycopg2"} <= set(knowledge().distributions_of("psycopg2"))


@given(st.text(alphabet="aB._-", max_size=12))
def test_normal_names_are_stable(name: str) -> None:
    assert normal(normal(name)) == normal(name)
