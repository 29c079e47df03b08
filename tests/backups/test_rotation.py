"""The keys of backups: made at the first start, kept, and changed without touching any data."""

from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy.orm import Session

from knowledger.domain.backups.catalogue import rewrap, sealed
from knowledger.domain.backups.container import new_data_key
from knowledger.domain.backups.keys import BackupKeyUnknown, KeyRing
from knowledger.kernel.keys import new_key
from knowledger.models import Backup
from knowledger.settings import Settings
from knowledger.up.kept_keys import with_kept_keys
from tests.api.samples import backup_id
from tests.api.world import make_tenant
from tests.backups.making import manifest


def test_the_first_start_makes_a_key_that_later_ones_find(tmp_path: Path) -> None:
    first, second = (with_kept_keys(Settings(home=tmp_path)).backup_keys for _ in range(2))
    assert first is not None
    assert first == second
    assert (tmp_path / "backup-keys").stat().st_mode & 0o777 == 0o600
    assert len(KeyRing.parse(first.get_secret_value()).keys) == 1
    (tmp_path / "other").mkdir()
    other = with_kept_keys(Settings(home=tmp_path / "other")).backup_keys
    assert other is not None
    both = KeyRing.parse(f"{first.get_secret_value()},{other.get_secret_value()}")
    assert len(both.keys) == 2, "the keys of two servers, made on one day, go into one setting"


def test_a_key_of_ones_own_is_left_alone(tmp_path: Path) -> None:
    given = Settings.model_validate({"home": tmp_path, "backup_keys": new_key("mine")})
    assert with_kept_keys(given).backup_keys == given.backup_keys
    assert not (tmp_path / "backup-keys").exists()


def test_every_backup_comes_under_the_new_key(database_url: str) -> None:
    old, new, lost = new_key("old"), new_key("new"), KeyRing.parse(new_key("lost"))
    data_key, about = new_data_key(), manifest(b"", b"").canonical
    engine = sqlalchemy.create_engine(database_url)
    with Session(engine) as session:
        tenant = make_tenant(session)
        ids = [backup_id(session, tenant, tenant.admin) for _ in range(3)]
        for name, ring in zip(ids, (KeyRing.parse(old), KeyRing.parse(old), lost), strict=True):
            session.get_one(Backup, name).wrapped_key = ring.wrap(data_key, about).as_json()
        session.flush()
        both = KeyRing.parse(f"{new},{old}")
        assert (rewrap(session, both), rewrap(session, both)) == (2, 0)
        only_new = KeyRing.parse(new)
        for name in ids[:2]:
            found, key = sealed(session.get_one(Backup, name))
            assert only_new.unwrap(key, found.canonical) == data_key
        with pytest.raises(BackupKeyUnknown):
            both.unwrap(sealed(session.get_one(Backup, ids[2]))[1], about)
    engine.dispose()
