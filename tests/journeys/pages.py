"""The main pages, and who of the cast looks at each."""

from typing import Final

from sqlalchemy import select

from lms.db import session
from lms.demo.traffic import DRILL, LAST
from lms.identity.models import Person
from tests.browser import Site

ALVA, BJORN, ELSA = "alva@fyren.example", "bjorn@fyren.example", "elsa@ekeby.example"
CECILIA, GUN = "cecilia@kompetenslyft.example", "gun@nordverk.example"

MODULE: Final = "/courses/sjalvledarskap/vad-ar-sjalvledarskap"
COMPETENCE: Final = "self-leadership/SL2"

# {alva}: her uuid.
PAGES: Final = {
    "sign-in": (None, "/sign-in"),
    "forgotten-password": (None, "/forgotten-password"),
    "accessibility": (None, "/accessibility"),
    "start": (ALVA, "/"),
    "catalogue": (ALVA, "/courses/"),
    "course": (ALVA, "/courses/sjalvledarskap"),
    "module": (ALVA, MODULE),
    "page": (ALVA, f"{MODULE}/tre-sorters-strategier"),
    "exercise": (ALVA, f"{MODULE}/mandatkartan"),
    "reflection": (ALVA, f"{MODULE}/nar-leder-du-dig-sjalv-bast"),
    "quiz": (ALVA, f"{MODULE}/quiz"),
    "my-competence": (ALVA, "/competence/"),
    "why": (ALVA, f"/competence/why/{{alva}}/{COMPETENCE}"),
    "assess": (ALVA, "/competence/assess"),
    "assess-step": (ALVA, "/competence/assess/self-leadership/1"),
    "my-plan": (ALVA, "/competence/talks/"),
    "propose-a-goal": (ALVA, "/competence/talks/with/{alva}/goals/new?competence=self-leadership/SL2"),
    "talks-of-a-team": (BJORN, "/competence/talks/team"),
    "talk-with-alva": (BJORN, "/competence/talks/with/{alva}"),
    "proofs": (ALVA, "/competence/proofs"),
    "hand-in-a-proof": (ALVA, f"/competence/proofs/new?competence={COMPETENCE}&level=2"),
    "observe": (BJORN, "/competence/people/{alva}/observe"),
    "frameworks": (ALVA, "/competence/frameworks"),
    "own-competences": (ELSA, "/competence/own"),
    "own-competence-draft": (ELSA, "/competence/own/drafts/2"),
    "another-wording": (ELSA, "/competence/own/new?replaces=1"),
    "framework": (ALVA, "/competence/frameworks/digcomp-3"),
    "sources": (ALVA, "/competence/sources"),
    "me": (ALVA, "/me"),
    "keys": (BJORN, "/me/keys"),
    "start-of-a-manager": (BJORN, "/"),
    "team": (BJORN, "/courses/team"),
    "map": (BJORN, "/competence/map"),
    "map-by-priority": (BJORN, "/competence/map?sort=priority"),
    "gaps-of-a-team": (BJORN, "/competence/gaps"),
    "why-of-a-team": (BJORN, f"/competence/why/team/{COMPETENCE}"),
    "resting-on-one-of-a-team": (BJORN, "/competence/alone"),
    "gaps-of-a-team-over-time": (BJORN, "/competence/over-time"),
    "place-of-a-gap": (BJORN, "/competence/gaps/digcomp-3/4.3/place"),
    "competence-of-alva": (BJORN, "/competence/people/{alva}"),
    "calibration-talk": (BJORN, "/competence/people/{alva}/calibrate"),
    "calibration": (ALVA, "/competence/people/{alva}/calibration"),
    "people": (ELSA, "/people"),
    "invite": (ELSA, "/people/invite"),
    "import": (ELSA, "/people/import"),
    "map-of-units": (ELSA, "/competence/map"),
    "role-profiles": (ELSA, "/competence/profiles"),
    "resting-on-one": (ELSA, "/competence/alone"),
    "new-role-profile": (ELSA, "/competence/profiles/new"),
    "draft-from-an-occupation": (ELSA, "/competence/profiles/studie-och-yrkesvagledare/edit"),
    "occupations": (ELSA, "/competence/occupations?q=ledare"),
    "occupations-without-an-answer": (ELSA, "/competence/occupations?q=svetsare"),
    "occupation": (ELSA, "/competence/occupations/2025-12/KYPa_Jv8_ZbU"),
    "role-profile": (CECILIA, "/competence/profiles/vagledare"),
    "draft-of-a-role-profile": (CECILIA, "/competence/profiles/vagledare/edit"),
    "decide-a-role-profile": (CECILIA, "/competence/profiles/vagledare/decide"),
    "level-rule": (CECILIA, "/competence/level-rule"),
    "try-a-level-rule": (CECILIA, "/competence/level-rule/best-valid-confirmed"),
    "needs": (BJORN, "/competence/needs/fyren-ungdom"),
    "needs-of-an-organisation": (ELSA, "/competence/needs/ekeby"),
    "draft-of-needs": (ELSA, "/competence/needs/ekeby/edit"),
    "plan-of-a-team": (BJORN, "/competence/plan/"),
    "plan-of-an-organisation": (ELSA, "/competence/plan/"),
    "plan-of-the-project": (CECILIA, "/competence/plan/"),
    "supply": (ELSA, "/competence/plan/supply"),
    "measure": (BJORN, "/competence/plan/measures/new?view=team&competence=lifecomp/S2"),
    "assign": (BJORN, "/competence/plan/assign?person={alva}"),
    "forecast": (BJORN, "/competence/plan/forecast"),
    "workshops": (ELSA, "/competence/workshops"),
    "new-workshop": (ELSA, "/competence/workshops/new"),
    "join-a-workshop": (None, "/join"),
    "project": (CECILIA, "/project"),
    "map-of-organisations": (CECILIA, "/competence/map"),
    "gaps-of-the-project": (CECILIA, "/competence/gaps"),
    "gaps-of-the-project-over-time": (CECILIA, "/competence/over-time"),
    "why-of-a-group": (CECILIA, f"/competence/why/group/ekeby/{COMPETENCE}"),
    "add-an-organisation": (CECILIA, "/project/ost/add"),
    "connections": (ELSA, "/connections"),
    "connection": (ELSA, f"/connections/{DRILL}"),
    "connection-add": (ELSA, "/connections/add"),
    "connection-secret": (ELSA, f"/connections/{DRILL}/secret"),
    "connection-revoke": (ELSA, f"/connections/{DRILL}/revoke"),
    "statements": (ELSA, "/connections/statements"),
    "statements-narrowed": (ELSA, "/connections/statements?verb=passed&who=ekeby"),
    "statement": (ELSA, f"/connections/statements/{LAST}"),
    "statements-empty": (GUN, "/connections/statements"),
    "connections-empty": (GUN, "/connections"),
    "what-others-see": (ALVA, "/me/seen"),
    "gender": (ALVA, "/me/gender"),
    "map-by-gender": (CECILIA, "/competence/map?by=gender"),
    "who-has-looked": (ALVA, "/me/looks"),
    "what-managers-see": (ELSA, "/people/privacy"),
    "rules": (ELSA, "/connections/rules"),
    "rule": (ELSA, "/connections/rules/1"),
    "make-a-rule": (ELSA, "/connections/rules/add?verb=passed"),
    "make-a-rule-for-all": (CECILIA, "/connections/rules/add"),
    "uncounted": (ELSA, "/connections/uncounted"),
    "uncounted-activities": (ELSA, "/connections/uncounted?reason=activity"),
    "uncounted-rules": (ELSA, "/connections/uncounted?reason=rule"),
    "uncounted-results": (ELSA, "/connections/uncounted?reason=result"),
    "who-is-who": (ELSA, "/connections/who-is-who"),
    "tie": (ELSA, "/connections/who-is-who/tie?agent=mbox%7Cmailto:farid@ekeby.example&who=a"),
    "my-records": (ALVA, "/records"),
    "not-there": (GUN, f"/competence/why/{{alva}}/{COMPETENCE}"),
}


def speak(site: Site, language: str) -> str:
    """From now on everyone reads this language. Returns Alva's uuid."""
    with site.app.app_context():
        for person in session().scalars(select(Person)):
            person.language = language
        session().commit()
        return str(session().scalars(select(Person.uuid).where(Person.email == ALVA)).one())
