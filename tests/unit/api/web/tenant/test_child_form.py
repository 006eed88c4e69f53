"""The form by which a tenant declares a child asks of the child only."""

from api.web.tenant.asked_facts import Asked, asked_facts
from api.web.tenant.pages import child_values
from tests.browser.samples.facts import onboarding


def test_the_form_does_not_say_of_a_question_that_it_is_for_minors_only() -> None:
    shown = onboarding("on_lock", asks_besides=["relation", "phone"], asks_minors=["relation"])
    (adults,) = asked_facts(shown, "en", ["relation"])
    assert adults.hint == "Only if a minor is registered."
    child = child_values("en", shown)["child_asks"]
    assert isinstance(child, list)
    (relation,) = child
    assert isinstance(relation, Asked)
    assert (relation.path, relation.hint) == ("relation", "")
