"""Reminders and messages: prepared once, to the right person, in his language, and kept."""

from core.services.agents import AgentForm, add_agent
from core.services.messages.outbox import MessageFilter, list_messages, message_view
from core.services.messages.reminding import prepare_due
from tests.cast import Cast, enrol, passport


def test_smoke(cast: Cast) -> None:
    agent = add_agent(cast.staff, AgentForm(name="AGENT", email="agent@example.org"))
    for n in range(3):
        enrol(
            cast.staff,
            cast.medicine,
            passport=passport(number=f"ZZ{n}", surname=f"P{n}"),
            agent_id=agent,
        )
    print(prepare_due(cast.staff), prepare_due(cast.staff))
    for line in list_messages(cast.rector, MessageFilter()).rows:
        print(line)
        print(message_view(cast.staff, line.message_id).text)
    assert 0
