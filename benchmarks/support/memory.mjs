// Reads how much memory the service holds after each thing that makes it grow.
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { ask } from './ask.mjs';
import { printTable } from './report.mjs';
import { startService } from './servers.mjs';
import { spread } from './statistics.mjs';
import { hasWrk, load } from './wrk.mjs';

const V1 = '/api/model_references/v1';
const PAUSE = 500;

const gzip = { 'Accept-Encoding': 'gzip' };
const BURSTS = [
	[`${V1}/stable_diffusion.json`, gzip],
	[`${V1}/stable_diffusion.json`, {}],
	[`${V1}/db.json`, {}],
	[`${V1}/text_generation?include_group=true`, {}],
	[`${V1}/metadata/last_updated`, {}],
];

/** Each in turn, in one process. */
const STEPS = {
	'after start': (url) => ask(`${url}${V1}/blip.json`),
	'after metadata was counted': (url) => ask(`${url}${V1}/metadata/metadata`),
	'after the first include_group read': (url) => ask(`${url}${V1}/text_generation?include_group=true`),
	'after bursts of reads': async (url) => {
		if (!hasWrk()) return;
		for (const [read, headers] of BURSTS) await load(url + read, headers, { seconds: 2 });
	},
};

export async function measureMemory(repositories, { runs, program }) {
	const rows = [];
	for (const { name, repo } of repositories) {
		const columns = Object.fromEntries([...Object.keys(STEPS), 'peak so far'].map((step) => [step, []]));
		const helpers = [];
		for (let run = 0; run < Math.min(runs, 3); run++) {
			await rm(path.join(repo, '.git', 'horde-references'), { recursive: true, force: true });
			const service = await startService(repo, { program });
			for (const [step, act] of Object.entries(STEPS)) {
				await act(service.url);
				await new Promise((resolve) => setTimeout(resolve, PAUSE));
				columns[step].push(await megabytes(service.pid, 'VmRSS'));
			}
			columns['peak so far'].push(await megabytes(service.pid, 'VmHWM'));
			helpers.push(await helperMegabytes(service.pid));
			await service.stop();
		}
		for (const [step, values] of Object.entries(columns)) rows.push([`${name}: ${step}`, spread(values)]);
		rows.push([`${name}: its git cat-file, beside it`, spread(helpers)]);
	}
	printTable(['resident megabytes, median (min - max)', 'MB'], rows);
	if (!hasWrk()) process.stdout.write('wrk is not installed: there were no bursts.\n');
}

/** @param {'VmRSS' | 'VmHWM'} field of /proc/<pid>/status; megabytes of 1,000,000 bytes */
export async function megabytes(pid, field) {
	const status = await readFile(`/proc/${pid}/status`, 'utf8');
	return (Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024) / 1e6;
}

async function helperMegabytes(pid) {
	const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean);
	const sizes = await Promise.all(children.map((child) => megabytes(child, 'VmRSS').catch(() => 0)));
	return sizes.reduce((sum, size) => sum + size, 0);
}
