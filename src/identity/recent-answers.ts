/** Answers that hold for a while, the latest of them only. */

import type { Clock } from '../clock.ts';

export class RecentAnswers<T> {
	readonly #ttl: number;
	readonly #capacity: number;
	readonly #clock: Clock;
	/** Those that were not asked for the longest come first. */
	readonly #answers = new Map<string, { readonly value: T; readonly until: number }>();

	/** @param ttl milliseconds that an answer holds */
	constructor(ttl: number, capacity: number, clock: Clock) {
		this.#ttl = ttl;
		this.#capacity = capacity;
		this.#clock = clock;
	}

	get size(): number {
		return this.#answers.size;
	}

	get(key: string): T | undefined {
		const answer = this.#answers.get(key);
		if (!answer) return undefined;
		this.#answers.delete(key);
		if (answer.until <= this.#clock()) return undefined;
		this.#answers.set(key, answer);
		return answer.value;
	}

	/** @param asked unix milliseconds at which the question was put: an answer is no younger than that */
	set(key: string, value: T, asked: number): void {
		this.#answers.delete(key);
		this.#answers.set(key, { value, until: asked + this.#ttl });
		if (this.#answers.size <= this.#capacity) return;
		const [oldest] = this.#answers.keys();
		if (oldest !== undefined) this.#answers.delete(oldest);
	}
}
