import pytest

from lms.occupations import files, vintages

# A few rows, put together for the tests.
SSYK = """code,level,label_sv,parent,jobtech_id,definition_sv
3,1,Yrken med krav på högskola,,a,
34,2,Yrken inom juridik och socialt arbete,3,b,
342,3,"Fritidsledare, idrottsledare",34,c,
3423,4,Fritidsledare m.fl.,342,d,Leder verksamhet på fritiden.
23,2,Lärare,,e,
2352,4,Studie- och yrkesvägledare,,f,Ger vägledning.
"""
OCCUPATIONS = """jobtech_id,label_sv,ssyk4
fritid,Fritidsledare,3423
ungdom,Ungdomsledare,3423
syv,Studie- och yrkesvägledare/SYV,2352
larare,"Lärare i fritidshem, 1-6",2352
"""
SKILLS = """skill_id,label_sv
grupp,"Gruppvägledning, ledarerfarenhet"
kontor,Zoho Office Suite
samtal,Samtalsmetodik
"""
GROUP_SKILLS = "ssyk4,skill_id\n2352,grupp\n2352,kontor\n3423,samtal\n"
CLOSENESS = "from_id,to_id,percentage\nfritid,ungdom,75\nungdom,fritid,25\nsyv,fritid,25\n"
FILES = {
    "ssyk.csv": SSYK,
    "occupations.csv": OCCUPATIONS,
    "skills.csv": SKILLS,
    "group_skills.csv": GROUP_SKILLS,
    "closeness.csv": CLOSENESS,
}


def found(**changed):
    """What the files say; `occupations=` and so on are other contents."""
    contents = FILES | {f"{name}.csv": content for name, content in changed.items()}
    return files.read((name, content.encode()) for name, content in contents.items() if content)


@pytest.fixture
def vintage(session, at):
    vintages.bring_in(session, found(), "2025-12", at=at)
    session.commit()
    return "2025-12"
