"""Which argument of a call a parameter gets."""

from itertools import takewhile

from durability.facts.model import Call, Function, Value


def argument_for(function: Function, name: str, call: Call) -> Value | None:
    """The value that a call gives to a parameter of the function it calls; None when it gives none or unpacks."""
    named = next((item.value for item in call.arguments if item.keyword == name), None)
    if named is not None:
        return named
    plain = [item for item in function.parameters if item.kind == "positional"]
    static = any(item.ref == "staticmethod" for item in function.decorators)
    if function.owner and not static and plain:
        plain = plain[1:]
    position = next((index for index, item in enumerate(plain) if item.name == name), None)
    before_star = takewhile(lambda item: item.keyword != "*", call.arguments)
    positional = [item.value for item in before_star if item.keyword == ""]
    if position is None or position >= len(positional):
        return None
    return positional[position]
