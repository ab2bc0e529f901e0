/** Owns the forms in which one version of a document goes out: identity, gzip and brotli, each made once. */

import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

export type Coding = 'br' | 'gzip' | 'identity';

export interface Variant {
	readonly coding: Coding;
	readonly body: Buffer;
	/**
	 * Strong entity tag with its quotes. The coded forms are different octets, so theirs differs (RFC 9110, 8.8.3.3):
	 * `"<version>"`, `"<version>-gzip"`, `"<version>-br"`.
	 */
	readonly etag: string;
}

export interface Representation {
	/** Smallest first, so that the first acceptable one is the best; identity is always there and last. */
	readonly variants: readonly Variant[];
}

// Where the next level would cost several times the work for a few per cent. A write waits for gzip, not for brotli.
const GZIP_LEVEL = 6;
const BROTLI_QUALITY = 8;

const gzipBytes = promisify(gzip);
const brotliBytes = promisify(brotliCompress);

/**
 * Makes the forms that every reader needs at once: identity, and gzip where it is smaller. The compressing runs outside
 * the event loop.
 * @param version what identifies it: for a file, its git blob id
 */
export async function represent(version: string, body: Buffer): Promise<Representation> {
	const gzipped = await gzipBytes(body, { level: GZIP_LEVEL });
	const identity: Variant = { coding: 'identity', body, etag: `"${version}"` };
	return withVariant({ variants: [identity] }, { coding: 'gzip', body: gzipped, etag: `"${version}-gzip"` });
}

/** The same with the form that takes longest to make. */
export async function withBrotli(version: string, representation: Representation): Promise<Representation> {
	const { body } = identityOf(representation);
	const brotlied = await brotliBytes(body, {
		params: {
			[constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
			[constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
			[constants.BROTLI_PARAM_SIZE_HINT]: body.length,
		},
	});
	return withVariant(representation, { coding: 'br', body: brotlied, etag: `"${version}-br"` });
}

/** A coded form that is no smaller is of no use to anybody. */
function withVariant(representation: Representation, variant: Variant): Representation {
	if (variant.body.length >= identityOf(representation).body.length) return representation;
	const variants = [variant, ...representation.variants];
	return { variants: variants.sort((a, b) => a.body.length - b.body.length) };
}

/** The form that is the bytes as they are. */
export function identityOf({ variants }: Representation): Variant {
	const identity = variants.find(({ coding }) => coding === 'identity');
	if (!identity) throw new RangeError('a representation has no identity form');
	return identity;
}
