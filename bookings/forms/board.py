"""What the day board sends when a card is dropped somewhere else."""

from django import forms

from bookings.forms.times import InstantField, MoveTo


class Dropped(MoveTo):
    """`seen`: when the server last said that the board was right. `by`: how it was grouped."""

    seen = InstantField(required=False)
    by = forms.ChoiceField(required=False, choices=[("doctor", ""), ("room", "")])
