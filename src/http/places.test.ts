import { describe, expect, test } from 'vitest';
import { Places } from './places.ts';

const never = () => new AbortController().signal;
const places = (limits: Partial<ConstructorParameters<typeof Places>[0]> = {}) =>
	new Places({ places: 1, waiting: 2, patience: 60_000, refusal: 'Too many', ...limits });
const overloaded = expect.objectContaining({ code: 'overloaded', message: 'Too many' });

/** A task that lasts until it is told to end, and tells when it has begun. */
function held() {
	let end = () => {};
	const ended = new Promise<void>((resolve) => {
		end = resolve;
	});
	let begin = () => {};
	const begun = new Promise<void>((resolve) => {
		begin = resolve;
	});
	const task = () => {
		begin();
		return ended;
	};
	return { task, end, begun };
}

describe('places', () => {
	test('give_back_what_the_task_gives_and_throw_what_it_throws', async () => {
		const one = places();
		expect(await one.run(never(), async () => 7)).toBe(7);
		const fails = one.run(never(), async () => {
			throw new Error('broken');
		});
		await expect(fails).rejects.toThrow('broken');
		expect(await one.run(never(), async () => 8)).toBe(8);
	});

	test('are_taken_in_the_order_of_arrival', async () => {
		const one = places();
		const order: string[] = [];
		const first = held();
		const running = [
			one.run(never(), first.task),
			one.run(never(), async () => void order.push('second')),
			one.run(never(), async () => void order.push('third')),
		];
		await first.begun;
		expect(order).toEqual([]);
		first.end();
		await Promise.all(running);
		expect(order).toEqual(['second', 'third']);
	});

	test('are_refused_at_once_where_too_many_wait', async () => {
		const one = places();
		const first = held();
		const running = [1, 2, 3].map(() => one.run(never(), first.task));
		await expect(one.run(never(), first.task)).rejects.toEqual(overloaded);
		first.end();
		await Promise.all(running);
	});

	test('are_refused_after_a_while_and_the_next_in_line_is_not_forgotten', async () => {
		const one = places({ patience: 1 });
		const first = held();
		const running = one.run(never(), first.task);
		await expect(one.run(never(), first.task)).rejects.toEqual(overloaded);
		first.end();
		await running;
		expect(await one.run(never(), async () => 'free')).toBe('free');
	});

	test('are_left_by_whoever_gives_up_waiting', async () => {
		const one = places({ waiting: 1 });
		const first = held();
		const running = one.run(never(), first.task);
		const leaving = new AbortController();
		const left = one.run(leaving.signal, async () => expect.unreachable());
		leaving.abort(new Error('gone'));
		await expect(left).rejects.toThrow('gone');
		const next = one.run(never(), async () => 'next');
		first.end();
		expect(await next).toBe('next');
		await running;
	});

	test('are_not_waited_for_by_whoever_is_gone_already', async () => {
		const one = places();
		const first = held();
		const running = one.run(never(), first.task);
		const gone = AbortSignal.abort(new Error('gone'));
		await expect(one.run(gone, async () => expect.unreachable())).rejects.toThrow('gone');
		first.end();
		await running;
	});

	test('never_run_more_at_once_than_there_are', async () => {
		const three = places({ places: 3, waiting: 100 });
		let running = 0;
		let most = 0;
		await Promise.all(
			Array.from({ length: 50 }, () =>
				three.run(never(), async () => {
					running += 1;
					most = Math.max(most, running);
					await new Promise((resolve) => setImmediate(resolve));
					running -= 1;
				}),
			),
		);
		expect(most).toBe(3);
	});
});
