/** What must hold once all hosts have come to rest: nothing that anybody was told is lost or done twice, and all have the same. */

import { expect, vi } from 'vitest';
import { untilNobodyWorksIn } from '../killable-writer.ts';
import { expectQueueSound, type Ledger, readLedger } from '../queue-invariants.ts';
import type { TemporaryRepository } from '../temporary-repository.ts';
import type { Host, Hosts } from './hosts.ts';
import type { Told } from './people.ts';

const LONGEST = { timeout: 60_000, interval: 100 };

export interface AgreementOptions {
	/** Whether the test has moved the remote's branch by force. */
	readonly forced?: boolean;
}

/** All hosts must be on, and are off afterwards. */
export async function expectAgreement(
	hosts: Hosts,
	told: Told,
	{ forced = false }: AgreementOptions = {},
): Promise<void> {
	const all = [...hosts.primaries, ...hosts.replicas];
	for (const host of all) await host.untilInStep();
	for (const host of all) await expectSameRefs(hosts.bare, host);
	expect(hosts.bare.git('fsck', '--strict', '--no-dangling')).toBe('');
	expectDeeds(hosts.bare, told);
	const ledger = readLedger(hosts.bare);
	if (ledger) expectSteps(ledger, hosts.bare, told);
	else expect(told.proposed.filter(({ fate }) => fate === 'done')).toEqual([]);
	if (!forced) expectOnlyGrown(hosts.bare);
	const published = hosts.bare.git('show', 'main:clip.json');
	for (const host of all) {
		await vi.waitFor(
			async () => expect((await host.as({ key: '' }).get('clip.json')).text.trimEnd()).toBe(published),
			LONGEST,
		);
	}
	await Promise.all(all.map((host) => host.end('SIGTERM')));
	for (const { repository, name } of all) {
		await untilNobodyWorksIn(repository);
		if (!isReplica(name)) expectQueueSound(repository);
		else expect(repository.git('status', '--porcelain')).toBe('');
	}
}

function isReplica(name: string): boolean {
	return name.startsWith('replica');
}

/** Branches, tags and ledger of a host are those of the remote; a replica has nothing of the queue. */
async function expectSameRefs(bare: TemporaryRepository, { repository, name }: Host): Promise<void> {
	const refsOf = (where: TemporaryRepository) => {
		const names = ['refs/heads', 'refs/tags', 'refs/horde/queue'];
		const lines = where.git('for-each-ref', '--format=%(refname) %(objectname)', ...names).split('\n');
		return lines
			.filter((line) => !isReplica(name) || !/^refs\/(heads\/pending|horde)\//.test(line))
			.join('\n');
	};
	await vi.waitFor(() => expect(refsOf(repository), name).toBe(refsOf(bare)), LONGEST);
}

/** One commit of the published branch. */
interface Made {
	readonly commit: string;
	readonly operation: string;
	readonly model: string;
	/** What it left of the model: the description, or undefined. */
	readonly token: string | undefined;
}

function expectDeeds(bare: TemporaryRepository, { deeds, proposed }: Told): void {
	const made = commitsOf(bare);
	const counted = new Map<string, number>();
	for (const { operation, model, token } of made) {
		const name = operation === 'delete' ? `delete ${model}` : `token ${token}`;
		counted.set(name, (counted.get(name) ?? 0) + 1);
	}
	for (const deed of deeds) {
		const count =
			counted.get(deed.operation === 'delete' ? `delete ${deed.model}` : `token ${deed.token}`) ?? 0;
		const words = `${deed.operation} ${deed.model} (${deed.token}, ${deed.fate}) is in the history ${count} times`;
		if (deed.fate === 'done') expect(count, words).toBe(1);
		else if (deed.fate === 'refused') expect(count, words).toBe(0);
		else expect(count, words).toBeLessThanOrEqual(1);
	}
	for (const { token } of proposed) expect(counted.get(`token ${token}`) ?? 0).toBeLessThanOrEqual(1);
	// The file is what the commits did to it, one after the other.
	const replayed = new Map<string, string | undefined>();
	for (const { model, token } of made) replayed.set(model, token);
	const published = recordsOf(bare.git('show', 'main:clip.json'));
	for (const [model, token] of replayed) expect(published.get(model), model).toBe(token);
}

/** The commits that write a model, the first one first. */
function commitsOf(bare: TemporaryRepository): readonly Made[] {
	const trailer = (name: string) => `%(trailers:key=${name},valueonly,separator=%x00)`;
	const format = ['%H', trailer('Operation'), trailer('Model')].join('%x1f');
	const log = bare.git('log', '--reverse', `--format=${format}`, 'main');
	return log.split('\n').flatMap((line): Made[] => {
		const [commit = '', operation = '', model = ''] = line.split('\x1f');
		if (operation === '') return [];
		return [
			{ commit, operation, model, token: recordsOf(bare.git('show', `${commit}:clip.json`)).get(model) },
		];
	});
}

/** Description of each model. */
function recordsOf(text: string): ReadonlyMap<string, string> {
	const records = JSON.parse(text) as Record<string, { readonly description: string }>;
	return new Map(Object.entries(records).map(([name, { description }]) => [name, description]));
}

function expectSteps(ledger: Ledger, bare: TemporaryRepository, { proposed, steps }: Told): void {
	const ids = new Map<string, number[]>();
	for (const { change_id, model_name } of ledger.changes.values()) {
		const token = model_name.replace('proposed-', '');
		ids.set(token, [...(ids.get(token) ?? []), change_id]);
	}
	for (const { token, id, fate } of proposed) {
		const found = ids.get(token) ?? [];
		if (fate === 'done') expect(found, token).toEqual([id]);
		else expect(found.length, token).toBeLessThanOrEqual(1);
	}
	const counted = new Map<string, number>();
	for (const { event, change } of ledger.events) {
		counted.set(`${event} ${change}`, (counted.get(`${event} ${change}`) ?? 0) + 1);
	}
	for (const [step, count] of counted) {
		if (!step.startsWith('split')) expect(count, step).toBe(1);
	}
	for (const { event, id, fate } of steps) {
		if (fate === 'done') expect(counted.get(`${event} ${id}`), `${event} ${id}`).toBe(1);
	}
	const applied = bare
		.git('log', '--format=%(trailers:key=Change-Id,valueonly,separator=%x2C)', 'main')
		.split('\n')
		.filter(Boolean);
	expect(applied).toEqual([...new Set(applied)]);
}

/** Where the branch of the remote ever was, it is still. */
function expectOnlyGrown(bare: TemporaryRepository): void {
	const there = new Set(bare.git('rev-list', 'main').split('\n'));
	const ever = bare.git('log', '--walk-reflogs', '--format=%H', 'main').split('\n').filter(Boolean);
	expect(ever.filter((commit) => !there.has(commit))).toEqual([]);
}
