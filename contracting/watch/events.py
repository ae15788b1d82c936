"""What can happen while use is watched."""

from contracting.audit.events import event_type

ALARM_RAISED = event_type(
    "watch.alarm.raised", "Something in the figures of use was put before people."
)
ALARM_ACKNOWLEDGED = event_type(
    "watch.alarm.acknowledged", "Somebody looks at an alarm."
)
ALARM_CLOSED = event_type(
    "watch.alarm.closed", "An alarm was closed, and what was found."
)
FUNDS_FORECAST_TOLD = event_type(
    "watch.funds_forecast.told",
    "Both sides were told that a share of the funds will be used within some days.",
)
ALERT_RULE_SET = event_type(
    "watch.alert_rule.set", "An own rule of an order was made, or has a new version."
)
ALERT_RULE_ENDED = event_type(
    "watch.alert_rule.ended", "An own rule of an order tells nobody any more."
)
USE_PLANNED = event_type(
    "watch.use.planned", "Use that the past does not show was planned for an order."
)
USE_WITHDRAWN = event_type(
    "watch.use.withdrawn", "Use that was planned for an order is planned no more."
)
