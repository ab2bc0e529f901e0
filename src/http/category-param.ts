/** Reads the strict category parameter, which knows neither suffix nor alias. */

import { CATEGORIES, type CategoryEntry, findCategory } from '../categories.ts';
import { itemsError } from './errors.ts';

const EXPECTED = listOf(CATEGORIES.map(({ name }) => `'${name}'`));

/** @throws AppError `category-unknown` (422, one item of type `enum`) */
export function strictCategory(value: string): CategoryEntry {
	const category = findCategory(value);
	if (category) return category;
	throw itemsError('category-unknown', [
		{
			type: 'enum',
			loc: ['path', 'model_category_name'],
			msg: `Input should be ${EXPECTED}`,
			input: value,
			ctx: { expected: EXPECTED },
		},
	]);
}

function listOf(values: readonly string[]): string {
	return `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}
