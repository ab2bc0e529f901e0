/** What a record could do better without being refused: stable codes for programs (spec: differences, W17). Pure. */
/** Which pictures and texts are for all to see is asked of models that make them; the others are tools. */
const MAKES_CONTENT = new Set(['image_generation', 'text_generation']);
/** @param record as submitted, before defaults are filled in: what was left out is what is asked for */
export function adviceOn(category, record, knowsBaseline) {
    const { description, nsfw, showcases, config } = record;
    const isImage = category.name === 'image_generation';
    const advice = [];
    if (typeof description !== 'string' || description.trim() === '')
        advice.push('no-description');
    if (MAKES_CONTENT.has(category.name) && typeof nsfw !== 'boolean')
        advice.push('no-nsfw');
    if (isImage && !knowsBaseline)
        advice.push('unknown-baseline');
    if (isImage && (!Array.isArray(showcases) || showcases.length === 0))
        advice.push('no-showcase');
    if (filesOf(config).some(lacksChecksum))
        advice.push('no-sha256');
    return advice;
}
function filesOf(config) {
    const files = Object(config).files;
    return Array.isArray(files) ? files.map(Object) : [];
}
/** Settings of a model ship with the worker and are not downloaded. */
function lacksChecksum({ path, sha256sum }) {
    return typeof sha256sum !== 'string' && !/\.ya?ml$/i.test(String(path));
}
const SENTENCES = {
    'no-description': 'There is no description.',
    'no-nsfw': 'It is not said whether the model is meant for content that is not safe for work.',
    'unknown-baseline': 'The baseline is none that clients know.',
    'no-showcase': 'There is no showcase.',
    'no-sha256': 'A file has no SHA-256 checksum.',
};
/** The same in words, for a reviewer; undefined where there is no advice. */
export function adviceSentences(advice) {
    return advice.length === 0 ? undefined : advice.map((code) => SENTENCES[code]).join(' ');
}
//# sourceMappingURL=advice.js.map