"""What every column holds, from the view of the person it is about. A new column needs its word here.

personal  says who somebody is, where to find them, or is a secret that lets somebody in
medical   says something of a patient's health or treatment, or is free text where that may stand
neutral   anything else: ids, times, codes, the clinic's own texts

Personal and medical texts carry a canary in tests/url_world.py that must not turn up on anybody else's page.
"""


def model(*, personal: str = "", medical: str = "", neutral: str = "") -> dict[str, str]:
    classes = {"personal": personal, "medical": medical, "neutral": neutral}
    return {field: word for word, fields in classes.items() for field in fields.split()}


FIELD_CLASSES = {
    # clinic
    "clinic.User": model(
        personal="email phone name password pin",
        neutral="id last_login is_superuser phone_verified_at is_staff is_active created_at",
    ),
    "clinic.StaffRole": model(neutral="id user role location"),
    "clinic.Patient": model(
        personal="name name_key born_on approximate_birth_year area phone email emergency_contact_name "
        "emergency_contact_phone guardian_name pin language_spoken language_read",
        medical="sex_at_birth died_on",
        neutral="id account phone_shared merged_into created_at",
    ),
    "clinic.Alarm": model(
        medical="kind lane outcome",
        neutral="id patient subject owner raised_at deadline acknowledged_by acknowledged_at level next_at",
    ),
    "clinic.AlarmStep": model(neutral="id alarm level to why at"),
    "clinic.OnCall": model(neutral="id user rank starts ends"),
    "clinic.AuditRow": model(neutral="id at by action subject patient detail"),
    "clinic.ViewRow": model(neutral="id at by patient what"),
    "clinic.Message": model(
        personal="address language fields",
        neutral="id subject kind version channel message_class patient time_zone due_at not_after state "
        "reason lease_until attempts sent_at created_at",
    ),
    "clinic.Delivery": model(neutral="id message attempt at outcome provider_id error_code"),
    "clinic.ReminderConsent": model(neutral="id patient channel given_at given_by withdrawn_at"),
    "clinic.Location": model(
        neutral="id name slug time_zone address area phone map_url registration_number currency opened_on "
        "country subdivision fit_ins_per_half_day day_list_email day_list_at"
    ),
    "clinic.Resource": model(neutral="id kind name location turnover_minutes is_active"),
    "clinic.Practitioner": model(
        neutral="resource user council registration_number verified_by verified_on languages gender"
    ),
    "clinic.Release": model(neutral="id kind code version content sha256 published_at signed_by signed_at"),
    "clinic.VisitType": model(
        neutral="id code name kind is_online start_every_minutes notice_minutes horizon_days retired_at"
    ),
    "clinic.Step": model(neutral="id visit_type position name minutes"),
    "clinic.Need": model(neutral="id step kind same_as"),
    "clinic.Qualified": model(neutral="id practitioner visit_type daily_cap"),
    "clinic.Travel": model(neutral="id origin destination minutes"),
    "clinic.NameWord": model(personal="word", neutral="id patient"),
    "clinic.Price": model(neutral="id visit_type from_on amount"),
    # consultations
    "consultations.Consent": model(
        personal="signature witness address",
        medical="about",
        neutral="id patient purpose release language given_at given_by about_key signed is_read_over place "
        "withdrawn_at withdrawn_by",
    ),
    "consultations.Consultation": model(
        medical="findings diagnosis advice", neutral="id patient practitioner started_at signed_at"
    ),
    "consultations.Intake": model(
        personal="helper_name",
        neutral="id patient purpose questionnaire answered_by language help is_read_over started_at "
        "submitted_at",
    ),
    "consultations.Answer": model(medical="key value", neutral="id intake row by at seen"),
    "consultations.TabletPass": model(
        personal="token_hash", neutral="id intake by made_at expires_at ended_at"
    ),
    "consultations.Photo": model(
        medical="file view sha256",
        neutral="id patient intake width height size only_same_sex taken_at by removed_at removed_by",
    ),
    "consultations.SymptomReport": model(
        medical="signs words answers", neutral="id patient call_back photo by at key"
    ),
    "consultations.Screening": model(
        medical="answers planned outcome lane verdicts fired unclear",
        neutral="id patient last_answer rules on at",
    ),
    "consultations.Decision": model(
        medical="verdict conditions defer_until reason patient_text",
        neutral="id patient last_answer screening valid_until signed_by signed_at key",
    ),
    # treatments
    "treatments.Product": model(neutral="id code name ingredients regulatory_status modality is_active"),
    "treatments.Course": model(
        medical="protocol ended_why",
        neutral="id patient visit_type location practitioner created_at ended_on session_price",
    ),
    "treatments.Prescription": model(
        medical="steps note", neutral="id course revision decision signed_by signed_at key"
    ),
    "treatments.CourseSession": model(
        medical="product dropped_reason",
        neutral="id course number never_before earliest target latest is_soft phase given_on",
    ),
    "treatments.Pause": model(
        medical="cause", neutral="id patient course by from_at until_on ended_by ended_at"
    ),
    "treatments.Extension": model(medical="why", neutral="id session until_on signed_by at key"),
    "treatments.CourseReview": model(medical="outcome note", neutral="id course point signed_by at key"),
    "treatments.PreCheck": model(medical="is_clear", neutral="id session day intake by at"),
    "treatments.Record": model(
        medical="outcome not_given_reason note entered_late_why",
        neutral="id session started_at day signed_by signed_at key",
    ),
    "treatments.Addendum": model(medical="text", neutral="id record by at"),
    # bookings: when, where and with whom; the reasons are the desk's own words
    "bookings.Booking": model(
        personal="kept_why fit_in_reason too_close_why entered_late_why in_error_why",
        neutral="id reference patient visit_type course session consultation practitioner location starts "
        "ends day clear_until status held_until held_for held_by hold_extended replaces together parked "
        "version arrived_at status_at confirmed_at confirmed_by late_minutes kept_by too_close_by "
        "entered_late_by entered_late_at in_error_by in_error_at created_at",
    ),
    "bookings.Claim": model(neutral="id booking resource step starts ends held_until"),
    "bookings.Change": model(
        personal="reason", neutral="id key by action payload_hash at undo_until undone_by"
    ),
    "bookings.ChangeLine": model(neutral="id change booking before after"),
    "bookings.WorkingHours": model(
        neutral="id resource location weekday starts ends from_on until_on urgent_from urgent_to"
    ),
    "bookings.Closure": model(neutral="id location resource starts ends kind reason at by"),
    "bookings.OpenHoliday": model(neutral="id location day by at"),
    "bookings.RunningLate": model(neutral="id practitioner location day minutes by at"),
    "bookings.Call": model(neutral="id booking outcome by at"),
    "bookings.Away": model(personal="first_on last_on", neutral="id patient by at removed_at"),
    "bookings.WaitlistEntry": model(
        neutral="id patient visit_type location practitioner session booking first_on last_on weekdays "
        "from_time to_time at_short_notice by created_at ended_at ended_why key"
    ),
    "bookings.FreedTime": model(
        neutral="id booking visit_type location practitioner starts ends at due_at closed_at"
    ),
    "bookings.Offer": model(neutral="id freed entry held is_held made_at until outcome answered_at"),
    "bookings.Entry": model(
        personal="reference why",
        neutral="id key patient course session booking location day kind amount method reverses receipt "
        "by at",
    ),
    "bookings.BankSight": model(neutral="id entry is_seen by at"),
    "bookings.TillClose": model(personal="note", neutral="id key location day lines by at"),
    "bookings.FeedToken": model(personal="token_hash", neutral="id practitioner by created_at revoked_at"),
    "bookings.DayListSending": model(neutral="id location due_at lease_until attempts sent_at"),
    # what comes with Django and allauth
    "auth.Permission": model(neutral="id name content_type codename"),
    "auth.Group": model(neutral="id name"),
    "auth.Group_permissions": model(neutral="id group permission"),
    "clinic.User_groups": model(neutral="id user group"),
    "clinic.User_user_permissions": model(neutral="id user permission"),
    "contenttypes.ContentType": model(neutral="id app_label model"),
    "sessions.Session": model(personal="session_key session_data", neutral="expire_date"),
    "account.EmailAddress": model(personal="email", neutral="id user verified primary"),
    "account.EmailConfirmation": model(personal="key", neutral="id email_address created sent"),
}
