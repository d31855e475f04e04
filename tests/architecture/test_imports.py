"""Who may import whom."""

import sys
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.architecture.source import Module, imported, module_names, modules, used

#: Open to every layer above them.
OPEN = (
    "core.terms",
    "core.errors",
    "core.permissions",
    "core.i18n",
    "core.words",
    "core.messages",
    "core.rule_words",
)

#: What the screens share; the rest of the shell stands above the screens.
SHARED_PARTS = (
    "pages.shell.parts",
    "pages.shell.links",
    "pages.shell.preview",
    "pages.shell.editing",
    "pages.shell.once",
    "pages.shell.watching",
)

#: A module, or everything below a package, and which modules of ours it may import. The longest
#: name that fits decides.
ALLOWED: dict[str, tuple[str, ...]] = {
    "app": ("pages.http", "pages.shell"),
    "core": (),
    "core.terms": (),
    "core.errors": (),
    "core.clock": (),
    "core.settings": (),
    "core.permissions": ("core.terms", "core.errors"),
    "core.i18n": ("core.terms",),
    "core.words": ("core.terms", "core.permissions", "core.i18n"),
    "core.messages": (*OPEN, "core.settings", "core.rules"),
    "core.rule_words": ("core.terms", "core.i18n", "core.rules"),
    "core.encryption": ("core.errors", "core.settings"),
    "core.mail": ("core.terms", "core.settings"),
    "core.store": ("core.errors", "core.settings"),
    "core.rules": ("core.terms", "core.errors", "core.rules"),
    "core.letters": (*OPEN, "core.letters"),
    "core.sheets": (*OPEN, "core.sheets"),
    "core.children": ("core.errors",),
    "core.inspection": ("core.terms", "core.errors", "core.children", "core.inspection"),
    "core.recognition": (
        "core.terms",
        "core.errors",
        "core.children",
        "core.rules",
        "core.recognition",
    ),
    "core.services": (
        *OPEN,
        "core.clock",
        "core.encryption",
        "core.inspection",
        "core.letters",
        "core.mail",
        "core.recognition.run",
        "core.rules",
        "core.services",
        "core.settings",
        "core.sheets",
        "core.store",
        "db",
    ),
    "core.jobs": (*OPEN, "core.services", "core.jobs", "core.clock", "core.settings", "db.engine"),
    "core.commands": (
        *OPEN,
        "core.commands",
        "core.jobs",
        "core.rules",
        "core.services",
        "core.settings",
        "db.engine",
        "db.migrate",
    ),
    "core.__main__": ("core.commands",),
    "db": ("core.terms", "core.permissions", "db"),
    "pages": (*OPEN, "core.rules", "core.services", *SHARED_PARTS),
    "pages.shell": (*OPEN, "core.services", "pages", "pages.http"),
    **dict.fromkeys(SHARED_PARTS, (*OPEN, "core.services", *SHARED_PARTS)),
    "pages.shell.watching": (*OPEN, "pages.shell.identity"),
    "pages.http": (
        *OPEN,
        "core.jobs.runner",
        "core.services",
        "core.settings",
        "pages.http",
        "pages.shell.navigation",
    ),
}

OURS = ("app", "core", "db", "pages")


def is_within(name: str, *places: str) -> bool:
    return any(name == place or name.startswith(place + ".") for place in places)


def own_room(module: Module) -> str:
    """Return the screen a module of ``pages`` belongs to, for a screen may use its own parts."""
    return ".".join(module.name.split(".")[:2]) if module.name.startswith("pages.") else module.name


def allowed_for(name: str) -> tuple[str, ...]:
    return ALLOWED[max((place for place in ALLOWED if is_within(name, place)), key=len)]


def is_screen(module: Module) -> bool:
    return module.name.startswith("pages.") and not is_within(
        module.name, "pages.http", "pages.shell"
    )


