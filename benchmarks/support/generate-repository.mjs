// Makes a data repository with a long history, by git fast-import: one record of one category changes per commit.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const CATEGORY_FILES = [
	'stable_diffusion.json',
	'db.json',
	'clip.json',
	'controlnet.json',
	'miscellaneous.json',
];

/**
 * @param {string} directory an existing empty directory
 * @param {{ commits: number, models?: number }} options how long a history, how many models in each of five files
 */
export async function generateRepository(directory, { commits, models = 60 }) {
	await git(directory, ['init', '--quiet', '--initial-branch=main']);
	const files = new Map(CATEGORY_FILES.map((file) => [file, initialRecords(models)]));
	const importer = spawn('git', ['-C', directory, 'fast-import', '--quiet'], {
		stdio: ['pipe', 'inherit', 'inherit'],
	});
	const write = async (text) => {
		if (!importer.stdin.write(text)) await once(importer.stdin, 'drain');
	};
	const start = 1_600_000_000;
	for (let index = 0; index < commits; index++) {
		// The first commit brings every file; after it image and text take most of the edits, as in the real references.
		const touched = index === 0 ? CATEGORY_FILES : [CATEGORY_FILES[pickFile(index)]];
		const message = `Update model ${index}`;
		await write(
			`commit refs/heads/main\ncommitter Bench <bench@example.invalid> ${start + index * 60} +0000\n` +
				`data ${Buffer.byteLength(message)}\n${message}\n`,
		);
		for (const file of touched) {
			const records = files.get(file);
			records[`model-${index % models}`].version = String(index);
			const text = `${JSON.stringify(records, null, 4)}\n`;
			await write(`M 100644 inline ${file}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
		}
	}
	importer.stdin.end();
	const [code] = await once(importer, 'close');
	if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
	await git(directory, ['reset', '--quiet', '--hard', 'main']);
}

function pickFile(index) {
	if (index % 50 === 0) return 2 + ((index / 50) % 3);
	return index % 2;
}

function initialRecords(count) {
	const entries = Array.from({ length: count }, (_, index) => [
		`model-${index}`,
		{
			name: `model-${index}`,
			type: 'ckpt',
			baseline: 'stable diffusion 1',
			description: 'A generated record of about the size of a real one.',
			version: '1',
			nsfw: false,
			config: { files: [], download: [] },
		},
	]);
	return Object.fromEntries(entries);
}

async function git(directory, args) {
	const child = spawn('git', ['-C', directory, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
	const [code] = await once(child, 'close');
	if (code !== 0) throw new Error(`git ${args.join(' ')} ended with ${code}`);
}
