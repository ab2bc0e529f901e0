/** The other files for a deployment: what they say agrees with the program, and what checks them is content. */

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Exposition } from '../support/exposition.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository, temporaryDirectory } from '../support/temporary-repository.ts';
import { startTestService } from '../support/test-service.ts';

const read = (name: string) =>
	readFileSync(fileURLToPath(new URL(`../../docs/deployment/${name}`, import.meta.url)), 'utf8');

const hasAnalyzer = !spawnSync('systemd-analyze', ['--version']).error;
if (!hasAnalyzer) process.stderr.write('the unit is not verified: systemd-analyze is not installed\n');

const UNIT = 'horde-references.service';

/** The unit as this machine would have it, with its own node and a program that is there. */
function unitHere(): string {
	const file = path.join(temporaryDirectory(), UNIT);
	const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
	const text = read(UNIT)
		.replace('/usr/bin/node', process.execPath)
		.replace('/opt/horde-references/dist/cli/main.js', main);
	writeFileSync(file, text);
	return file;
}

describe('the unit of systemd', () => {
	test.skipIf(!hasAnalyzer)('is_one_that_systemd_understands', () => {
		const { status, stderr } = spawnSync('systemd-analyze', ['verify', unitHere()], { encoding: 'utf8' });
		expect(stderr.split('\n').filter((line) => line.includes(UNIT))).toEqual([]);
		expect(status, stderr).toBe(0);
	});

	test.skipIf(!hasAnalyzer)('leaves_little_that_could_be_harmed', () => {
		const args = ['security', '--offline=yes', '--no-pager', '--threshold=25', unitHere()];
		const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
		expect(status, `${stdout}${stderr}`).toBe(0);
	});

	test('starts_the_program_as_its_first_line_does', () => {
		expect(read(UNIT)).toMatch(
			/^ExecStart=\/usr\/bin\/node --max-semi-space-size=2 \S+\/dist\/cli\/main\.js serve /m,
		);
	});
});

test('all_ways_leave_a_stop_the_time_that_it_may_take', () => {
	// Seconds for requests in flight and for a group of writes, as server.ts and writing-session.ts have them.
	const least = 10 + 60 + 1;
	expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(read(UNIT))?.[1])).toBeGreaterThan(least);
	expect(Number(/stop_grace_period: (\d+)s/.exec(read('compose.yaml'))?.[1])).toBeGreaterThan(least);
});

test('compose_takes_every_right_away', () => {
	const shared = /^x-hardened:[\s\S]*?^services:/m.exec(read('compose.yaml'))?.[0] ?? '';
	for (const line of ['read_only: true', 'init: true', '- ALL', '- no-new-privileges:true', '- /tmp']) {
		expect(shared).toContain(line);
	}
	const services = read('compose.yaml').match(/^ {2}\w+:\n {4}<<: \*hardened$/gm);
	expect(services).toHaveLength(2);
});

test('alerts_ask_for_metrics_that_there_are', async () => {
	const service = await startTestService(TemporaryRepository.create({ 'clip.json': clipReference('a') }));
	const { families } = await Exposition.of(service.url);
	const asked = new Set(read('alerts.yaml').match(/horde_references_[a-z_]+/g));
	expect(asked.size).toBeGreaterThan(5);
	for (const name of asked) expect([...families.keys()]).toContain(name);
});
