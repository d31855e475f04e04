"""The product's own source as syntax trees, for the tests that keep its shape."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("core", "db", "pages")


@dataclass(frozen=True)
class Module:
    """One Python file: its dotted name, its path below the root, and its tree."""

    name: str
    path: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """Return the package the module's relative names would start from."""
        return self.name if self.path.endswith("__init__.py") else self.name.rpartition(".")[0]

    def at(self, node: ast.AST) -> str:
        """Return where ``node`` stands, as an editor opens it."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


def _read(path: Path) -> Module:
    below = path.relative_to(ROOT)
    parts = below.with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, below.as_posix(), ast.parse(path.read_text(encoding="utf-8")))


@cache
def modules(*packages: str) -> tuple[Module, ...]:
    """Return every module of ``packages``, or of the whole product with ``app.py``."""
    paths = [path for name in packages or PACKAGES for path in (ROOT / name).rglob("*.py")]
    if not packages:
        paths.append(ROOT / "app.py")
    return tuple(_read(path) for path in sorted(paths))


@cache
def module_names() -> frozenset[str]:
    """Return the dotted names of every module of the product."""
    return frozenset(module.name for module in modules())


def imported(module: Module) -> Iterator[tuple[str, str | None, ast.stmt]]:
    """Yield every import anywhere in ``module``: the module, the name taken from it, the place.

    ``from core import clock`` counts as the module ``core.clock`` with no name taken.
    """
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, None, node
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, node)
            for alias in node.names:
                if f"{base}.{alias.name}" in module_names():
                    yield f"{base}.{alias.name}", None, node
                else:
                    yield base, alias.name, node


def used(module: Module) -> Iterator[tuple[str, str, ast.AST]]:
    """Yield what ``module`` uses of other modules of ours: the module, the name, the place.

    A name reached through its module (``clock.today``) counts as one that was imported.
    """
    whole: dict[str, str] = {}
    for target, name, node in imported(module):
        if name is not None:
            yield target, name, node
        elif isinstance(node, ast.Import | ast.ImportFrom):
            last = target.rpartition(".")[2]
            given = {alias.name.rpartition(".")[2]: alias.asname for alias in node.names}
            whole[given.get(last) or last] = target
    for use in ast.walk(module.tree):
        if isinstance(use, ast.Attribute) and isinstance(use.value, ast.Name):
            target = whole.get(use.value.id, "")
            if target in module_names():
                yield target, use.attr, use


def _base(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.package.split(".")
    kept = parts[: len(parts) - node.level + 1]
    return ".".join([*kept, *filter(None, [node.module])])


def calls(module: Module) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call in ``module`` with the dotted text of what is called."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the public functions ``module`` defines at its top."""
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name[0] != "_":
            yield node


def tracked_files() -> tuple[str, ...]:
    """Return the files of the project: what git tracks, and what is new and not ignored."""
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    names = sorted(set(filter(None, listing.split("\0"))))
    return tuple(name for name in names if (ROOT / name).is_file())
