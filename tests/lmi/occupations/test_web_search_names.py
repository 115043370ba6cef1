"""Job names as people type them in web searches: American, Indian, newer and specialised ones."""

import pytest

FIRST_GROUP = """
cna 6131
lpn 2237
crna 2233
ob gyn 2212
lmft 2224
lcpc 3224
nurse injector 2237
wound care nurse 2233
home health nurse 2232
neonatal nurse 2236
cath lab tech 2259
ekg tech 3213
er tech 6131
nuclear medicine tech 2254
hand therapist 2222
hearing aid specialist 2259
cbp officer 3319
ice agent 3319
highway patrol officer 3312
mountie 3312
district attorney 2412
general counsel 2412
mediator 2469
title examiner 3520
comptroller 1131
leasing agent 3555
house framer 5316
drywall finisher 5321
owner operator 8211
package handler 9252
crossing guard 9232
lunch monitor 9232
childcare provider 6114
preschool director 2324
school board member 1112
county commissioner 1112
mlb scout 3432
standup comic 3413
file clerk 4131
gravedigger 9129
crime scene cleaner 9229
note taker 6113
loco pilot 8231
tehsildar 4111
tgt teacher 2313
bpo executive 7211
ward boy 9262
data annotator 4152
prompt engineer 2134
llm engineer 2134
sre 2134
cloud engineer 2137
threat hunter 2135
privacy officer 2482
seo specialist 3554
growth marketer 3554
content strategist 3554
chief revenue officer 1132
heat pump installer 5315
ev technician 5231
quantum engineer 2114
vtuber 3413
"""
CASES = [line.rpartition(" ")[::2] for line in FIRST_GROUP.split("\n")[1:-1]]


@pytest.mark.parametrize(("typed", "code"), CASES)
@pytest.mark.parametrize("text", ["what does a {} earn", "{} salary", "how do i become a {}"])
def test_a_name_typed_in_a_web_search_leads_to_its_group(titles, typed, code, text):
    found = titles.find(text.format(typed))
    assert [job.unit_groups[0].soc2020 for job in found] == [code]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("cloud engineers", "2137"),
        ("leasing agents", "3555"),
        ("data annotators", "4152"),
        ("gravediggers", "9129"),
        ("crossing guards", "9232"),
        ("comptrollers", "1131"),
        ("assemblymen", "1112"),
    ],
)
def test_several_of_them_lead_there_too(titles, typed, code):
    found = titles.find(f"how much do {typed} make")
    assert [job.unit_groups[0].soc2020 for job in found] == [code]


def test_a_controller_is_asked_about(titles):
    job = titles.resolve("controller")
    assert job.unit_groups[0].soc2020 == "1131"
    assert job.ambiguous


@pytest.mark.parametrize(
    "text",
    [
        "what is a host galaxy",
        "what is a host cell",
        "what is a park",
        "what is a game controller",
        "my xbox controller is broken",
        "what is a scout group",
        "can i put scouts on my cv",
        "what is an ra form",
        "what is rpn",
        "what is a mime type",
        "what is data annotation",
        "what is quantum computing",
        "how does a heat pump work",
        "what is crime scene cleanup",
        "what is door to door sales",
        "what is a picture frame",
        "what is the highway code",
        "what is general knowledge",
    ],
)
def test_words_near_them_are_no_jobs(titles, text):
    assert titles.find(text) == []
