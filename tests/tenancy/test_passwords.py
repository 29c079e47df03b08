from knowledger.domain.tenancy.passwords import hash_password, password_matches


def test_a_password_matches_its_own_hash_alone() -> None:
    hashed = hash_password("correct horse")
    assert hashed.startswith("$argon2id$")
    assert password_matches(hashed, "correct horse")
    assert not password_matches(hashed, "correct horses")


def test_nobody_has_no_password_at_all() -> None:
    assert not password_matches(None, "nobody")
    assert not password_matches("", "")
