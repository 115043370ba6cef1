"""Sentences of school, study and home in which nothing is a job, and jobs that sound alike."""

import pytest

NO_JOB = """
what happens to child benefit if i leave school
do i lose child benefit if my son starts an apprenticeship
can i stay on at sixth form
when is the sixth form open evening
how long should a personal statement be
is there someone who writes personal statements
what a levels should i take
is 3 a levels enough for uni
can i get a bursary
what is the 16 to 19 bursary
can i resit my maths gcse
my child had a head start
what is a top up degree
how does student finance work
technology is a driver of change
how do i write a cover letter
where can i find model answers
are there model answers for the maths paper
is there a cv maker
who writes a cv builder review
what is an epq
what is the difference between a btec and a t level
what is the difference between a diploma and an a level
diploma in mechanical engineering what jobs
can i do an apprenticeship at 16
do you get paid on an apprenticeship
what is the minimum wage for under 18s
what is the apprentice minimum wage
how much is the apprentice wage in year one
can i be an apprentice at 16
do apprentices get holidays
what would i earn as an apprentice at 18
do part time workers get holiday pay
do workers get paid for breaks
who is my form tutor
i hate my form tutor
my head of year told me off
my teacher says i should stay on
my teacher predicted me a d
my maths teacher is rubbish
can my teacher see this
dont tell my teacher
is my teacher allowed to take my phone
who is our careers adviser
my social worker says i get a grant
will my doctor know
can my landlord kick me out
can my boss make me work sundays
do i need a note from a doctor
how do i ask a teacher for a reference
who can i use as a referee
what can i ask the interviewer back
ask for a second examiner
what grades do i need to do a level maths
do you need a grade 4 in maths to get on an apprenticeship
do i need to do maths if im 19 and an apprentice
do i have to do a language at gcse
can i get a scholarship for sport
i got a 3 in maths
how does clearing work
how many ucas points is a distinction
what do i put on a cv with no experience
what questions do they ask in an interview
how do i find work experience
where do i find part time jobs
do i need a national insurance number
do i pay tax at 16
pay tax on wages
should i take a gap year
uni or apprenticeship
i am stressed about exams
i feel like a failure
to much presure
everyone else is better than me
i have no idea what to do with my life
i want to be rich
i want to be happy
i want to be famous
how do i get to mars
my mum lost her job
i volunteer at a charity shop
is duke of edinburgh worth it
can i get free school meals at college
does the government pay for apprenticeships
does the army pay for your degree
do asylum seekers pay for college
i grew up in care and left care last year
im in care what can i get
i am a young carer
i am a care leaver
i am a team player
i am a school leaver
can i do an apprenticeship with special needs
sen help jobs
do i get an extra year
they took us on a coach
i did the open day qs
job seeker allowance
does the training provider get my form
what happens if i never earn enough
school leavers start in september
child benifit apprentice
purple monkey dishwasher
what is a server
what license do i need
how do i get a bank account
who should i ask for a reference
what is a conditional offer
how do i turn down an offer
"""


@pytest.mark.parametrize("text", NO_JOB.split("\n")[1:-1])
def test_a_sentence_without_a_job_has_no_job_words(titles, text):
    assert [job.text for job in titles.find(text)] == []


@pytest.mark.parametrize(
    ("text", "job"),
    [
        ("what does a teacher do", "teacher"),
        ("how much does my teacher earn", "teacher"),
        ("i want to be a teacher like my teacher", "teacher"),
        ("my brother is a doctor", "doctor"),
        ("how much does a server make", "server"),
        ("what do dishwashers get paid", "dishwashers"),
        ("how do i become a referee", "referee"),
        ("i want to work in care", "care"),
        ("what does a form tutor earn", "form tutor"),
        ("i would like to do physics as a career", "physics"),
        ("jobs in the army", "the army"),
        ("what does a carer do", "carer"),
    ],
)
def test_the_same_words_are_a_job_where_one_is_asked_for(titles, text, job):
    assert [found.text for found in titles.find(text)] == [job]
