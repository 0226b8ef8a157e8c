"""What people do in a browser, in the words of the pages."""

import gettext
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from lms.courses.answering import name
from lms.courses.questions import Match, Multiple, Number, Order, Question, Single, Text, TrueFalse, correct
from lms.demo.seeding import PASSWORD

CATALOGUES = Path(__file__).parents[2] / "lms/translations"


def said(english: str, **values: Any) -> str:
    """A sentence of ours as it stands on Swedish pages."""
    swedish = gettext.translation("messages", CATALOGUES, ["sv"]).gettext(english)
    # One that is the same in both languages has no place in a journey; one that is unknown has been reworded.
    assert swedish != english, f"there is no such sentence any more: {english}"
    return swedish % values


def button(page: Page, english: str, **values: Any) -> Locator:
    return page.get_by_role("button", name=said(english, **values), exact=True)


def link(page: Page, english: str, **values: Any) -> Locator:
    return page.get_by_role("link", name=said(english, **values), exact=True)


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def sign_in(page: Page, email: str) -> None:
    page.goto("/")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form").get_by_role("button").click()
    page.wait_for_url("/")


def answer_quiz(page: Page, questions: list[Question]) -> None:
    """Every question right, however the page poses them: all at once, or one at a time."""
    by_key = {question.key: question for question in questions}
    # Until the page's own script has run, all questions are there at once.
    page.wait_for_load_state()
    posed = page.locator("[data-question]")
    for place in range(posed.count()):
        one = posed.nth(place)
        answer(page, by_key[key_of(one)])
        following = button(page, "Next question")
        if following.is_visible():
            following.click()


def key_of(posed: Locator) -> str:
    field = posed.locator("[name^='q.']").first.get_attribute("name") or ""
    return field.split(".")[1]


def answer(page: Page, question: Question) -> None:
    right = correct(question)
    match question:
        case Single() | TrueFalse():
            page.locator(f"input[name='{name(question)}'][value='{right}']").check()
        case Multiple():
            for key in right:
                page.locator(f"input[name='{name(question)}'][value='{key}']").check()
        case Number() | Text():
            page.locator(f"input[name='{name(question)}']").fill(str(right))
        case Match(items=items):
            for item in items:
                page.locator(f"select[name='{name(question, item.key)}']").select_option(item.target)
        case Order():
            put_in_order(page, question)


def put_in_order(page: Page, question: Order) -> None:
    fields = [page.locator(f"select[name='{name(question, item.key)}']") for item in question.items]
    if fields[0].is_visible():
        for place, field in enumerate(fields, start=1):
            field.select_option(str(place))
        return
    # With JavaScript the lines are moved; the first button of a line moves it up.
    for place, field in enumerate(fields):
        line = page.locator("li.answer-row").filter(has=field)
        for _ in range(line.evaluate("line => [...line.parentElement.children].indexOf(line)") - place):
            line.get_by_role("button").first.click()
