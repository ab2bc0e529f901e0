/** Names that are no category, and paths that are no category read: each is refused by what it is, none as an error. */

import { describe, expect, test } from 'vitest';
import { rawRequest } from '../support/raw-request.ts';
import { clipReference } from '../support/records.ts';
import { holding, serviceForSuite } from '../support/suite-service.ts';

const service = serviceForSuite(holding({ 'blip.json': clipReference('a'), 'models.csv': 'name\n' }));

/** As it stands in the request line, and the name that the refusal must speak of. */
const UNKNOWN: readonly (readonly [string, string])[] = [
	['nonsense', 'nonsense'],
	['nonsense.json', 'nonsense'],
	['blip.json.json', 'blip.json'],
	['db.json.json', 'db.json'],
	['stable_diffusion.json.json', 'stable_diffusion.json'],
	['BLIP', 'BLIP'],
	['Blip.json', 'Blip'],
	['blip.JSON', 'blip.JSON'],
	['db', 'db'],
	['models.csv', 'models.csv'],
	['metadata', 'metadata'],
	['pending_queue', 'pending_queue'],
	['..', '..'],
	['.', '.'],
	['...', '...'],
	['%2e%2e', '..'],
	['blip.', 'blip.'],
	['.json', ''],
	['%20', ' '],
	['blip%20', 'blip '],
	['+blip', '+blip'],
	['blip;a=1', 'blip;a=1'],
	['%00', '\0'],
	['blip%00', 'blip\0'],
	['blip%00.json', 'blip\0'],
	['%0d%0aSet-Cookie:x', '\r\nSet-Cookie:x'],
	['%zz', '%zz'],
	['%', '%'],
	['blip%4', 'blip%4'],
	['..%5C..%5Cetc', '..\\..\\etc'],
	['%252e%252e', '%2e%2e'],
	['__proto__', '__proto__'],
	['__proto__.json', '__proto__'],
	['constructor', 'constructor'],
	['toString', 'toString'],
	['%C3%A9%F0%9F%98%80', 'é😀'],
	['x'.repeat(4000), 'x'.repeat(4000)],
];

describe.each(['/api/model_references/v1/', '/model_references/v1/'])('under %s', (prefix) => {
	test.each(UNKNOWN.map(([segment, name]) => [segment.slice(0, 30), segment, name] as const))(
		'%s_is_no_category_and_named_so',
		async (_title, segment, name) => {
			const answer = await rawRequest(service.url, prefix + segment);
			expect(answer.status).toBe(422);
			expect(answer.headers['content-type']).toBe('application/json');
			expect(answer.json()).toEqual({
				detail: `Invalid model category: '${name}'. '${name}' is not a valid MODEL_REFERENCE_CATEGORY`,
			});
		},
	);

	test.each([
		'blip%2Fx',
		'blip%2fx',
		'blip%2F',
		'%2F',
		'blip/..',
		'../v1/blip',
		'./blip',
		'blip//',
		'/blip',
		'blip/model/',
		'..%2F..%2Fetc%2Fpasswd',
		'',
	])('"%s"_is_no_path', async (rest) => {
		const answer = await rawRequest(service.url, prefix + rest);
		expect(answer.status).toBe(404);
		expect(answer.json()).toEqual({ detail: 'Not Found' });
	});

	test('escapes_that_spell_a_category_are_that_category', async () => {
		const answer = await rawRequest(service.url, `${prefix}%62lip%2Ejson`);
		expect(answer.status).toBe(200);
		expect(answer.body.toString()).toBe(clipReference('a'));
	});

	test('escapes_that_are_not_utf8_are_refused_in_the_usual_envelope', async () => {
		const answer = await rawRequest(service.url, `${prefix}%ff`);
		expect([400, 422]).toContain(answer.status);
		expect(answer.json()).toEqual({ detail: expect.any(String) });
	});
});
