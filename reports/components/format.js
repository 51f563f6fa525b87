/** How the pages write values: one house style, also for what is unknown. */

/** What stands where a value is unknown. */
export const UNKNOWN = '–';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** One for each number of decimals: making one takes much longer than writing with it. */
const NUMBERS = [0, 1, 2].map(
	(digits) => new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
);
/** Rounded first, so that -0.2 becomes 0 and never "-0"; a minus sign is as wide as a plus. */
const rounded = (value, digits) => Number(value.toFixed(digits)) || 0;
const plain = (value, digits = 0) => NUMBERS[digits].format(rounded(value, digits)).replace('-', '−');
const signed = (value, digits = 0) => (rounded(value, digits) > 0 ? '+' : '') + plain(value, digits);

/** The day of a date as the database gives it, `2026-11-29`, or undefined. */
export const isoDay = (value) =>
	value instanceof Date ? value.toISOString().slice(0, 10) : String(value).slice(0, 10);
const day = (value) => {
	const [year, month, date] = isoDay(value).split('-').map(Number);
	return `${date} ${MONTHS[month - 1]} ${year}`;
};

const WRITERS = {
	money: (value) => plain(value),
	'money change': (value) => signed(value),
	count: (value) => plain(value),
	'count change': (value) => signed(value),
	number: (value) => plain(value),
	decimal: (value) => plain(value, 1),
	'two decimals': (value) => plain(value, 2),
	points: (value) => signed(value, 1),
	'whole points': (value) => signed(value),
	percent: (value) => `${plain(100 * value, 1)} %`,
	'whole percent': (value) => `${plain(100 * value)} %`,
	'percent change': (value) => `${signed(100 * value, 1)} points`,
	date: day,
	month: (value) => day(value).replace(/^\d+ /, ''),
	'yes or no': (value) => (value ? 'yes' : 'no'),
};

export const isNumeric = (as) => as !== undefined && as in WRITERS && !['date', 'month', 'yes or no'].includes(as);

/** A value as people read it. Unknown is a dash, never 0. */
export function written(value, as) {
	if (value === null || value === undefined || Number.isNaN(value) || value === '') return UNKNOWN;
	const write = WRITERS[as];
	return write === undefined ? String(value) : write(typeof value === 'bigint' ? Number(value) : value);
}

/** Which words are bad news, which ask for a look, and which are good: a colour never stands without its word. */
const TONES = {
	bad: ['Red', 'Critical', 'Overdue', 'Urgent', 'Late', 'Churned', 'red', 'failed', 'worse', 'fail', 'no owner'],
	warn: [
		'Yellow', 'At risk before renewal', 'At risk (sustained)', 'Today', 'Warning', 'Contracted', 'not passed',
	],
	watch: ['Watch', 'This week', 'Notice'],
	good: ['Green', 'Healthy', 'Renewed', 'Expanded', 'in time', 'within', 'better', 'pass', 'passed', 'reached'],
};
const TONE_OF = new Map(Object.entries(TONES).flatMap(([tone, words]) => words.map((word) => [word, tone])));
export const toneOf = (word) => TONE_OF.get(word) ?? 'none';

/** Compares for sorting; what is unknown comes last in both directions. */
export function compared(left, right, ascending) {
	const isUnknown = (value) => value === null || value === undefined || value === '';
	if (isUnknown(left) || isUnknown(right)) return Number(isUnknown(left)) - Number(isUnknown(right));
	const [a, b] = [left, right].map((value) => (typeof value === 'string' ? value.toLowerCase() : value));
	const order = a < b ? -1 : a > b ? 1 : 0;
	return ascending ? order : -order;
}

/** Rows added up by some columns, in the order in which they come. */
export function grouped(rows, by, sum) {
	const groups = new Map();
	for (const row of rows) {
		const key = JSON.stringify(by.map((name) => row[name]));
		const group = groups.get(key) ?? { ...Object.fromEntries(by.map((name) => [name, row[name]])), [sum]: 0 };
		group[sum] += Number(row[sum] ?? 0);
		groups.set(key, group);
	}
	return [...groups.values()];
}

/** A table as CSV. Text that a spreadsheet would take for a formula is marked as text. */
export function csvOf(rows, columns) {
	const cell = (value) => {
		if (value === null || value === undefined) return '';
		if (typeof value === 'number' || typeof value === 'bigint') return String(value);
		if (value instanceof Date) return isoDay(value);
		const text = /^[=+\-@\t\r]/.test(String(value)) ? `'${value}` : String(value);
		return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
	};
	const lines = [columns.map(({ title, id }) => title ?? id), ...rows.map((row) => columns.map(({ id }) => row[id]))];
	return lines.map((line) => line.map(cell).join(',')).join('\r\n');
}
