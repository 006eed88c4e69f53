"""Every form of the pages is checked by the server, which answers with its own words: browsers show no bubbles."""

import re
from pathlib import Path
from typing import Final

import pytest

from api.web.shell.render import HERE

TEMPLATES: Final = HERE / "templates"
FORM: Final = re.compile(r"<form\b(?P<tag>[^>]*)>(?P<body>.*?)</form>", re.DOTALL)
CHECKED: Final = re.compile(
    r"""<(?:select|textarea|input)\b(?![^>]*type="hidden")|\b(?:fields|correct)\.\w+\(|{%\s*include\b"""
)
"""What a browser may check: a field, a macro that draws one, or a part of a page with some."""
NATIVE: Final = re.compile(r"""<(?:select|textarea|input)\b[^>]*\s(required|pattern|min|max|step|minlength)\b""")


def unguarded(text: str) -> list[str]:
    """The tags of the forms with fields that a browser would check itself."""
    return [
        form["tag"].strip()
        for form in FORM.finditer(text)
        if CHECKED.search(form["body"]) and "novalidate" not in form["tag"].split()
    ]


def nowhere(text: str) -> list[str]:
    """The tags of the forms that are posted to the address of their page, whatever that is."""
    tags = [form["tag"].strip() for form in FORM.finditer(text)]
    return [tag for tag in tags if 'method="post"' in tag and "action=" not in tag]


def sources() -> list[Path]:
    """Every template."""
    return sorted(TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("template", sources(), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_form_is_checked_by_the_browser(template: Path) -> None:
    text = template.read_text()
    assert unguarded(text) == []
    assert [found[0] for found in NATIVE.finditer(text)] == []


@pytest.mark.parametrize("template", sources(), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_form_that_is_posted_names_its_address(template: Path) -> None:
    """A page is shown again at the address of the form that was refused: another form on it must not go there."""
    assert nowhere(template.read_text()) == []
    assert nowhere('<form method="post" class="card"></form>') == ['method="post" class="card"']


def test_the_rule_sees_a_form_that_browsers_check() -> None:
    form = '<form method="post"{}>{}</form>'
    bad = ['<input name="a">', "<select></select>", '{{ fields.text("a", "A") }}', '{% include "b.html" %}']
    assert [len(unguarded(form.format("", body))) for body in bad] == [1] * 4
    assert [len(unguarded(form.format(" novalidate", body))) for body in bad] == [0] * 4
    assert unguarded(form.format("", '<input type="hidden" name="a"><button>B</button>')) == []
    assert NATIVE.search('<input name="a" required>')
    assert not NATIVE.search('<input name="a" maxlength="3">')


def test_the_rule_sees_all_forms() -> None:
    forms = sum(len(FORM.findall(path.read_text())) for path in sources())
    assert forms == sum(path.read_text().count("<form") for path in sources()) > 30
