/** Which fields of a record a reviewer must not overlook (spec: pending queue, section 6). Pure. */
const TOOL = ['style', 'nsfw'];
const CRITICAL = {
    image_generation: ['baseline', 'nsfw', 'inpainting', 'trigger', 'homepage'],
    text_generation: ['baseline', 'nsfw', 'url', 'parameters'],
    controlnet: TOOL,
    blip: TOOL,
    clip: TOOL,
    codeformer: TOOL,
    esrgan: TOOL,
    gfpgan: TOOL,
    safety_checker: TOOL,
};
/** What workers fetch and run; critical wherever anything is. */
const DOWNLOADS = 'config.download';
/** Those of the paths that are critical in a category, in their order. */
export function criticalPaths(category, paths) {
    const fields = CRITICAL[category];
    if (!fields)
        return [];
    return paths.filter((path) => path.startsWith(DOWNLOADS) || fields.some((field) => path === field || path.startsWith(`${field}.`)));
}
//# sourceMappingURL=critical-fields.js.map