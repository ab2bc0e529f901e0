import { describe, expect, test } from 'vitest';
import { findCategory } from '../categories.ts';
import { parseReference } from '../record/reference-file.ts';
import { blobId, publish } from './published-file.ts';

async function publishText(renderGrouped: (text: string) => Promise<string>) {
	const category = findCategory('text_generation');
	const bytes = Buffer.from('{"A/B": {"name": "A/B"}}');
	const parsed = parseReference(bytes);
	if (!category || !parsed.ok) throw new Error('a test needs a good file');
	const version = blobId(bytes, 'sha1');
	return publish({ category, bytes, version, file: parsed.file, lastModified: 1, now: 1500, renderGrouped });
}

describe('publish', () => {
	test('the_grouped_form_is_made_once_however_many_ask', async () => {
		let calls = 0;
		const file = await publishText(async (text) => {
			calls++;
			return text;
		});
		const answers = await Promise.all([file.grouped(), file.grouped(), file.grouped()]);
		expect(new Set(answers).size).toBe(1);
		expect(calls).toBe(1);
	});

	test('a_grouped_form_that_could_not_be_made_is_tried_again', async () => {
		let calls = 0;
		const file = await publishText(async (text) => {
			calls++;
			if (calls === 1) throw new Error('no thread');
			return text;
		});
		await expect(file.grouped()).rejects.toThrow('no thread');
		expect((await file.grouped()).variants.at(-1)?.body.toString()).toBe('{"A/B": {"name": "A/B"}}');
	});

	test('every_form_has_a_tag_of_its_own_and_identity_comes_last', async () => {
		const { representation } = await publishText(async (text) => text.repeat(100));
		expect(representation.variants.at(-1)).toMatchObject({ coding: 'identity', body: expect.any(Buffer) });
		const grouped = await (await publishText(async (text) => text.repeat(100))).grouped();
		const tags = grouped.variants.map(({ etag }) => etag);
		expect(new Set(tags).size).toBe(3);
		expect(tags.every((tag) => tag.includes('-grouped'))).toBe(true);
	});
});
