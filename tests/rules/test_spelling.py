"""Verdicts hang on what a program does, not on how its text is spelt (property P8 and part of P9)."""

import re

import libcst as cst
from libcst.metadata import FunctionScope, MetadataWrapper, ScopeProvider

from durability.facts.literals import is_secret_name
from durability.sources.text import decode


def seen(sites, shift=0):
    """What must not change from one spelling to another."""
    return [(site.place.path, site.place.line - shift, site.outcome, site.message, site.fingerprint) for site in sites]


def rewritten(files, change):
    return {path: change(text) if path.endswith(".py") else text for path, text in files.items()}


def test_line_ends_and_a_byte_order_mark_change_nothing(case, judged):
    expected = seen(judged(case.rule, case.files))
    for newline, mark in ((b"\r\n", b""), (b"\r", b""), (b"\n", b"\xef\xbb\xbf"), (b"\r\n", b"\xef\xbb\xbf")):
        files = rewritten(
            case.files, lambda text, ends=newline, bom=mark: decode(bom + text.encode().replace(b"\n", ends))
        )
        assert seen(judged(case.rule, files)) == expected


def test_tabs_change_nothing(case, judged):
    assert seen(judged(case.rule, rewritten(case.files, _tabbed))) == seen(judged(case.rule, case.files))


def _tabbed(text):
    return re.sub(r"^(?: {4})+", lambda match: "\t" * (len(match[0]) // 4), text, flags=re.MULTILINE)


def test_blank_lines_above_move_it_and_change_nothing(case, judged):
    shift = 0 if case.rule.info.repository else 2
    moved = judged(case.rule, rewritten(case.files, lambda text: "\n\n" + text))
    assert seen(moved, shift) == seen(judged(case.rule, case.files))


# --- comments ---------------------------------------------------------------------------------------------------------


class _Remarks(cst.CSTTransformer):
    """Ends every line that has no comment with one that speaks of protections."""

    def leave_TrailingWhitespace(self, original_node, updated_node):
        if updated_node.comment is not None:
            return updated_node
        remark = cst.Comment("# timeout limit retry handled validated")
        return updated_node.with_changes(whitespace=cst.SimpleWhitespace("  "), comment=remark)


def test_comments_protect_nothing(case, judged):
    commented = rewritten(case.files, lambda text: cst.parse_module(text).visit(_Remarks()).code)
    assert seen(judged(case.rule, commented)) == seen(judged(case.rule, case.files))


# --- names ------------------------------------------------------------------------------------------------------------


class _Renamed(cst.CSTTransformer):
    """Gives every local variable another name. Names of secrets mean something to rules and stay."""

    def __init__(self, scopes):
        self.renamed = set()
        for scope in {scope for scope in scopes.values() if isinstance(scope, FunctionScope)}:
            variables = [item for item in scope.assignments if isinstance(getattr(item, "node", None), cst.Name)]
            others = {item.name for item in scope.assignments} - {item.name for item in variables}
            for item in variables:
                if item.name not in others and not is_secret_name(item.name):
                    self.renamed.add(item.node)
                    self.renamed.update(access.node for access in item.references)

    def leave_Name(self, original_node, updated_node):
        if original_node not in self.renamed:
            return updated_node
        return updated_node.with_changes(value=f"{updated_node.value}_1")


def _renamed(text):
    wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    return wrapper.module.visit(_Renamed(wrapper.resolve(ScopeProvider))).code


def test_the_renaming_renames_locals_and_nothing_else():
    text = "x = y\ndef f(p, q):\n    for a in p:\n        b = a.a\n    with x as c:\n        return q(b=b, c=c), x\n"
    expected = (
        "x = y\ndef f(p, q):\n    for a_1 in p:\n        b_1 = a_1.a\n    with x as c_1:\n"
        "        return q(b=b_1, c=c_1), x\n"
    )
    assert _renamed(text) == expected


def test_names_of_locals_change_nothing(case, judged):
    found = judged(case.rule, rewritten(case.files, _renamed))
    expected = judged(case.rule, case.files)
    assert [(s.place.path, s.place.line, s.outcome) for s in found] == [
        (s.place.path, s.place.line, s.outcome) for s in expected
    ]
