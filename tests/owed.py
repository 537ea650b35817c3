"""The reasons of which quarantine must give one, by the kind of fault that the real shop's set was given."""

OWED = {
    "corrupt": {"encoding", "not_json", "not_an_object"},
    "missing": {"missing_field"},
    "null_key": {"missing_field", "blank"},
    "unknown_type": {"unknown_type", "blank"},
    "bad_version": {"unknown_version"},
    "bad_amount": {"bad_number", "not_finite", "out_of_range", "precision"},
    "bad_currency": {"bad_currency", "missing_field", "blank"},
    "bad_time": {"bad_time", "future_time", "missing_field", "blank"},
}
