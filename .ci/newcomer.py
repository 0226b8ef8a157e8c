"""Does what README says: waits for the demo, signs in as the learner it names, sees her name on the first page.

newcomer.py ADDRESS LOG SECONDS first|again. The second time she is still signed in: nothing was thrown away.
"""

import re
import sys
import time
from http.cookiejar import MozillaCookieJar
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener


def wait_until_ready(browser: OpenerDirector, address: str, log: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if re.search(r"^make: \*\*\*", log.read_text(), re.MULTILINE):
            sys.exit("make run gave up.")
        try:
            if browser.open(f"{address}/readyz", timeout=5).status == 200:
                return
        except URLError:
            time.sleep(0.2)
    sys.exit(f"Not ready after {seconds:.0f} seconds.")


def sign_in(browser: OpenerDirector, address: str, log: Path) -> None:
    told = re.search(r"^ +(alva@\S+) +(\S+) +Alva Ek", log.read_text(), re.MULTILINE)
    if told is None:
        sys.exit("The demo did not say who can sign in.")
    page = browser.open(f"{address}/")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.read().decode())
    if token is None:
        sys.exit(f"{page.url} has no form with a token.")
    form = {"csrf_token": token[1], "email": told[1], "password": told[2]}
    browser.open(page.url, urlencode(form).encode())


def main(address: str, log: str, seconds: str, turn: str) -> None:
    cookies = MozillaCookieJar(Path(log).with_name("cookies.txt"))
    if turn == "again":
        cookies.load(ignore_discard=True)
    browser = build_opener(HTTPCookieProcessor(cookies))
    wait_until_ready(browser, address, Path(log), float(seconds))
    if turn == "first":
        sign_in(browser, address, Path(log))
    page = browser.open(f"{address}/")
    if "Alva Ek" not in page.read().decode():
        sys.exit(f"{page.url} does not greet Alva Ek.")
    cookies.save(ignore_discard=True)
    print(f"{turn}: Alva Ek is greeted at {page.url}")


if __name__ == "__main__":
    main(*sys.argv[1:])
