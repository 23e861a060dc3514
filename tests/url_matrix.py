"""Who may open which page: one line for each URL name. test_urls_roles.py walks it, and fails without a line.

    "booking_move": Page(TIMES, {"reference": "booking"}, post=True),
     the URL's name ^    ^ who  ^ its parts and what they are  ^ it takes POST as well

Who      PUBLIC everybody · PATIENT patients · STAFF every role · DESK, CLINICAL, DOCTOR, MANAGER
         TIMES the patient and every role · RECORD the patient, nurses and dermatologists
         sets may be added: PATIENT | DESK. Of a patient's object only the owner counts as PATIENT.
Parts    what stands in the address: a kind from OBJECTS below, or "=text" for a part that is nobody's
get      what GET answers those who may: 200 unless said; 405 for POST alone; {"nurse": 302} where roles
         differ, (200, 503) where it depends
post     True if the page takes POST. The walk sends an empty form, which must not end in 404 or 5xx

demo     True for a page of the demo alone: it may show names and numbers, and in production it is a 404

Everybody else gets 404 (a stranger: the log-in), the same for somebody's object as for one that is not there.
"""

from dataclasses import dataclass, field
from uuid import UUID

ROLES = ("anonymous", "patient", "front_desk", "nurse", "dermatologist", "manager")
EVERYBODY = (*ROLES, "other")  # "other" is patient B
STAFF = frozenset({"front_desk", "nurse", "dermatologist", "manager"})
PATIENT = frozenset({"patient"})
DESK = frozenset({"front_desk"})
DOCTOR = frozenset({"dermatologist"})
MANAGER = frozenset({"manager"})
CLINICAL = frozenset({"nurse", "dermatologist"})
TIMES = PATIENT | STAFF
RECORD = PATIENT | CLINICAL
PUBLIC = frozenset(ROLES)


@dataclass(frozen=True)
class Page:
    who: frozenset[str]
    parts: dict[str, str] = field(default_factory=dict)
    get: int | tuple[int, ...] | dict[str, int] = 200
    post: bool = False
    demo: bool = False

    def takes(self, method: str) -> bool:
        return self.post if method == "post" else self.get != 405

    def answers(self, role: str) -> tuple[int, ...]:
        said = self.get.get(role, 200) if isinstance(self.get, dict) else self.get
        return (said,) if isinstance(said, int) else said


@dataclass(frozen=True)
class Kind:
    """What a part of an address may be: where the world keeps it, and a value that nothing has."""

    where: str
    missing: object
    is_somebodys: bool = True


NO_ID = 999_999_999
OBJECTS = {
    "patient": Kind("patient.pk", NO_ID),
    "other_patient": Kind("other.pk", NO_ID),
    "booking": Kind("booking.reference", "ZZZZZZZZ"),
    "visit": Kind("visit.reference", "ZZZZZZZZ"),  # a booking of a session
    "change": Kind("change.key", UUID(int=0)),
    "intake": Kind("intake.pk", NO_ID),  # one that was sent
    "open_intake": Kind("open_intake.pk", NO_ID),
    "screening": Kind("screening.pk", NO_ID),
    "decision": Kind("decision.pk", NO_ID),
    "photo": Kind("photo.pk", NO_ID),
    "consultation": Kind("consultation.pk", NO_ID),
    "course": Kind("course.pk", NO_ID),
    "consent": Kind("consent.pk", NO_ID),
    "session": Kind("session.pk", NO_ID),
    "record": Kind("record.pk", NO_ID),
    "pause": Kind("pause.pk", NO_ID),  # one that has ended
    "away": Kind("away.pk", NO_ID),
    "message": Kind("message.pk", UUID(int=0)),
    "alarm": Kind("alarm.pk", NO_ID),
    "report": Kind("report.key", UUID(int=0)),
    "feed": Kind("feed.pk", NO_ID),
    "wait": Kind("wait.pk", NO_ID),
    "wait_offer": Kind("wait_offer.pk", NO_ID),
    "payment": Kind("entry.pk", NO_ID),
    # the clinic's own
    "on_call": Kind("on_call.pk", NO_ID, is_somebodys=False),
    "feed_secret": Kind("feed_secret", "nobodys-secret", is_somebodys=False),
    "closure": Kind("closure.pk", NO_ID, is_somebodys=False),
    "freed": Kind("freed.pk", NO_ID, is_somebodys=False),
    "location": Kind("location.slug", "no-such-place", is_somebodys=False),
    "visit_type": Kind("consultation_type.code", "no-such-visit", is_somebodys=False),
    "practitioner": Kind("practitioner.pk", NO_ID, is_somebodys=False),
    "day": Kind("day", "1900-01-01", is_somebodys=False),
    "draft": Kind("draft.slug", "no-such-place", is_somebodys=False),
    "room": Kind("room.pk", NO_ID, is_somebodys=False),
    "price": Kind("price.pk", NO_ID, is_somebodys=False),
    "member": Kind("practitioner.user.pk", NO_ID, is_somebodys=False),
}

