"""The door of funds control: an ASGI function beside Django, on the same verbs.

A gateway waits for it before every call. Whatever waits is folded into one transaction,
so that one hot order does not cap the rate.
"""
