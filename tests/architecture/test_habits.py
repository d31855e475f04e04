"""What the product's code never does."""

import ast

import pytest

from tests.architecture.source import Module, calls, modules

#: What hands out files without a login, keeps one user's data for another, or shows raw markup.
FORBIDDEN_ON_SCREENS = frozenset(
    "audio cache_data cache_resource components data_editor download_button html image logo map "
    "pdf video".split()
)

#: Readers of the wall clock, by the last two words of the call.
CLOCKS = frozenset(
    "datetime.now datetime.utcnow datetime.today date.today time.time time.time_ns "
    "time.localtime time.gmtime func.now func.current_timestamp func.current_date".split()
)

#: Names under which a module collects what belongs nowhere.
ATTICS = frozenset("utils util helpers helper common manager managers misc".split())


def _uses_of_streamlit(module: Module) -> list[ast.Attribute]:
    return [
        node
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in FORBIDDEN_ON_SCREENS
        and not (isinstance(node.value, ast.Name) and node.value.id in {"self", "image"})
    ]


def test_screens_keep_away_from_what_leaks() -> None:
    found = [
        f"{module.at(node)} {ast.unparse(node)}"
        for module in modules("pages")
        for node in _uses_of_streamlit(module)
    ]
    assert found == []


def test_no_call_lets_raw_markup_through() -> None:
    found = [
        module.at(node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.keyword)
        and node.arg in {"unsafe_allow_html", "unsafe_allow_javascript"}
    ]
    assert found == []


def test_the_wall_clock_is_read_in_one_module_only() -> None:
    found = [
        f"{module.at(call)} {name}"
        for module in modules()
        if module.name != "core.clock"
        for name, call in calls(module)
        if ".".join(name.split(".")[-2:]) in CLOCKS
    ]
    assert found == []


def test_no_module_is_an_attic() -> None:
    found = [
        module.path
        for module in modules() + modules("tests")
        if set(module.name.split(".")[-1].split("_")) & ATTICS
    ]
    assert found == []


def test_nothing_swallows_every_error() -> None:
    wide = [
        module.at(node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or {"Exception", "BaseException"} & _names_in(node.type))
        # What always raises again has swallowed nothing.
        and ast.unparse(node.body[-1]) != "raise"
    ]
    assert wide == []


def _names_in(expression: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("library", ["pickle", "marshal", "shelve", "os.system", "eval", "exec"])
def test_nothing_runs_what_it_was_given(library: str) -> None:
    found = [
        module.at(call)
        for module in modules()
        for name, call in calls(module)
        if name == library or name.startswith(library + ".")
    ]
    assert found == []


def test_screens_catch_nothing_but_our_own_refusals() -> None:
    ours = {"DomainError", "Invalid", "Refused", "NotFound", "Conflict", "OutOfScope"}
    found = [
        module.at(node)
        for module in modules("pages")
        if not module.name.startswith("pages.http")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and (not node.type or _names_in(node.type) - ours)
    ]
    assert found == []


def test_screens_ask_for_a_permission_and_never_for_a_role() -> None:
    found = [
        module.at(node)
        for module in modules("pages")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Compare)
        and any(
            isinstance(part, ast.Attribute) and part.attr == "role"
            for part in (node.left, *node.comparators)
        )
    ]
    assert found == []


#: The widgets that keep a value or a click between runs; a form's own button goes by its form.
KEYED = frozenset(
    "button checkbox chat_input color_picker date_input file_uploader multiselect number_input "
    "pills radio segmented_control selectbox select_slider slider text_area text_input time_input "
    "toggle".split()
)


def _widgets(module: Module) -> list[tuple[str, ast.Call]]:
    return [
        (name, call) for name, call in calls(module) if "." in name and name.split(".")[-1] in KEYED
    ]


def test_every_widget_that_keeps_a_value_has_a_key() -> None:
    found = [
        f"{module.at(call)} {name}"
        for module in modules("pages")
        for name, call in _widgets(module)
        # A keyword without a name is an unpacked mapping, which may hold the key.
        if not {"key", None} & {word.arg for word in call.keywords}
    ]
    assert found == []


def test_the_key_of_a_widget_begins_with_its_screen() -> None:
    # Two screens that use one key would share a value.
    found = [
        f"{module.at(call)} {ast.unparse(key)}"
        for module in modules("pages")
        for _name, call in _widgets(module)
        for key in (word.value for word in call.keywords if word.arg == "key")
        if isinstance(key, ast.Constant | ast.JoinedStr)
        and not _beginning_of(key).startswith((_singular(module), "{"))
    ]
    assert found == []


def _beginning_of(key: ast.expr) -> str:
    return ast.unparse(key).removeprefix("f")[1:]


def _singular(module: Module) -> str:
    room = module.name.split(".")[1]
    return room.removesuffix("s")
