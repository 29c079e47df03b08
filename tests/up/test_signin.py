"""A way in to a running stack, made afresh."""

from pathlib import Path

import httpx
import pytest

from knowledger.settings import Settings
from knowledger.up import background
from knowledger.up.signin import SigninLinkNotMade, fresh_link
from tests.stack import running_stack

pytestmark = pytest.mark.slow


def test_each_link_is_fresh_and_lets_the_first_user_in(server_directory: Path) -> None:
    with running_stack(server_directory / "signin") as stack:
        links = {fresh_link(stack.settings) for _ in range(2)}
        with background.stack(stack.settings) as again:
            links.add(again.signin_url())
        assert len(links) == 3
        for link in links:
            token = link.removeprefix(f"{stack.url}/#signin=")
            signed_in = httpx.post(f"{stack.url}/v1/auth/link", json={"token": token})
            assert signed_in.json()["user"]["id"] == stack.user_id


def test_without_a_first_user_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(SigninLinkNotMade, match="credentials"):
        fresh_link(Settings(home=tmp_path))
