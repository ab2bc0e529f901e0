/** Reads the text format of Prometheus as strictly as a linter: what breaks a rule of the format fails the test. */

export interface ExposedFamily {
	readonly help: string;
	readonly type: string;
	readonly samples: readonly {
		readonly name: string;
		readonly labels: Readonly<Record<string, string>>;
		readonly value: number;
	}[];
}

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
	counter: [''],
	gauge: [''],
	histogram: ['_bucket', '_sum', '_count'],
};

export class Exposition {
	readonly families: ReadonlyMap<string, ExposedFamily>;

	constructor(text: string) {
		if (!text.endsWith('\n')) throw new Error('the last line has no end');
		const families = new Map<
			string,
			{ help: string; type: string; samples: ExposedFamily['samples'][number][] }
		>();
		const series = new Set<string>();
		let present = '';
		for (const line of text.split('\n')) {
			if (line === '') continue;
			const [, keyword = '', name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
			if (keyword === 'HELP') {
				if (families.has(name)) throw new Error(`${name} comes twice`);
				families.set(name, { help: rest, type: '', samples: [] });
				present = name;
				continue;
			}
			const family = families.get(present);
			if (!family) throw new Error(`nothing was announced before: ${line}`);
			if (keyword === 'TYPE') {
				if (name !== present || family.type !== '') throw new Error(`TYPE is out of place: ${line}`);
				if (!(rest in SUFFIXES)) throw new Error(`there is no such type: ${line}`);
				family.type = rest;
				continue;
			}
			const sample = readSample(line);
			const names = (SUFFIXES[family.type] ?? []).map((suffix) => present + suffix);
			if (!names.includes(sample.name)) throw new Error(`not of the family ${present}: ${line}`);
			const key = line.slice(0, line.lastIndexOf(' '));
			if (series.has(key)) throw new Error(`the same series twice: ${line}`);
			series.add(key);
			family.samples.push(sample);
		}
		this.families = families;
	}

	static async of(url: string): Promise<Exposition> {
		const response = await fetch(`${url}/metrics`);
		return new Exposition(await response.text());
	}

	/** The sum of all samples of a name that have these labels; 0 when there is none. */
	value(name: string, labels: Readonly<Record<string, string>> = {}): number {
		return this.samples(name, labels).reduce((sum, { value }) => sum + value, 0);
	}

	samples(name: string, labels: Readonly<Record<string, string>> = {}): ExposedFamily['samples'] {
		const all = [...this.families.values()].flatMap(({ samples }) => samples);
		return all.filter(
			(sample) =>
				sample.name === name &&
				Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
		);
	}
}

function readSample(line: string): ExposedFamily['samples'][number] {
	const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
	if (!match) throw new Error(`not a sample: ${line}`);
	const [, name = '', list = '', text = ''] = match;
	const labels: Record<string, string> = {};
	const read = list.replace(
		/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)",?/g,
		(_all, label, value) => {
			if (label in labels) throw new Error(`the same label twice: ${line}`);
			labels[label] = value;
			return '';
		},
	);
	if (read !== '') throw new Error(`these are no labels: ${read}`);
	const value = text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text);
	if (Number.isNaN(value)) throw new Error(`not a number: ${line}`);
	return { name, labels, value };
}
