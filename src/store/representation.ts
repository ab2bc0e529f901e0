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

// gzip at its best, brotli where the next level would cost several times the work for a few per cent: once per version.
const GZIP_LEVEL = 9;
const BROTLI_QUALITY = 8;

const gzipBytes = promisify(gzip);
const brotliBytes = promisify(brotliCompress);

/**
 * Makes every form of a document; the compressing runs outside the event loop.
 * @param version what identifies it: for a file, its git blob id
 */
export async function represent(version: string, body: Buffer): Promise<Representation> {
	const [gzipped, brotlied] = await Promise.all([
		gzipBytes(body, { level: GZIP_LEVEL }),
		brotliBytes(body, {
			params: {
				[constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
				[constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
				[constants.BROTLI_PARAM_SIZE_HINT]: body.length,
			},
		}),
	]);
	const coded: readonly Variant[] = [
		{ coding: 'br', body: brotlied, etag: `"${version}-br"` },
		{ coding: 'gzip', body: gzipped, etag: `"${version}-gzip"` },
	];
	const worthwhile = coded.filter((variant) => variant.body.length < body.length);
	worthwhile.sort((a, b) => a.body.length - b.body.length);
	return { variants: [...worthwhile, { coding: 'identity', body, etag: `"${version}"` }] };
}
