"""The components and the frame of the pages: what they promise, without a browser."""

import gzip
import re
from pathlib import Path

import pytest
from django import forms
from django.template import engines
from django.template.loader import render_to_string
from django.test import override_settings

from clinic.forms import DateParts
from clinic.icons import DRAWINGS
from clinic.models.people import Role
from clinic.templatetags.look import STATUSES
from clinic.views import dev

ROOT = Path(__file__).parents[2]
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE)

TEMPLATE_TAG = re.compile(r"{% comment %}.*?{% endcomment %}|{[%#].*?[%#]}", re.DOTALL)


class Details(forms.Form):
    name = forms.CharField(label="Your name", error_messages={"required": "Enter your name"})
    born_on = DateParts(label="Date of birth")
    thinner = forms.ChoiceField(
        label="Do you take a blood thinner?", choices=[("y", "Yes")], widget=forms.RadioSelect
    )

    def clean(self):
        raise forms.ValidationError("That time has just been taken")


def drawn(source, **context):
    return engines["django"].from_string("{% load look %}" + source).render(context)


def test_error_summary_links_each_error_to_its_first_box():
    html = drawn("{% error_summary form %}", form=Details({}))
    links = re.findall(r'<a href="#([^"]+)">([^<]+)</a>', html)
    assert links == [
        ("id_name", "Your name – Enter your name"),
        ("id_born_on_0", "Date of birth – Enter the day, month and year"),
        ("id_thinner_0", "Do you take a blood thinner? – This field is required."),
    ]
    assert "<li>That time has just been taken</li>" in html


def test_error_summary_jumps_to_boxes_that_are_there():
    form = Details({})
    targets = re.findall(r'href="#([^"]+)"', drawn("{% error_summary form %}", form=form))
    ids = re.findall(r'id="([^"]+)"', str(form))
    assert [target for target in targets if target not in ids] == []


@pytest.mark.parametrize("form", [Details(), None])
def test_error_summary_is_silent_without_errors(form):
    assert drawn("{% error_summary form %}", form=form).strip() == ""


def test_title_says_error_only_when_the_form_has_some():
    titles = [
        re.search("<title>(.*?)</title>", render_to_string("dev/answers.html", {"form": form}))[1]
        for form in (Details({}), Details(), None)
    ]
    assert titles == ["Error: Check your answers", "Check your answers", "Check your answers"]


@pytest.mark.parametrize("code", STATUSES)
def test_status_has_a_colour_an_icon_and_a_word(code):
    colour, icon, word = STATUSES[code]
    html = drawn("{% status code %}", code=code)
    assert (f"tag {colour}" in html, DRAWINGS[icon] in html, str(word) in html) == (True, True, True)


def test_status_shows_words_it_does_not_know_as_they_are():
    assert "a &lt;new&gt; state" in drawn("{% status code %}", code="a <new> state")


def test_notice_and_card_escape_their_titles_and_keep_their_content():
    html = drawn(
        "{% notice 'sun' title=t %}<p>{{ t }}</p>{% endnotice %}{% card title=t %}<b>x</b>{% endcard %}",
        t="<&>",
    )
    assert html.count("&lt;&amp;&gt;") == 3
    assert html.endswith('<section class="card "><h2>&lt;&amp;&gt;</h2><b>x</b></section>')


def test_every_staff_role_is_a_role_the_frame_can_ask_for():
    asked = re.findall(r'"(\w+)" in staff_roles', (ROOT / "templates/base_staff.html").read_text())
    assert set(asked) - set(Role.values) == set()


@pytest.mark.parametrize("pattern", dev.PATTERNS)
def test_style_page_shows_each_pattern_without_inline_style_or_script(client, pattern):
    answer = client.get("/dev/style", {"page": pattern})
    assert (answer.status_code, INLINE.findall(answer.content.decode())) == (200, [])


def test_style_page_knows_no_other_page(client):
    assert client.get("/dev/style", {"page": "../base"}).status_code == 404


def test_style_page_is_the_demo_s_alone(client):
    with override_settings(DEMO=False):
        assert client.get("/dev/style").status_code == 404


def test_templates_hold_no_inline_style_or_script():
    found = {
        str(file.relative_to(ROOT)): INLINE.findall(TEMPLATE_TAG.sub("", file.read_text()))
        for file in (ROOT / "templates").rglob("*.html")
    }
    # saved or mailed, and read without us: it has to carry its own style, and no policy of ours reaches it
    by_itself = {"templates/bookings/paper/day_list_file.html"}
    assert {name for name, hits in found.items() if hits} == by_itself


@pytest.mark.parametrize("name", ["500.html", "403_csrf.html"])
def test_pages_of_last_resort_need_neither_request_nor_context(name):
    html = render_to_string(name)
    assert (html.count("<h1>"), "{{" in html) == (1, False)


def test_patient_pages_load_at_most_32_kilobytes_of_style():
    sheets = re.findall(r'static "([^"]+\.css)"', (ROOT / "templates/base.html").read_text())
    sizes = [len(gzip.compress((ROOT / "static" / sheet).read_bytes())) for sheet in sheets]
    assert len(sizes) == 2
    assert sum(sizes) <= 32_000


def test_board_can_place_every_five_minutes_of_the_longest_day():
    sheet = (ROOT / "static/css/board.css").read_text()
    starts = [int(n) for n in re.findall(r"\.r-(\d+)\{grid-row-start:\d+\}", sheet)]
    spans = [int(n) for n in re.findall(r"\.s-(\d+)\{grid-row-end:span \1\}", sheet)]
    assert (starts, spans) == (list(range(301)), list(range(1, 301)))  # 25 hours, when the clocks go back
