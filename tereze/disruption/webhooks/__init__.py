"""News for the partners' systems, by the Standard Webhooks convention.

`outbox` writes them down in the transaction in which they happen, `sending` carries them.
"""
