"""
Webhooks: other systems are told what happens, signed, tried again and logged.

A room leaves an event (`emitting.emit`) in the transaction of the change; the relay spreads it over
the subscriptions that want it (`spreading`), and each becomes a message of the outbox. What a
receiver may read is decided when the call leaves (`payloads`). docs/webhooks.md says the rest.
"""
