// Times git clone in turns over HTTP and by file://, and what reads lose while clones are made.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ask } from './ask.mjs';
import { temporaryDirectory } from './cleanup.mjs';
import { git } from './git.mjs';
import { print, printTable } from './report.mjs';
import { startService } from './servers.mjs';
import { median, percentile, spread } from './statistics.mjs';

const KINDS = [
	{ kind: 'full', options: [], target: 1.2 },
	{ kind: 'shallow (--depth 1)', options: ['--depth=1'], target: 2.5 },
	{ kind: 'without blobs, not checked out', options: ['--filter=blob:none', '--no-checkout'] },
	{ kind: 'ls-remote', list: true },
];

export async function measureClones(repositories, { runs, program }) {
	const directory = await temporaryDirectory();
	const rows = [];
	const waits = [];
	for (const { name, repo } of repositories) {
		// What a service was not told to allow, file:// would not either.
		await git(repo, ['config', 'uploadpack.allowFilter', 'true']);
		const service = await startService(repo, { program });
		const urls = { http: `${service.url}/references.git`, file: pathToFileURL(repo).href };
		for (const { kind, options = [], list = false, target } of KINDS) {
			const times = { http: [], file: [] };
			const once = async (way) => {
				const copy = path.join(directory, 'copy');
				const args = list ? ['ls-remote', urls[way]] : ['clone', '--quiet', ...options, urls[way], copy];
				const started = performance.now();
				await git(directory, args);
				const took = performance.now() - started;
				if (!list) await expectSame(repo, copy, way);
				await rm(copy, { recursive: true, force: true });
				return took;
			};
			for (const way of ['http', 'file']) await once(way);
			for (let run = 0; run < runs; run++) {
				for (const way of run % 2 === 0 ? ['http', 'file'] : ['file', 'http'])
					times[way].push(await once(way));
			}
			// Within a turn, as what else the machine does changes from turn to turn.
			const ratios = times.http.map((time, turn) => time / times.file[turn]);
			const verdict =
				target === undefined ? '' : median(ratios) <= target ? `${target}` : `${target}, missed`;
			rows.push([`${name}: ${kind}`, spread(times.http), spread(times.file), spread(ratios, 2), verdict]);
		}
		waits.push([name, ...(await measureReads(service.url, urls.http, directory))]);
		await service.stop();
	}
	printTable(
		['milliseconds, median (min - max)', 'over HTTP', 'file://', 'HTTP to file://, turn by turn', 'target'],
		rows,
	);
	print();
	printTable(['a read of stable_diffusion.json, ms p50 / p99', 'at rest', 'while two clone'], waits);
}

/** A clone that is fast because it is wrong must not count. */
async function expectSame(repo, copy, way) {
	const [here, there] = await Promise.all([repo, copy].map((at) => git(at, ['rev-parse', 'HEAD^{tree}'])));
	if (here !== there) throw new Error(`the clone by ${way} is not what is published`);
}

/** One reader that asks again as soon as it was answered, alone and beside two that clone again and again. */
async function measureReads(url, cloneUrl, directory) {
	const read = `${url}/api/model_references/v1/stable_diffusion.json`;
	const during = async (work) => {
		const times = [];
		let working = true;
		const worked = work().finally(() => {
			working = false;
		});
		while (working) {
			const started = performance.now();
			await ask(read);
			times.push(performance.now() - started);
		}
		await worked;
		return `${percentile(times, 0.5).toFixed(1)} / ${percentile(times, 0.99).toFixed(1)}`;
	};
	const cloner = async (name) => {
		const copy = path.join(directory, name);
		for (let times = 0; times < 6; times++) {
			await git(directory, ['clone', '--quiet', '--bare', cloneUrl, copy]);
			await rm(copy, { recursive: true, force: true });
		}
	};
	const rest = await during(() => new Promise((resolve) => setTimeout(resolve, 2000)));
	return [rest, await during(() => Promise.all([cloner('one'), cloner('two')]))];
}
