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
