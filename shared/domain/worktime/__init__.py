"""How working time is counted. What the rest of the desk uses of it is in `domain.calendar` and `domain.target`.

A calendar's `rules` become a `dayplan` (the open `span`s of each date), dayplans in succession a `course`, and a course a
`horizon`: the sorted lists that answer a question in one search. A `promised` amount, `pause`s and a calendar make a `deadline`;
its `explanation` is a ledger with a `reason` for every stretch, and `why` folds that into days.
"""
