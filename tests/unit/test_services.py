"""The file of services that are watched: what it may hold, what is a mistake, and that its page and schema are true."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from shared.app import catalogue_in, services_in
from shared.catalogue import check, parser
from shared.catalogue.parser.addresses import name_of, place_of, url_of
from shared.catalogue.parser.schema import services_schema
from shared.catalogue.parser.services import load_services
from shared.domain.contract import Catalogue
from shared.domain.errors import CatalogueError
from shared.domain.watch.service import NOTHING, CheckKind, Services, Thresholds

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "services.md").read_text(encoding="utf-8")
CATALOGUE = ROOT / "shared" / "catalogue"
HEAD = 'contract = "zenshare-support"\ndesk = "INTERZEN"\n'
CHECKS = '[[services.a.checks]]\nkind = "http"\ntarget = "https://a.example/health"\n'
SERVICE = '[services.a]\nname = "A"\nowner = "Interzen"\n'


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return parser.load([CATALOGUE])


def loaded(folder: Path, catalogue: Catalogue, text: str, public_url: str = "https://desk.example") -> Services:
    (folder / "services.toml").write_text(text, encoding="utf-8")
    return load_services([folder], catalogue, public_url)


def mistakes(folder: Path, catalogue: Catalogue, text: str) -> str:
    with pytest.raises(CatalogueError) as caught:
        loaded(folder, catalogue, text)
    assert caught.value.facts["mistakes"] == tuple(caught.value.detail.split("\n"))
    return caught.value.detail.replace(f"{folder}/services.toml: ", "")


def test_the_example_of_the_page_loads(tmp_path: Path, catalogue: Catalogue) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    services = loaded(tmp_path, catalogue, example)
    assert (services.contract, services.desk, list(services.services)) == (
        "zenshare-support",
        "INTERZEN",
        ["archive", "mail", "desk"],
    )
    archive, mail, desk = services.services.values()
    assert archive.name == {"it": "Archivio documentale", "en": "Document archive"} and archive.owner == "Interzen"
    assert archive.thresholds == Thresholds() == mail.thresholds
    assert archive.has_witness and archive.witness_interval == timedelta(minutes=5) and not mail.has_witness
    assert archive.products == ("zenshare-up", "zenshare-suite") and archive.guarantees == ("data-centre",)
    http, tls, dns = archive.checks
    assert (http.kind, http.json_path, http.equals, http.slower_than) == (
        CheckKind.HTTP,
        "database.state",
        "ok",
        timedelta(seconds=3),
    )
    assert (tls.days_left, dns.records) == (21, ("192.0.2.10", "192.0.2.11"))
    assert archive.is_public and not mail.is_public
    assert desk.checks[0].target == "https://desk.example/api/health"
    assert (desk.checks[0].timeout, http.timeout) == (timedelta(seconds=2), timedelta(seconds=5))
    assert desk.name == {"it": "Sportello", "en": "Sportello"}


def test_what_a_service_says_is_what_it_gets(tmp_path: Path, catalogue: Catalogue) -> None:
    service = loaded(
        tmp_path,
        catalogue,
        HEAD
        + SERVICE
        + "interval = { minutes = 5 }\ntimeout = { milliseconds = 500 }\nwitness = { seconds = 90 }\n"
        + "thresholds = { failures = 2, successes = 4, reprobe_after = { seconds = 1 }, reopen_within = { hours = 1 } }\n"
        + CHECKS,
    ).services["a"]
    assert service.interval == timedelta(minutes=5) and service.checks[0].timeout == timedelta(milliseconds=500)
    assert service.witness_interval == timedelta(seconds=90)
    assert service.thresholds == Thresholds(
        failures=2, successes=4, reprobe_after=timedelta(seconds=1), reopen_within=timedelta(hours=1)
    )


def test_the_published_schema_is_that_of_the_parser(capsys: pytest.CaptureFixture[str]) -> None:
    published = (ROOT / "docs" / "services.schema.json").read_text(encoding="utf-8")
    assert check.main(["--services-schema"]) == 0
    how = "refresh it: python -m shared.catalogue.check --services-schema > docs/services.schema.json"
    assert capsys.readouterr().out == published, how
    assert json.loads(published) == json.loads(json.dumps(services_schema()))


def test_every_key_of_the_file_is_on_the_page() -> None:
    schema = services_schema()
    keys = {key for shape in (schema, *schema["$defs"].values()) for key in shape.get("properties", {})}
    assert len(keys) > 25
    assert {key for key in keys if f"`{key}`" not in PAGE} == set()


def test_the_contracts_are_read_as_if_it_were_not_there_and_it_as_if_they_were_not(tmp_path: Path, catalogue: Catalogue) -> None:
    loaded(tmp_path, catalogue, HEAD + SERVICE + CHECKS)
    both = [CATALOGUE, tmp_path]
    assert [contract.digest for contract in parser.load(both).contracts] == [one.digest for one in catalogue.contracts]
    assert list(load_services(both, catalogue).services) == ["a"]
    assert load_services([CATALOGUE], catalogue) is NOTHING
    with pytest.raises(CatalogueError, match="There is no contract"):
        parser.load([tmp_path])


def test_a_file_whose_last_service_was_taken_out_still_names_its_contract(tmp_path: Path, catalogue: Catalogue) -> None:
    services = loaded(tmp_path, catalogue, HEAD + "[services]\n")
    assert (services.is_any, services.contract, services.services) == (True, "zenshare-support", {})
    assert check.watched(services) == "services under zenshare-support, tickets of INTERZEN: none"


def test_the_check_says_what_is_watched_and_what_is_wrong(
    tmp_path: Path, catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded(
        tmp_path, catalogue, HEAD + SERVICE + CHECKS + CHECKS.replace("http", "tls", 1).replace("https://a.example/health", "a:1")
    )
    assert check.main([str(CATALOGUE), str(tmp_path)]) == 0
    line = "services under zenshare-support, tickets of INTERZEN: a (http 1, tls 1; every 60 s)"
    assert capsys.readouterr().out.splitlines()[1:] == [line]
    (tmp_path / "services.toml").write_text(HEAD + SERVICE, encoding="utf-8")
    assert check.main([str(CATALOGUE), str(tmp_path)]) == 1
    assert "services.a.checks is missing" in capsys.readouterr().err


PRIVATE = [("http", "http://10.0.0.5/"), ("tcp", "10.0.0.5:1433"), ("tls", "[fd00::1]:443"), ("tcp", "localhost:25")]


@pytest.mark.parametrize(("kind", "target"), PRIVATE)
def test_the_check_refuses_a_private_target_for_nobody_would_ask_it(
    tmp_path: Path, catalogue: Catalogue, kind: str, target: str
) -> None:
    """The desk itself may be asked wherever it is: on a developer's machine that is a private address."""
    text = HEAD + SERVICE + f'[[services.a.checks]]\nkind = "{kind}"\ntarget = "{target}"\n'
    assert "services.a.checks[1] has a target that must not be a private address" in mistakes(tmp_path, catalogue, text)
    own = HEAD + SERVICE + '[[services.a.checks]]\nkind = "http"\ntarget = "${PUBLIC_URL}/api/health"\n'
    [service] = loaded(tmp_path, catalogue, own, "http://127.0.0.1:7071").services.values()
    assert service.checks[0].target == "http://127.0.0.1:7071/api/health"


