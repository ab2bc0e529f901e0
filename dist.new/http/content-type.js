/** Tells the media type of a committed file. Whatever a browser would run or lay out goes out as plain text. */
const TEXTS = { csv: 'text/csv', md: 'text/markdown' };
const IMAGES = {
    gif: 'image/gif',
    ico: 'image/x-icon',
    jpeg: 'image/jpeg',
    jpg: 'image/jpeg',
    png: 'image/png',
    webp: 'image/webp',
};
/** By the extension where that is one of the few that references come with, and else by what the bytes look like. */
export function contentTypeOf(path, { isText, isUtf8 }) {
    const extension = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
    // As categories have it: JSON is UTF-8 by definition.
    if (extension === 'json')
        return 'application/json';
    if (Object.hasOwn(IMAGES, extension))
        return IMAGES[extension] ?? '';
    if (!isText)
        return 'application/octet-stream';
    const type = Object.hasOwn(TEXTS, extension) ? TEXTS[extension] : 'text/plain';
    return isUtf8 ? `${type}; charset=utf-8` : `${type}`;
}
//# sourceMappingURL=content-type.js.map