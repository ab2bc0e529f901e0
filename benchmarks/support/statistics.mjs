// Owns the few numbers that a series of measurements is summed up in.

/** Middle value; the mean of the two middle ones for an even count. */
export function median(values) {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The value that this share of all does not exceed; the largest for a share that few values cannot tell from it. */
export function percentile(values, share) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

/** Median, minimum and maximum, as `median (min - max)`. */
export function spread(values, digits = 0) {
	const shown = [median(values), Math.min(...values), Math.max(...values)].map((value) =>
		value.toFixed(digits),
	);
	return `${shown[0]} (${shown[1]} - ${shown[2]})`;
}
