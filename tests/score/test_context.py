"""What a declared context relaxes."""

from itertools import product

import pytest

from durability.model import LEVELS
from durability.score import Context, lens_factors, target_level

STRICTER = {
    "users": ("self", "team", "public", None),
    "data": ("none", "personal", "financial", "health", None),
    "lifetime": ("weeks", "months", "years", None),
    "peak_requests_per_minute": (1, 10, 11, 300, 301, None),
}
EVERY = [dict(zip(STRICTER, values, strict=True)) for values in product(*STRICTER.values())]


@pytest.mark.parametrize("key", sorted(STRICTER))
def test_no_key_made_stricter_relaxes_anything(key):
    for declared in EVERY:
        loose = Context(**declared)
        for value in STRICTER[key][STRICTER[key].index(declared[key]) :]:
            strict = Context(**{**declared, key: value})
            before, after = lens_factors(loose), lens_factors(strict)
            assert all(before[lens] <= after[lens] for lens in before)
            assert LEVELS.index(target_level(loose)) <= LEVELS.index(target_level(strict))


def test_undeclared_is_the_strictest():
    assert set(lens_factors(Context()).values()) == {1.0}
    assert target_level(Context()) == "production"


@pytest.mark.parametrize(
    ("declared", "lens", "factor"),
    [
        ({"peak_requests_per_minute": 10}, "scale", 0.4),
        ({"peak_requests_per_minute": 300}, "scale", 0.7),
        ({"peak_requests_per_minute": 301}, "scale", 1.0),
        ({"lifetime": "weeks"}, "time", 0.4),
        ({"lifetime": "months"}, "time", 0.7),
        ({"users": "self", "data": "none"}, "blindspot", 0.4),
        ({"users": "self", "data": "personal"}, "blindspot", 0.7),
        ({"users": "team", "data": "personal"}, "blindspot", 0.7),
        ({"users": "team", "data": "health"}, "blindspot", 1.0),
        ({"users": "self"}, "blindspot", 1.0),
    ],
)
def test_each_lens_weighs_by_its_own_key(declared, lens, factor):
    assert lens_factors(Context(**declared))[lens] == factor


def test_something_for_oneself_without_data_need_only_be_a_pilot():
    assert target_level(Context(users="self", data="none")) == "pilot"
    assert target_level(Context(users="team", data="personal", lifetime="months")) == "pilot"
    assert target_level(Context(users="team", data="personal")) == "production"
