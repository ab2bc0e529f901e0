/** What a metric is: a name, and values that are looked up when somebody asks. */

type Labels = Readonly<Record<string, string>>;

/** A value with its labels; those of the same labels are added up in a counter. */
export type Sample = readonly [labels: Labels, value: number];

/** Metrics of one name. */
export interface Family {
	/** A counter's ends in `_total`; the unit, where there is one, comes before that. */
	readonly name: string;
	readonly help: string;
	readonly type: 'counter' | 'gauge';
	readonly labels?: readonly string[];
	/** What it is now; asked at every scrape. */
	readonly samples: () => Iterable<Sample>;
}
