"""How does a brief become one file that needs nothing and lets nothing out?"""

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ringfence.exchange.page import Brief
from ringfence.exchange.speech import Text, short
from ringfence.exchange.trace_page import Page
from ringfence.tables.words import GRADES

_TEMPLATES = Path(__file__).parent / "templates"
_SCRIPTS = ("brief_data.js", "brief_rows.js", "brief_doors.js", "brief.js")


_GROUPS: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (("任务", "Work"), ("tasks",)),
    (("信号与病例", "Signals and cases"), ("pools", "cases")),
    (("临时管控", "Holds"), ("holds",)),
    (("接触者", "Contacts"), ("contacts", "courses")),
    (("划区", "Zones"), ("zones",)),
    (("应检尽检", "Coverage"), ("coverage",)),
)
"""Under which heading the figures of each table stand, in order."""


def render(brief: Brief) -> str:
    """The brief as one HTML file: no request leaves it, and only its own style and script run in it.

    The policy in its head allows exactly the one style and the one script that are in it, by their
    SHA-256, and nothing else: no image, font, frame, form or connection.
    """
    style, script = _joined("brief.css"), _joined(*_SCRIPTS)
    policy = (
        f"default-src 'none'; style-src {_allowed(style)}; script-src {_allowed(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    page = _environment().get_template("brief.html")
    return page.render(brief=brief, style=style, script=script, policy=policy, grades=GRADES, groups=_GROUPS)


def render_trace(page: Page) -> str:
    """The page of a trace as one HTML file: no script is in it, and none may run."""
    style = _joined("brief.css", "trace.css")
    policy = f"default-src 'none'; style-src {_allowed(style)}; base-uri 'none'; form-action 'none'"
    template = _environment().get_template("trace.html")
    return template.render(page=page, style=style, policy=policy, grades=GRADES)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["thousands"] = _thousands
    environment.filters["short"] = short
    environment.filters["change"] = _change
    return environment


def _joined(*names: str) -> str:
    return "\n" + "\n".join((_TEMPLATES / name).read_text(encoding="utf-8") for name in names)


def _allowed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _thousands(number: int) -> str:
    return f"{number:,}"


def _change(number: int) -> str:
    """How far a figure moved, with its sign.

    >>> _change(3), _change(-1200), _change(0)
    ('+3', '−1,200', '0')
    """
    return f"{'+' if number > 0 else '−' if number < 0 else ''}{abs(number):,}"
