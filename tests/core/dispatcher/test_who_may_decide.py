"""Who may do what to an approval: the whole table, and what is not in it is refused."""

import pytest

from dispatch_core.approval_errors import MayNotDecide, OwnRequest
from dispatch_core.policy.deciders import (
    Act,
    ApprovalRules,
    Asked,
    may_revoke,
    refusal,
    still_counts,
    who_may,
)
from tests.core.engine import ADA, GRACE, SAM, decider

LIN, OPS = "T1:U0LIN", "T1:S0OPS"
NOBODY = ApprovalRules()
TWO = ApprovalRules(frozenset({ADA, GRACE}))
GROUP = ApprovalRules(frozenset({OPS}))
OTHERS = ApprovalRules(frozenset({ADA, GRACE, LIN}), approve_own=False)
OTHERS_OF_GROUP = ApprovalRules(frozenset({OPS}), approve_own=False)
MINE = Asked(ADA, ADA)
OF_THE_CORE = Asked(ADA)
EDITED = Asked(ADA, ADA, (GRACE,))
ALL = frozenset(Act)
ONCE = ALL - {Act.GRANT}
NOTHING: frozenset[Act] = frozenset()
NO = frozenset({Act.REJECT})

TABLE = [
    ("the owner, where the operator named nobody", NOBODY, decider(ADA), MINE, ALL),
    ("somebody else, where the operator named nobody", NOBODY, decider(GRACE), MINE, NOTHING),
    ("the owner, of another's request", NOBODY, decider(ADA), Asked(GRACE, ADA), ALL),
    ("the asker, on another's device", NOBODY, decider(GRACE), Asked(GRACE, ADA), NOTHING),
    ("the asker, where there is no device", NOBODY, decider(ADA), OF_THE_CORE, ONCE),
    ("a namesake of another workspace", NOBODY, decider("T2:U0ADA"), MINE, NOTHING),
    ("nobody at all", NOBODY, decider(""), MINE, NOTHING),
    ("an approver", TWO, decider(GRACE), MINE, ALL),
    ("an approver, of their own request", TWO, decider(ADA), MINE, ALL),
    ("the owner, who is no approver", TWO, decider(SAM), Asked(SAM, SAM), NOTHING),
    ("a member of the approvers' group", GROUP, decider(GRACE, OPS), MINE, ALL),
    ("one of whom no group is known", GROUP, decider(GRACE), MINE, NOTHING),
    ("a member of a like group elsewhere", GROUP, decider(GRACE, "T2:S0OPS"), MINE, NOTHING),
    ("a member of another group", GROUP, decider(ADA, "T1:S0ALL"), MINE, NOTHING),
    ("the asker, where nobody decides their own", OTHERS, decider(ADA), MINE, NO),
    ("another, where nobody decides their own", OTHERS, decider(GRACE), MINE, ALL),
    ("who edited it, where nobody decides their own", OTHERS, decider(GRACE), EDITED, NO),
    ("a third, of what another edited", OTHERS, decider(LIN), EDITED, ALL),
    ("who edited it, where one may decide one's own", TWO, decider(GRACE), EDITED, ALL),
    ("the asker, by a group", OTHERS_OF_GROUP, decider(ADA, OPS), MINE, NO),
    ("another, by a group", OTHERS_OF_GROUP, decider(GRACE, OPS), MINE, ALL),
    ("the asker, who is not in the group", OTHERS_OF_GROUP, decider(ADA), MINE, NOTHING),
]


@pytest.mark.parametrize(("who", "rules", "person", "asked", "may"), TABLE)
def test_who_may_do_what(who, rules, person, asked, may) -> None:  # type: ignore[no-untyped-def]
    allowed = {act for act in Act if refusal(rules, person, asked, act) is None}
    assert allowed == may, who


def test_a_refusal_says_who_may_instead() -> None:
    refused = refusal(OTHERS, decider(ADA), MINE, Act.APPROVE)
    assert isinstance(refused, OwnRequest)
    assert refused.facts["approvers"] == (GRACE, LIN)
    foreign = refusal(TWO, decider(SAM), MINE, Act.APPROVE)
    assert isinstance(foreign, MayNotDecide)
    assert foreign.facts["approvers"] == (ADA, GRACE)


def test_where_only_the_asker_is_an_approver_it_is_nobody() -> None:
    alone = ApprovalRules(frozenset({ADA}), approve_own=False)
    assert who_may(alone, MINE) == ()
    refused = refusal(alone, decider(ADA), MINE, Act.APPROVE)
    assert "nobody may" in str(refused)


def test_a_vote_counts_for_as_long_as_its_right_does() -> None:
    assert still_counts(GROUP, OPS, GRACE, MINE)
    assert not still_counts(TWO, OPS, GRACE, MINE)
    assert not still_counts(NOBODY, GRACE, GRACE, MINE)
    assert not still_counts(OTHERS, ADA, ADA, MINE)


@pytest.mark.parametrize(
    ("rules", "person", "may"),
    [
        (NOBODY, decider(ADA), True),
        (NOBODY, decider(GRACE), True),
        (NOBODY, decider(SAM), False),
        (TWO, decider(SAM), False),
        (ApprovalRules(frozenset({LIN})), decider(LIN), True),
        (GROUP, decider(SAM, OPS), True),
        (GROUP, decider(SAM), False),
    ],
)
def test_a_grant_is_revoked_by_its_giver_the_owner_or_an_approver(rules, person, may) -> None:  # type: ignore[no-untyped-def]
    assert may_revoke(rules, person, device_owner=ADA, made_by=GRACE) is may
