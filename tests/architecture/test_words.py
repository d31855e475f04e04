"""Every word a user sees is in the catalogues, in each language, with the same placeholders."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from core.i18n import LOCALES
from core.terms import Language
from tests.architecture.source import ROOT, calls, modules

TRANSLATED = [language for language in Language if language is not Language.ENGLISH]
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}

#: What hands its first words to the user.
SPEAKERS = frozenset(
    "badge button caption checkbox code date_input dialog done empty error exception expander "
    "file_uploader form_submit_button header info link_button markdown metric multiselect "
    "number_input page_link pills popover progress radio segmented_control selectbox slider "
    "spinner status status_column subheader success text text_area text_input time_input title "
    "toast toggle warning write CheckboxColumn Column DateColumn LinkColumn MultiselectColumn "
    "NumberColumn SelectboxColumn TextColumn".split()
)
SPOKEN = frozenset("label body help placeholder text hint page_title title caption".split())
#: Those whose second argument is spoken too.
TWO_SENTENCES = frozenset(["empty", "title"])

_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|%[sd]")
_UNSPOKEN = re.compile(r":material/\w+:|\]\([^)]*\)")


@cache
def source_messages() -> frozenset[str | tuple[str, str]]:
    return frozenset(
        text if isinstance(text, str) else (text[0], text[1])
        for folder in ("core", "pages")
        for _file, _line, text, _comments, _context in extract_from_dir(
            ROOT / folder, method_map=[("**.py", "python")], keywords=KEYWORDS
        )
    )


@cache
def catalogue(language: Language) -> Catalog:
    with (LOCALES / language.value / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language.value)


def entries(language: Language) -> Iterator[Message]:
    return (message for message in catalogue(language) if message.id)


def _key(message: Message) -> str | tuple[str, str]:
    return message.id if isinstance(message.id, str) else (message.id[0], message.id[1])


def _forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or [""])


def test_no_text_to_translate_hides_in_another() -> None:
    # The extractor does not look into the braces of an f-string.
    found = [
        module.at(call)
        for module in modules()
        for braces in ast.walk(module.tree)
        if isinstance(braces, ast.FormattedValue)
        for call in ast.walk(braces)
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {"_", "N_", "ngettext"}
    ]
    assert found == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_source_text_is_translated(language: Language) -> None:
    done = {_key(message) for message in entries(language) if all(_forms(message.string))}
    assert source_messages() - done == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_outlives_its_source_text(language: Language) -> None:
    assert {_key(message) for message in entries(language)} - source_messages() == set()
    assert list(catalogue(language).obsolete) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_a_guess(language: Language) -> None:
    assert not catalogue(language).fuzzy
    assert [message.id for message in entries(language) if message.fuzzy] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_the_placeholders(language: Language) -> None:
    broken = [
        (message.id, form)
        for message in entries(language)
        for form in _forms(message.string)
        if sorted(_PLACEHOLDER.findall(form))
        != sorted(_PLACEHOLDER.findall(_forms(message.id)[-1]))
    ]
    assert broken == []


@pytest.mark.parametrize(("language", "forms"), [(Language.RUSSIAN, 3), (Language.KYRGYZ, 2)])
def test_plurals_have_as_many_forms_as_the_language(language: Language, forms: int) -> None:
    wrong = [
        message.id
        for message in entries(language)
        if not isinstance(message.id, str) and len(_forms(message.string)) != forms
    ]
    assert catalogue(language).num_plurals == forms
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_are_written_in_cyrillic(language: Language) -> None:
    # Names of formats, products and codes may stand alone; a sentence of three words may not.
    latin = [
        form
        for message in entries(language)
        for form in _forms(message.string)
        if not re.search("[а-яёңөү]", form, re.IGNORECASE)
        and len(re.findall(r"[a-z]{2,}", _PLACEHOLDER.sub("", form), re.IGNORECASE)) > 2
    ]
    assert latin == []


def test_messages_are_marked_as_whole_literals() -> None:
    # What is put together before it is looked up is in no catalogue.
    glued = [
        f"{module.at(call)} {ast.unparse(call)}"
        for module in modules("core", "pages")
        for name, call in calls(module)
        if name in KEYWORDS and isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert glued == []


def test_no_screen_hands_bare_words_to_a_widget() -> None:
    bare = [
        f"{module.at(call)} {text!r}"
        for module in modules("pages")
        for name, call in calls(module)
        if "." in name and name.split(".")[-1] in SPEAKERS and not name.startswith("_log.")
        for argument in _spoken_arguments(name.split(".")[-1], call)
        for text in _literal_texts(argument)
        # Capitals alone are a sample or a code and read the same in every language.
        if re.search(r"[^\W\d_A-Z]{2}", _UNSPOKEN.sub("", text))
    ]
    assert bare == []


def _spoken_arguments(name: str, call: ast.Call) -> list[ast.expr]:
    count = 2 if name in TWO_SENTENCES else 1
    return [*call.args[:count], *(word.value for word in call.keywords if word.arg in SPOKEN)]


def _literal_texts(expression: ast.expr) -> Iterator[str]:
    """Yield the texts that stand in ``expression`` outside every call."""
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        yield expression.value
    elif isinstance(expression, ast.JoinedStr):
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else "0" for part in expression.values
        )
    elif isinstance(expression, ast.BinOp):
        yield from _literal_texts(expression.left)
        yield from _literal_texts(expression.right)
    elif isinstance(expression, ast.IfExp):
        yield from _literal_texts(expression.body)
        yield from _literal_texts(expression.orelse)
    elif isinstance(expression, ast.BoolOp | ast.List | ast.Tuple):
        parts = expression.values if isinstance(expression, ast.BoolOp) else expression.elts
        for part in parts:
            yield from _literal_texts(part)
