"""A screen run without a browser, as one actor, and everything it says."""

import json
from collections.abc import Iterator

from streamlit.testing.v1 import AppTest

from core.i18n import use_language
from core.permissions import Actor
from core.terms import Language

_LABELLED = ("button", "text_input", "text_area", "number_input", "date_input", "selectbox")
_LABELLED += ("multiselect", "checkbox", "radio", "expander", "tabs")


def run_screen(
    name: str, actor: Actor, *, language: Language = Language.ENGLISH, **address: str
) -> AppTest:
    """Run the screen ``name`` for ``actor`` with ``address`` as its query, and return it."""
    app = AppTest.from_function(
        _script, kwargs={"name": name, "username": actor.username, "language": language.value}
    )
    for key, value in address.items():
        app.query_params[key] = value
    with use_language(language):
        return app.run(timeout=30)


def texts_of(app: AppTest) -> Iterator[str]:
    """Yield every text the screen shows: headings, sentences, labels, cells."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "text")
    kinds += ("error", "warning", "info", "success")
    for kind in kinds:
        for element in getattr(app, kind):
            yield str(element.value)
    for kind in _LABELLED:
        for element in getattr(app, kind):
            yield str(element.label)
    for kind in ("selectbox", "multiselect", "button_group"):
        for element in getattr(app, kind):
            yield from (str(option) for option in element.options)
    for frame in app.dataframe:
        for column in json.loads(frame.proto.columns or "{}").values():
            yield str(column.get("label", ""))
        for column in frame.value.columns:
            yield from (str(value) for value in frame.value[column])


def _script(name: str, username: str, language: str) -> None:
    from dataclasses import replace

    from core.i18n import use_language
    from core.services.users import actor_named
    from core.terms import Language
    from pages.shell import links
    from pages.shell.navigation import SCREENS, show_screen

    with use_language(Language(language)):
        links.register({})
        actor = replace(actor_named(username), language=Language(language))
        show_screen(next(each for each in SCREENS if each.name == name), actor)
