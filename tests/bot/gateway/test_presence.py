from bot.gateway.presence import Presence


def test_there_while_listening_and_a_while_after():
    now = [100.0]
    presence = Presence(120, clock=lambda: now[0])
    assert not presence.there("a")
    with presence.listening("a"), presence.listening("a"):
        now[0] += 1000
        assert presence.there("a")
        assert presence.listeners() == ["a"]
    assert presence.listeners() == []
    now[0] += 120
    assert presence.there("a")
    now[0] += 1
    assert not presence.there("a")


def test_old_sights_are_let_go():
    now = [0.0]
    presence = Presence(10, clock=lambda: now[0])
    for n in range(100):
        now[0] += 1
        presence.seen(str(n))
    assert len(presence._seen) <= 11
    presence.forget("99")
    assert not presence.there("99")
