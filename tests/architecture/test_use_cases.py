"""Every use case asks for a permission, and screens call nothing else."""

import ast

from tests.architecture.source import Module, functions, modules, used

#: The rooms of the services that decide who may: they take an actor and are not use cases.
DECIDERS = ("guard", "audit", "scope", "versions")

#: Open before or without a permission, each for its reason: nobody is signed in yet, the server or
#: a command acts by itself, or the answer is the same for everybody.
WITHOUT_PERMISSION = {
    "core.services.custody_list": {"custody_filter", "query_of"},
    "core.services.calendar_files": {"calendar_file"},
    "core.services.demonstration": {"fill_demonstration", "is_demonstration"},
    "core.services.health": {"is_database_reachable"},
    "core.services.house": {"time_zone", "today"},
    "core.services.login_sessions": {
        "actor_of_session",
        "dead_among",
        "identify",
        "language_of_session",
    },
    "core.services.moment": {"one_moment"},
    "core.services.names": {"name_of"},
    "core.services.people_query": {"people_filter", "query_of"},
    "core.services.search": {"is_long_enough"},
    "core.services.reference": {"load_reference_data"},
    "core.services.passwords": {"warm_up"},
    "core.services.sign_in": {"sign_in"},
    "core.services.startup": {"close_database", "open_database"},
    "core.services.users": {"create_first_administrator"},
}


def _services() -> tuple[Module, ...]:
    return tuple(
        module
        for module in modules("core")
        if module.name.startswith("core.services.") and module.name.split(".")[-1] not in DECIDERS
    )


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    return [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]


def _is_guarded(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    # The outermost decorator, so that nothing runs before the permission is asked.
    return bool(function.decorator_list) and ast.unparse(function.decorator_list[0]).startswith(
        "requires(Permission."
    )


def test_who_acts_for_somebody_asks_for_a_permission() -> None:
    open_doors = [
        f"{module.at(function)} {function.name}"
        for module in _services()
        for function in functions(module)
        if _parameters(function)[:1] == ["actor"] and not _is_guarded(function)
    ]
    assert open_doors == []


def test_a_use_case_names_its_actor_first() -> None:
    strange = [
        f"{module.at(function)} {function.name}"
        for module in _services()
        for function in functions(module)
        if _is_guarded(function) and _parameters(function)[:1] != ["actor"]
    ]
    assert strange == []


def test_an_actor_is_never_an_argument_by_the_way() -> None:
    # Only what runs inside somebody's transaction may take him second, after the session.
    strange = [
        f"{module.at(function)} {function.name}"
        for module in _services()
        for function in functions(module)
        if "actor" in _parameters(function)[1:] and _parameters(function)[0] not in _INNER
    ]
    assert strange == []


_INNER = ("session",)


def test_screens_call_only_use_cases_and_what_is_open_to_everybody() -> None:
    called = [
        f"{module.at(node)} {target}.{name}"
        for module in modules("pages") + modules("app")
        for target, name, node in used(module)
        if target.startswith("core.services.")
        and name in _functions_of(target) - _open_to_screens(target)
    ]
    assert called == []


def _functions_of(service: str) -> set[str]:
    (module,) = (module for module in modules("core") if module.name == service)
    return {function.name for function in functions(module)}


def _open_to_screens(service: str) -> set[str]:
    (module,) = (module for module in modules("core") if module.name == service)
    guarded = {function.name for function in functions(module) if _is_guarded(function)}
    return guarded | WITHOUT_PERMISSION.get(service, set())


def test_the_list_of_what_is_open_names_only_what_exists() -> None:
    stale = {
        f"{service}.{name}"
        for service, names in WITHOUT_PERMISSION.items()
        for name in names - _functions_of(service)
    }
    assert stale == set()
