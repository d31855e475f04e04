"""Nothing runs at import, and the entry is what Streamlit recognises."""

import ast
from collections.abc import Iterator

from tests.architecture.source import ROOT, Module, modules

#: The modules that are run rather than imported: the script, and what Alembic calls.
RUN = ("pages.shell.script", "db.migrations.env")

DEFINITIONS = (
    ast.Import,
    ast.ImportFrom,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Assign,
    ast.AnnAssign,
)

#: A constant may be built, but not from the clock, the environment, a file or the database.
WORLD = frozenset(
    "open read_text read_bytes getenv environ now today utc_now current connect execute".split()
)


def is_quiet(statement: ast.stmt) -> bool:
    """Whether ``statement`` only defines something."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.If):
        return ast.unparse(statement.test) in {"TYPE_CHECKING", "__name__ == '__main__'"}
    return isinstance(statement, DEFINITIONS)


def test_importing_a_module_runs_nothing() -> None:
    loud = [
        module.at(statement)
        for module in modules()
        if module.name not in RUN
        for statement in module.tree.body
        if not is_quiet(statement)
    ]
    assert loud == []


def test_a_module_that_is_run_only_calls_its_main_function() -> None:
    for module in modules():
        if module.name in RUN:
            loud = [ast.unparse(node) for node in module.tree.body if not is_quiet(node)]
            assert loud in (["main()"], ["run()"]), module.path


def test_constants_are_not_made_from_the_world_around() -> None:
    read = [
        f"{module.at(node)} {ast.unparse(node)}"
        for module in modules()
        for statement in module.tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value
        for node in ast.walk(statement.value)
        if _name_of(node) in WORLD
    ]
    assert read == []


def _name_of(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _app() -> Module:
    (app,) = (module for module in modules() if module.name == "app")
    return app


def _values_of_app() -> Iterator[ast.expr]:
    for statement in _app().tree.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "app":
            yield statement.value


def test_the_entry_binds_app_to_a_literal_call_of_streamlits_application() -> None:
    # Anything else is run as a script, and the gate is silently absent.
    (value,) = _values_of_app()
    assert isinstance(value, ast.Call)
    assert ast.unparse(value.func) == "st.App"
    assert "\napp = st.App(" in (ROOT / "app.py").read_text(encoding="utf-8")


def test_the_entry_names_the_shells_script_by_a_literal_path() -> None:
    (value,) = _values_of_app()
    assert isinstance(value, ast.Call)
    assert ast.literal_eval(value.args[0]) == "pages/shell/script.py"
    assert (ROOT / "pages/shell/script.py").is_file()


def test_the_gate_stands_before_everything() -> None:
    (value,) = _values_of_app()
    assert isinstance(value, ast.Call)
    (chain,) = (word.value for word in value.keywords if word.arg == "middleware")
    assert isinstance(chain, ast.List)
    assert ast.unparse(chain.elts[0]) == "Middleware(Gate)"


def test_streamlit_finds_no_pages_beside_the_script() -> None:
    # A folder "pages" beside the script would be served without st.navigation.
    assert not (ROOT / "pages/shell/pages").exists()
