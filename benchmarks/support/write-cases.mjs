// Owns what is written: for each of two files, updates of single records that the service takes, in the form each contender needs.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { cutAtEdition, EDITION } from './write-texts.mjs';

const FILES = [
	{ file: 'stable_diffusion.json', category: 'image_generation' },
	{ file: 'db.json', category: 'text_generation' },
];

/** As many as there are writers at once, so that each has a record of its own. */
const MOST_UPDATES = 32;

/**
 * @param {string} repo
 * @param {{ program: string, only: string[] }} options `program` is the built command, beside which its modules are
 * @returns {Promise<object[]>} `updates`: name, `body` for HTTP and `record` for the committer; `text`: the whole file for a
 *   script. All three are cut where the number of the write goes, and all three write the same file.
 */
export async function prepareCases(repo, { program, only }) {
	const load = (module) => import(pathToFileURL(path.join(path.dirname(program), '..', module)).href);
	const parts = Object.assign(
		{},
		...(await Promise.all(
			[
				'categories.js',
				'record/edit-reference.js',
				'record/models-csv.js',
				'record/record-fields.js',
				'record/reference-file.js',
				'record/schemas.js',
				'record/submission.js',
				'record/text-variants.js',
			].map(load),
		)),
	);
	const schemas = new parts.RecordSchemas();
	const chosen = FILES.filter(({ file }) => only.length === 0 || only.some((text) => file.includes(text)));
	if (chosen.length === 0)
		throw new Error(`no such file; there are: ${FILES.map(({ file }) => file).join(', ')}`);
	return Promise.all(chosen.map((entry) => prepareCase(repo, entry, parts, schemas)));
}

async function prepareCase(repo, { file, category: name }, parts, schemas) {
	const category = parts.findCategory(name);
	const bytes = await readFile(path.join(repo, file));
	const parsed = parts.parseReference(bytes);
	const tablePath = path.join(repo, 'models.csv');
	const table =
		name === 'text_generation' && existsSync(tablePath) ? await readFile(tablePath, 'utf8') : undefined;
	const updates = [];
	let text;
	for (const model of parts.modelNames(parsed.file)) {
		if (updates.length === MOST_UPDATES) break;
		const fields = parts.recordFields(parts.recordText(parsed.file, model));
		const description = JSON.parse(fields.get('description') ?? '""') ?? '';
		fields.set('description', JSON.stringify(EDITION + description));
		const body = parts.fieldsText(fields);
		const submission = parts.readSubmission(category, Buffer.from(body), schemas);
		if (!submission.ok) continue;
		if (table !== undefined && !parts.putCsvRow(table, model, submission.fields).ok) continue;
		const record = parts.fieldsText(submission.fields);
		updates.push({ name: model, body: cutAtEdition(body), record: cutAtEdition(record) });
		if (text) continue;
		const edits =
			name === 'text_generation'
				? parts.textPutEdits(parsed.file, model, record)
				: [{ kind: 'put', name: model, record }];
		text = cutAtEdition(parts.editReference(parsed.file, edits).text);
	}
	if (updates.length === 0) throw new Error(`${file} has no record that the service would take`);
	return { file, category: name, size: bytes.length, updates, text };
}
