// Provides the data repository that is measured: the real references where they are at hand, else generated ones of the same sizes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory, track } from './cleanup.mjs';
import { git } from './git.mjs';
import { print } from './report.mjs';
import { PROGRAM } from './servers.mjs';

const SHARED = process.env.REFERENCES_CORPUS ?? fileURLToPath(new URL('../../../shared', import.meta.url));
const BUNDLES = ['image-reference.bundle', 'text-reference.bundle'].map((name) =>
	path.join(SHARED, 'corpus', name),
);

/** Makes the repository in a temporary directory and says which it is. */
export async function openCorpus() {
	const directory = path.join(await temporaryDirectory(), 'references');
	if (BUNDLES.every((bundle) => existsSync(bundle))) {
		for (const bundle of BUNDLES) await importBundle(bundle, directory);
		const commits = await git(directory, ['rev-list', '--count', 'HEAD']);
		print(`Data: the real references, imported with their history (${commits} commits).`);
	} else {
		await generate(directory);
		print('Data: generated files of the sizes of the real ones, one commit.');
		print('(For the real references set REFERENCES_CORPUS to the directory that holds corpus/.)');
	}
	return directory;
}

async function importBundle(bundle, repo) {
	const child = track(
		spawn(process.execPath, [PROGRAM, 'import', bundle, '--repo', repo], {
			stdio: ['ignore', 'ignore', 'inherit'],
		}),
	);
	const [code] = await once(child, 'close');
	if (code !== 0) throw new Error(`importing ${path.basename(bundle)} ended with ${code}`);
}

async function generate(directory) {
	await mkdir(directory);
	const sizes = { 'blip.json': 1071, 'stable_diffusion.json': 219_361, 'db.json': 1_120_214 };
	for (const [file, size] of Object.entries(sizes)) {
		await writeFile(
			path.join(directory, file),
			document(size, file === 'db.json' ? textRecord : imageRecord),
		);
	}
	await git(directory, ['init', '--quiet', '--initial-branch=main']);
	await git(directory, ['add', '.']);
	await git(directory, ['commit', '--quiet', '--message', 'Add references']);
}

/** An object of records that has exactly this many bytes and compresses about as well as the real ones. */
function document(size, recordOf) {
	const records = {};
	let seed = 1;
	const word = () => {
		seed = (seed * 48_271) % 2_147_483_647;
		return seed.toString(36);
	};
	for (let index = 0; ; index++) {
		const name = `Generated-${index}-7B`;
		records[name] = recordOf(name, word);
		const text = `${JSON.stringify(records, null, 4)}\n`;
		if (text.length <= size) continue;
		delete records[name];
		const shorter = `${JSON.stringify(records, null, 4)}\n`;
		return shorter + ' '.repeat(size - shorter.length);
	}
}

/** Fields that the service takes, should the record be written back to it. */
function imageRecord(name, word) {
	const hash = Array.from({ length: 16 }, word)
		.join('')
		.replace(/[^0-9a-f]/g, '')
		.padEnd(64, '0')
		.slice(0, 64);
	return {
		name,
		baseline: 'stable diffusion 1',
		type: 'ckpt',
		description: `A generated record of about the size of a real one: ${word()} ${word()} ${word()}.`,
		version: '1',
		style: 'generalist',
		nsfw: false,
		download_all: false,
		config: { files: [{ path: `${word()}.ckpt`, sha256sum: hash }], download: [] },
	};
}

function textRecord(name, word) {
	return {
		name,
		baseline: 'Generated',
		parameters: 7_000_000_000,
		description: `A generated record of about the size of a real one: ${word()} ${word()} ${word()}.`,
		version: '1',
		style: 'generalist',
		nsfw: false,
		display_name: name,
		url: `https://models.example/${word()}`,
		tags: ['7B', 'generalist'],
		settings: { temperature: 0.7, top_p: 0.1 },
	};
}
