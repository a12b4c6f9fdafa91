"""Devices by the names that people give them."""

from __future__ import annotations

import pytest

from services.auth.sessions.device_names import name_device

MOZILLA = "Mozilla/5.0"
KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
WINDOWS = f"{MOZILLA} (Windows NT 10.0; Win64; x64) {KIT} Chrome/140.0.0.0 Safari/537.36"
APPLE_KIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = f"{MOZILLA} (iPhone; CPU iPhone OS 18_5 like Mac OS X) {APPLE_KIT}"
MAC = f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) {APPLE_KIT}"
ANDROID = f"{MOZILLA} (Linux; Android 15; Pixel 9) {KIT}"
LINUX = f"{MOZILLA} (X11; Linux x86_64"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (f"{LINUX}; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (f"{LINUX}) {KIT} HeadlessChrome/140.0 Safari/537.36", "Chrome on Linux"),
        (f"{LINUX})", "Linux"),
        (WINDOWS, "Chrome on Windows"),
        (f"{WINDOWS} Edg/140.0", "Edge on Windows"),
        (f"{WINDOWS} OPR/120.0", "Opera on Windows"),
        (f"{WINDOWS} YaBrowser/25.8", "Yandex Browser on Windows"),
        (f"{MAC} Version/18.5 Safari/605.1.15", "Safari on macOS"),
        (f"{IPHONE} Version/18.5 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        (f"{IPHONE} CriOS/140.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone"),
        (f"{ANDROID} Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.14.1", "curl"),
        ("Wget/1.25.0 (linux-gnu)", "Wget"),
        ("Python/3.11 aiohttp/3.14.5", "Python"),
        ("My Backup 2", "My Backup 2"),
        (MOZILLA, "Unknown device"),
        ("", "Unknown device"),
        ("<script>alert(1)</script>", "Unknown device"),
    ],
)
def test_names(user_agent: str, name: str) -> None:
    assert name_device(user_agent) == name
