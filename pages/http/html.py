"""The few pages the product draws itself: sign-in, password, errors.

They work without JavaScript and with password managers. Every value is escaped here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from starlette.responses import HTMLResponse

from core.i18n import _, current_language
from core.terms import Language
from core.words import word

#: A phone would otherwise write the user name with a capital or correct it.
_NO_CORRECTION = ' autocapitalize="none" spellcheck="false"'


@dataclass(frozen=True, kw_only=True)
class Input:
    """One field of a form. ``autocomplete`` is what password managers go by.

    A fixed one shows its value and cannot be changed.
    """

    name: str
    label: str
    kind: str = "text"
    autocomplete: str = "off"
    value: str = ""
    hint: str = ""
    is_fixed: bool = False


def page(title: str, body: str, *, status: int = 200, languages_at: str = "") -> HTMLResponse:
    """Return a whole page; ``languages_at`` is the address that takes ``?lang=``, if it does."""
    language, house = current_language().value, _("International Department")
    content = f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" type="image/svg+xml" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/page.css">
</head>
<body>
<main>
<p class="house">{escape(house)}</p>
<h1>{escape(title)}</h1>
{body}
</main>
{_language_links(languages_at)}
</body>
</html>
"""
    return HTMLResponse(content, status, headers={"cache-control": "no-store"})


def form(
    action: str, fields: Sequence[Input], *, submit: str, hidden: dict[str, str], error: str = ""
) -> str:
    """Return a form; ``error`` stands above it and is read out by screen readers."""
    alert = f'<p class="error" role="alert">{escape(error)}</p>' if error else ""
    secrets = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in hidden.items()
    )
    first = next((field for field in fields if not field.is_fixed), None)
    inputs = "".join(_input(field, is_first=field is first) for field in fields)
    return (
        f'{alert}<form method="post" action="{escape(action)}">{secrets}{inputs}'
        f'<button type="submit">{escape(submit)}</button></form>'
    )


def paragraph(text: str) -> str:
    """Return ``text`` as a paragraph."""
    return f"<p>{escape(text)}</p>"


def link(address: str, text: str) -> str:
    """Return a link in a paragraph of its own."""
    return f'<p><a href="{escape(address)}">{escape(text)}</a></p>'


def _input(field: Input, *, is_first: bool) -> str:
    hint, described = "", ""
    if field.hint:
        hint = f'<span class="hint" id="{field.name}-hint">{escape(field.hint)}</span>'
        described = f' aria-describedby="{field.name}-hint"'
    state = " readonly" if field.is_fixed else " autofocus" if is_first else ""
    return (
        f'<label for="{field.name}">{escape(field.label)}</label>{hint}'
        f'<input id="{field.name}" name="{field.name}" type="{field.kind}" required{described}'
        f' autocomplete="{field.autocomplete}" value="{escape(field.value)}"'
        f"{_NO_CORRECTION}{state}>"
    )


def _language_links(address: str) -> str:
    if not address:
        return ""
    joint = "&" if "?" in address else "?"
    links = (
        f'<a href="{escape(address)}{joint}lang={language.value}" lang="{language.value}"'
        f"{_current_mark(language)}>{escape(word(language))}</a>"
        for language in Language
    )
    return f"<nav>{''.join(links)}</nav>"


def _current_mark(language: Language) -> str:
    return ' aria-current="true"' if language is current_language() else ""
