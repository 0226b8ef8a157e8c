"""A few occupations as they are published, so that a role profile can start from one, and one that has.

Facts from Arbetsförmedlingen's JobTech Taxonomy and SCB's SSYK 2012, both CC0: codes, names and which belong together.
All of them are brought in by `flask occupations import`.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from lms.competence.models import RoleProfileDraft
from lms.competence.required import drafts, from_occupation, profiles
from lms.demo.cast import Cast
from lms.occupations import files, lookup, vintages

VINTAGE: Final = "2025-12"
SOURCE: Final = f"{vintages.SOURCE}; några rader för demon"

GROUPS: Final = """code,label_sv
2,Yrken med krav på fördjupad högskolekompetens
23,Yrken med krav på fördjupad högskolekompetens inom utbildning
235,Andra pedagoger med teoretisk specialistkompetens
2352,Studie- och yrkesvägledare
3,Yrken med krav på högskolekompetens eller motsvarande
33,Yrken med krav på högskolekompetens eller motsvarande inom ekonomi och förvaltning
333,Förmedlare m.fl.
3333,Arbetsförmedlare
34,"Yrken med krav på högskolekompetens eller motsvarande inom kultur, friskvård och socialt arbete m.m."
341,Behandlingsassistenter och pastorer
3411,Behandlingsassistenter och socialpedagoger m.fl.
342,Idrottsutövare och fritidsledare m.fl.
3423,Fritidsledare m.fl.
"""
OCCUPATIONS: Final = """jobtech_id,label_sv,ssyk4
KYPa_Jv8_ZbU,Studie- och yrkesvägledare/SYV,2352
XSDj_JZ2_ugu,Arbetsförmedlare,3333
gPCx_T6e_6P8,Jobbcoach/Utbildningscoach,3333
Luo9_kCz_Z8D,Arbetskonsulent,3333
MMTE_fiP_1Ng,Behandlingsassistent/Socialpedagog,3411
dPjj_QXm_fHR,Ungdomsassistent,3411
ZnNn_D2K_pTi,Fritidsledare,3423
krRt_aAc_NTd,Ungdomsledare,3423
"""
SKILLS: Final = """ssyk4,skill_id,skill_label_sv
2352,3HjW_1BP_k3S,AbiWord
2352,91Ef_58Y_jX4,Coaching/Coachning
2352,TZcg_h4T_aMT,Föreläsningsvana
2352,eome_z2j_iv4,"Gruppvägledning, ledarerfarenhet"
2352,R9MA_bax_BHa,Karriärplanering
2352,5wab_aFK_gdL,MS Excel
2352,73gL_4uv_p9J,OpenOffice
2352,Ggsm_7px_yvJ,Samtalsmetodik
2352,qtHa_AsU_Cfo,StarOffice
2352,kZ6H_zk9_78y,Studie- och yrkesvägledarexamen
2352,SVxK_Ror_3kz,Studie- och yrkesvägledning
2352,2ZFC_6de_YSB,Zoho Office Suite
3333,gx8F_mte_Nm5,Arbetsmarknadsfrågor
3333,91Ef_58Y_jX4,Coaching/Coachning
3333,kcAa_3oz_td1,"Gruppaktiviteter, ledarerfarenhet"
3333,eome_z2j_iv4,"Gruppvägledning, ledarerfarenhet"
3333,bgC3_M9R_1K4,Klagomålshantering
3333,94uF_bkH_QF5,Lösningsfokuserat arbetssätt
3411,jqZ2_JnS_pZs,Etik
3411,94uF_bkH_QF5,Lösningsfokuserat arbetssätt
3411,KEuh_v8d_chE,Psykosocialt arbete
3411,axxm_t1P_6WR,Social dokumentation
3411,kb9z_LG1_CZE,Ungdomsverksamhet
3423,9VJ1_rdc_oCi,"Barn- och ungdomsidrott, ledarerfarenhet"
3423,hLkC_wwg_kmg,Fritidsgård
3423,irju_S7Y_Xbr,Hjärt- och lungräddning
3423,ooLP_cHi_X9L,Lajvpedagogik
3423,tF2o_oZj_kqE,Radarintyg
3423,XZbe_Z7P_jiL,Stresshantering
3423,kb9z_LG1_CZE,Ungdomsverksamhet
"""
CLOSENESS: Final = """from_id,to_id,percentage
KYPa_Jv8_ZbU,XSDj_JZ2_ugu,25
KYPa_Jv8_ZbU,gPCx_T6e_6P8,25
gPCx_T6e_6P8,XSDj_JZ2_ugu,75
MMTE_fiP_1Ng,ZnNn_D2K_pTi,25
MMTE_fiP_1Ng,dPjj_QXm_fHR,75
ZnNn_D2K_pTi,MMTE_fiP_1Ng,25
ZnNn_D2K_pTi,dPjj_QXm_fHR,25
ZnNn_D2K_pTi,krRt_aAc_NTd,75
dPjj_QXm_fHR,ZnNn_D2K_pTi,25
krRt_aAc_NTd,ZnNn_D2K_pTi,75
"""

# What Elsa is about to say of the guidance counsellors of Ekeby.
GUIDANCE: Final = "KYPa_Jv8_ZbU"
TICKED: Final = ("eome_z2j_iv4", "Ggsm_7px_yvJ", "R9MA_bax_BHa")
CHOSEN: Final = {"level:guidance/V5": "3", "weight:guidance/V5": "5", "level:guidance/V4": ""}


def bring_in(session: Session, cast: Cast, at: datetime) -> None:
    contents = (("groups", GROUPS), ("occupations", OCCUPATIONS), ("skills", SKILLS), ("closeness", CLOSENESS))
    published = files.read((name, content.encode()) for name, content in contents)
    vintages.bring_in(session, published, VINTAGE, at=at - timedelta(days=40), source=SOURCE)
    begun = at - timedelta(days=6)
    looked = lookup.look(session, VINTAGE, GUIDANCE)
    profile = profiles.begin(session, cast.ekeby.id, "Studie- och yrkesvägledare", at=begun)
    profile.start = from_occupation.start(looked, TICKED)
    profile.draft = drafts.save(RoleProfileDraft(), CHOSEN, by=cast.elsa.id, at=begun, seen_at="")
