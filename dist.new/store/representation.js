/** Owns the forms in which one version of a document goes out: identity, gzip and brotli, each made once. */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
// Where the next level would cost several times the work for a few per cent.
const GZIP_LEVEL = 6;
const BROTLI_QUALITY = 8;
const gzipBytes = promisify(gzip);
const brotliBytes = promisify(brotliCompress);
export const COMPRESSIONS = ['gzip', 'br'];
/**
 * The bytes as they are, with no other form yet.
 * @param version what identifies them: for a file, its git blob id
 */
export function identity(version, body) {
    return { variants: [{ coding: 'identity', body, etag: `"${version}"` }] };
}
/** The bytes in every form that is of use; the compressing runs outside the event loop. */
export async function represent(version, body) {
    const variants = COMPRESSIONS.map((coding) => compress(version, body, coding));
    return (await Promise.all(variants)).reduce(withVariant, identity(version, body));
}
/** One form of the bytes, made outside the event loop. */
export async function compress(version, body, coding) {
    const compressed = coding === 'gzip'
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
export function gzipped(body) {
    return gzipBytes(body, { level: GZIP_LEVEL });
}
export function coded(version, body, coding) {
    return { coding, body, etag: `"${version}-${coding}"` };
}
/** The same with one form more; one that is no smaller is of no use to anybody. */
export function withVariant(representation, variant) {
    if (variant.body.length >= identityOf(representation).body.length)
        return representation;
    const variants = [variant, ...representation.variants];
    return { variants: variants.sort((a, b) => a.body.length - b.body.length) };
}
/** The form that is the bytes as they are. */
export function identityOf({ variants }) {
    const identity = variants.find(({ coding }) => coding === 'identity');
    if (!identity)
        throw new RangeError('a representation has no identity form');
    return identity;
}
//# sourceMappingURL=representation.js.map