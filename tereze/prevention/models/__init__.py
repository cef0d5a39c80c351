from tereze.prevention.models.correction import Correction
from tereze.prevention.models.event import Event
from tereze.prevention.models.quota import CheckCount
from tereze.prevention.models.radar import RadarSweep, RadarTopic
from tereze.prevention.models.warning import PublicWarning


__all__ = ["CheckCount", "Correction", "Event", "PublicWarning", "RadarSweep", "RadarTopic"]
