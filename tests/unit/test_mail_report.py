"""What Event Grid writes of a mail, read: in base64 or plain, and nothing of anybody in what is said of a wrong one."""

import json
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import InvalidInput
from shared.domain.mail_report import NOT_RECEIVED, MailReport, report_from
from tests.support.desks import rome
from tests.support.reports import event, text

OPERATION = "0f8fad5b-d9cb-469f-a165-70867728950e"
AT = rome("2026-03-02 09:00")


@pytest.mark.parametrize("is_plain", [True, False])
def test_a_report_in_base64_is_the_report_in_plain(is_plain: bool) -> None:
    assert report_from(text(OPERATION, "Bounced", AT, is_plain=is_plain)) == MailReport(
        operation=OPERATION, status="Bounced", at=AT
    )


@pytest.mark.parametrize("status", ["Delivered", "Expanded", *sorted(NOT_RECEIVED), "SomethingNew"])
def test_only_these_statuses_mean_that_nobody_received_it(status: str) -> None:
    assert report_from(text(OPERATION, status, AT)).is_not_received == (status in NOT_RECEIVED)


@pytest.mark.parametrize("name", ["deliveryAttemptTimestamp", "deliveryAttemptTimeStamp"])
def test_both_spellings_of_the_moment_are_read_to_all_its_digits(name: str) -> None:
    data = {"messageId": OPERATION, "status": "Delivered", name: "2026-09-18T00:22:20.2855749+00:00"}
    found = report_from(json.dumps(event(OPERATION, "Delivered", AT, data=data)))
    assert found.at == datetime(2026, 9, 18, 0, 22, 20, 285574, tzinfo=UTC)


def test_without_its_moment_the_event_s_own_counts() -> None:
    data = {"messageId": OPERATION, "status": "Delivered"}
    assert report_from(json.dumps(event(OPERATION, "Delivered", AT, data=data))).at == AT


@given(
    st.one_of(
        st.text(),
        st.binary().map(lambda raw: b64encode(raw).decode()),
        st.recursive(
            st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
        ).map(json.dumps),
    )
)
def test_whatever_is_no_report_is_refused_and_breaks_nothing(wrong: str) -> None:
    with pytest.raises(InvalidInput):
        report_from(wrong)


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "Microsoft.Communication.EmailEngagementTrackingReportReceived"},
        {"data": None},
        {"data": {"messageId": "anna@acme.example", "status": "Bounced"}},
        {"data": {"messageId": OPERATION, "status": "550 <anna@acme.example>"}},
        {"data": {"messageId": OPERATION, "status": "Bounced", "deliveryAttemptTimestamp": "anna@acme.example"}},
        {"data": {"messageId": OPERATION, "status": "Bounced"}, "time": "anna@acme.example"},
    ],
)
def test_what_is_said_of_a_wrong_one_repeats_nothing_of_it(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidInput) as refused:
        report_from(json.dumps(event(OPERATION, "Bounced", AT, **changes)))
    assert "anna" not in refused.value.detail
