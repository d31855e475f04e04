"""How the source of a value is shown."""

from streamlit.testing.v1 import AppTest


def cited() -> None:
    from pages.shell import parts

    parts.source("[S8] https://www.example.org/a_b (old)\nAct *12* [x](javascript:y)")


def test_a_source_is_a_link_named_by_its_site_and_nothing_else_in_it_is_markup() -> None:
    (caption,) = AppTest.from_function(cited).run().caption
    assert caption.value == (
        r"Source: [example\.org](https://www.example.org/a_b) \(old\)"
        r" · Act \*12\* \[x\]\(javascript\:y\)"
    )
