"""An error budget in a sentence. What may be lost and what is left are cut, what is used is raised: none is shown too well."""

from shared.domain.guarantees.budget import Budget, cut_minutes, raised_minutes
from shared.web.status.words import Words


def budget_words(budget: Budget, words: Words) -> str:
    """Error budget: 21.6 min; 3.2 min used for certain; 10.1 to 18.4 min left."""
    allowed, used = words.minutes(cut_minutes(budget.allowed)), words.minutes(raised_minutes(budget.used))
    return words.says["budget"].format(allowed=allowed, used=used, left=_left(budget, words))


def _left(budget: Budget, words: Words) -> str:
    least, most = budget.left
    low, high = (words.minutes(cut_minutes(each).removeprefix("-")) for each in (least, most))
    if most < 0:
        return words.says["budget_over" if low == high else "budget_over_between"].format(least=high, most=low)
    if least < 0:
        return words.says["budget_perhaps"].format(most=high, over=low)
    return words.says["budget_left" if low == high else "budget_left_between"].format(least=low, most=high)


def short_words(budget: Budget, words: Words) -> str:
    """What is left: 10.1–18.4 min."""
    least, most = budget.left
    low, high = (words.minutes(cut_minutes(each)) for each in (least, most))
    if most < 0:
        return words.says["budget_gone"]
    if least < 0:
        return words.says["budget_at_most"].format(most=high)
    return f"{low} min" if low == high else f"{low}–{high} min"
