/** What people do to the remote by hand: they take commits off it, rewrite it, and delete its refs. */

import { expect, test, vi } from 'vitest';
import { expectAgreement } from '../support/hosts/agreement.ts';
import { type Host, startHosts } from '../support/hosts/hosts.ts';
import { People } from '../support/hosts/people.ts';
import { reviewer } from '../support/reviewer.ts';
import { cloneOf } from '../support/shared-remote.ts';
import type { TemporaryRepository } from '../support/temporary-repository.ts';
import { CAROL } from '../support/write-service.ts';

const LONG = { timeout: 120_000 };
const SOON = { timeout: 30_000, interval: 50 };

function subjectsAt(repository: TemporaryRepository): readonly string[] {
	return repository.git('log', '--format=%s', 'main').split('\n');
}

function write(host: Host, model: string) {
	return host.as(CAROL).post('clip', { name: model, type: 'clip', description: model });
}

test('commits_that_are_taken_off_the_remote_go_from_all_and_work_goes_on', LONG, async () => {
	const hosts = await startHosts({ primaries: 2, replicas: 1 });
	const [one, two] = hosts.primaries;
	for (const model of ['kept', 'gone', 'gone too'])
		expect((await write(one ?? fail(), model)).status).toBe(201);
	for (const host of hosts.primaries) await host.untilInStep();
	hosts.bare.git('update-ref', 'refs/heads/main', 'refs/heads/main~2');
	for (const { repository } of [...hosts.primaries, ...hosts.replicas]) {
		await vi.waitFor(() => expect(repository.git('rev-parse', 'HEAD')).toBe(hosts.at()), SOON);
	}
	// Rewritten: the same length, another commit.
	const elsewhere = cloneOf(`file://${hosts.bare.directory}`);
	elsewhere.git('reset', '--quiet', '--hard', 'HEAD~1');
	elsewhere.commit({ 'README.md': 'rewritten\n' }, 'Rewrite');
	elsewhere.git('push', '--quiet', '--force', 'origin', 'main');
	const answers = await Promise.all([write(one ?? fail(), 'a'), write(two ?? fail(), 'b')]);
	expect(answers.map(({ status }) => status)).toEqual([201, 201]);
	expect([...subjectsAt(hosts.bare)].sort()).toEqual(
		['Add clip model a', 'Add clip model b', 'Add references', 'Rewrite'].sort(),
	);
	await expectAgreement(hosts, new People([]).told, { forced: true });
});

test('a_rewritten_remote_is_told_where_it_would_cost_commits_and_waits_for_a_hand', LONG, async () => {
	const hosts = await startHosts({ primaries: 2 });
	const [one = fail(), two = fail()] = hosts.primaries;
	expect((await write(one, 'first')).status).toBe(201);
	await one.link.set('refused');
	await one.untilSync(({ state }) => expect(state).toBe('down'));
	const own = one.repository.commit({ 'README.md': 'by hand\n' }, 'By hand');
	hosts.bare.git('update-ref', 'refs/heads/main', 'refs/heads/main~1');
	expect((await write(two, 'second')).status).toBe(201);
	await one.link.set('up');
	await one.untilSync(({ state, trouble }) => {
		expect(state).toBe('diverged');
		expect(trouble).toContain('was rewritten at the remote');
	});
	const refused = await write(one, 'third');
	expect(refused.status).toBe(503);
	expect(refused.body.detail).toContain('was rewritten at the remote');
	expect(one.repository.git('rev-parse', 'HEAD')).toBe(own);
	expect((await one.as(CAROL).get('clip/model/first')).status).toBe(200);
	const command = /\(git (rebase [^)]*)\)/.exec(String(refused.body.detail))?.[1] ?? '';
	one.repository.git(...command.split(' '));
	await vi.waitFor(() => expect(subjectsAt(hosts.bare)).toContain('By hand'), SOON);
	await one.untilInStep();
	expect((await write(one, 'third')).status).toBe(201);
	await expectAgreement(hosts, new People([]).told, { forced: true });
});

test('a_branch_or_a_ledger_that_is_deleted_at_the_remote_is_told_and_can_be_put_back', LONG, async () => {
	const hosts = await startHosts({ primaries: 2, replicas: 1 });
	const [one = fail(), two = fail()] = hosts.primaries;
	const people = new People(hosts.primaries);
	await people.write({ operation: 'create', model: 'before', token: 'before' }, 0);
	const { id = 0 } = await people.propose(0);
	for (const host of hosts.primaries) await host.untilInStep();
	await vi.waitFor(async () => expect(await reviewer(two.as(CAROL)).statusOf(id)).toBe('pending'), SOON);
	for (const [ref, words] of [
		['refs/heads/main', 'has no branch main any more'],
		['refs/horde/queue', 'has no ledger of the queue any more'],
	] as const) {
		hosts.bare.git('update-ref', '-d', ref);
		for (const host of hosts.primaries) {
			await host.untilSync(({ state, trouble }) => {
				expect(state).toBe('diverged');
				expect(trouble).toContain(words);
			});
			expect((await write(host, 'meanwhile')).status).toBe(503);
			expect((await host.as(CAROL).get('clip/model/before')).status).toBe(200);
			expect(await reviewer(host.as(CAROL)).statusOf(id)).toBe('pending');
		}
		one.repository.git('push', '--quiet', `file://${hosts.bare.directory}`, `${ref}:${ref}`);
		for (const host of hosts.primaries) await host.untilInStep();
	}
	await people.write({ operation: 'create', model: 'after', token: 'after' }, 1);
	await expectAgreement(hosts, people.told, { forced: true });
});

function fail(): never {
	throw new Error('no such host');
}
