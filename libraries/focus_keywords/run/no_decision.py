"""Cases that decided nothing though they passed, and skipped ones that a gate rests on."""

from robot import result

from focus_engine.verdict import Prefix

GATE, DISRUPTIVE = "gate", "disruptive"
LOOPS = {"FOR", "WHILE"}  # Robot's types of body items
BY_OPTION = "Test skipped using"  # what Robot says of --skip: somebody's own wish, and told
ENDED = (
    "the case was ended as passed before it had checked all that it has ('Pass Execution'). Take "
    "that away, or use 'Skip' with a reason."
)
NO_REASON = "A gate rests on the case: say PRECONDITION: and why, or take the skip away."


def fail_what_tried_nothing(case: result.TestCase, *, ended: bool) -> None:
    """Fail a case that passed with a loop over nothing, or was `ended` by a keyword."""
    idle = next((each for each in case.body if each.type in LOOPS and each.not_run), None)
    if idle is not None:
        _fail(
            case,
            f"nothing was tried: the loop '{idle}' had no turn. Is there something in what it goes "
            "over?",
        )
    elif ended:
        _fail(case, ENDED)


def fail_what_a_gate_rests_on(case: result.TestCase) -> None:
    """Fail a gate's case that was skipped though it must be decided; on an outage, so there must be
    one, and there must be a reason in our words."""
    prefix = Prefix.of(case.message)
    if GATE not in case.tags or case.message.startswith(BY_OPTION):
        return
    if prefix is None:
        _fail(case, f"skipped: {case.message} {NO_REASON}")
    no_outage = prefix is Prefix.PRECONDITION and DISRUPTIVE in case.tags
    if prefix is Prefix.UNDETERMINED or no_outage:
        case.status = "FAIL"


def _fail(case: result.TestCase, sentence: str) -> None:
    case.status = "FAIL"
    case.message = f"{Prefix.ERROR.value} {sentence}"
