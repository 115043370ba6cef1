"""How a job's name is written in a sentence: small letters but for initials and proper names."""

from __future__ import annotations

import re

# Marks that a list puts after a title and that mean nothing to a reader.
_MARKS = re.compile(r"[*†‡§^~]+")
_INITIAL_WORDS = """
    2d 3d ai atm bim bmw bsl bt cad cctv ceo cgi cnc csi ct dj dna ent er esl esol f1 fe
    gcse gis gp hgv hlta hr hvac icu it jcb ks1 ks2 lgv lsa mc mep mfl mig mma mot mp mri ms
    nhs nvq pa pc pcso pe ppi pr psv qa rac raf re rspca sas sen seo sql tefl tig tv ui uk
    us ux vat vfx vr
"""
_INITIALS = frozenset(_INITIAL_WORDS.split())
_PROPER_NAMES = """
    English French German Spanish Welsh Royal Navy Marines Ofsted Montessori Pilates Reiki
    Parliament European Army YouTube Instagram TikTok MoD Lego Braille
    Christmas Irish Italian Chinese Scottish
"""
_PROPER = {name.lower(): name for name in _PROPER_NAMES.split()}


def unmarked(title: str) -> str:
    """Give a title without the asterisks and daggers of the list that it stood in."""
    return " ".join(_MARKS.sub(" ", title).split())


def with_initials(words: str) -> str:
    """Give lower-case words with initials and proper names in capitals ("hgv" as "HGV")."""
    written = " ".join(
        word.upper() if word.rstrip(",") in _INITIALS else _PROPER.get(word, word)
        for word in words.split()
    )
    return written.replace("Royal air force", "Royal Air Force")


def in_a_sentence(title: str) -> str:
    """Write a title as it stands in a sentence: small letters but for names and initials."""
    words = [
        word
        if any(letter.isupper() for letter in word[1:]) or word in _PROPER.values()
        else word.lower()
        for word in unmarked(title).split()
    ]
    return with_initials(" ".join(words))
