/** Whatever people write into the queue comes back as it was, and no tool of git takes it for something else. */

import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { expectQueueSound } from '../support/queue-invariants.ts';
import { clipReference } from '../support/records.ts';
import { reviewer } from '../support/reviewer.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { CAROL, startWriteService } from '../support/write-service.ts';

/** Change 7 is real; nothing else is to be found under its number. */
const LOOKALIKE = 'Change-Id: 7';
const TEXTS = [
	['a_trailer', LOOKALIKE],
	['trailers_on_lines', `a\n\n${LOOKALIKE}\nSigned-off-by: mallory <mallory@example.invalid>`],
	['trailers_that_are_folded', `a\r\n${LOOKALIKE}\r\n folded\n\tfolded again`],
	['a_quoted_trailer', `"${LOOKALIKE}"`],
	['quotes_and_escapes', '"a": \\"b\\" \\n \\u0041'],
	['what_begins_a_patch', '---\na/file | 1 +'],
	['what_ends_a_message', '# ------------------------ >8 ------------------------\nb'],
	['emoji', '😀 👩‍👩‍👧 é \u202e ✓'],
	['a_name_of_objects', '__proto__'],
	['halves_of_characters', '\ud800 and \udc00'],
	['control_characters', 'a\u0000b\u0007\u001b[31m\u2028\u2029b'],
	['what_shells_and_formats_expand', '$(touch pwned) `touch pwned` %s %H --help'],
] as const;

async function start() {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const service = await startWriteService(repository, { writes: 'queue', requestorIds: ['1', '9'] });
	return { repository, service, carol: reviewer(service.as(CAROL)) };
}

/** Messages of all commits that any ref names, with their ids. */
function messagesIn(repository: TemporaryRepository): readonly (readonly [string, string])[] {
	const log = repository.git('log', '--all', '-z', '--format=%H%n%B');
	return log
		.split('\0')
		.filter(Boolean)
		.map((entry) => [entry.slice(0, 40), entry.slice(41)] as const);
}

/** Names of the trailers as git's own tool finds them. */
function parsedNames(message: string): readonly string[] {
	const printed = execFileSync('git', ['interpret-trailers', '--parse'], {
		input: message,
		encoding: 'utf8',
	});
	return printed
		.split('\n')
		.filter(Boolean)
		.map((line) => line.slice(0, line.indexOf(': ')));
}

describe.each(TEXTS)('%s', (_name, text) => {
	test('comes_back_as_it_was_from_every_field_and_fools_no_tool_of_git', async () => {
		const { repository, service, carol } = await start();
		for (const model of ['b', 'c', 'd', 'e', 'f', 'g', 'h']) {
			// As text, since an object would lose the name of a field.
			const record = `{"name":"${model}","description":${JSON.stringify(text)},"__proto__":${JSON.stringify(text)}}`;
			const { status, body, text: answer } = await service.post('clip', record);
			expect(status, answer).toBe(202);
			expect(body.payload).toMatchObject({ description: text });
			expect(Object.getOwnPropertyDescriptor(body.payload, '__proto__')?.value).toBe(text);
		}
		expect(await carol.decide({ approve: [1, 2], reject: [3], title: text, reason: text })).toMatchObject({
			status: 200,
			body: {
				batch_title: text,
				approved: [{ batch_title: text }, { batch_title: text }],
				rejected: [{ batch_title: text, reject_reason: text }],
			},
		});
		expect(await carol.apply(1, text)).toMatchObject({
			status: 200,
			body: { record: { applied_job_id: text } },
		});
		// UTF-8 in a query has no halves of characters.
		const job = Buffer.from(text).toString();
		expect(await carol.applyBatch(2, job)).toMatchObject({
			status: 200,
			body: { applied: [{ applied_job_id: job }] },
		});
		expect(await carol.change(1)).toMatchObject({
			payload: { description: text },
			batch_title: text,
			applied_job_id: text,
		});
		expect(await carol.change(3)).toMatchObject({ reject_reason: text, batch_title: text });
		expect((await service.get('clip/model/b')).body.description).toBe(text);
		const audit = (await service.get('pending_queue/audit/batches/1')).body;
		expect(audit).toMatchObject({ batch_title: text });

		const { events } = expectQueueSound(repository);
		expect(events.filter(({ change }) => change === 7)).toHaveLength(1);
		const found = repository.git('log', '--all', '--grep', `^${LOOKALIKE}$`, '--format=%s').split('\n');
		expect(found.sort()).toEqual(['Add clip model h', 'Propose change 7: add clip model h']);
		for (const [commit, message] of messagesIn(repository)) {
			const names = message
				.split('\n')
				.slice(2)
				.filter(Boolean)
				.map((line) => line.slice(0, line.indexOf(': ')));
			expect(parsedNames(message)).toEqual(names);
			const keys = repository.git('log', '-1', '--format=%(trailers:keyonly)', commit).split('\n');
			expect(keys.filter(Boolean)).toEqual(names);
			expect(names).not.toContain('Signed-off-by');
		}
	});
});

