"""Nothing in the code is dead: every function, class, constant and field is named by code.

A name counts as used where any module, suite or resource names it; what only tests name is dead.
An option is dead where no call gives it, of tests neither.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from guards.suites import ROOT

PARTS = ("libraries", "sandbox", "runner", "reports")
USERS = (*PARTS, "variables", "bench", "deploy", "focus.py")
SUITES = ("robot", "resources", "examples", "robot.args")
# Called by Robot Framework, by their names.
ROBOT = re.compile(
    r"(start|end)_(suite|test|body_item|(user|library)_keyword)|log_message|get_variables|ROBOT_\w+|__\w+__"
)
# These decorators leave it to the code to use what they decorate; others hand it to a framework.
PLAIN = {"property", "staticmethod", "classmethod", "dataclass", "contextmanager", "cache"}
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _modules(*parts: str) -> Iterator[tuple[Path, list[ast.AST]]]:
    for part in parts:
        for file in [*(ROOT / part).rglob("*.py")] or [ROOT / part]:
            if not file.name.endswith("_pb2.py"):
                yield file, _nodes(file)


@cache
def _nodes(file: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))


def _names(nodes: list[ast.AST]) -> Iterator[str]:
    """All that is read, imported, passed by name or written in a text, but for docstrings."""
    documentation = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name.rpartition(".")[2]
        elif isinstance(node, ast.Constant) and id(node) not in documentation:
            yield from re.findall(r"\w+", str(node.value))


@cache
def _used() -> frozenset[str]:
    used = {name for _file, nodes in _modules(*USERS) for name in _names(nodes)}
    for part in SUITES:
        for file in [*(ROOT / part).rglob("*.r*")] or [ROOT / part]:
            used |= set(re.findall(r"\w+", file.read_text(encoding="utf-8")))
    return frozenset(used)


def _dead(file: Path, nodes: list[ast.AST]) -> Iterator[str]:
    for owner in nodes:
        if isinstance(owner, ast.Module | ast.ClassDef) and not _of_a_framework(owner):
            for node in owner.body:
                for name in _defined(node):
                    if name not in _used() and not ROBOT.fullmatch(name):
                        yield f"{file.relative_to(ROOT)}:{node.lineno} {name}"


def _of_a_framework(owner: ast.Module | ast.ClassDef) -> bool:
    """A class of which a base is not ours: what it defines may be called by that base."""
    return any(ast.unparse(base) not in _own_classes() for base in getattr(owner, "bases", ()))


@cache
def _own_classes() -> frozenset[str]:
    return frozenset(
        node.name
        for _file, nodes in _modules(*PARTS)
        for node in nodes
        if isinstance(node, ast.ClassDef)
    )


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, Definition):
        words = {ast.unparse(each).partition("(")[0] for each in node.decorator_list}
        return [node.name] if words <= PLAIN else []
    targets = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [])
    return [each.id for each in targets if isinstance(each, ast.Name)]


@pytest.mark.parametrize("part", PARTS)
def test_everything_is_used(part: str) -> None:
    dead = [name for file, nodes in _modules(part) for name in _dead(file, nodes)]
    assert dead == [], "delete what no code names"


@cache
def _calls() -> dict[str, list[ast.Call]]:
    """Every call by the name that is called; `partial(f, 1)` is one of `f`."""
    calls = defaultdict(list)
    for _file, nodes in _modules(*USERS, "tests"):
        for node in nodes:
            if isinstance(node, ast.Call):
                calls[_last_name(node.func)].append(node)
                if _last_name(node.func) == "partial":
                    inner = ast.Call(node.args[0], node.args[1:], node.keywords)
                    calls[_last_name(inner.func)].append(inner)
    return calls


def _last_name(node: ast.expr) -> str:
    return getattr(node, "attr", "") or getattr(node, "id", "")


def _options(owner: ast.AST, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """Its parameters with a default that no call gives."""
    is_method = isinstance(owner, ast.ClassDef) and "staticmethod" not in ast.dump(function)
    called = owner.name if function.name == "__init__" else function.name
    positional = [*function.args.posonlyargs, *function.args.args]
    first = len(positional) - len(function.args.defaults)
    named = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    places = {one.arg: at - is_method for at, one in enumerate(positional) if at >= first}
    places |= {one.arg: sys.maxsize for one, default in named if default is not None}
    for option, place in places.items():
        if not any(_gives(call, option, place) for call in _calls()[called]):
            yield f"{called}({option}=)"


def _gives(call: ast.Call, option: str, place: int) -> bool:
    starred = any(isinstance(each, ast.Starred) for each in call.args)
    return starred or len(call.args) > place or any(k.arg in {option, None} for k in call.keywords)


@pytest.mark.parametrize("part", PARTS)
def test_every_option_is_given_by_some_call(part: str) -> None:
    dead = [
        f"{file.relative_to(ROOT)}:{node.lineno} {option}"
        for file, nodes in _modules(part)
        for owner in nodes
        if isinstance(owner, ast.Module | ast.ClassDef) and not _of_a_framework(owner)
        if isinstance(owner, ast.Module) or _defined(owner)
        for node in owner.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _defined(node)
        for option in _options(owner, node)
    ]
    assert dead == [], "make it a constant"