def test_the_services_of_the_local_run_load() -> None:
    paths = (CATALOGUE, ROOT / "dev" / "catalogue")
    services = services_in(paths, catalogue_in(paths), "http://127.0.0.1:7071")()
    assert [service.checks[0].target for service in services.services.values()] == [
        f"http://127.0.0.1:7071/dev/services/{id}" for id in services.services
    ]
    assert len({service.owner for service in services.services.values()}) == 2
    assert all(set(service.name) == {"it", "en"} and service.guarantees for service in services.services.values())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (SERVICE + CHECKS, "contract is missing. The id of the contract that promises them."),
        (
            HEAD.replace("zenshare-support", "zen") + SERVICE + CHECKS,
            "contract names 'zen', which is not among the contracts; allowed",
        ),
        (HEAD.replace("INTERZEN", "Interzen") + SERVICE + CHECKS, "desk must be a customer's id, 2 to 12 of A-Z and 0-9"),
        (HEAD + SERVICE.replace("services.a", 'services."a b"') + CHECKS, "services.a b is not an id"),
        (HEAD + SERVICE, "services.a.checks is missing. It is up while all of them are answered well."),
        (HEAD + SERVICE + "checks = []", "services.a.checks must have at least one entry."),
        (HEAD + SERVICE.replace('name = "A"', 'name = { it = "A" }') + CHECKS, "services.a.name lacks the language en"),
        (HEAD + SERVICE + "colour = 1\n" + CHECKS, "services.a.colour is not a key that may stand here; allowed: name, owner"),
        (HEAD + SERVICE + 'products = ["up"]\n' + CHECKS, "services.a.products[1] names 'up', which is not among the products"),
        (
            HEAD + SERVICE + 'guarantees = ["all"]\n' + CHECKS,
            "names 'all', which is not among the guarantees; allowed: data-centre.",
        ),
        (
            HEAD + SERVICE + "interval = { seconds = 30 }\n" + CHECKS,
            "services.a.interval must last from 60 s to 3600 s, not 30 s.",
        ),
        (
            HEAD + SERVICE + "interval = { seconds = 90 }\n" + CHECKS,
            "services.a.interval must be whole minutes, not 90 s: the desk",
        ),
        (HEAD + SERVICE + "interval = 60\n" + CHECKS, "services.a.interval must be a table, not 60."),
        (HEAD + SERVICE + "timeout = { minutes = 1 }\n" + CHECKS, "services.a.timeout must last from 0.1 s to 30 s, not 60 s."),
        (HEAD + SERVICE + "witness = { hours = 2 }\n" + CHECKS, "services.a.witness must last from 30 s to 3600 s"),
        (HEAD + SERVICE + "public = 1\n" + CHECKS, "services.a.public must be true or false, not 1."),
        (HEAD + SERVICE + "thresholds.failures = 0\n" + CHECKS, "services.a.thresholds.failures must be 1 or more, not 0."),
        (HEAD + SERVICE + "thresholds.successes = 11\n" + CHECKS, "services.a.thresholds.successes"),
        (HEAD + SERVICE + "thresholds.reprobe_after.seconds = 11\n" + CHECKS, "reprobe_after must last from 0.1 s to 10 s"),
        (HEAD + SERVICE + "thresholds.reopen_within.hours = 25\n" + CHECKS, "reopen_within must last from 0 s to 86400 s"),
        (HEAD + SERVICE + CHECKS.replace("http", "icmp", 1), "services.a.checks[1].kind must be 'http', 'tcp', 'tls' or 'dns'"),
        (HEAD + SERVICE + CHECKS.replace("https://", "ftp://"), "services.a.checks[1] has a target that must be an absolute URL"),
        (HEAD + SERVICE + CHECKS + "days_left = 3\n", "checks[1] has days_left, which is for tls checks, not for http."),
        (HEAD + SERVICE + CHECKS + 'records = ["x"]\n', "checks[1] has records, which is for dns checks, not for http."),
        (HEAD + SERVICE + CHECKS + 'json_path = "a"\n', "checks[1] must have json_path and equals together"),
        (HEAD + SERVICE + CHECKS + "status = [99]\n", "checks[1].status must be a list of status codes from 100 to 599"),
        (HEAD + SERVICE + CHECKS + "status = []\n", "checks[1].status must be a list of status codes from 100 to 599"),
        (
            HEAD + SERVICE + '[[services.a.checks]]\nkind = "dns"\ntarget = "a.example"\nrecord_type = "ANY"',
            "record_type must be one of A, AAAA, CNAME, MX, TXT, not 'ANY'.",
        ),
        (
            HEAD + SERVICE + '[[services.a.checks]]\nkind = "tcp"\ntarget = "a.example:80"\nstatus = [200]',
            "checks[1] has status, which is for http checks, not for tcp.",
        ),
    ],
)
def test_a_mistake_is_a_sentence_with_the_key(tmp_path: Path, catalogue: Catalogue, text: str, sentence: str) -> None:
    assert sentence in mistakes(tmp_path, catalogue, text)