describe('a_model', () => {
	test.each([
		['as_a_trailer', LOOKALIKE],
		['as_a_field_of_objects', '__proto__'],
		['constructor', 'constructor'],
		['by_200_emoji', '😀'.repeat(200)],
		['as_a_long_trailer', `Signed-off-by: ${'x'.repeat(180)}`],
		['as_an_option', '--help'],
		['as_a_branch', 'refs/heads/main'],
		['as_a_path', '../../clip'],
		['with_a_quote', 'a"b'],
	])('called_%s_is_proposed_approved_and_applied_under_that_name', async (_name, name) => {
		const { repository, service, carol } = await start();
		const proposed = await service.post('clip', { name, description: 'new' });
		expect(proposed).toMatchObject({ status: 202, body: { model_name: name, change_id: 1 } });
		await carol.decide({ approve: [1] });
		expect(await carol.apply(1)).toMatchObject({ status: 200, body: { record: { model_name: name } } });
		const published: object = JSON.parse((await service.get('clip.json')).text);
		expect(Object.getOwnPropertyDescriptor(published, name)?.value).toMatchObject({ name });
		expect(repository.git('log', '-1', '--format=%(trailers:key=Model,valueonly)')).toBe(`${name}\n`);
		expect(repository.git('log', '--all', '--grep', '^Change-Id: 7$', '--format=%H')).toBe('');
		expectQueueSound(repository);
	});
});

describe('a_text', () => {
	/** In characters, so that each of these is one. */
	const emoji = (count: number) => '😀'.repeat(count);

	test.each([
		['batch_title', 120, (text: string) => ({ batch_title: text, approved_ids: [1] }), 'batches'],
		[
			'reject_reason',
			500,
			(text: string) => ({ batch_title: 'a', rejected_ids: [1], reject_reason: text }),
			'batches',
		],
		['job_id', 120, (text: string) => ({ job_id: text }), 'changes/2/apply'],
	] as const)(
		'that_is_too_long_for_%s_is_refused_and_the_longest_is_kept',
		async (field, most, body, path) => {
			const { repository, service, carol } = await start();
			for (const model of ['b', 'c']) await service.post('clip', { name: model });
			await carol.decide({ approve: [2] });
			const ask = (text: string) => service.as(CAROL).post(`pending_queue/${path}`, body(text));
			for (const text of [emoji(most + 1), 'x'.repeat(65_536)]) {
				expect(await ask(text)).toMatchObject({
					status: 422,
					body: { detail: [{ type: 'string_too_long', loc: ['body', field] }] },
				});
			}
			const longest = await ask(emoji(most));
			expect(longest.status).toBe(200);
			expect(longest.text).toContain(emoji(most));
			expectQueueSound(repository);
		},
	);

	test('of_64_KB_may_be_a_description', async () => {
		const { repository, service, carol } = await start();
		const description = `${LOOKALIKE}\n${'é😀\n'.repeat(8_192)}`;
		expect(Buffer.byteLength(description)).toBeGreaterThan(57_000);
		const { body } = await service.post('clip', { name: 'b', description });
		expect(body.payload).toMatchObject({ description });
		await carol.decide({ approve: [1] });
		expect((await carol.apply(1)).status).toBe(200);
		expect((await service.get('clip/model/b')).body.description).toBe(description);
		expect((await carol.diff(1)).body.proposed_state).toMatchObject({ description });
		expectQueueSound(repository);
	});

	test('in_the_name_of_a_user_becomes_one_line_that_names_nobody_else', async () => {
		const { repository, service, carol } = await start();
		service.horde.users.set('key-of-mallory', `mallory\n\n${LOOKALIKE}\n<x@example.invalid>#9`);
		const { body } = await service.as({ key: 'key-of-mallory' }).post('clip', { name: 'b' });
		expect(body).toMatchObject({
			requested_by: '9',
			requested_username: expect.stringMatching(/^mallory.*#9$/),
		});
		expect(body.requested_username).not.toMatch(/[\n<>]/);
		await carol.decide({ approve: [1] });
		await carol.apply(1);
		expect(repository.git('log', '-1', '--format=%an <%ae>')).toBe(
			`${body.requested_username} <9@horde-users.invalid>`,
		);
		expect(repository.git('log', '--all', '--grep', `^${LOOKALIKE}$`, '--format=%H')).toBe('');
		expectQueueSound(repository);
	});
});
