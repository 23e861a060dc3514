"""The embedded servers can do what the project needs of them."""

import os
import signal

import psycopg2
import pytest
from redis import Redis

from clinic.local import processes, servers
from tests.conftest import running

pytestmark = pytest.mark.fault


def query(sql):
    from django.conf import settings

    database = settings.DATABASES["default"]
    connection = psycopg2.connect(host=database["HOST"], user=database["USER"], dbname="postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()
    finally:
        connection.close()


def test_postgres_listens_on_its_socket_alone(postgres):
    if postgres is None:
        pytest.skip("DATABASE_URL names another server")
    assert query("SHOW listen_addresses") == [("",)]


@pytest.mark.parametrize("extension", ["btree_gist", "pg_trgm", "unaccent"])
def test_extension_is_there(postgres, extension):
    found = query(f"SELECT count(*) FROM pg_available_extensions WHERE name = '{extension}'")
    assert found == [(1,)]


def test_valkey_keeps_its_data_when_killed_and_never_evicts(var_folder):
    program = servers.prepare_valkey(var_folder / "killed")
    address = f"unix://{servers.socket_path_folder(var_folder / 'killed')}/valkey.sock"
    with running(program) as server:
        Redis.from_url(address).set("kept", "yes")
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
    with running(program), Redis.from_url(address) as broker:
        assert broker.get("kept") == b"yes"
        assert broker.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_half_made_cluster_is_made_again(var_folder):
    half = var_folder / "half.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    program = servers.prepare_postgres(var_folder / "half")
    with running(program):
        assert not half.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user needs no other account")
def test_missing_useradd_is_refused_in_one_line(monkeypatch, tmp_path):
    monkeypatch.setattr(servers, "ACCOUNT", "clinic-nobody-made")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(processes.Refused, match="`useradd` could not make the account clinic-nobody-made"):
        servers.server_account()


def test_missing_package_is_refused_in_one_line():
    with pytest.raises(processes.Refused, match="The package no_such_package is not installed"):
        servers.package_folder("no_such_package")
