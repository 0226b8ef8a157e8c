"""Kunna: what people do becomes statements, and what we claim about them is read from statements by rules.

A directory here is something a learner, a manager or a project leader has a word for; a file is plumbing.
From the roof to the cellar, each floor using only what stands below it:

    app, cli, demo              wire everything; nobody imports them
    start                       the first page: it reads everyone
    workshops                   people say together what their work will need
    connections                 the programs that send and read statements, for those who look after them
    competence                  judges what statements show: levels, gaps, the map
    courses | frameworks        content, learning, quizzes, and what we tell the record store about them. Beside them
                                what people can do, as frameworks describe it
    navigation                  where someone can go, by the names of rooms
    identity | xapi             a person in organisations; a record. Neither knows the other
    health, http, signals       plumbing that knows Flask or happenings,
    queued, jobs, mail          or work that is done later
    db, errors, clock, i18n     plumbing that knows nothing
"""
