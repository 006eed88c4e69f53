"""What several registries require together."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.filings.required_facts import RequiredFacts, asked_by_all

PATHS = st.lists(st.sampled_from("abcdef"), max_size=4, unique=True).map(tuple)
FACTS = st.builds(RequiredFacts, person=PATHS, one_of=PATHS, minor=PATHS, at_home=PATHS)


def satisfied(facts: RequiredFacts, given_paths: set[str]) -> bool:
    """Whether a minor at home who gives these paths gives what one registry requires."""
    every = {*facts.person, *facts.minor, *facts.at_home}
    return every <= given_paths and (not facts.one_of or bool(given_paths & {*facts.one_of}))


@given(st.lists(FACTS, max_size=3), st.data())
def test_whoever_answers_the_union_answers_each_registry(registries: list[RequiredFacts], data: st.DataObject) -> None:
    together = asked_by_all(registries)
    answered = {*together.person, *together.minor, *together.at_home}
    if together.one_of:
        answered.add(data.draw(st.sampled_from(together.one_of)))
    assert all(satisfied(facts, answered) for facts in registries)


@given(FACTS)
def test_one_registry_alone_asks_nothing_it_does_not_require(facts: RequiredFacts) -> None:
    alone = asked_by_all([facts])
    assert set(alone.of_tenant) <= set(facts.of_tenant)
    assert set(alone.person) == set(facts.person)


def test_a_path_one_of_them_always_requires_is_asked_once() -> None:
    police = RequiredFacts(person=("birth_country",), one_of=("phone", "email"), minor=("relation",))
    statistics = RequiredFacts(person=("email", "relation"))
    assert asked_by_all([police, statistics]) == RequiredFacts(person=("birth_country", "email", "relation"))
