import pytest

from knowledger.domain.tenancy.roles import Role, Scope, allows, ceiling, lower


def test_each_role_includes_the_one_before() -> None:
    table = {(role, needed): allows(role, needed) for role in Role for needed in Role}
    assert [pair for pair, allowed in table.items() if not allowed] == [
        (Role.VIEWER, Role.MEMBER),
        (Role.VIEWER, Role.ADMIN),
        (Role.MEMBER, Role.ADMIN),
    ]


@pytest.mark.parametrize(
    ("scopes", "role"),
    [
        ({Scope.READ}, Role.VIEWER),
        ({Scope.WRITE}, Role.MEMBER),
        ({Scope.READ, Scope.ADMIN}, Role.ADMIN),
        (set(), Role.VIEWER),
    ],
)
def test_scopes_cap_the_role(scopes: set[Scope], role: Role) -> None:
    assert ceiling(scopes) == role


def test_the_lower_of_two_roles_counts() -> None:
    assert lower(Role.ADMIN, Role.VIEWER) == lower(Role.VIEWER, Role.ADMIN) == Role.VIEWER
