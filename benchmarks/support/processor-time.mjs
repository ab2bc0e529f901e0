// Reads how much processor time a process has had: unlike the clock, it leaves out the time that others had the processor.
import { readFile } from 'node:fs/promises';

/** Length of the ticks in which Linux tells it. Milliseconds. */
const TICK = 10;

/** @returns {Promise<number | undefined>} milliseconds, user and system; undefined where there is no /proc */
export async function processorTime(pid) {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
	// The name, in parentheses, may hold blanks; fields are counted from behind it.
	const [user, system] =
		stat
			?.slice(stat.lastIndexOf(')') + 2)
			.split(' ')
			.slice(11, 13) ?? [];
	return stat && (Number(user) + Number(system)) * TICK;
}
