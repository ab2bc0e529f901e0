/**
 * What the Dockerfile promises. No Docker builds the image here: its files are put together as the Dockerfile says and run in namespaces
 * of the system, as a container runs them. Skipped, with the reason, where that cannot be done.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import {
	dataDirectory,
	dockerfile,
	lastStage,
	makeApp,
	NO_CONTAINER,
	packagesOf,
	runContainer,
} from '../support/container.ts';

const TOP = fileURLToPath(new URL('../../', import.meta.url));

if (NO_CONTAINER) process.stderr.write(`the image is not run: ${NO_CONTAINER}\n`);

const valueIn = (name: string): string =>
	lastStage().find((instruction) => instruction.name === name)?.value ?? '';

/** The command behind the words of a HEALTHCHECK. */
function healthCheck(): readonly string[] {
	const [, list = ''] = /CMD (\[.*\])$/.exec(valueIn('HEALTHCHECK')) ?? [];
	return JSON.parse(list);
}

function environment(): Record<string, string> {
	return Object.fromEntries(
		valueIn('ENV')
			.split(/\s+/)
			.map((pair) => pair.split('=', 2)),
	);
}

describe('the dockerfile', () => {
	test('ends_in_a_stage_without_rights_that_is_checked', () => {
		const names = lastStage().map(({ name }) => name);
		expect(valueIn('USER')).toBe('node');
		expect(names.indexOf('USER')).toBeGreaterThan(names.lastIndexOf('RUN'));
		expect(healthCheck()[0]).toBe('node');
		expect(valueIn('VOLUME')).toBe('/data');
		expect(dockerfile().map(({ name }) => name)).not.toContain('ADD');
	});

	test('starts_the_program_as_its_first_line_does', () => {
		const firstLine = readFileSync(path.join(TOP, 'src/cli/main.ts'), 'utf8').split('\n')[0] ?? '';
		const [, options = ''] = /^#!\/usr\/bin\/env -S node (.*)$/.exec(firstLine) ?? [];
		expect(JSON.parse(valueIn('ENTRYPOINT'))).toEqual(['node', options, '/app/dist/cli/main.js']);
	});

	test('copies_only_what_is_there_and_is_let_in', () => {
		const ignored = readFileSync(path.join(TOP, '.dockerignore'), 'utf8').split('\n');
		expect(ignored).toContain('*');
		const sources = dockerfile()
			.filter(({ name, value }) => name === 'COPY' && !value.startsWith('--from'))
			.flatMap(({ value }) => value.split(' ').slice(0, -1));
		expect(sources.length).toBeGreaterThan(5);
		for (const source of sources) {
			expect(existsSync(path.join(TOP, source)), source).toBe(true);
			expect(ignored).toContain(`!${source}`);
		}
	});
});

describe.skipIf(NO_CONTAINER)('the image', () => {
	test('serves_takes_its_health_check_and_stops_when_told', { timeout: 60_000 }, async () => {
		const app = makeApp();
		expect(packagesOf(app)).toContain('express');
		expect(packagesOf(app)).not.toContain('vitest');
		const data = dataDirectory();
		// Another port than the image's own, which may be taken on this machine.
		const own = {
			HORDE_REFERENCES_PORT: String(20_000 + (process.pid % 20_000)),
			HORDE_REFERENCES_REPO: '/mnt/references',
		};
		const [, ...entry] = JSON.parse(valueIn('ENTRYPOINT')).map((word: string) =>
			word.replace('/app/', '/opt/'),
		);
		const command = [process.execPath, ...entry, ...JSON.parse(valueIn('CMD'))];
		const container = await runContainer(app, data, command, { ...environment(), ...own });
		const url = `http://127.0.0.1:${own.HORDE_REFERENCES_PORT}`;
		await vi.waitFor(
			async () => {
				if (!container.said().includes('Serving')) throw new Error(container.said());
				expect((await fetch(`${url}/livez`)).status).toBe(200);
			},
			{ timeout: 30_000 },
		);
		const check = () => {
			const [, ...args] = healthCheck();
			return spawnSync(process.execPath, args, { env: { ...environment(), ...own } }).status;
		};
		expect(check()).toBe(0);
		expect((await fetch(`${url}/api/model_references/v1/stable_diffusion.json`)).status).toBe(200);
		expect(existsSync(path.join(data, 'references/.git/horde-references/writer.lock'))).toBe(true);
		expect(readFileSync(`/proc/${container.pid}/status`, 'utf8')).toMatch(
			/^Uid:\s+65534\b[\s\S]*^CapBnd:\s+0+$/m,
		);

		process.kill(container.pid, 'SIGTERM');
		expect(await container.ended).toBe(0);
		expect(container.said()).toContain('"msg":"stopped"');
		expect(check()).toBe(1);
		expect(existsSync(path.join(data, 'references/.git/horde-references/writer.lock'))).toBe(false);
	});
});
