"""Does the schema that editors read agree with the parser, and say what every key means?"""

import json
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ringfence.protocol import SHIPPED
from ringfence.protocol.build import TABLES
from ringfence.protocol.schema import json_schema, keys_of, meaning, words
from tests.unit.protocol.writing import BASE_ROWS, header


def as_json(text: str) -> Any:
    """A TOML file as an editor hands it to a JSON schema: a date is a text."""
    return json.loads(json.dumps(tomllib.loads(text), default=_day))


def _day(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    Draft202012Validator.check_schema(json_schema())
    return Draft202012Validator(json_schema())


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_the_shipped_editions_fit_the_schema(path: Path, schema: Draft202012Validator) -> None:
    errors = [error.message for error in schema.iter_errors(as_json(path.read_text(encoding="utf-8")))]
    assert errors == []


REFUSED = {
    "a word of no vocabulary": ('gives = "positive"', 'gives = "ill"'),
    "a number as a text": ("hours = 24", 'hours = "24"'),
    "an unknown key": ("hours = 24", "hours = 24\nminutes = 30"),
    "a missing key": ("hours = 24\n", ""),
    "one language": (', en = "A test."', ""),
    "an unknown table": ("[[hold]]", "[[holding]]"),
    "a third ring": ("ring = 1", "ring = 3"),
    "a key of a phase": ('late = "credit"', 'late = "credit"\nsound = "loud"'),
    "a late rule of no meaning": ('late = "credit"', 'late = "forgive"'),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_what_the_parser_refuses_the_schema_refuses(fault: str, schema: Draft202012Validator) -> None:
    text = header() + BASE_ROWS
    assert schema.is_valid(as_json(text))
    old, new = REFUSED[fault]
    assert old in text
    assert not schema.is_valid(as_json(text.replace(old, new, 1)))


def test_a_patch_says_only_what_it_changes(schema: Draft202012Validator) -> None:
    row = '\n[[limit]]\nid = "limit-hold"\nhours = 12\n'
    assert schema.is_valid(as_json(header(id="p", base="base") + row))
    assert not schema.is_valid(as_json(header(id="p") + row))


def test_every_table_and_key_has_its_meaning() -> None:
    for table in TABLES:
        assert words()["tables"][table]
        for key in keys_of(table):
            assert meaning(table, key.path).endswith("."), (table, key.path)