def test_all_services_stand_in_one_file(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "a.toml").write_text(HEAD + SERVICE + CHECKS, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"services.toml: services are in .*a.toml already; all of them stand in one file"):
        loaded(tmp_path, catalogue, HEAD + SERVICE + CHECKS)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.com/health?deep=1",
        "https://[2606:4700::1111]:8443/",
        "https://9.9.9.9/",
        "https://xn--caff-dma.example/",
    ],
)
def test_urls_that_may_be_asked(url: str) -> None:
    assert url_of(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "www.example.com",
        "//www.example.com/",
        "/health",
        "file:///etc/passwd",
        "gopher://a.example/",
        "https://",
        "https:///path",
        "https://user@a.example/",
        "https://user:secret@a.example/",
        "https://@a.example/",
        "https://a.example/#top",
        "https://a.example/#",
        "https://a.example:0/",
        "https://a.example:99999/",
        "https://a.example:x/",
        "https://a example/",
        "https://a.example\\@b.example/",
        "https://a.example/\r\nHost: b.example",
        "https://caffè.example/",
        "https://a..example/",
        "https://-a.example/",
        "https://169.254.169.254/metadata",
        "https://[fe80::1]/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://127.1/",
        "https://0x7f.1/",
        "https://0x7f000001/",
        "https://[::ffff:169.254.169.254]/",
        "https://2130706433/",
        "http://127.0.0.1:7071/dev/services/archive",
        "https://localhost",
        "https://localhost./",
        "https://db.LOCALHOST/",
        "https://10.0.0.4/",
        "https://172.16.0.1/",
        "https://100.64.0.1/",
        "https://168.63.129.16/",
        "https://[fd00::1]/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "${PRIVATE_URL}/x",
        "https://a.example/${PUBLIC_URL}",
    ],
)
def test_urls_that_may_not(url: str) -> None:
    with pytest.raises(ValueError, match="must"):
        url_of(url)


