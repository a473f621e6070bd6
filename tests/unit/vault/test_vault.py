"""Are identities kept, found, read with a reason and forgotten, and nothing of them seen elsewhere?"""

import sqlite3
import traceback

import pytest

from ringfence.errors import InputError, IntegrityError, StoreError
from ringfence.vault import Access, Identity, Vault

# Invented: no birthday on 99 December, no such area, telephone numbers that no network has.
ANA = Identity("安娜", "990000009912990011", "00000000001")
ALTERED = "a line of the access log was altered"
BEL = Identity("贝尔", "99000000991299002X", "00000000002")


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request, tmp_path):
    if request.param == "postgresql":
        return request.getfixturevalue("postgres")()
    return str(tmp_path / "vault.sqlite")


@pytest.fixture
def key(tmp_path):
    return tmp_path / "key"


@pytest.fixture
def vault(where, key):
    with Vault.create(where, key) as made:
        yield made


def test_who_a_person_is_comes_back(vault):
    vault.keep([(7, ANA), (8, BEL)])
    assert vault.read(7, reader="tracer 5", reason="case 12") == ANA
    assert vault.read(9, reader="tracer 5", reason="case 12") is None


def test_people_are_found_in_any_spelling(vault):
    vault.keep([(7, ANA), (8, BEL), (9, Identity(name="安娜"))])
    assert vault.find(id_number=" 99000000991299002x") == [8]
    assert vault.find(id_number="９９００００００９９１２９９００１１") == [7]
    assert vault.find(phone="+86 000-0000 0001") == [7]
    assert vault.find(name="安 娜") == [7, 9]
    assert vault.find(name="") == vault.find(phone="00000000009") == []


def test_people_are_found_by_one_thing_at_a_time(vault):
    with pytest.raises(InputError):
        vault.find()
    with pytest.raises(InputError):
        vault.find(name="安娜", phone="00000000001")


def test_keeping_again_changes_nothing_and_adds_what_is_new(vault):
    vault.keep([(7, Identity(name="安娜"))])
    vault.keep([(7, Identity(phone="00000000001")), (7, Identity(id_number=ANA.id_number))])
    vault.keep([(7, ANA)])
    vault.keep([(7, ANA)])
    assert vault.read(7, reader="a", reason="b") == ANA
    vault.keep([(7, Identity(phone="00000000003"))])
    assert vault.find(phone="00000000001") == []
    assert vault.find(phone="00000000003") == [7]


def test_every_read_is_recorded_before_it_is_answered(vault, where, key):
    vault.keep([(7, ANA)])
    vault.read(7, reader="tracer 5", reason="case 12")
    vault.read(8, reader="tracer 6", reason="looking")
    with Vault.open(where, key) as other:
        (line,) = other.readers(7)
    assert line == Access(1, line.at, 7, "read", "tracer 5", "case 12")
    assert [line.seq for line in vault.readers(8)] == [2]


@pytest.mark.parametrize(
    ("reader", "reason"), [("", "case"), ("tracer", " "), ("tracer", "a\nb"), ("a", "b" * 501)]
)
def test_a_read_without_a_reader_and_a_reason_is_refused(vault, reader, reason):
    vault.keep([(7, ANA)])
    with pytest.raises(InputError):
        vault.read(7, reader=reader, reason=reason)
    assert vault.readers(7) == []


def test_a_person_erased_is_nobody_and_the_log_keeps_its_lines(vault):
    vault.keep([(7, ANA), (8, BEL)])
    vault.read(7, reader="tracer 5", reason="case 12")
    vault.erase(7, actor="office", reason="asked to")
    assert (
        vault.find(id_number=ANA.id_number) == vault.find(name=ANA.name) == vault.find(phone=ANA.phone) == []
    )
    assert vault.read(7, reader="a", reason="b") is None
    assert [line.act for line in vault.readers(7)] == ["read", "erase", "read"]
    assert vault.find(name=BEL.name) == [8]
    assert vault.verify() == []


def test_nothing_of_an_erased_row_stays_in_the_files(tmp_path, key):
    path = tmp_path / "vault.sqlite"
    with Vault.create(path, key) as vault:
        vault.keep([(person, Identity(name=f"n{person}")) for person in range(100)])
        connection = sqlite3.connect(path)
        ((box,),) = connection.execute("SELECT box FROM vault_identity WHERE person = 50").fetchall()
        connection.close()
        vault.erase(50, actor="office", reason="asked to")
        for file in tmp_path.iterdir():
            assert box not in file.read_bytes()


def test_the_files_do_not_hold_what_is_kept(tmp_path, key):
    with Vault.create(tmp_path / "vault.sqlite", key) as vault:
        vault.keep([(7, ANA)])
    for file in tmp_path.iterdir():
        for text in (ANA.name, ANA.id_number, ANA.phone):
            assert text.encode() not in file.read_bytes()


