"""Somebody who signs in to the demo and goes round the main pages, over and over."""

import re
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

WHO = ("alva", "bjorn", "elsa", "cecilia")
PAGES = ("/", "/courses/", "/courses/sjalvledarskap", "/competence/", "/me")
FOR_LEADERS = ("/people", "/competence/map")


def visit(address: str, said: str, *, rounds: int) -> None:
    for name in WHO:
        browser = signed_in(address, said, name)
        for _ in range(rounds):
            for path in PAGES if name == "alva" else PAGES + FOR_LEADERS:
                browser.open(f"{address}{path}").read()


def signed_in(address: str, said: str, name: str) -> OpenerDirector:
    """`said` is what the demo printed: who can sign in, and with which password."""
    email, password = re.findall(rf"^ +({name}@\S+) +(\S+)", said, re.MULTILINE)[0]
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    page = browser.open(f"{address}/")
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page.read().decode())[0]
    form = {"csrf_token": token, "email": email, "password": password}
    browser.open(page.url, urlencode(form).encode())
    return browser
