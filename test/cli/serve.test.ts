/** The server as a process: how it starts, how it refuses to, how it stops. */

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCommand, startCommand } from '../support/command-line.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository, temporaryDirectory } from '../support/temporary-repository.ts';

/** Starts `serve` on a free port and waits until it has said where. */
async function serve(args: readonly string[], cwd?: string) {
	const child = startCommand(['serve', '--port', '0', ...args], cwd === undefined ? {} : { cwd });
	let stdout = '';
	for await (const text of child.stdout.setEncoding('utf8')) {
		stdout += text;
		if (stdout.includes('Documentation:')) break;
	}
	const url = /http:\/\/\S+?:\d+/.exec(stdout)?.[0] ?? 'no URL was printed';
	return { child, stdout, url };
}

describe('serve', () => {
	test('creates_the_repository_on_first_run_and_prints_three_curl_lines_that_work', async () => {
		const directory = path.join(temporaryDirectory(), 'data', 'references');
		const { stdout } = await serve(['--repo', directory, '--create']);
		const curls = stdout.split('\n').filter((line) => line.trim().startsWith('curl '));
		expect(curls).toHaveLength(3);
		for (const line of curls) {
			const url = /http:[^\s']+/.exec(line)?.[0] ?? '';
			const response = await fetch(url);
			expect(response.status).toBe(200);
			expect(Object.keys((await response.json()) as object).length).toBeGreaterThan(0);
		}
	});

	test('create_leaves_a_repository_that_is_there_as_it_is', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('mine') });
		const { url } = await serve(['--repo', repository.directory, '--create']);
		expect(await (await fetch(`${url}/model_references/v1/clip`)).text()).toBe(clipReference('mine'));
		expect(repository.git('rev-list', '--count', 'HEAD')).toBe('1');
	});

	test.each(['SIGTERM', 'SIGINT'] as const)('%s_ends_it_with_0', async (signal) => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const { child, url } = await serve(['--repo', repository.directory]);
		await (await fetch(`${url}/livez`)).text(); // leaves a connection that is kept alive
		child.kill(signal);
		const [code] = await once(child, 'exit');
		expect(code).toBe(0);
	});

	test('the_configuration_file_of_the_working_directory_is_read', async () => {
		const cwd = temporaryDirectory();
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const config = { repo: repository.directory, cacheControl: 'no-cache' };
		writeFileSync(path.join(cwd, 'horde-references.json'), JSON.stringify(config));
		const { url } = await serve([], cwd);
		const response = await fetch(`${url}/model_references/v1/clip`);
		expect(response.headers.get('cache-control')).toBe('no-cache');
	});

	test('a_port_in_use_exits_with_3_and_says_what_to_do', async () => {
		const blocker = createServer().listen(0, '127.0.0.1');
		onTestFinished(() => void blocker.close());
		await once(blocker, 'listening');
		const address = blocker.address();
		const port = typeof address === 'object' ? String(address?.port) : '';
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const { code, stderr } = await runCommand(['serve', '--repo', repository.directory, '--port', port]);
		expect(code).toBe(3);
		expect(stderr).toContain(
			`port ${port} on 127.0.0.1 is in use; stop what listens there, or choose another with --port`,
		);
	});

	test.each<[string, () => string[], number, string]>([
		['no_repository', () => [], 2, '--repo <dir>'],
		[
			'a_directory_that_is_no_repository',
			() => ['--repo', temporaryDirectory()],
			3,
			'horde-references init --repo',
		],
		['a_port_that_is_none', () => ['--repo', 'x', '--port', 'abc'], 2, '--port must be integer'],
	])('%s_is_refused_before_anything_listens', async (_title, args, expected, message) => {
		const { code, stderr } = await runCommand(['serve', ...args()], { cwd: temporaryDirectory() });
		expect({ code, stderr }).toMatchObject({ code: expected, stderr: expect.stringContaining(message) });
	});
});
