/** Reads the strict category parameter, which knows neither suffix nor alias. */

import { CATEGORIES, type CategoryEntry, findCategory } from '../categories.ts';
import { choiceItem } from '../record/validation-items.ts';
import { itemsError } from './errors.ts';

const NAMES = CATEGORIES.map(({ name }) => name);

/** @throws AppError `category-unknown` (422, one item of type `enum`) */
export function strictCategory(value: string): CategoryEntry {
	const category = findCategory(value);
	if (category) return category;
	throw itemsError('category-unknown', [choiceItem(['path', 'model_category_name'], NAMES, value)]);
}
