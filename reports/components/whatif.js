/**
 * History scored anew by other weights and cuts, as `tenure whatif` does it in the warehouse (definitions, sections 2 and
 * 3): from the values of signals, in the browser. Nothing here knows of the page.
 *
 * A setting: `weights` of each signal by its place, for all accounts; `own` weights of segments, which stay; `cuts` of red and
 * yellow, for all and for segments with their own. `rules` are those of the flags.
 */

/**
 * The values of a day from text: one a signal, in order, parted by `,`; nothing without data (null), `x` where the signal was
 * not computed yet (undefined), which counts for nothing.
 */
export const valuesOf = (text) =>
	text.split(',').map((value) => (value === 'x' ? undefined : value === '' ? null : Number(value)));

/** What the values of a day say by these weights: the score, 0 to 100, null without data, and the share of weight that has data. */
export function scoreOf(values, weights) {
	let points = 0;
	let present = 0;
	let total = 0;
	for (const [place, value] of values.entries()) {
		if (value === undefined) continue;
		const weight = weights[place];
		total += weight;
		if (value === null) continue;
		points += weight * value;
		present += weight;
	}
	return { score: present > 0 ? points / present : null, coverage: total > 0 ? present / total : null };
}

/** To nine decimals, so that the order of adding moves nothing over a cut. */
const steady = (number) => Math.round(number * 1e9) / 1e9;

/** red, yellow or green: half up to a whole number, then by the highest score of each. */
export const categoryOf = (score, { red, yellow }) =>
	score === null
		? null
		: Math.floor(steady(score) + 0.5) <= red
			? 'red'
			: Math.floor(steady(score) + 0.5) <= yellow
				? 'yellow'
				: 'green';

const TIERS = ['red', 'yellow', 'green'];
/** The category after a person's override, which moves it by one at most. */
export function effectiveOf(category, direction) {
	if (category === null || (direction !== 'up' && direction !== 'down')) return category;
	const place = TIERS.indexOf(category) + (direction === 'up' ? 1 : -1);
	return TIERS[Math.min(2, Math.max(0, place))];
}

const weightsFor = ({ weights, own }, segment) =>
	own[segment] === undefined ? weights : weights.map((weight, place) => own[segment][place] ?? weight);
const cutsFor = ({ cuts, ownCuts }, segment) => ownCuts[segment] ?? cuts;

/** An account of today by a setting: score, category after an override, and whether it is at risk. */
export function accountBy(account, setting, rules) {
	const weights = weightsFor(setting, account.segment);
	const { score, coverage } = scoreOf(account.values, weights);
	const category = categoryOf(score, cutsFor(setting, account.segment));
	const effective = effectiveOf(category, account.override_direction);
	const isKnown = score !== null && coverage !== null && steady(coverage) >= rules.min_weight_coverage;
	const isBelow = (value) => value !== null && steady(value) < rules.at_risk_score;
	const isNear =
		account.days_to_renewal !== null &&
		account.days_to_renewal >= 0 &&
		account.days_to_renewal <= rules.at_risk_renewal_days;
	const isSustained = () =>
		account.row_count >= rules.at_risk_rows &&
		account.highest.every((values) => isBelow(scoreOf(values, weights).score));
	const isAtRisk =
		isKnown && (category === 'red' || ((isBelow(score) || effective === 'red') && isNear) || isSustained());
	return { score, category: effective, isAtRisk };
}

/** How many accounts each category has, and the ARR of those at risk. */
function figuresOf(found) {
	const count = (category) => found.filter((one) => one.category === category).length;
	return {
		red: count('red'),
		yellow: count('yellow'),
		green: count('green'),
		arrAtRisk: found.reduce((sum, { isAtRisk, arr }) => sum + (isAtRisk ? (arr ?? 0) : 0), 0),
	};
}

/** Today by a setting beside what is published: figures of both, and who changes, the largest ARR first. */
export function compared(accounts, setting, rules) {
	const pairs = accounts.map((account) => ({
		account,
		after: { ...accountBy(account, setting, rules), arr: account.arr },
	}));
	const changes = pairs
		.filter(({ account, after }) => account.category !== after.category)
		.map(({ account, after }) => ({
			...account,
			category_after: after.category,
			score_after: after.score,
			score_change:
				after.score === null || account.score === null ? null : after.score - account.score,
		}))
		.sort(
			(left, right) =>
				(right.arr ?? 0) - (left.arr ?? 0) || (left.account_id < right.account_id ? -1 : 1),
		);
	return {
		before: figuresOf(
			accounts.map(({ category, is_at_risk, arr }) => ({ category, isAtRisk: is_at_risk, arr })),
		),
		after: figuresOf(pairs.map(({ after }) => after)),
		changes,
	};
}

/** A month end: how many accounts each category had, and would have had. `cases` have a count each. */
export function monthBy({ as_of_date, cases }, setting) {
	const before = { red: 0, yellow: 0, green: 0 };
	const after = { red: 0, yellow: 0, green: 0 };
	for (const { segment, override_direction, category, count, values } of cases) {
		const { score } = scoreOf(values, weightsFor(setting, segment));
		const changed = effectiveOf(categoryOf(score, cutsFor(setting, segment)), override_direction);
		if (category !== null) before[category] += count;
		if (changed !== null) after[changed] += count;
	}
	return { as_of_date, before, after };
}

/** Accounts as their query gives them, with the values of signals as numbers. */
export const accountsOf = (rows) =>
	[...rows].map((row) => ({
		...row,
		row_count: Number(row.row_count),
		days_to_renewal: row.days_to_renewal == null ? null : Number(row.days_to_renewal),
		values: valuesOf(row.values_text),
		highest: row.highest_text.split(' ').map(valuesOf),
	}));

/** Month ends as their query gives them. */
export const monthsOf = (rows) =>
	[...rows].map(({ as_of_date, cases_text }) => ({
		as_of_date,
		cases: JSON.parse(cases_text).map(([segment, override_direction, category, count, text]) => ({
			segment,
			override_direction,
			category,
			count,
			values: valuesOf(text),
		})),
	}));

/**
 * What scores now, from its query: the signals (with place, title and weight), the setting and the rules of the flags. A segment
 * whose weight of a signal is that of all follows it.
 */
export function inForceOf(rows) {
	const all = [...rows];
	const ofAll = (kind) => all.filter((row) => row.kind === kind && row.segment === 'all');
	const signals = ofAll('weight')
		.map(({ name, title, place, setting }) => ({ name, title, place: Number(place) - 1, weight: setting }))
		.sort((left, right) => left.place - right.place);
	const own = {};
	const ownCuts = {};
	for (const { kind, segment, name, place, setting } of all) {
		if (segment === 'all') continue;
		if (kind === 'cut') ownCuts[segment] = { ...ownCuts[segment], [name]: setting };
		if (kind !== 'weight' || setting === signals[Number(place) - 1].weight) continue;
		own[segment] ??= {};
		own[segment][Number(place) - 1] = setting;
	}
	return {
		signals,
		setting: {
			weights: signals.map(({ weight }) => weight),
			own,
			cuts: Object.fromEntries(ofAll('cut').map(({ name, setting }) => [name, setting])),
			ownCuts,
		},
		rules: Object.fromEntries(ofAll('rule').map(({ name, setting }) => [name, setting])),
	};
}
