"""Why a webhook is not registered, changed or reached."""

from contracting.core.errors import Conflict, Invalid


class WebhookIncomplete(Invalid):
    """It has a name, an address and something that it is told of."""

    code = "webhook_incomplete"


class WrongAddress(Invalid):
    """Nothing is sent to this address: see which are taken."""

    code = "wrong_address"


class WebhookExists(Conflict):
    """The organization has a webhook at this address."""

    code = "webhook_exists"


class WebhookDisabled(Conflict):
    """The webhook is disabled: nothing is sent to it."""

    code = "webhook_disabled"


class TooManyMessages(Invalid):
    """More messages, or older ones, than are sent again at once."""

    code = "too_many_messages"
