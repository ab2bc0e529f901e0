/** `init`: makes a new data repository. */
import { initRepository } from '../store/init-repository.js';
export async function init(flags, output) {
    const { root } = await initRepository(flags.repo, { empty: flags.empty ?? false });
    output.print(`Created the data repository ${root}.`);
    output.print(flags.empty
        ? `Next, bring references: horde-references import <source> --repo ${flags.repo}`
        : `Next, serve it: horde-references serve --repo ${flags.repo}`);
}
//# sourceMappingURL=init.js.map