import { describe, expect, test } from 'vitest';
import { Gate } from './gate.ts';

/** A gate, and tasks that end when the test says so. */
function setUp(running: number, waiting: number) {
	const gate = new Gate({ running, waiting });
	const started: string[] = [];
	const ends = new Map<string, { resolve: (value: string) => void; reject: (error: Error) => void }>();
	const run = (name: string) =>
		gate.run(() => {
			started.push(name);
			return new Promise<string>((resolve, reject) => ends.set(name, { resolve, reject }));
		});
	const end = (name: string) => ends.get(name)?.resolve(name);
	const fail = (name: string) => ends.get(name)?.reject(new Error(`${name} failed`));
	return { run, started, end, fail };
}

describe('a_gate', () => {
	test('lets_in_as_many_as_may_run_and_the_rest_in_the_order_of_their_arrival', async () => {
		const { run, started, end } = setUp(2, 10);
		const results = ['a', 'b', 'c', 'd'].map(run);
		expect(started).toEqual(['a', 'b']);
		end('b');
		await results[1];
		expect(started).toEqual(['a', 'b', 'c']);
		end('a');
		await results[0];
		end('c');
		end('d');
		expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd']);
	});

	test('turns_away_whoever_would_wait_behind_too_many', async () => {
		const { run, end } = setUp(1, 1);
		const running = run('a');
		const waiting = run('b');
		await expect(run('c')).rejects.toMatchObject({ code: 'identity-unavailable', data: { retryAfter: 1 } });
		end('a');
		await running;
		end('b');
		expect(await waiting).toBe('b');
	});

	test('passes_on_the_place_of_a_task_that_failed', async () => {
		const { run, started, end, fail } = setUp(1, 1);
		const failing = run('a');
		const waiting = run('b');
		fail('a');
		await expect(failing).rejects.toThrow('a failed');
		expect(started).toEqual(['a', 'b']);
		end('b');
		await waiting;
		const later = run('c');
		expect(started).toContain('c');
		end('c');
		await later;
	});
});
