import pytest
from django.core.exceptions import ValidationError

from clinic import account_forms


def test_parse_name_measures_what_is_stored():
    assert account_forms.parse_name("\u0915" * 120) == "\u0915" * 120
    # U+0958 is stored as two signs
    assert account_forms.parse_name("\u0958" * 60) == "\u0915\u093c" * 60
    with pytest.raises(ValidationError, match="shorter"):
        account_forms.parse_name("\u0958" * 61)


@pytest.mark.parametrize("typed", ["", "  ", "12", "\u200b", "\x00", "😀"])
def test_parse_name_wants_a_letter(typed):
    with pytest.raises(ValidationError, match="Enter a name"):
        account_forms.parse_name(typed)
