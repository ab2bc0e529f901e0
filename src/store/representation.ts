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

// Where the next level would cost several times the work for a few per cent.
const GZIP_LEVEL = 6;
const BROTLI_QUALITY = 8;

const gzipBytes = promisify(gzip);
const brotliBytes = promisify(brotliCompress);

/** A coding that has to be made. */
export type Compression = Exclude<Coding, 'identity'>;

export const COMPRESSIONS: readonly Compression[] = ['gzip', 'br'];

/**
 * The bytes as they are, with no other form yet.
 * @param version what identifies them: for a file, its git blob id
 */
export function identity(version: string, body: Buffer): Representation {
	return { variants: [{ coding: 'identity', body, etag: `"${version}"` }] };
}

/** The bytes in every form that is of use; the compressing runs outside the event loop. */
export async function represent(version: string, body: Buffer): Promise<Representation> {
	const variants = COMPRESSIONS.map((coding) => compress(version, body, coding));
	return (await Promise.all(variants)).reduce(withVariant, identity(version, body));
}

/** One form of the bytes, made outside the event loop. */
export async function compress(version: string, body: Buffer, coding: Compression): Promise<Variant> {
	const compressed =
		coding === 'gzip'
			? await gzipped(body)
			: await brotliBytes(body, {
					params: {
						[constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
						[constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
						[constants.BROTLI_PARAM_SIZE_HINT]: body.length,
					},
				});
	return coded(version, compressed, coding);
}

/** Bytes as they go out to whoever takes gzip; made outside the event loop. */
export function gzipped(body: Buffer): Promise<Buffer> {
	return gzipBytes(body, { level: GZIP_LEVEL });
}

export function coded(version: string, body: Buffer, coding: Compression): Variant {
	return { coding, body, etag: `"${version}-${coding}"` };
}

/** The same with one form more; one that is no smaller is of no use to anybody. */
export function withVariant(representation: Representation, variant: Variant): Representation {
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
