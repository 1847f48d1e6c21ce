"""Availability: months as judged, what they follow from, maintenance, frozen months."""

from shared.web.api.operation import Answer, Operation, Repeat, Who

TAG = "Uptime"

WINDOW = {
    "services": ["zenshare-cloud"],
    "starts_at": "2030-03-12T09:00:00+01:00",
    "ends_at": "2030-03-12T11:00:00+01:00",
    "reason": {"it": "Aggiornamento del database", "en": "Database update"},
}
AMENDMENT = {
    "month": "2026-03",
    "reason": "The probe looked at the wrong host.",
    "corrections": [{"from": "2026-03-30T10:00:00+02:00", "to": "2026-03-30T10:20:00+02:00", "state": "up"}],
}
ANNOUNCED = Answer(about="The window, and what of it will not be excluded.", reply="MaintenanceWithEffects")
AMENDED = Answer(about="The amendment, a link of the chain.", reply="FrozenMonth")
ONE = "/api/maintenance/{maintenance}"

OPERATIONS = (
    Operation(
        name="availability",
        path="/api/availability",
        tag=TAG,
        summary="A month or a year as judged, raw and by the contract",
        about="Percentages are cut, never rounded up. A running period ends now.",
        who=Who.MANAGERS,
        query_form="shared.web.forms.availability.PeriodQuery",
        answers={200: Answer(about="A report for each service and guarantee.", reply="Availability")},
        problems=("not-found", "invalid-input"),
    ),
    Operation(
        name="availability_states",
        path="/api/availability/{service}/states",
        tag=TAG,
        summary="What held when: every figure can be worked out again from it",
        about="Lines that `make -s calculate` takes as they are; or CSV. Of `together`: all services of a guarantee as one.",
        who=Who.MANAGERS,
        query_form="shared.web.forms.availability.StatesQuery",
        answers={200: Answer(about="The states.", media_type="application/jsonl", also=("text/csv",))},
    ),
    Operation(
        name="maintenance_announcement",
        path="/api/maintenance",
        tag=TAG,
        summary="Announce a maintenance that is ahead",
        about="When it was announced is the desk's own clock: none can be entered afterwards. Who is affected is written to.",
        who=Who.MANAGERS,
        methods=("POST",),
        form="shared.web.forms.availability.MaintenanceForm",
        example=WINDOW,
        answers={
            201: Answer(about=ANNOUNCED.about, reply=ANNOUNCED.reply, headers=("Location",)),
            200: Answer(about="It was announced before, under the same key.", reply=ANNOUNCED.reply, headers=("Location",)),
        },
        repeat=Repeat.KEYED,
    ),
    Operation(
        name="maintenance_list",
        path="/api/maintenance",
        tag=TAG,
        summary="The windows that touch a time; if nothing is said, from now on and for a year",
        who=Who.MANAGERS,
        query_form="shared.web.forms.availability.WindowsQuery",
        answers={200: Answer(about="The windows.", reply="MaintenanceList")},
    ),
    Operation(
        name="maintenance_one",
        path=ONE,
        tag=TAG,
        summary="A window, and what of it is excluded",
        who=Who.MANAGERS,
        answers={200: ANNOUNCED},
    ),
    Operation(
        name="maintenance_cancellation",
        path=ONE,
        tag=TAG,
        summary="Withdraw a window before it begins",
        who=Who.MANAGERS,
        methods=("DELETE",),
        answers={200: Answer(about="The window, which was withdrawn.", reply="Maintenance")},
        problems=("not-allowed-now", "conflict"),
    ),
    Operation(
        name="frozen_months",
        path="/api/frozen/{guarantee}/{service}",
        tag=TAG,
        summary="The frozen months of a service, a chain of hashes",
        who=Who.MANAGERS,
        answers={200: Answer(about="The chain, and where it is broken, if it is.", reply="FrozenMonths")},
    ),
    Operation(
        name="frozen_amendment",
        path="/api/frozen/{guarantee}/{service}/amendments",
        tag=TAG,
        summary="Correct a frozen month beside its record",
        who=Who.MANAGERS,
        methods=("POST",),
        form="shared.web.forms.availability.AmendmentForm",
        example=AMENDMENT,
        answers={201: AMENDED, 200: Answer(about="It was made before, under the same key.", reply=AMENDED.reply)},
        problems=("not-allowed-now", "conflict"),
        repeat=Repeat.KEYED,
    ),
)
