"""A workshop on a projector and three phones, one of which loses its connection in the middle."""

import re

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from lms.competence.models import NeedVersion, RoleProfileVersion
from lms.competence.required import profiles
from lms.db import session
from lms.workshops.models import Contribution, Item, Seat
from tests.browser import NARROW, axe
from tests.journeys.steps import button, heading, link, said, sign_in

PHONE = {"viewport": NARROW, "has_touch": True}
INFORMATION = "digcomp-3/1.2"
# They ask every few seconds, and send again after as long: here ten times as often.
HURRY = "const later = window.setTimeout; window.setTimeout = (work, ms, ...rest) => later(work, ms / 10, ...rest);"


def start(elsa: Page) -> str:
    """The code."""
    sign_in(elsa, "elsa@ekeby.example")
    elsa.goto("/competence/workshops")
    link(elsa, "Start a workshop").click()
    elsa.locator("#title").fill("Läraren om ett år")
    elsa.locator("input[name=role][value=larare]").check()
    button(elsa, "Start the workshop").click()
    heading(elsa, said("Welcome"))
    return elsa.locator("dd", has_text=re.compile(r"^[A-Z2-9]{6}$")).inner_text()


def join(phone: Page, code: str) -> None:
    phone.goto("/join")
    phone.locator("#code").fill(code.lower())
    button(phone, "Join").click()
    heading(phone, said("Welcome"))


def go_on(elsa: Page, to: str) -> None:
    button(elsa, "Next: %(step)s", step=said(to)).click()


def send(phone: Page, text: str) -> None:
    phone.locator("#text").fill(text)
    button(phone, "Send").click()
    # It has left the field, for the queue.
    expect(phone.locator("#text")).to_have_value("")


def name(phone: Page, level: int) -> None:
    phone.locator("#competence").select_option(INFORMATION)
    phone.locator("#level").select_option(str(level))
    button(phone, "Send").click()


