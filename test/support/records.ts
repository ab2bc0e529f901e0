/** Small references for tests. */

/** A clip reference with models of these names, indented as the real files are. */
export function clipReference(...names: string[]): string {
	return reference(names.map((name) => [name, { name, type: 'clip', description: `About ${name}` }]));
}

export function reference(records: readonly (readonly [string, object])[]): string {
	return `${JSON.stringify(Object.fromEntries(records), null, 4)}\n`;
}

/** A text reference of base models, each with its generated twins. */
export function textReference(...names: string[]): string {
	return reference(
		names.flatMap((name) => {
			const model = name.split('/')[1] ?? name;
			const record = { model_name: model, baseline: '', parameters: 7_000_000_000, tags: ['7B'] };
			const keys = [name, `aphrodite/${name}`, `koboldcpp/${model}`];
			return keys.map((key) => [key, { name: key, ...record }] as const);
		}),
	);
}
