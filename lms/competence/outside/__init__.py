"""What other programs tell, counted as evidence because an organisation has decided that it counts.

Only Kunna itself can show competence with a statement; otherwise any program could hand out levels. An *outside
rule* is where an organisation decides otherwise, of named programs and named activities: this verb on this activity,
with this result, shows this competence at this level. An *alias* is what a person is called in another program,
tied to them by somebody who knows; until then the program tells of nobody.

What is decided is frozen (`models`). What is derived can be read again from the store: a *hit* is a statement that
meets a condition of a rule, a *miss* one that the rule is about and that does not, *traffic* how many statements
there are of each kind, and *actors* whom they tell of. `timeline` makes evidence of hits, `reading` keeps all of it
up to date as statements come and are voided, and `backlog` reads what came before a rule was decided.
"""