@pytest.mark.browser
def test_from_trends_on_three_phones_to_a_version_of_a_role_profile(browse, site):
    elsa, screen = browse(), browse()
    phones = one, two, three = [browse(**PHONE) for _ in range(3)]
    for window in (screen, *phones):
        window.add_init_script(HURRY)
    code = start(elsa)
    sign_in(screen, "elsa@ekeby.example")
    screen.goto(elsa.url + "/screen")
    expect(screen.locator("dd.far-code")).to_have_text(code)
    for phone in phones:
        join(phone, code)

    # The phones go along by themselves, and so does the screen.
    go_on(elsa, "Trends")
    for phone in phones:
        heading(phone, said("What is changing around us?"))
    expect(screen.locator(".far-heading")).to_have_text(said("What is changing around us?"))
    send(one, "AI i klassrummet")
    expect(two.get_by_text("AI i klassrummet")).to_be_visible()

    # The second phone loses its connection, and goes on writing.
    two.context.set_offline(True)
    send(two, "Färre behöriga lärare")
    send(two, "Nya kursplaner")
    waiting = two.locator("[data-outbox]")
    expect(waiting).to_contain_text("Nya kursplaner")
    # The answers to the third are lost on the way.
    lost: list[str] = []

    def lose(route: Route) -> None:
        answer = route.fetch()
        if len(lost) < 2:
            lost.append(route.request.post_data or "")
            route.abort()
        else:
            route.fulfill(response=answer)

    three.route("**/say", lose)
    send(three, "Fler elever i behov av stöd")
    expect(three.locator("[data-outbox]")).to_have_text(said("It has come in."), timeout=30_000)
    assert lost[0] == lost[1]

    # Meanwhile the workshop has gone on. What the second phone kept comes in when it is back.
    go_on(elsa, "Tasks to come")
    two.context.set_offline(False)
    expect(waiting).not_to_contain_text("Nya kursplaner")
    button(elsa, "Trends").click()
    for text in ("AI i klassrummet", "Färre behöriga lärare", "Nya kursplaner", "Fler elever i behov av stöd"):
        expect(elsa.locator("article .strong", has_text=text)).to_have_count(1)

    go_on(elsa, "Tasks to come")
    go_on(elsa, "Competences")
    for phone, level in zip(phones, (4, 4, 3), strict=True):
        heading(phone, said("What must we be able to do in %(months)d months?", months=12))
        name(phone, level)
        expect(phone.locator("[data-outbox]")).to_have_text(said("It has come in."))
    go_on(elsa, "Vote")
    for phone in phones:
        heading(phone, said("What matters most?"))
        phone.locator("select[name^='dots:']").select_option("5")
        button(phone, "Give my dots").click()
        expect(phone.locator("[data-outbox]")).to_have_text(said("It has come in."))
    expect(screen.locator(".far-figure .number")).to_have_text("3")
    assert axe(one) == []
    assert axe(screen) == []
    elsa.reload()
    button(elsa, "Show the sums to all").click()
    expect(screen.locator(".far-list .dots .number")).to_have_text("15")

    go_on(elsa, "Talk")
    go_on(elsa, "Decide")
    link(elsa, "Write down what you decide").click()
    elsa.locator("#valid_from\\:larare").fill("2099-01-01")
    elsa.locator("#note\\:larare").fill("Alla var överens.")
    button(elsa, "Decide what %(role)s needs", role="Lärare").click()
    expect(elsa.locator("#role-larare")).to_contain_text("Elsa Öberg")
    elsa.locator(f"input[name='holders:4:{INFORMATION}']").fill("6")
    button(elsa, "Decide the needs").click()
    link(elsa, "Back to the workshop").click()
    button(elsa, "End the workshop").click()
    elsa.locator("dialog").get_by_role("button", name=said("End the workshop")).click()
    heading(elsa, "Läraren om ett år")
    expect(elsa.get_by_text("Alla var överens.")).to_be_visible()

    with site.app.app_context():
        version = (
            session().scalars(select(RoleProfileVersion).where(RoleProfileVersion.note == "Alla var överens.")).one()
        )
        assert profiles.requirements_of(version)[INFORMATION].level == 4
        assert (version.profile.key, version.decided_by.name, version.origin) == ("larare", "Elsa Öberg", "workshop")
        workshop = version.origin_key
        needed = session().scalars(select(NeedVersion).where(NeedVersion.origin_key == workshop)).one()
        assert [(row.level, row.holders) for row in needed.needs if row.competence_key == INFORMATION][-1] == (4, 6)
        texts = session().scalars(select(Item.text).where(Item.text.contains("Nya kursplaner"))).all()
        assert len(texts) == 1
        [item] = session().scalars(select(Item).where(Item.dots == 15)).all()
        named = select(Contribution).where(Contribution.item_id == item.id)
        assert len(session().scalars(named).all()) == 3
        assert session().scalars(select(Seat).where(Seat.workshop_id == item.workshop_id)).all() == []


@pytest.mark.browser
def test_a_phone_without_scripts_takes_part(browse):
    elsa, phone = browse(), browse(**PHONE, java_script_enabled=False)
    code = start(elsa)
    join(phone, code)
    go_on(elsa, "Trends")
    link(phone, "Update the page").click()
    heading(phone, said("What is changing around us?"))
    phone.locator("#text").fill("Nya kursplaner")
    button(phone, "Send").click()
    expect(phone.locator("#in")).to_contain_text("Nya kursplaner")
    elsa.reload()
    expect(elsa.locator("article")).to_contain_text("Nya kursplaner")


@pytest.mark.browser
def test_a_workshop_is_led_with_the_keyboard_alone(browse):
    elsa = browse()
    start(elsa)
    for step in ("Trends", "Tasks to come"):
        following = button(elsa, "Next: %(step)s", step=said(step))
        following.focus()
        elsa.keyboard.press("Enter")
        expect(elsa.locator(".step-title[aria-current]")).to_have_text(said(step))
    back = button(elsa, "Back: %(step)s", step=said("Trends"))
    back.focus()
    elsa.keyboard.press("Space")
    heading(elsa, said("What is changing around us?"))
