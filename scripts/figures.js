// A figure of the benchmarks: a value and what it is compared with, both measured in the same run.

/**
 * What is measured. `baseline` is in the unit of `value`; `against` says what it is. The targets limit the value, or
 * its ratio to the baseline.
 * @typedef {readonly ['value' | 'ratio', '≤' | '≥', number]} Limit
 * @typedef {{
 *   readonly name: string,
 *   readonly value: number,
 *   readonly unit: string,
 *   readonly baseline: number,
 *   readonly against: string,
 *   readonly limits: readonly Limit[]
 * }} Measurement
 * @typedef {Measurement & { readonly ratio: number }} Figure
 */

/**
 * @param {Measurement} measurement
 * @returns {Figure}
 */
export const figure = (measurement) => ({
	...measurement,
	ratio: measurement.value / measurement.baseline
});

/**
 * The value that a share of the sample does not exceed; nearest rank.
 * @param {readonly number[]} sample
 * @param {number} share in 0…1
 * @returns {number} NaN for an empty sample
 */
export const quantile = (sample, share) =>
	[...sample].sort((a, b) => a - b)[Math.max(0, Math.ceil(share * sample.length) - 1)] ?? NaN;
