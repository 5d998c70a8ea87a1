"""Dates, times and how long something takes, as the language of the window writes them."""

import re
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

_SHORT = QLocale.FormatType.ShortFormat


def when_text(moment: datetime | float) -> str:
    """The date and the time of a moment, or of seconds since 1970."""
    return QLocale().toString(_local(moment), _SHORT)


def clock_text(moment: datetime | float) -> str:
    """The time of a moment, of another day than today's with the date."""
    when = _local(moment)
    if _is_today(when):
        return QLocale().toString(when.time(), _SHORT)
    return when_text(moment)


def exact_text(moment: datetime | float) -> str:
    """As `clock_text`, with seconds. Qt's own formats have them only beside the time zone."""
    when, locale = _local(moment), QLocale()
    pattern = locale.timeFormat(_SHORT) if _is_today(when) else locale.dateTimeFormat(_SHORT)
    return locale.toString(when, re.sub(r"(\W)mm", r"\1mm\1ss", pattern, count=1))


def left_text(seconds: float | None) -> str:
    """How long something will take yet; nothing where one cannot say."""
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    if minutes < 1:
        return QCoreApplication.translate("Moments", "less than a minute left")
    if minutes < 60:
        return QCoreApplication.translate("Moments", "{minutes} min left").format(minutes=minutes)
    return QCoreApplication.translate("Moments", "{hours} h {minutes} min left").format(
        hours=minutes // 60, minutes=minutes % 60
    )


def _is_today(when: QDateTime) -> bool:
    return bool(when.date() == QDateTime.currentDateTime().date())


def _local(moment: datetime | float) -> QDateTime:
    seconds = moment.timestamp() if isinstance(moment, datetime) else moment
    return QDateTime.fromSecsSinceEpoch(int(seconds))
