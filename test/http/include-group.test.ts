/** The text reference with its groups, over HTTP. How a name is parsed is the business of the tests beside the parser. */

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { rawRequest } from '../support/raw-request.ts';
import { clipReference, reference, textReference } from '../support/records.ts';
import { holding, serviceForSuite } from '../support/suite-service.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startTestService } from '../support/test-service.ts';

const V1 = '/api/model_references/v1';
const TEXT_NAMES = ['text_generation', 'text_generation.json', 'db.json'];

const STORED = reference([
	['Author/Größe-7B', { name: 'Author/Größe-7B', baseline: 'L', nsfw: true, tags: ['7B', 'é'] }],
	['Author/Größe-13B', { name: 'Author/Größe-13B', description: '😀', settings: { temperature: 1.0 } }],
	['gpt2', { name: 'gpt2', description: '', tags: [] }],
]);

const service = serviceForSuite(holding({ 'db.json': STORED, 'clip.json': clipReference('a') }));

const grouped = () => rawRequest(service.url, `${V1}/text_generation?include_group=true`);

describe('the grouped answer', () => {
	test('is_one_line_of_ascii_with_a_group_at_the_end_of_each_record', async () => {
		const answer = await grouped();
		expect(answer.status).toBe(200);
		expect(answer.headers['content-type']).toBe('application/json');
		const summary =
			'{"member_count": 2, "available_sizes": ["13B", "7B"], "available_quants": [], "common_baseline": "L", ' +
			'"any_nsfw": true, "any_has_description": true, "merged_tags": ["7B", "\\u00e9"], ' +
			'"name_format": {"separator": "-", "part_order": ["base", "size"], "author_included": true, ' +
			'"common_author": "Author", "template": "{author}/{base}-{size}"}}';
		const single =
			'{"member_count": 1, "available_sizes": [], "available_quants": [], "common_baseline": null, ' +
			'"any_nsfw": false, "any_has_description": false, "merged_tags": [], ' +
			'"name_format": {"separator": "-", "part_order": ["base"], "author_included": false, ' +
			'"common_author": null, "template": "{base}"}}';
		expect(answer.body.toString('latin1')).toBe(
			'{"Author/Gr\\u00f6\\u00dfe-7B": {"name": "Author/Gr\\u00f6\\u00dfe-7B", "baseline": "L", "nsfw": true, ' +
				`"tags": ["7B", "\\u00e9"], "text_model_group": "Gr\\u00f6\\u00dfe", "text_model_group_summary": ${summary}}, ` +
				'"Author/Gr\\u00f6\\u00dfe-13B": {"name": "Author/Gr\\u00f6\\u00dfe-13B", "description": "\\ud83d\\ude00", ' +
				`"settings": {"temperature": 1}, "text_model_group": "Gr\\u00f6\\u00dfe", "text_model_group_summary": ${summary}}, ` +
				`"gpt2": {"name": "gpt2", "description": "", "tags": [], "text_model_group": "gpt2", "text_model_group_summary": ${single}}}`,
		);
	});

	test.each(
		TEXT_NAMES.flatMap((name) => [`/api/model_references/v1/${name}`, `/model_references/v1/${name}`]),
	)('is_the_same_at_%s', async (path) => {
		const answer = await rawRequest(service.url, `${path}?include_group=true`);
		const reference = await grouped();
		expect(answer.status).toBe(200);
		expect(answer.body.equals(reference.body)).toBe(true);
		expect(answer.headers.etag).toBe(reference.headers.etag);
		expect(answer.body.includes('"text_model_group"')).toBe(true);
	});

	test('is_the_same_for_many_who_ask_at_once', async () => {
		const answers = await Promise.all(Array.from({ length: 12 }, grouped));
		const digests = answers.map(({ body }) => createHash('sha1').update(body).digest('hex'));
		expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
		expect(new Set(digests).size).toBe(1);
	});

	test('has_a_tag_of_its_own_which_revalidates_it_and_nothing_else', async () => {
		const plain = await rawRequest(service.url, `${V1}/text_generation`);
		const { headers } = await grouped();
		expect(headers.etag).toMatch(/^"[^"]+"$/);
		expect(headers.etag).not.toBe(plain.headers.etag);
		const ask = (path: string, tag: string | undefined) =>
			rawRequest(service.url, path, { headers: { 'If-None-Match': String(tag) } });
		const path = `${V1}/text_generation`;
		expect((await ask(`${path}?include_group=true`, headers.etag)).status).toBe(304);
		expect((await ask(`${path}?include_group=true`, plain.headers.etag)).status).toBe(200);
		expect((await ask(path, headers.etag)).status).toBe(200);
	});

	test('has_the_validators_and_the_caching_of_the_plain_one', async () => {
		const plain = await rawRequest(service.url, `${V1}/text_generation`);
		const { headers } = await grouped();
		for (const name of ['last-modified', 'cache-control', 'vary', 'content-type']) {
			expect(headers[name]).toBe(plain.headers[name]);
			expect(headers[name]).toBeDefined();
		}
	});

	test.each(['gzip', 'br'])('comes_in_%s_too', async (coding) => {
		const coded = await fetch(service.v1('db.json?include_group=true'), {
			headers: { 'Accept-Encoding': coding },
		});
		const { body, headers } = await grouped();
		expect(coded.headers.get('content-encoding')).toBe(coding);
		expect(coded.headers.get('etag')).toBe(`${headers.etag?.slice(0, -1)}-${coding}"`);
		expect(await coded.text()).toBe(body.toString());
	});
});

