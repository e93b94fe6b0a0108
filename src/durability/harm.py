"""What a failure mode does to people, for the order in which equally severe ones are told."""

from collections.abc import Iterable

_LETS_IN = frozenset({22, 78, 89, 94, 250, 287, 290, 306, 345, 347, 434, 639, 798, 862, 918})
_MISLEADS = frozenset({20, 362, 367, 390, 392, 393, 460, 636, 662, 703, 755, 820, 841, 1426})

WORST = 0
LEAST = 2


def harm(weaknesses: Iterable[int]) -> int:
    """How far a failure mode reaches, by its CWE numbers: 0 lets strangers in, 1 leaves what is stored, paid or
    believed wrong, 2 keeps people waiting or out.
    """
    found = set(weaknesses)
    return WORST if found & _LETS_IN else 1 if found & _MISLEADS else LEAST
