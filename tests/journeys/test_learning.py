"""A learner takes a module to the end: with pauses, on any screen, with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.browser import NARROW, WIDE
from tests.journeys.steps import answer_quiz, button, heading, link, said, sign_in

MODULE = "Vad är självledarskap – och vad är det inte?"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("database", "window"),
    [
        pytest.param("sqlite", {"viewport": WIDE}, id="wide"),
        pytest.param("sqlite", {"viewport": NARROW, "has_touch": True}, id="phone"),
        pytest.param("sqlite", {"java_script_enabled": False}, id="without-javascript"),
        pytest.param("postgresql", {"viewport": WIDE}, id="postgresql", marks=pytest.mark.postgresql),
    ],
    indirect=["database"],
)
def test_a_learner_takes_a_module_to_the_end(browse, site, window):
    page = browse(**window)
    sign_in(page, "alva@fyren.example")

    # She goes on where she stopped, reads a page, and leaves in the middle.
    button(page, "Continue").click()
    heading(page, "Vem ansvarar för vad?")
    button(page, "Go on to: %(title)s", title="Ditt mandat").click()
    heading(page, "Ditt mandat")
    button(page, "Done for now").click()
    expect(page.get_by_text(said("Everything is saved. You come back to where you stopped."))).to_be_visible()

    # Next day she is back at the same page.
    page.goto("/")
    button(page, "Continue").click()
    heading(page, "Ditt mandat")
    button(page, "Go on to: %(title)s", title="Rita din mandatkarta").click()

    # What she writes is there when she comes back to it.
    page.get_by_label("Ruta 1: Det här beslutar jag själv").fill("Vilka aktiviteter vi har på onsdagar")
    button(page, "Save").click()
    expect(page.get_by_label("Ruta 1: Det här beslutar jag själv")).to_have_value(
        "Vilka aktiviteter vi har på onsdagar"
    )
    button(page, "Go on to: %(title)s", title="När leder du dig själv bäst?").click()
    button(page, "Go on to: %(title)s", title="Jämför kartan med din chef").click()
    button(page, "I have done this").click()

    # The quiz, passed at once, completes the module.
    button(page, "Start the quiz").click()
    library = site.app.extensions["kunna"].library
    module = library.get("sjalvledarskap").module("vad-ar-sjalvledarskap")
    answer_quiz(page, list(module.original.quiz.questions))
    button(page, "Hand in").click()
    heading(page, said("%(correct)s of %(total)s right", correct=6, total=6))
    expect(page.get_by_text(said("You have completed the module"))).to_be_visible()

    # And it counts: what it develops now stands in her competence, with the course as its source.
    page.goto("/competence/")
    link_to_why = page.get_by_role("link", name="Ta initiativ och ansvar").first
    link_to_why.click()
    evidence = page.get_by_role("table", name=said("Evidence, newest first"))
    expect(evidence.get_by_text(MODULE)).to_be_visible()


@pytest.mark.browser
def test_what_is_typed_is_saved_without_asking(page):
    sign_in(page, "alva@fyren.example")
    page.goto("/courses/sjalvledarskap/vad-ar-sjalvledarskap/mandatkartan")
    field = page.get_by_label("Ruta 4: Här frågar jag först")
    with page.expect_response(lambda answer: answer.url.endswith("/mandatkartan/note")) as saved:
        field.fill("Om någon utanför personalen får följa med")
    assert saved.value.status == 204
    page.reload()
    expect(field).to_have_value("Om någon utanför personalen får följa med")


@pytest.mark.browser
def test_what_stays_on_the_device_is_never_sent(page):
    sign_in(page, "alva@fyren.example")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.goto("/courses/sjalvledarskap/egna-signaler-och-stod/min-signal-och-stodplan")
    field = page.locator("form[data-device-only] textarea").first
    field.fill("Jag sover dåligt")
    page.wait_for_function("Object.values(localStorage).some(kept => kept.includes('sover'))")
    link(page, "Courses").first.click()
    page.go_back()
    expect(field).to_have_value("Jag sover dåligt")
    assert not [body for body in sent if "sover" in body]
