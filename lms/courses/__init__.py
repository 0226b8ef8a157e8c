"""Courses: what can be learnt, and what people do when they learn it.

A *course* is a folder of text, questions and media, and one `course.toml`; its key, the folder's name, is for
ever, because it stands in people's records. A course has *modules*, a module has *pages* and at most one
*quiz*. A page is to be read, or is an exercise, a reflection or an *act* in one's own work. An *enrolment* is
a person taking a course; its *registration* ties together what the person does in it. A *stay* is an unbroken
time in one module. An *attempt* is one go at a quiz.

`content` finds and keeps the courses, `checking` says what is wrong with one in words for its author.
`learning` and `quizzes` are what learners do; `statements` says it to the record store; `progress` reads it
back, and is the only thing that says how far someone has come. What people write in exercises and reflections
is theirs and never becomes a statement.

Stands on identity (who) and xapi (the record). Courses name competences by key and know nothing of levels or
gaps.
"""
