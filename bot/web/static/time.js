// Times as the reader's language writes them, in the reader's own timezone.

import { language, t } from "./setup.js";

const clockFormat = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayFormat = new Intl.DateTimeFormat(language, { month: "long", day: "numeric", weekday: "long" });
const farDayFormat = new Intl.DateTimeFormat(language, { year: "numeric", month: "long", day: "numeric" });
const fullFormat = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });

/** Return hours and minutes: 09:05. */
export const clock = (moment) => clockFormat.format(moment);

/** Return date and time in full, for the tooltip. */
export const full = (moment) => fullFormat.format(moment);

/** Return whether two moments fall on one day of the reader. */
export const sameDay = (one, other) => one.toDateString() === other.toDateString();

/** Return the heading of a day: today, yesterday, or its date. */
export function dayLabel(moment) {
  const today = new Date();
  const yesterday = new Date(today);
  yesterday.setDate(today.getDate() - 1);
  if (sameDay(moment, today)) return t("today");
  if (sameDay(moment, yesterday)) return t("yesterday");
  return (moment.getFullYear() === today.getFullYear() ? dayFormat : farDayFormat).format(moment);
}
