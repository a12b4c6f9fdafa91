"""People with a browser: one drops a file and sees it in three cities, none is shut out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.driving import account_of, drive
from tests.world.places import BOSTON
from tests.world.stack import PROJECT

if TYPE_CHECKING:
    from tests.world.stack import Stack

PICTURES = PROJECT / "reports" / "browser"
MOST_SECONDS = 120
# So many states, each seen once a view; what hangs is given up within half a minute by itself.
MOST_SECONDS_OF_LOOKING = 1800


@pytest.mark.browser
@pytest.mark.timeout(MOST_SECONDS + 30)
def test_a_file_is_dropped_and_three_cities_turn_green(stack: Stack) -> None:
    account = account_of(stack, is_superuser=False)
    drive(
        "upload.mjs",
        stack,
        MOST_SECONDS,
        MERIDIAN_OUTPUT=str(PICTURES),
        **account,
    )
    assert list(PICTURES.glob("*.png"))


@pytest.mark.browser
@pytest.mark.timeout(MOST_SECONDS + 30)
def test_a_link_is_used_up_and_ended(stack: Stack) -> None:
    told = drive("sharing.mjs", stack, MOST_SECONDS, MERIDIAN_BOSTON=BOSTON)
    assert json.loads(told)["bytes"] > 20_000


@pytest.mark.browser
@pytest.mark.timeout(MOST_SECONDS + 30)
def test_files_come_by_a_request_until_it_is_full(stack: Stack) -> None:
    assert json.loads(drive("requests.mjs", stack, MOST_SECONDS))["files"] == 3


@pytest.mark.browser
@pytest.mark.timeout(MOST_SECONDS + 30)
def test_two_people_share_by_name_until_it_ends(stack: Stack) -> None:
    assert json.loads(drive("named.mjs", stack, MOST_SECONDS))["gone_after_seconds"] < 5


@pytest.mark.browser
@pytest.mark.timeout(MOST_SECONDS + 30)
def test_files_are_looked_at_and_taken_back(stack: Stack) -> None:
    assert json.loads(drive("keeping.mjs", stack, MOST_SECONDS))["seconds"] == 20


@pytest.mark.browser
@pytest.mark.timeout(MOST_SECONDS + 30)
def test_a_shared_folder_is_taken_as_one_zip(stack: Stack) -> None:
    assert json.loads(drive("zip.mjs", stack, MOST_SECONDS))["files"] == 19


@pytest.mark.browser
@pytest.mark.timeout(MOST_SECONDS + 30)
def test_a_folder_of_hundreds_is_uploaded_and_put_in_order(stack: Stack) -> None:
    seen = json.loads(drive("folder.mjs", stack, MOST_SECONDS))
    assert seen == {"files": 300, "names": 27}


@pytest.mark.browser
@pytest.mark.timeout(MOST_SECONDS + 30)
def test_a_large_upload_goes_on_where_it_was(stack: Stack) -> None:
    seen = json.loads(drive("resume.mjs", stack, MOST_SECONDS, MERIDIAN_BOSTON=BOSTON))
    assert seen["sent_after"] <= seen["parts"] - 2


@pytest.mark.browser
@pytest.mark.timeout(MOST_SECONDS + 30)
def test_the_page_asks_nothing_twice(stack: Stack) -> None:
    assert json.loads(drive("thrift.mjs", stack, MOST_SECONDS))["files"] == 20


@pytest.mark.browser
@pytest.mark.timeout(MOST_SECONDS_OF_LOOKING + 30)
def test_nobody_is_shut_out(stack: Stack) -> None:
    account = account_of(stack)
    seen = json.loads(
        drive(
            "accessibility.mjs",
            stack,
            MOST_SECONDS_OF_LOOKING,
            **account,
        )
    )
    assert seen["looks"] > 60
    assert seen["findings"] == 0


@pytest.mark.browser
@pytest.mark.timeout(MOST_SECONDS + 30)
def test_people_sign_in_as_they_like_and_are_signed_out_at_once(stack: Stack) -> None:
    account = account_of(stack)
    seen = json.loads(
        drive(
            "accounts.mjs",
            stack,
            MOST_SECONDS,
            **account,
        )
    )
    assert seen["codes"] == 10
    assert seen["signed_out_after"] < 5


@pytest.mark.browser
@pytest.mark.timeout(MOST_SECONDS + 30)
def test_tabs_stay_in_and_pages_learn_what_was_taken_from_them(stack: Stack) -> None:
    account = account_of(stack)
    seen = json.loads(
        drive(
            "sessions.mjs",
            stack,
            MOST_SECONDS,
            **account,
        )
    )
    assert seen["renewals"] >= 8
    assert max(seen["role_gone_after"], seen["signed_out_after"]) < 5
