"""The page of reasons: why a delivery or a file is set aside."""

from krn.contracts.reasons import Reason
from krn.dictionary.markdown import code, grid
from krn.dictionary.markdown import page as whole


def page() -> str:
    says = "Why a delivery is in quarantine. All that apply are given. `krn quarantine` counts them by source and type."
    rows = [(code(reason.word), reason.sentence) for reason in Reason]
    return whole("Reasons", says, grid(("reason", "what is wrong, and where to mend it"), rows))
