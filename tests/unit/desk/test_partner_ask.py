"""The ask of the partners page and its address say the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.desk.partner_ask import FILTERS, PAGE_SIZES, TRENDS, Order, PartnerAsk
from core.taxonomy import taxonomy


def values(name: str) -> st.SearchStrategy[tuple[str, ...]]:
    if name == "manager":
        offered = st.text(min_size=1, max_size=12).filter(lambda text: text != "-")
    else:
        known = TRENDS if name == "trend" else ("", *taxonomy().terms(FILTERS[name]))
        offered = st.sampled_from(known)
    return st.lists(offered, max_size=3, unique=True).map(tuple)


ASKS = st.builds(
    PartnerAsk,
    **{name: values(name) for name in FILTERS},
    text=st.text(max_size=20),
    breached=st.booleans(),
    order=st.sampled_from(list(Order)),
    page=st.integers(1, 500),
    size=st.sampled_from(PAGE_SIZES),
)


@given(ASKS)
def test_an_address_gives_the_ask_that_it_was_made_from(ask: PartnerAsk) -> None:
    params = {n: [v] if isinstance(v, str) else v for n, v in ask.to_params().items()}
    assert PartnerAsk.from_params(params) == (ask, [])


def test_what_the_address_says_wrongly_is_told_and_left_out() -> None:
    given_params = {
        "tier": ["T1", "T9"],
        "band": ["rosy"],
        "sort": ["=cmd"],
        "page": ["0"],
        "rows": ["5000"],
        "breached": ["maybe"],
        "view": ["list"],
    }
    ask, ignored = PartnerAsk.from_params(given_params)
    assert ask == PartnerAsk(tier=("T1",))
    assert len(ignored) == 6
    assert "'T9' is no value of tier; it was left out." in ignored


def test_another_filter_begins_at_the_first_page() -> None:
    ask = PartnerAsk(page=3, tier=("T1",))
    assert ask.but(tier=()).page == 1
    assert ask.but(page=4).page == 4
    assert ask.cleared() == PartnerAsk()
    assert ask.is_narrowed
    assert not ask.cleared().is_narrowed