def test_places_and_names() -> None:
    for place in ("mail.example.com:993", "9.9.9.9:25", "[2606:4700::1111]:443"):
        assert place_of(place) == place
    for name in ("www.example.com", "_dmarc.example.com", "localhost", "example.com."):
        assert name_of(name) == name
    places = (
        "a.example",
        ":80",
        "a.example:",
        "a.example:0",
        "a.example:65536",
        "2001:db8::1:443",
        "a:1:2",
        "https://a:1",
        "a b:1",
    )
    for wrong in (
        *places,
        "169.254.169.254:80",
        "[fe80::1]:80",
        "10.0.0.1:25",
        "localhost:1",
        "127.1:80",
        "u@a.example:1",
        "[a]:1",
        "a.example:+1",
    ):
        with pytest.raises(ValueError, match="must"):
            place_of(wrong)
    for wrong in ("", "10.0.0.1", "::1", "a/b", "a b", "https://a", "a:1", "a..b", "x" * 64, "a." * 130):
        with pytest.raises(ValueError, match="must be a name"):
            name_of(wrong)


def test_no_service_has_the_name_of_all_of_them(tmp_path: Path, catalogue: Catalogue) -> None:
    text = HEAD + (SERVICE + CHECKS).replace("services.a", "services.together")
    assert "must have no service 'together'" in mistakes(tmp_path, catalogue, text)
