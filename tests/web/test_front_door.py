"""Is what devices send taken in whole, once, checked, and refused with the reason? Over HTTP."""

import resource
import sqlite3
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psycopg
import pyarrow as pa
import pytest

from ringfence.actions.loading import LoadOptions, load
from ringfence.actions.pooling import work_out
from ringfence.actions.ruling import rules_at
from ringfence.actions.store import Settings, create_store, open_store
from ringfence.engine.coverage import coverage
from ringfence.errors import InputError
from ringfence.journal import Submission
from ringfence.tables.facts import CASE_REPORT
from ringfence.web.serving import Address, serve
from ringfence.web.waiting import Limits
from tests.web.door import Door, door, id_number, people, tube

ILL, KNOWN = 901, 902
ROUND = "round,area,name_zh,opens_at,due_at\nR1,3202,第一轮,2026-01-01 00:00,2099-01-01 00:00\n"


def prepare(store) -> None:
    """A round, two people on the register who live here, one of them with symptoms."""
    folder = store.directory.parent
    homes = "\n".join(f"{id_number(n)},living,320206003007" for n in (ILL, KNOWN))
    files = {
        "round.csv": ROUND,
        "person.csv": f"id_number,name\n{id_number(ILL)},甲某\n{id_number(KNOWN)},乙某\n",
        "residence.csv": f"id_number,kind,area\n{homes}\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    done = load([folder / name for name in files], store, LoadOptions(), folder / "rejects.csv")
    assert (done.errors, done.refused) == ((), 0)
    row = {name: None for name in CASE_REPORT.schema.names}
    row |= {"person": number(store, ILL), "reported_at": datetime(2026, 1, 2), "symptoms": "yes"}  # noqa: DTZ001
    rows = pa.Table.from_pylist([row], schema=CASE_REPORT.schema)
    store.journal.append(Submission("ill", CASE_REPORT.name, rows, "a clinic"))
    store.columns.refresh()
    work_out(store, datetime.now(UTC).replace(tzinfo=None))


def number(store, order: int) -> int:
    return store.vault.pseudonyms("cn_id", [id_number(order)])[0]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    journal = request.getfixturevalue("postgres")() if request.param == "postgresql" else ""
    with door(tmp_path_factory.mktemp("door"), journal, ("--line", "600"), prepare) as running:
        yield running


def kinds(answer: dict) -> list[str]:
    return [fault["kind"] for fault in answer["faults"]]


def test_a_tube_becomes_a_tube_its_samples_and_the_people_nobody_knew(served: Door):
    stranger = {"id_number": id_number(1), "name": "丙某", "phone": "000-00000001"}
    (answer,) = served.tubes(tube("a1", stranger, *people(KNOWN), sampled_at="2026-03-01T08:00:00+08:00"))
    assert answer == {"key": "a1", "status": "accepted", "submission": answer["submission"]}
    with served.opened() as store:
        who = number(store, 1)
        assert store.vault.read(who, reader="test", reason="test").name == "丙某"
        known = number(store, KNOWN)
    (kept,) = [row for row in served.rows("tube") if row["tube"] == "T-a1"]
    assert (kept["pool"], kept["round"], kept["place"], kept["received_at"]) == (10, "R1", 7, None)
    samples = [row for row in served.rows("sample") if row["tube"] == "T-a1"]
    assert {row["person"] for row in samples} == {who, known}
    assert {row["sampled_at"] for row in samples} == {datetime(2026, 3, 1)}  # noqa: DTZ001
    assert {row["fact"] >> 32 for row in samples} == {answer["submission"]}
    (person,) = [row for row in served.rows("person") if row["person"] == who]
    assert (person["birth_year"], person["sex"]) == (1900, "male")
    # Whom the loader had told of is not told of again.
    assert len([row for row in served.rows("person") if row["person"] == known]) == 1


def test_coverage_sees_who_was_sampled_and_who_is_not_registered(served: Door):
    served.tubes(tube("c1", *people(2, KNOWN)))
    with served.opened() as store:
        now = datetime.now(UTC).replace(tzinfo=None)
        rules = rules_at(store, now)
        found = coverage(store.columns.snapshot(now), rules[0], now).to_pyarrow().to_pylist()
        status = {row["person"]: row["status"] for row in found}
        assert status[number(store, 2)] == "unregistered"
        assert status[number(store, KNOWN)] == "sampled"
        assert status[number(store, ILL)] in ("missing", "sampled")


def test_the_same_key_has_the_first_answer_however_often_and_other_content_is_refused(served: Door):
    sent = tube("b1", *people(3, 4))
    first, within = served.tubes(sent, sent)
    other = tube("b2", *people(5))
    (again,) = served.tubes(sent)
    later = served.tubes(other, {**sent, "people": people(4, 3)})
    assert first == within == again == later[1]
    assert later[0]["status"] == "accepted"
    (refused,) = served.tubes({**sent, "people": people(3)})
    assert (refused["status"], kinds(refused)) == ("refused", ["key_used"])
    assert len([row for row in served.rows("sample") if row["tube"] == "T-b1"]) == 2


def test_bad_tubes_have_each_their_reason_and_do_not_stop_good_ones(served: Door):
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    wrong = id_number(6)[:-1] + ("0" if id_number(6)[-1] != "0" else "1")
    answers = served.tubes(
        tube("d1", *people(10, 11, 12), pool=2),
        tube("d2", *people(10, 10)),
        tube("d3", *people(10), {"id_number": wrong}),
        tube("d4", *people(10), sampled_at=tomorrow),
        tube("d5", *people(10), pool=50),
        tube("d6", *people(10, 11), pool=2, test="antigen"),
        tube("d7", *people(10), pool="ten"),
        tube("d8", {"name": "丁某"}),
        tube("d9", *people(10), tube="T-e1"),
        tube("e1", *people(10)),
    )
    reasons = {answer["key"]: kinds(answer) for answer in answers if answer["status"] == "refused"}
    assert reasons == {
        "d1": ["too_many"], "d2": ["scanned_twice"], "d3": ["id_number_check"], "d4": ["future"],
        "d5": ["pool_size"], "d6": ["antigen_pool"], "d7": ["unreadable:pool"], "d8": ["nobody"],
        "e1": ["tube_used"],
    }  # fmt: skip
    assert [answer["status"] for answer in answers if answer["key"] == "d9"] == ["accepted"]
    assert answers[2]["faults"][0]["person"] == 1
    assert answers[4]["faults"][0]["rule"] == "pool-rest"


def test_who_must_not_be_pooled_is_refused_with_the_rule_and_taken_alone(served: Door):
    (refused,) = served.tubes(tube("f1", *people(20, ILL)))
    (fault,) = refused["faults"]
    assert (fault["kind"], fault["rule"], fault["person"]) == ("never_pooled", "pool-never", 1)
    (alone,) = served.tubes(tube("f1", *people(ILL), pool=1))
    assert alone["status"] == "accepted"


def test_a_code_enrols_once_and_a_revoked_device_sends_nothing_more(served: Door):
    code = served.code(place=8)
    first, second = served.exchanged(code.lower()), served.exchanged(code)
    assert (first.status_code, second.status_code) == (201, 403)
    assert (first.json()["place"], first.json()["round"], first.json()["duty"]) == (8, "R1", "sampling")
    token, device = first.json()["token"], first.json()["device"]
    sent = {"tubes": [tube("g1", *people(30))]}
    assert served.post("/v1/tubes", sent, token=token).status_code == 200
    assert served.post("/v1/tubes", sent, token=f"{token}x").status_code == 401
    assert served.post("/v1/tubes", sent, token=f"{device}.x").status_code == 401
    assert served.post("/v1/tubes", sent, duty="laboratory").status_code == 403
    assert httpx.post(f"{served.url}/v1/tubes", json=sent).status_code == 401
    served.run("device", "revoke", device, "--reason", "lost")
    for _ in range(50):
        if (answer := served.post("/v1/tubes", sent, token=token)).status_code == 401:
            break
    assert answer.status_code == 401
    with served.opened() as store:
        rows = [row for entry in store.journal.entries(kind="device") for row in entry.table().to_pylist()]
        assert [row["state"] for row in rows if row["device"] == device] == ["offered", "enrolled", "revoked"]
        assert not any(token in str(row) or code in str(row) for row in rows)


def result(key: str, tube: str, said: str, **more: object) -> dict[str, object]:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {"key": key, "tube": tube, "result": said, "reported_at": now, **more}


def results(served: Door, *sent: dict[str, object], duty: str = "laboratory") -> list[dict]:
    answer = served.post("/v1/results", {"results": sent}, duty)
    assert answer.status_code == 200, answer.text
    return answer.json()["answers"]


def latest(served: Door, **asked: str) -> dict:
    answer = served.post("/v1/results/latest", asked, "enquiry")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_results_are_reported_corrected_withdrawn_and_looked_up(served: Door):
    served.tubes(tube("j1", *people(40, 41)))
    with served.opened() as store:
        who = f"P{number(store, 40)}"
    (swab,) = latest(served, person=who)["swabs"]
    assert (swab["tube"], swab["said"]) == ("T-j1", [])
    targets = [{"target": "ORF1ab", "ct": 35.2}, {"target": "N", "ct": 33.05}, {"target": "E"}]
    first = result("r1", "T-j1", "positive", targets=targets)
    (answer,) = results(served, first)
    assert answer["status"] == "accepted"
    (said,) = latest(served, tube="T-j1")["said"]
    assert (said["test"], said["result"], said["ct_x100"]) == ("nat", "positive", 3305)
    (row,) = [row for row in served.rows("result") if row["tube"] == "T-j1"]
    assert row["source"].endswith("; ORF1ab 35.20; N 33.05; E -")
    # The same again is the first answer; corrected, withdrawn and reported anew in one batch: in that order.
    assert results(served, first) == [answer]
    corrected, withdrawn = (
        result("r2", "T-j1", "negative"),
        result("r3", "T-j1", "withdrawn", reason="mixed up"),
    )
    told = results(served, corrected, withdrawn, result("r4", "T-j1", "withdrawn", reason="both"), first)
    assert [one["status"] for one in told] == ["accepted"] * 4
    assert told[3] == answer
    assert latest(served, tube="T-j1")["said"] == []
    assert [row for row in served.rows("result") if row["tube"] == "T-j1"] == []
    (none,) = results(served, result("r5", "T-j1", "withdrawn", reason="again"))
    assert kinds(none) == ["no_result"]
    results(served, result("r6", "T-j1", "grey"), result("r7", "T-j1", "negative", test="antigen"))
    (swab,) = latest(served, person=who)["swabs"]
    assert [(one["test"], one["result"]) for one in swab["said"]] == [
        ("antigen", "negative"),
        ("nat", "grey"),
    ]


def test_only_a_laboratory_reports_and_only_who_may_looks_up(served: Door):
    sent = (result("s1", "T-k", "negative"), result("s2", "T-k", "positive", test="antigen"))
    refused, taken = results(served, *sent, duty="sampling")
    assert (kinds(refused), taken["status"]) == (["not_a_laboratory"], "accepted")
    bad = [
        result("s3", "T-k", "withdrawn"),
        result("s4", "T-k", "negative", reported_at="2999-01-01T00:00:00Z"),
        result("s5", "T-k", "perhaps"),
    ]
    reasons = [kinds(answer) for answer in results(served, *bad)]
    assert reasons == [["no_reason"], ["future"], ["unreadable:result"]]
    assert served.post("/v1/results/latest", {"tube": "T-k"}, "sampling").status_code == 403
    assert served.post("/v1/results", {"results": sent}, "enquiry").status_code == 403
    assert served.post("/v1/results/latest", {}, "enquiry").status_code == 400


def test_a_request_that_cannot_be_read_is_told_so(served: Door):
    assert served.post("/v1/tubes", {"tubes": []}).status_code == 400
    assert served.post("/v1/tubes", [1]).status_code == 400
    assert served.post("/v1/tubes", {"tubes": ["x" * 3_000_000]}).status_code == 413
    assert httpx.get(f"{served.url}/v1/tubes").status_code == 405
    described = httpx.get(f"{served.url}/openapi.json").json()
    assert "TubesSent" in described["components"]["schemas"]
    assert "/v1/tubes" in described["paths"]


def test_no_identity_and_no_token_is_in_the_journal_or_the_log(served: Door):
    with served.opened() as store:
        bodies = b"".join(entry.body for entry in store.journal.entries())
        assert store.journal.verify(store.directory) == []
        assert store.vault.verify() == []
    written = bodies + served.log.read_bytes()
    if not served.journal:
        written += (served.store / "journal.sqlite").read_bytes()
    for secret in (id_number(1), id_number(KNOWN), "丙某", served.token()):
        assert secret.encode() not in written


def test_past_the_end_of_the_line_it_answers_at_once_and_keeps_what_it_acknowledged(served: Door):
    before = len(served.rows("sample"))
    batches = [
        [tube(f"h{n}", *people(*range(10 * n, 10 * n + 10))) for n in range(m, m + 30)] for m in (0, 30, 60)
    ]
    with ThreadPoolExecutor(3) as clients:
        with held(served):
            waiting = [clients.submit(served.post, "/v1/tubes", {"tubes": sent}) for sent in batches]
            refused = next(as_completed(waiting)).result()
        assert refused.status_code == 503
        assert 1 <= int(refused.headers["retry-after"]) <= 9
        assert sorted(one.result().status_code for one in waiting) == [200, 200, 503]
    assert len(served.rows("sample")) == before + 600
    assert [a["status"] for sent in batches for a in served.tubes(*sent)] == ["accepted"] * 90
    assert len(served.rows("sample")) == before + 900


@contextmanager
def held(served: Door):
    """Another writer has the journal, so that what is sent meanwhile waits."""
    if served.journal:
        with psycopg.connect(served.journal) as other:
            other.execute("SELECT pg_advisory_lock(%s)", [0x52494E47])
            yield
    else:
        other = sqlite3.connect(served.store / "journal.sqlite-writer", isolation_level=None, timeout=30)
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.close()


def test_a_full_disk_is_told_and_nothing_is_half_kept(served: Door):
    if served.journal:
        pytest.skip("the disk of PostgreSQL is its own")
    before = len(served.rows("tube"))
    sent = [tube(f"i{n}", *people(*range(n * 10, n * 10 + 10))) for n in range(50)]
    size = max(path.stat().st_size for path in served.store.glob("*.sqlite-wal"))
    with most_bytes(served, size + 4096):
        full = served.post("/v1/tubes", {"tubes": sent})
    assert (full.status_code, full.headers["retry-after"]) == (507, "5")
    assert len(served.rows("tube")) == before
    assert {answer["status"] for answer in served.tubes(*sent)} == {"accepted"}
    assert len(served.rows("tube")) == before + 50
    with served.opened() as store:
        assert store.journal.verify(store.directory) == []


@contextmanager
def most_bytes(served: Door, size: int):
    """No file of the server's may grow past this."""
    assert served.server
    resource.prlimit(served.server.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    yield
    resource.prlimit(
        served.server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    )


def test_it_does_not_listen_to_others_without_a_certificate(tmp_path: Path):
    create_store(tmp_path / "store", Settings("3202", "covid-19", "Asia/Shanghai"))
    with open_store(tmp_path / "store") as store:
        with pytest.raises(InputError, match="in clear"):
            serve(store, Address("0.0.0.0"), Limits())
        with pytest.raises(InputError, match="together"):
            serve(store, Address(certificate=tmp_path / "x"), Limits())
