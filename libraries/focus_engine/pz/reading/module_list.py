"""The list of modules in a Python file, read from its syntax tree. The file is never executed."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from focus_engine.checks.finding import Finding, finding
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.pz.codes import PzCode
from focus_engine.pz.profile_file import ListKind, ListRule
from focus_engine.reading.document import decode

_BIND_ANYTHING = frozenset(
    {"exec", "eval", "globals", "locals", "vars", "setattr", "__dict__", "*"}  # * is an import's
)

_ENDING = frozenset({"exit", "_exit", "quit", "abort"})
_ENCODING = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.MULTILINE | re.ASCII)
_AS_READ = frozenset({"utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii"})


@dataclass(frozen=True)
class Module:
    """A module name and the 1-based line that lists it."""

    name: str
    line: int


@dataclass(frozen=True)
class ModuleList:
    """What the file lists. `findings` tell what could not be read from the syntax alone.

    `unread` is why nothing is known of the list.
    """

    file: str
    modules: tuple[Module, ...]
    findings: tuple[Finding, ...]
    unread: Finding | None = None

    @classmethod
    def failed(cls, file: str, *findings: Finding) -> "ModuleList":
        return cls(file, (), findings, findings[-1])

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(module.name for module in self.modules))


def read_modules(content: bytes, file: str, rules: Sequence[ListRule]) -> ModuleList:
    """The modules that `rules` find in the source `content`."""
    text, found = decode(content, file)
    if not text:
        return ModuleList.failed(file, *found)
    reader = _Reader(file, text.splitlines())
    try:
        tree = ast.parse(_declared_as_read(text))
        for rule in rules:
            reader.read(tree, rule)
        reader.find_ends(tree)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        message = f"{file} is not valid Python: {getattr(error, 'msg', error)}."
        fault = finding(PzCode.SYNTAX, message, file=file, line=line)
        return ModuleList.failed(file, *found, fault)
    except (RecursionError, MemoryError):  # the parser tells the end of its stack as the latter
        fault = finding(PzCode.TOO_DEEP, f"{file} nests too deep.", file=file)
        return ModuleList.failed(file, *found, fault)
    modules = tuple(reader.modules)
    findings = (*found, *reader.findings, *_twice(file, modules))
    undefined = (each for each in findings if each.code == PzCode.NO_MODULE_LIST.id)
    return ModuleList(file, modules, findings, next(undefined, None))


def _declared_as_read(text: str) -> str:
    """`text`. Raises UndecodableError where its first lines name a code that Python reads it in."""
    head = "\n".join(text.splitlines()[:2])
    named = _ENCODING.search(head)
    if named and named[1].lower().replace("_", "-") not in _AS_READ:
        raise UndecodableError(f"it declares the code {named[1][:40]}; save it as UTF-8")
    return text


class _Reader:
    def __init__(self, file: str, source: Sequence[str]) -> None:
        self.file = file
        self._source = source
        self.modules: list[Module] = []
        self.findings: list[Finding] = []

    def read(self, tree: ast.Module, rule: ListRule) -> None:
        nodes = list(_definitions(tree, rule))
        if not nodes:
            message = f"{self.file} defines no {rule.kind.value} '{rule.name}'."
            self.findings.append(
                finding(PzCode.NO_MODULE_LIST, message, file=self.file, expected=rule.name)
            )
        for node in nodes:
            self._collect(node)

    def find_ends(self, tree: ast.Module) -> None:
        """Note statements of the module that may keep whoever imports it from having the list."""
        for statement in tree.body:
            if _ends(statement):
                code = self._source[statement.lineno - 1].strip()[:80]
                message = f"'{code}' may end the import of the file, and nobody has the list then."
                self.findings.append(
                    finding(
                        PzCode.DYNAMIC_MODULES,
                        message,
                        file=self.file,
                        line=statement.lineno,
                        seen=code,
                    )
                )

    def _collect(self, node: ast.AST) -> None:
        match node:
            case ast.Constant(value=str(name)):
                self.modules.append(Module(name, node.lineno))
            case ast.List() | ast.Tuple() | ast.Set():
                for item in node.elts:
                    self._collect(item)
            case ast.Dict():
                self._collect_keys(node)
            case ast.BinOp(op=ast.Add()) if not _is_text(node):
                self._collect(node.left)
                self._collect(node.right)
            case _:
                self._dynamic(node)

    def _collect_keys(self, node: ast.Dict) -> None:
        for key in node.keys:
            if key is None:  # {**other}
                self._dynamic(node)
            else:
                self._collect(key)

    def _dynamic(self, node: ast.AST) -> None:
        line = getattr(node, "lineno", None)
        code = self._source[line - 1].strip()[:80] if line else type(node).__name__
        message = f"'{code}' is computed when the file runs, so the list is not complete."
        self.findings.append(
            finding(PzCode.DYNAMIC_MODULES, message, file=self.file, line=line, seen=code)
        )


def _definitions(tree: ast.Module, rule: ListRule) -> Iterator[ast.AST]:
    """The syntax that gives the names of `rule`: expressions, or statements that are dynamic."""
    if rule.kind is ListKind.ASSIGN:
        yield from _assigned(tree, rule.name)
    elif rule.kind is ListKind.CLASS:
        yield from _class_values(tree, rule.name)
    else:
        yield from _imported(tree, rule.name)


def _assigned(tree: ast.Module, name: str) -> Iterator[ast.AST]:
    """The values given to `name` by plain statements of the module.

    Whatever else touches it, or gives it a second value, is yielded as a statement: what it leaves
    is known at run time only.
    """
    known = False
    for statement in tree.body:
        value = _value_for(statement, name)
        replaces = isinstance(statement, ast.Assign | ast.AnnAssign)
        if value is not None and not (known and replaces):
            known = True
            yield value
        elif any(_may_bind(node, name) for node in ast.walk(statement)):
            yield statement


def _value_for(statement: ast.stmt, name: str) -> ast.expr | None:
    match statement:
        case ast.Assign(targets=[target], value=value) if _is(target, name):
            return value
        case ast.AnnAssign(target=target, value=ast.expr() as value) if _is(target, name):
            return value
        case ast.AugAssign(target=target, op=ast.Add(), value=value) if _is(target, name):
            return value
    return None


def _class_values(tree: ast.Module, name: str) -> Iterator[ast.AST]:
    """The values of the attributes of class `name`; what may change them as a statement."""
    known = False
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef) and statement.name == name and not known:
            known = True
            yield from _attributes(statement)
        elif _may_change(statement, name):
            yield statement


def _attributes(node: ast.ClassDef) -> Iterator[ast.AST]:
    """The value of each attribute that is given once; every other statement is dynamic."""
    if node.keywords or not all(_is(each, "unique") for each in node.decorator_list):
        yield node
    given: set[str] = set()
    for statement in node.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=attribute)], value=value)
                | ast.AnnAssign(target=ast.Name(id=attribute), value=ast.expr() as value)
            ) if attribute not in given:
                given.add(attribute)
                yield value
            case ast.FunctionDef(name=attribute) if attribute not in given:
                given.add(attribute)
            case ast.Pass() | ast.Expr(value=ast.Constant()) | ast.AnnAssign(value=None):
                continue
            case _:
                yield statement


def _may_change(statement: ast.stmt, name: str) -> bool:
    """Whether it does more with a class than to read its attributes."""
    read = [
        node.value
        for node in ast.walk(statement)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Load)
        and _is(node.value, name)
    ]
    return any(_may_bind(node, name) for node in ast.walk(statement) if node not in read)


def _imported(tree: ast.Module, prefix: str) -> Iterator[ast.AST]:
    """The names that the module imports; an import that need not be executed is dynamic."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module), names=[ast.alias(name="*")]) if (
                f"{module}.".startswith(f"{prefix}.")
            ):
                yield node
                continue
            case ast.Import(names=names):
                full = [alias.name for alias in names]
            case ast.ImportFrom(module=str(module), names=names):
                full = [f"{module}.{alias.name}" for alias in names]
            case _:
                continue
        counted = [name for name in full if name == prefix or name.startswith(f"{prefix}.")]
        if counted and node not in tree.body:
            yield node
            continue
        for name in counted:
            yield ast.Constant(value=name, lineno=node.lineno, col_offset=0)


def _may_bind(node: ast.AST, name: str) -> bool:
    """Whether `node` names `name` in any way of the language, or may bind what nobody can read."""
    if isinstance(node, ast.Constant):  # a text binds nothing by itself
        return False
    values = [value for _, value in ast.iter_fields(node)]
    several = [each for value in values if isinstance(value, list) for each in value]
    told = {each.partition(".")[0] for each in (*values, *several) if isinstance(each, str)}
    return bool(told & {name, *_BIND_ANYTHING})


def _ends(statement: ast.stmt) -> bool:
    """Whether it raises, or calls what ends the process."""
    match statement:
        case ast.Raise() | ast.Assert():
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name))):
            return name in _ENDING
    return False


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_text(node: ast.AST) -> bool:
    """Whether an addition joins texts: it names one module, which nobody computed here."""
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) or _is_text(node.right)
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _twice(file: str, modules: Sequence[Module]) -> Iterator[Finding]:
    seen: set[str] = set()
    for module in modules:
        if module.name in seen:
            message = f"module '{module.name}' is listed twice."
            yield finding(
                PzCode.MODULE_TWICE, message, file=file, line=module.line, seen=module.name
            )
        seen.add(module.name)