def test_each_layer_imports_only_what_stands_below_it() -> None:
    trespasses = []
    for module in modules():
        for target, _name, node in imported(module):
            if not is_within(target, *OURS):
                continue
            allowed = allowed_for(module.name)
            if is_screen(module):
                # One screen may show another inside itself; neither may import the shell's rest.
                allowed = (*allowed, own_room(module), *_screens())
            if not is_within(target, *allowed):
                trespasses.append(f"{module.at(node)} imports {target}")
    assert trespasses == []


def _screens() -> tuple[str, ...]:
    return tuple(module.name for module in modules("pages") if is_screen(module))


def test_the_table_names_only_modules_that_exist() -> None:
    packages = {name.rpartition(".")[0] for name in module_names()} | module_names()
    named = {place for row in ALLOWED.items() for place in (row[0], *row[1])}
    assert named - packages == set()


def test_rules_and_the_vocabulary_need_nothing_but_the_standard_library() -> None:
    foreign = []
    for module in modules("core"):
        if is_within(
            module.name, "core.rules", "core.terms", "core.errors", "core.permissions", "core.clock"
        ):
            foreign += [
                f"{module.at(node)} imports {target}"
                for target, _name, node in imported(module)
                if target.split(".")[0] not in sys.stdlib_module_names | {"core"}
            ]
    assert foreign == []


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("streamlit", ("app", "pages")),
        ("starlette", ("app", "pages.http")),
        ("sqlalchemy", ("core.services", "db")),
        ("alembic", ("db",)),
        ("fpdf", ("core.letters",)),
        ("icalendar", ("core.letters",)),
        ("pikepdf", ("core.inspection", "core.letters")),
        (
            "PIL",
            (
                "core.inspection",
                "core.letters",
                "core.recognition",
                "core.services.demonstration_pictures",
            ),
        ),
        ("rapidocr", ("core.recognition.reader",)),
        ("onnxruntime", ("core.recognition.reader",)),
        ("cv2", ("core.recognition",)),
        ("numpy", ("core.recognition",)),
        ("openpyxl", ("core.sheets", "core.inspection", "core.services.imports")),
        ("phonenumbers", ("core.services",)),
        ("smtplib", ("core.mail",)),
        ("defusedxml", ("core.inspection",)),
        ("cryptography", ("core.encryption",)),
        ("streamlit_authenticator", ("core.services.passwords",)),
    ],
)
def test_a_library_is_used_only_in_its_rooms(library: str, rooms: tuple[str, ...]) -> None:
    strays = [
        f"{module.at(node)} imports {target}"
        for module in modules()
        for target, _name, node in imported(module)
        if is_within(target, library) and not is_within(module.name, *rooms)
    ]
    assert strays == []


def test_the_server_never_loads_the_models() -> None:
    # Only the child imports what reads pictures; the web process starts the child.
    imports = {
        module.name: {target for target, _name, _node in imported(module)} for module in modules()
    }
    seen, waiting = set[str](), {"app", "core.recognition.run"}
    while waiting:
        name = waiting.pop()
        seen.add(name)
        waiting |= {target for target in imports.get(name, ()) if target in imports} - seen
    loaded = set[str]().union(*(imports[name] for name in seen if name in imports))
    assert {"rapidocr", "onnxruntime", "cv2"} & {name.split(".")[0] for name in loaded} == set()


def test_screens_name_what_a_rule_returns_and_never_call_a_rule() -> None:
    called = [
        f"{module.at(node)} takes {name} from {target}"
        for module in modules("pages")
        for target, name, node in used(module)
        if is_within(target, "core.rules") and not name[0].isupper()
    ]
    assert called == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {
        module.name: {
            target
            for target, _name, node in imported(module)
            if target in module_names() and node in module.tree.body and target != module.name
        }
        for module in modules()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" → ".join(circle.args[1]))


def test_the_core_package_is_an_empty_file() -> None:
    (core,) = (module for module in modules("core") if module.name == "core")
    assert core.tree.body == []
