"""Small editions for the tests of the protocol: a sound base, and patches on it."""

from pathlib import Path

SAYS = 'says = { zh = "测试。", en = "A test." }\nsource = "tests"\nchecked_on = "2026-11-21"\ngrade = "?"\n'
APPEALS = "".join(
    f"""
[[appeal]]
id = "appeal-{of}"
of = "{of}"
duty = "headquarters"
hours = 24
{SAYS}"""
    for of in ("hold", "course", "case")
)
BASE_ROWS = f"""
[[case]]
id = "case-positive"
gives = "positive"
when = "nat = positive"
unknown = "exclude"
{SAYS}
[[case]]
id = "case-none"
gives = "none"
{SAYS}
[[infectious]]
id = "window"
from = "onset - 2d"
to = "isolated"
{SAYS}
[[hold]]
id = "hold"
on = ["positive"]
{SAYS}
[[limit]]
id = "limit-hold"
of = "hold"
hours = 24
{SAYS}
{APPEALS}
[[contact]]
id = "close-near"
ring = 1
gives = "close"
when = "near = yes"
unknown = "review"
{SAYS}
[[contact]]
id = "contact-none"
ring = 1
gives = "none"
{SAYS}
[[course]]
id = "course-close"
of = "close"
{SAYS}
[[course.phase]]
place = "central"
days = 14
anchor = "last_exposure"
numbering = 0
tests = {{ days = [1, 4, 7, 14], axis = "control", traced_day = false, at_release = true }}
late = "credit"
reset = "none"
release = {{ zh = "期满", en = "the days served" }}
"""
HOLD_LIMIT = f"""[[limit]]
id = "limit-hold"
of = "hold"
hours = 24
{SAYS}"""


def header(**given: str) -> str:
    """The head of an edition: a base for COVID-19 in China from 2021 unless said."""
    said = {
        "id": "base", "area": "CN", "base": "", "from": "2021-01-01T00:00:00+08:00", "disease": "covid-19",
        "tz": "Asia/Shanghai", **given,
    }  # fmt: skip
    begin = said.pop("from")
    words = "\n".join(f'{key} = "{value}"' for key, value in said.items() if key not in ("to", "official"))
    rest = "".join(f"{key} = {given[key]}\n" for key in ("to", "official") if key in given)
    return f"""schema = 1
[edition]
name = {{ zh = "测试", en = "Tests" }}
authority = {{ zh = "测试机关", en = "Tests" }}
from = {begin}
in_flight = "recompute"
source = "tests"
grade = "?"
{rest}{words}
"""


def write(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
