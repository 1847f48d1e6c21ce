"""What people may do to a ticket. Each transition takes the ticket and the occasion, and returns the decision, or None where the
ticket is as asked already: asking again changes nothing. Nothing is written here.

`table` says who may do what when; every transition asks it first and ends in `conclusion.concluded`. What happens by itself is in
`due_work`.
"""

from shared.domain.lifecycle.closing import close as close
from shared.domain.lifecycle.closing import resolve as resolve
from shared.domain.lifecycle.closing import treat as treat
from shared.domain.lifecycle.kinship import merge as merge
from shared.domain.lifecycle.kinship import relate as relate
from shared.domain.lifecycle.objection import answer_dispute as answer_dispute
from shared.domain.lifecycle.objection import dispute as dispute
from shared.domain.lifecycle.opening import followed as followed
from shared.domain.lifecycle.opening import received as received
from shared.domain.lifecycle.opening import reopen as reopen
from shared.domain.lifecycle.outage import come_back as come_back
from shared.domain.lifecycle.outage import recover as recover
from shared.domain.lifecycle.permission import allowed_now as allowed_now
from shared.domain.lifecycle.talk import ask as ask
from shared.domain.lifecycle.talk import message as message
from shared.domain.lifecycle.talk import reply as reply
from shared.domain.lifecycle.talk import resume as resume
from shared.domain.lifecycle.triage import acknowledge as acknowledge
from shared.domain.lifecycle.triage import assign as assign
from shared.domain.lifecycle.triage import classify as classify
from shared.domain.lifecycle.triage import prioritise as prioritise
