from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, connections, transaction

from clinic.models import Release
from clinic.services.releases import canonical_json, current_release, sha256_of
from tests.builders import NOW

THREADS = 12


def publish(content, *, code="example", now=NOW):
    return current_release(kind="rules", code=code, content=content, now=now)


def test_canonical_json_does_not_hang_on_order_or_script():
    assert (
        canonical_json({"b": ["ಕ", 1.5], "a": {"d": 1, "c": None}}) == '{"a":{"c":null,"d":1},"b":["ಕ",1.5]}'
    )
    assert sha256_of({"a": 1, "b": 2}) == sha256_of({"b": 2, "a": 1})


@pytest.mark.django_db
def test_new_content_is_published_as_the_next_version():
    first, second = publish({"a": 1}), publish({"a": 2})

    assert [first.version, second.version] == [1, 2]
    assert (first.content, first.sha256, first.published_at) == ({"a": 1}, sha256_of({"a": 1}), NOW)


@pytest.mark.django_db
def test_known_content_is_found_again_and_not_written():
    first = publish({"a": 1, "b": 2})
    publish({"a": 2})

    again = publish({"b": 2, "a": 1}, now=NOW + timedelta(days=1))

    assert (again.pk, again.published_at, Release.objects.count()) == (first.pk, NOW, 2)


@pytest.mark.django_db
def test_versions_count_for_each_code():
    assert [publish({"a": 1}).version, publish({"a": 1}, code="other").version] == [1, 1]


@pytest.mark.django_db
def test_kept_content_still_has_its_hash():
    release = publish({"number": 30.4375, "text": "ಕನ್ನಡ “quoted”", "list": [1, None, True]})
    release.refresh_from_db()

    assert sha256_of(release.content) == release.sha256


def at_once(work):
    barrier = Barrier(THREADS)

    def one(number):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            with transaction.atomic():
                return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_many_publishing_the_same_at_once_publish_one():
    versions = at_once(lambda _: publish({"a": 1}).version)

    assert (versions, Release.objects.count()) == ([1] * THREADS, 1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_many_publishing_different_things_at_once_get_a_version_each():
    versions = at_once(lambda number: publish({"a": number}).version)

    assert sorted(versions) == list(range(1, THREADS + 1))
