/**
 * The one table of categories: what each is called, which file holds it, and what v1 lets be done with it.
 * Nothing else in the program knows a file name. Order is that of the original enum, which the wire shows.
 */
const legacy = (name, file = `${name}.json`, aliases = []) => ({ name, file, aliases, schema: name, writable: true, external: false });
const unwritten = (name, external = false) => ({ name, file: `${name}.json`, aliases: [], schema: null, writable: false, external });
export const CATEGORIES = [
    legacy('blip'),
    legacy('clip'),
    legacy('codeformer'),
    legacy('controlnet'),
    unwritten('controlnet_annotator'),
    legacy('esrgan'),
    legacy('gfpgan'),
    legacy('safety_checker'),
    legacy('image_generation', 'stable_diffusion.json', ['stable_diffusion', 'stable_diffusion.json']),
    legacy('text_generation', 'db.json', ['db.json']),
    unwritten('video_generation'),
    unwritten('audio_generation'),
    legacy('miscellaneous'),
    unwritten('lora', true),
    unwritten('ti', true),
];
/** Files that travel with the category files (other clients read them) but are no category themselves. */
export const COMPANION_FILES = [
    'models.csv',
    'defaults.json',
    'generation_params.json',
    'diffusers.json',
];
const byName = new Map(CATEGORIES.map((category) => [category.name, category]));
const byFile = new Map(CATEGORIES.map((category) => [category.file, category]));
const byReadName = new Map(CATEGORIES.flatMap((category) => readNames(category).map((name) => [name, category])));
/** Every path segment that a v1 read of this category answers to. */
export function readNames(category) {
    return [category.name, `${category.name}.json`, ...category.aliases];
}
/** The category with exactly this value; no suffix, no alias. */
export function findCategory(name) {
    return byName.get(name);
}
/** The category that is kept in this file. */
export function findCategoryByFile(file) {
    return byFile.get(file);
}
/**
 * The category that a v1 read names, through its suffix and aliases (spec: v1 reads, section 4).
 * One `.json` is optional and only one; `db` alone is nothing.
 */
export function resolveReadName(segment) {
    return byReadName.get(segment);
}
/** Prefixes of the generated text entries, one per backend that serves the same model under its own name. */
export const BACKEND_PREFIXES = ['aphrodite/', 'koboldcpp/'];
/** Whether a text_generation key is a generated twin of a base record rather than a model of its own. */
export function isBackendVariant(key) {
    return BACKEND_PREFIXES.some((prefix) => key.startsWith(prefix));
}
//# sourceMappingURL=categories.js.map