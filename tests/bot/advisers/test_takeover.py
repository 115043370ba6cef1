from bot.advisers.takeover import held_by_person


def test_only_a_person_silences_the_bot():
    assert held_by_person("person")
    assert not held_by_person("bot")
    assert not held_by_person("closed")
