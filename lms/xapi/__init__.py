"""The record store: keeps xAPI statements, and knows nothing of the rest of Kunna.

Words: a *statement* says who (actor) did what (verb) to what (object). An *agent* is someone or something
with one identifier; a *group* has agents as members. An *activity* is a thing that can be done, named by an
IRI. A statement *targets* another by a StatementRef; one with the verb “voided” *voids* its target. A
*client* is a program that may use the store. *Stored* is when we got to know; *timestamp* is when it
happened. The content of attachments lies on a *shelf*.

`storing.record` is the only door in; what is stored is never changed. `search` is the way out.
Stands on db and signals. It follows xAPI 1.0.3 and xAPI 2.0 (IEEE 9274.1.1); citations beside the code say
“Data” for part two and “Communication” for part three of the text of 1.0.3.
"""