MATRIX = {
    # log-in
    "account_login": Page(PUBLIC, get={role: 302 for role in ROLES[1:]}, post=True),
    "account_confirm_login_code": Page(PUBLIC, get=302, post=True),  # asks for an address first
    "account_logout": Page(PUBLIC, get=405, post=True),
    "account_people": Page(PATIENT, post=True),
    "account_pin": Page(PATIENT, {"patient_id": "patient"}, get=302, post=True),  # no PIN: straight on
    "account_resume": Page(PUBLIC, get=302),  # nothing waits
    "staff_login": Page(PUBLIC, get={role: 302 for role in STAFF}, post=True),
    # patients book and see what they booked
    "landing": Page(PUBLIC),
    "book": Page(PUBLIC, post=True),
    "book_details": Page(PUBLIC - STAFF, get=302, post=True),  # no time tapped yet
    "book_code": Page(PUBLIC, get=302, post=True),
    "booked": Page(PATIENT, {"reference": "booking"}),
    "booked_calendar": Page(PATIENT, {"reference": "booking"}),
    "undo_change": Page(PATIENT, {"key": "change"}, get=405, post=True),
    "my_visits": Page(PATIENT),
    "visit_offer": Page(PATIENT, {"reference": "booking"}, post=True),
    "wait_consultation": Page(PATIENT, post=True),
    "wait_visit": Page(PATIENT, {"reference": "booking"}, post=True),
    "wait_session": Page(PATIENT, {"session_id": "session"}, post=True),
    "wait_leave": Page(PATIENT, {"entry_id": "wait"}, get=405, post=True),
    "wait_offer": Page(PATIENT, {"offer_id": "wait_offer"}, post=True),
    "my_visit": Page(PATIENT, {"reference": "booking"}, post=True),
    "my_reminders": Page(PATIENT, get=405, post=True),
    "move_visit": Page(PATIENT, {"reference": "booking"}, post=True),
    "cancel_visit": Page(PATIENT, {"reference": "booking"}, post=True),
    "say_late": Page(PATIENT, {"reference": "booking"}, get=302, post=True),  # a week ahead: not yet
    "session_time": Page(PATIENT, {"session_id": "session"}, post=True),
    "course_pause": Page(PATIENT, {"course_id": "course"}, post=True),
    "resume_course": Page(PATIENT, {"pause_id": "pause"}, get=405, post=True),
    "undo_pause": Page(PATIENT, {"pause_id": "pause"}, get=405, post=True),
    "my_away": Page(PATIENT, post=True),
    "my_away_remove": Page(PATIENT, {"away_id": "away"}, get=405, post=True),
    "course_plan": Page(PATIENT, {"course_id": "course"}, post=True),
    "course_again": Page(PATIENT, {"course_id": "course"}, post=True),
    "my_receipts": Page(PATIENT),
    "my_receipt": Page(PATIENT, {"entry_id": "payment"}),
    "my_course_paper": Page(PATIENT, {"course_id": "course"}),
    # patients tell their history
    "intake": Page(PATIENT, get=(200, 302), post=True),  # a form begun is gone on with
    "before_session": Page(PATIENT, post=True),
    "before_course": Page(PATIENT, get=(200, 302), post=True),
    "intake_update": Page(PATIENT, get=405, post=True),
    "intake_page": Page(PATIENT, {"intake_id": "open_intake", "number": "=1"}, post=True),
    "intake_autosave": Page(PATIENT, {"intake_id": "open_intake", "number": "=1"}, get=405, post=True),
    "intake_check": Page(PATIENT, {"intake_id": "open_intake"}, post=True),
    "intake_choose": Page(PATIENT, {"intake_id": "open_intake"}, get=405, post=True),
    "intake_still_the_same": Page(PATIENT, {"intake_id": "open_intake"}, get=405, post=True),
    "intake_sent": Page(PATIENT, {"intake_id": "intake"}),
    "intake_adults_only": Page(PATIENT, {"intake_id": "open_intake"}, get=302),
    # photos
    "photos": Page(PATIENT),
    "photo_agreements": Page(PATIENT, get=405, post=True),
    "photo_viewers": Page(PATIENT, get=405, post=True),
    "photo_take": Page(PATIENT, {"number": "=1"}, get=(200, 302), post=True),  # agree first
    "photo": Page(RECORD, {"photo_id": "photo"}),
    "photo_small": Page(RECORD, {"photo_id": "photo"}),
    "photo_remove": Page(PATIENT, {"photo_id": "photo"}, get=405, post=True),
    "record_photos": Page(CLINICAL, {"patient_id": "patient"}),
    "intake_help": Page(PATIENT, get=(200, 302), post=True),  # the agreement first
    "assist": Page(CLINICAL, {"patient_id": "patient"}, post=True),
    "hand_tablet": Page(STAFF, {"patient_id": "patient"}, post=True),
    "tablet": Page(PUBLIC, get={role: 302 for role in ROLES[1:]}, post=True),
    "tablet_back": Page(PUBLIC, get=405, post=True),
    "tablet_help": Page(PUBLIC),
    # something is wrong, and what somebody agrees to
    "something_wrong": Page(PUBLIC, post=True),
    "something_wrong_sent": Page(PATIENT, {"key": "report"}),
    "from_message": Page(PUBLIC, {"token": "=1-none"}, get=302),
    "calls": Page(STAFF),
    "take_calls": Page(DOCTOR | MANAGER, {"patient_id": "patient"}, get=405, post=True),
    "procedure_agreement": Page(PATIENT, {"course_id": "course"}, post=True),
    "my_agreements": Page(PATIENT, post=True),
    "agreement": Page(RECORD, {"consent_id": "consent"}, post=True),
    "patient_agreements": Page(STAFF, {"patient_id": "patient"}, post=True),
    "called": Page(DOCTOR, {"patient_id": "patient"}, get=405, post=True),
    # the doctor and the nurse
    "review_queue": Page(DOCTOR),
    "review": Page(DOCTOR, {"patient_id": "patient"}, post=True),
    "reread": Page(DOCTOR, {"patient_id": "patient"}, get=405, post=True),
    "rules": Page(DOCTOR | MANAGER),
    "rules_rule": Page(DOCTOR | MANAGER, {"rule_id": "=R-00"}),
    "rules_try": Page(DOCTOR, post=True),
    "rules_changes": Page(DOCTOR | MANAGER),
    "rules_sign": Page(DOCTOR, post=True),
    "prescribe": Page(DOCTOR, {"patient_id": "patient"}, post=True),
    "sign_record": Page(DOCTOR, {"session_id": "session"}, post=True),
    "session_list": Page(CLINICAL),
    "on_call": Page(DOCTOR | MANAGER),
    "on_call_add": Page(MANAGER, get=405, post=True),
    "on_call_number": Page(MANAGER, get=405, post=True),
    "on_call_remove": Page(MANAGER, {"row_id": "on_call"}, get=405, post=True),
    "precheck": Page(CLINICAL, {"session_id": "session"}, post=True),
    "procedure_consent": Page(CLINICAL, {"session_id": "session"}, post=True),
    "course_care": Page(DOCTOR, {"course_id": "course"}, post=True),
    "course_look": Page(DOCTOR, {"course_id": "course"}, post=True),
    "course_record": Page(CLINICAL, {"course_id": "course"}),
    "revise_course": Page(DOCTOR, {"course_id": "course"}, post=True),
    "treatment_record": Page(CLINICAL, {"record_id": "record"}, post=True),
    # the desk, and every role that looks at the day
    "desk_day": Page(STAFF),
    "desk_board": Page(STAFF),
    "desk_card": Page(STAFF, {"reference": "visit"}),
    "desk_drag": Page(STAFF, {"reference": "visit"}, get=405, post=True),
    "desk_courses": Page(STAFF),
    "desk_course_close": Page(STAFF, {"course_id": "course"}, post=True),
    "desk_forecast": Page(DESK | MANAGER),
    "desk_day_list": Page(STAFF),
    "desk_day_file": Page(STAFF),
    "desk_day_csv": Page(STAFF),
    "desk_paper": Page(STAFF, {"kind": "=history"}),
    "desk_feeds": Page(DOCTOR | MANAGER, post=True),
    "desk_feed_end": Page(DOCTOR | MANAGER, {"feed_id": "feed"}, get=405, post=True),
    "desk_reports": Page(MANAGER),
    "desk_report_csv": Page(MANAGER, {"which": "=by-week"}),
    "feed": Page(PUBLIC, {"secret": "feed_secret"}),  # the address is all that its calendar knows
    "desk_todo": Page(STAFF),
    "desk_todo_poll": Page(STAFF),
    "desk_waiting": Page(STAFF),
    "desk_wait_offer": Page(STAFF, {"freed_id": "freed"}, get=405, post=True),
    "desk_wait_end": Page(STAFF, {"entry_id": "wait"}, get=405, post=True),
    "desk_wait": Page(STAFF, {"patient_id": "patient"}, post=True),
    "desk_running_late": Page(STAFF, post=True),
    "desk_day_end": Page(STAFF),
    "desk_answer": Page(STAFF, {"reference": "visit"}, get=405, post=True),
    "desk_call": Page(STAFF, {"reference": "visit"}, get=405, post=True),
    "desk_confirm": Page(STAFF, {"reference": "visit"}, get=405, post=True),
    "desk_late": Page(STAFF, {"reference": "visit"}, get=405, post=True),
    "desk_step": Page(STAFF, {"reference": "visit"}, get=405, post=True),
    "desk_no_show": Page(STAFF, {"reference": "visit"}, get=409, post=True),  # still to come
    "desk_cancel": Page(STAFF, {"reference": "visit"}, post=True),
    "desk_move": Page(STAFF, {"reference": "visit"}, post=True),
    "desk_course_again": Page(STAFF, {"course_id": "course"}, post=True),
    "desk_closures": Page(DESK | MANAGER),
    "desk_closure_new": Page(DESK | MANAGER, post=True),
    "desk_closure_today": Page(DESK | MANAGER),
    "desk_holiday": Page(MANAGER, get=302),  # no day asked for
    "desk_holiday_open": Page(MANAGER, get=405, post=True),
    "desk_closure": Page(DESK | MANAGER, {"closure_id": "closure"}),
    "desk_closure_visits": Page(DESK | MANAGER, {"closure_id": "closure"}, post=True),
    "desk_closure_remove": Page(DESK | MANAGER, {"closure_id": "closure"}, get=405, post=True),
    "desk_undo": Page(STAFF, {"key": "change"}, get=405, post=True),
    "patient_list": Page(STAFF, post=True),
    "desk_found": Page(STAFF, get=405, post=True),  # what the box shows while somebody types
    "desk_new_patient": Page(STAFF, get=302, post=True),  # search first
    "desk_patient": Page(STAFF, {"patient_id": "patient"}),
    "desk_contact": Page(STAFF, {"patient_id": "patient"}, post=True),
    "desk_pin": Page(STAFF, {"patient_id": "patient"}, get=405, post=True),
    "desk_book": Page(STAFF, {"patient_id": "patient"}, post=True),
    "desk_walk_in": Page(
        STAFF, {"patient_id": "patient"}, get=(200, 302), post=True
    ),  # a session: by its times
    "desk_fit_in": Page(STAFF, {"patient_id": "patient"}, post=True),
    "desk_here_instead": Page(STAFF, {"reference": "visit"}, post=True),
    "desk_checkout": Page(STAFF, {"reference": "visit"}, get=409, post=True),  # still to come
    "course_paper": Page(STAFF, {"course_id": "course"}),
    # money
    "desk_money": Page(DESK | DOCTOR | MANAGER, {"patient_id": "patient"}),
    "desk_money_act": Page(DESK | MANAGER, {"patient_id": "patient", "what": "=pay"}, post=True),
    "desk_receipt": Page(DESK | DOCTOR | MANAGER, {"entry_id": "payment"}),
    "desk_take_back": Page(DESK | MANAGER, {"entry_id": "payment"}, post=True),
    "desk_settle_session": Page(DESK | MANAGER, {"session_id": "session"}, post=True),
    "desk_bank": Page(DESK | MANAGER),
    "desk_bank_seen": Page(DESK | MANAGER, {"slug": "location"}, get=405, post=True),
    "desk_money_csv": Page(MANAGER),
    "desk_till": Page(DESK | MANAGER, {"slug": "location"}, post=True),
    "desk_past": Page(STAFF, {"patient_id": "patient"}, post=True),
    "desk_pause": Page(STAFF, {"patient_id": "patient"}, post=True),
    "desk_resume": Page(STAFF, {"pause_id": "pause"}, get=405, post=True),
    "desk_prolong": Page(STAFF, {"pause_id": "pause"}, get=405, post=True),
    "desk_undo_pause": Page(STAFF, {"pause_id": "pause"}, get=405, post=True),
    "desk_away": Page(STAFF, {"patient_id": "patient"}, post=True),
    "desk_away_remove": Page(STAFF, {"away_id": "away"}, get=405, post=True),
    "pause_course": Page(DOCTOR, {"course_id": "course"}, post=True),
    "doctor_resume": Page(DOCTOR, {"pause_id": "pause"}, get=405, post=True),
    "doctor_undo_pause": Page(DOCTOR, {"pause_id": "pause"}, get=405, post=True),
    "desk_merge": Page(MANAGER, {"patient_id": "patient", "other_id": "other_patient"}, post=True),
    # managers, and the link by which staff set their password
    "manage_home": Page(MANAGER),
    "manage_new_location": Page(MANAGER, post=True),
    "manage_location": Page(MANAGER, {"slug": "draft"}),
    "manage_location_details": Page(MANAGER, {"slug": "draft"}, post=True),
    "manage_open_location": Page(MANAGER, {"slug": "draft"}, get=405, post=True),
    "manage_travel": Page(MANAGER, {"slug": "draft"}, post=True),
    "manage_hours": Page(MANAGER, {"slug": "location"}, post=True),
    "manage_hours_of": Page(MANAGER, {"slug": "location", "practitioner_id": "practitioner"}, post=True),
    "manage_resources": Page(MANAGER, {"slug": "draft"}, post=True),
    "manage_resource": Page(MANAGER, {"slug": "draft", "resource_id": "room"}, post=True),
    "manage_retire": Page(MANAGER, {"slug": "draft", "resource_id": "room"}, get=405, post=True),
    "manage_bring_back": Page(MANAGER, {"slug": "draft", "resource_id": "room"}, get=405, post=True),
    "manage_visit_types": Page(MANAGER),
    "manage_new_visit_type": Page(MANAGER, post=True),
    "manage_visit_type": Page(MANAGER, {"code": "visit_type"}, post=True),
    "manage_steps": Page(MANAGER, {"code": "visit_type"}, post=True),
    "manage_qualified": Page(MANAGER, {"code": "visit_type"}, post=True),
    "manage_prices": Page(MANAGER, {"code": "visit_type"}, post=True),
    "manage_drop_price": Page(MANAGER, {"code": "visit_type", "price_id": "price"}, get=405, post=True),
    "manage_staff": Page(MANAGER),
    "manage_new_member": Page(MANAGER, post=True),
    "manage_member": Page(MANAGER, {"member_id": "member"}, post=True),
    "manage_practitioner": Page(MANAGER, {"member_id": "member"}, post=True),
    "manage_password_link": Page(MANAGER, {"member_id": "member"}, get=405, post=True),
    "manage_leave": Page(MANAGER, {"member_id": "member"}, post=True),
    "manage_hand_over": Page(MANAGER, {"member_id": "member"}, get=405, post=True),
    "manage_stay": Page(MANAGER, {"member_id": "member"}, get=405, post=True),
    "manage_close_account": Page(MANAGER, {"member_id": "member"}, get=405, post=True),
    "staff_set_password": Page(PUBLIC, get=410, post=True),  # no link was opened
    "staff_welcome": Page(PUBLIC, {"key": "=1-none"}, get=410),
    # the house
    "healthz": Page(PUBLIC, get=(200, 503)),  # 503 while no demo is loaded
    "readyz": Page(PUBLIC, get=(200, 503)),  # 503 while no broker runs
    "dev_style": Page(PUBLIC, post=True, demo=True),
    "dev_outbox": Page(PUBLIC, demo=True),
    "dev_outbox_file": Page(PUBLIC, get=404, demo=True),  # no file asked for
    "dev_outbox_clock": Page(PUBLIC, get=405, post=True, demo=True),
}
