import { isoDate } from './calendar.ts';
import type { Company } from './company.ts';
import { type DayOfRecords, type DemoStream, dayOfIsoInstant, FIELD } from './stream.ts';
import { usageOn } from './usage.ts';

const DAY_SECONDS = 86_400;
const twoDigits = (value: number) => String(value).padStart(2, '0');
const TIMES = Array.from(
  { length: DAY_SECONDS },
  (_, second) =>
    `T${twoDigits(Math.floor(second / 3600))}:${twoDigits(Math.floor(second / 60) % 60)}:${twoDigits(second % 60)}Z`,
);

/** The track calls that reach us on one day: its own ones, and those of the two days before that come late. */
function receivedOn({ config, accounts, firstDay }: Company, day: number): DayOfRecords {
  const records: string[] = [];
  let lastSecond = 0;
  for (const lateDays of [0, 1, 2] as const) {
    const eventDay = day - lateDays;
    if (eventDay < firstDay) continue;
    const [eventDate, date] = [isoDate(eventDay), isoDate(day)];
    for (const account of accounts) {
      const place = `${account.profile.index.toString(36)}-${eventDay.toString(36)}`;
      usageOn(config.seed, account, eventDay, lateDays > 0).forEach((event, number) => {
        if (event.lateDays !== lateDays) return;
        const received = Math.min(event.second + 2, DAY_SECONDS - 1);
        lastSecond = Math.max(lastSecond, received);
        records.push(
          `{"messageId":"${place}-${number.toString(36)}","type":"track","event":"${event.feature}","userId":"${event.userId}",` +
            `"groupId":"${account.id}","timestamp":"${eventDate}${TIMES[event.second]}","receivedAt":"${date}${TIMES[received]}"}`,
        );
      });
    }
  }
  return { day, records, cursor: `${isoDate(day)}${TIMES[lastSecond]}` };
}

/** Product events, as Segment's track calls; `groupId` is the account. */
export const SEGMENT_STREAMS: readonly DemoStream[] = [
  {
    name: 'tracks',
    primaryKey: 'messageId',
    cursor: 'receivedAt',
    fields: {
      messageId: FIELD.text,
      type: FIELD.text,
      event: FIELD.text,
      userId: FIELD.text,
      groupId: FIELD.text,
      timestamp: FIELD.instant,
      receivedAt: FIELD.instant,
    },
    dayOfCursor: dayOfIsoInstant,
    *days(company, fromDay) {
      for (let day = Math.max(fromDay, company.firstDay); day <= company.config.endDay; day += 1) {
        const received = receivedOn(company, day);
        if (received.records.length > 0) yield received;
      }
    },
  },
];