describe('the flag', () => {
	const anyCase = (words: readonly string[]) =>
		words.flatMap((word) => [
			...new Set([word, word.toUpperCase(), (word[0] ?? '').toUpperCase() + word.slice(1)]),
		]);

	test.each(anyCase(['true', '1', 'yes', 'y', 'on', 't']))('%s_asks_for_groups', async (value) => {
		for (const name of TEXT_NAMES) {
			const answer = await rawRequest(service.url, `${V1}/${name}?include_group=${value}`);
			expect(answer.status).toBe(200);
			expect(answer.body.toString()).toContain('"text_model_group"');
		}
	});

	test.each(anyCase(['false', '0', 'no', 'n', 'off', 'f']))('%s_asks_for_none', async (value) => {
		for (const name of TEXT_NAMES) {
			const answer = await rawRequest(service.url, `${V1}/${name}?include_group=${value}`);
			expect(answer.status).toBe(200);
			expect(answer.body.toString()).toBe(STORED);
		}
	});

	test.each([
		['=maybe', 'maybe'],
		['=', ''],
		['', ''],
		['=true%20', 'true '],
		['=tru', 'tru'],
		['=01', '01'],
		['=-1', '-1'],
		['=null', 'null'],
		['=%22true%22', '"true"'],
		['=__proto__', '__proto__'],
		['=true&include_group=maybe', 'maybe'],
	])('include_group%s_is_refused', async (query, input) => {
		for (const name of TEXT_NAMES) {
			const answer = await rawRequest(service.url, `${V1}/${name}?include_group${query}`);
			expect(answer.status).toBe(422);
			expect(answer.headers['content-type']).toBe('application/json');
			const item = {
				type: 'bool_parsing',
				loc: ['query', 'include_group'],
				msg: 'Input should be a valid boolean, unable to interpret input',
				input,
			};
			expect(answer.body.toString()).toBe(JSON.stringify({ detail: [item] }));
		}
	});

	test('given_twice_counts_as_the_last', async () => {
		const ask = (query: string) => rawRequest(service.url, `${V1}/db.json?${query}`);
		expect((await ask('include_group=true&include_group=false')).body.toString()).toBe(STORED);
		const answer = await ask('include_group=maybe&x=1&include_group=true');
		expect(answer.status).toBe(200);
		expect(answer.body.toString()).toContain('"text_model_group"');
	});

	test.each(['true', 'false', 'maybe', ''])('"%s"_is_nothing_to_other_categories', async (value) => {
		for (const [name, body] of [
			['clip', clipReference('a')],
			['clip.json', clipReference('a')],
			['lora', '{}'],
		]) {
			const answer = await rawRequest(service.url, `${V1}/${name}?include_group=${value}`);
			expect(answer.status).toBe(200);
			expect(answer.body.toString()).toBe(body);
		}
	});
});

test('the_grouped_answer_follows_the_file', async () => {
	const repository = TemporaryRepository.create({ 'db.json': textReference('A/M-7B') });
	const running = await startTestService(repository);
	const path = 'text_generation?include_group=true';
	const before = await fetch(running.v1(path));
	expect(await before.json()).toMatchObject({ 'A/M-7B': { text_model_group_summary: { member_count: 3 } } });
	repository.commit({ 'db.json': textReference('A/M-7B', 'A/M-13B') }, 'Add a size');
	await running.until(path, (_response, body) => JSON.parse(body)['A/M-13B'] !== undefined);
	const after = await fetch(running.v1(path));
	expect(await after.json()).toMatchObject({
		'A/M-7B': { text_model_group_summary: { member_count: 6, available_sizes: ['13B', '7B'] } },
		'koboldcpp/M-13B': { text_model_group: 'M' },
	});
	expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'));
});
