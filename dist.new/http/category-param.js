/** Reads the strict category parameter, which knows neither suffix nor alias. */
import { CATEGORIES, findCategory } from '../categories.js';
import { choiceItem } from '../record/validation-items.js';
import { itemsError } from './errors.js';
const NAMES = CATEGORIES.map(({ name }) => name);
/** @throws AppError `category-unknown` (422, one item of type `enum`) */
export function strictCategory(value) {
    const category = findCategory(value);
    if (category)
        return category;
    throw itemsError('category-unknown', [choiceItem(['path', 'model_category_name'], NAMES, value)]);
}
//# sourceMappingURL=category-param.js.map