def test_an_identity_does_not_show_itself():
    with pytest.raises(ValueError, match="Identity") as raised:
        raise ValueError(f"{ANA} {ANA!r} {[ANA]}")
    shown = "".join(traceback.format_exception(raised.value))
    assert "Identity(…)" in shown
    assert "安娜" not in shown
    assert "00000000001" not in shown


def test_an_identity_that_is_not_text_is_refused_without_showing_it(vault):
    with pytest.raises(InputError) as refused:
        vault.keep([(7, Identity(name="安\0娜"))])
    assert "安" not in str(refused.value)


def test_another_key_does_not_open_it(vault, where, tmp_path, key):
    other = tmp_path / "other"
    other.write_text("ab" * 32)
    other.chmod(0o600)
    with pytest.raises(StoreError, match="not the key of this vault"):
        Vault.open(where, other)
    Vault.open(where, key).close()


def test_the_key_is_its_owners_alone(tmp_path):
    key = tmp_path / "key"
    Vault.create(tmp_path / "vault.sqlite", key).close()
    assert key.stat().st_mode & 0o777 == 0o600
    key.chmod(0o640)
    with pytest.raises(StoreError, match="others can read the vault's key"):
        Vault.open(tmp_path / "vault.sqlite", key)


@pytest.mark.parametrize("text", ["", "ab", "xy" * 32, "é" * 64])
def test_what_is_not_a_key_is_refused(tmp_path, text):
    key = tmp_path / "key"
    key.write_text(text, encoding="utf-8")
    key.chmod(0o600)
    with pytest.raises(StoreError, match="key"):
        Vault.create(tmp_path / "vault.sqlite", key)


def test_what_is_not_there_or_there_already_is_said(tmp_path, where, key):
    with pytest.raises(StoreError, match="key file cannot be made"):
        Vault.create(where, tmp_path / "nowhere" / "key")
    with pytest.raises(StoreError, match="there is no vault here"):
        Vault.open(tmp_path / "nothing.sqlite", key)
    Vault.create(where, key).close()
    with pytest.raises(StoreError, match="there is a vault here already"):
        Vault.create(where, key)
    with pytest.raises(InputError):
        Vault.create("mysql://x/y", key)


def test_pseudonyms_follow_from_the_key_and_the_number_in_any_spelling(vault, tmp_path):
    first, second = vault.pseudonyms("cn_id", [ANA.id_number, BEL.id_number])
    assert first != second
    assert vault.pseudonyms("cn_id", ["99 0000009912990011", BEL.id_number.lower()]) == [first, second]
    assert vault.pseudonyms("code", [ANA.id_number]) != [first]
    with Vault.create(tmp_path / "other.sqlite", tmp_path / "other") as other:
        assert other.pseudonyms("cn_id", [ANA.id_number]) != [first]
    many = vault.pseudonyms("code", [str(number) for number in range(20_000)])
    assert len(set(many)) == 20_000
    assert min(many) >= 2**40
    assert max(many) < 2**62
    with pytest.raises(InputError, match="value 1: empty"):
        vault.pseudonyms("cn_id", [ANA.id_number, " "])


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "UPDATE vault_access SET actor = 'other' WHERE seq = 2",
            (2, ALTERED),
        ),
        ("UPDATE vault_access SET person = 8 WHERE seq = 1", (1, ALTERED)),
        ("DELETE FROM vault_access WHERE seq = 1", (2, "lines 1 to 1 of the access log are missing")),
        (
            "UPDATE vault_identity SET box = (SELECT box FROM vault_identity WHERE person = 8)"
            " WHERE person = 7",
            (0, "the row of person 7 was altered or is another's"),
        ),
    ],
)
def test_whatever_was_altered_is_found(tmp_path, key, statement, fault):
    path = tmp_path / "vault.sqlite"
    with Vault.create(path, key) as vault:
        vault.keep([(7, ANA), (8, BEL)])
        for number in range(3):
            vault.read(7, reader="tracer 5", reason=f"case {number}")
        assert vault.verify() == []
        connection = sqlite3.connect(path)
        with connection:
            connection.execute(statement)
        connection.close()
        assert [(found.seq, found.what) for found in vault.verify()] == [fault]


def test_an_altered_row_is_not_answered(tmp_path, key):
    path = tmp_path / "vault.sqlite"
    with Vault.create(path, key) as vault:
        vault.keep([(7, ANA)])
        connection = sqlite3.connect(path)
        with connection:
            connection.execute("UPDATE vault_identity SET box = zeroblob(40)")
        connection.close()
        with pytest.raises(IntegrityError, match="row of the vault was altered"):
            vault.read(7, reader="a", reason="b")


def test_a_newer_vault_is_refused(tmp_path, key):
    path = tmp_path / "vault.sqlite"
    Vault.create(path, key).close()
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE vault_meta SET version = 9")
    connection.close()
    with pytest.raises(StoreError, match="version 9"):
        Vault.open(path, key)
